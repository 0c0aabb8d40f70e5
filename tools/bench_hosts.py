"""Measure plan and first apply of the base part on Linux hosts, beside pyinfra and Ansible in the same run.

    make bench                      after the switches, if this machine can run the lab's hosts
    python tools/bench_hosts.py 10  only the hosts, so many

Four do the same work on the same hosts (Debian, real sshd, a key, sudo without a password), in turn:

    trustctl            `plan` and `apply` of all hosts at once: checked over a second session, with the journal. The
                        base part has nothing that could cut us off: no timer is armed
    pyinfra, our deploy pyinfra's command line with trustctl's own operations (deploys/base.py)
    pyinfra, its own    pyinfra's command line with the operations that come with it (tools/hosts/stock_pyinfra.py)
    Ansible             with pipelining, no facts gathered, as many forks as hosts (tools/hosts/playbook.py)

The hosts' lists of packages are current. A first apply changes a host, so each gets hosts of its own, booted from the
same image one after the other. Where trustctl has applied, and where Ansible has, all four must find nothing left to
do: so they mean the same. Each figure is all processes of one command, its imports included; memory is what they have
together (proportional set size). Nothing here is a test.
"""

from __future__ import annotations

import compileall
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tools" / "hosts")]

import playbook  # noqa: E402 - a script beside this one

from trustctl.cli.lab_hosts import cache_folder  # noqa: E402 - as above
from trustctl.engines.linux.pyinfra_inventory import hosts as described  # noqa: E402 - as above
from trustctl.hosts import parse, text_lines  # noqa: E402 - as above
from trustctl.lab.hosts.cache import Cache  # noqa: E402 - as above
from trustctl.lab.hosts.lab import HostLab  # noqa: E402 - as above
from trustctl.lab.hosts.machine import hindrances  # noqa: E402 - as above
from trustctl.lab.hosts.recipe import recipe  # noqa: E402 - as above
from trustctl.lab.hosts.spec import HostSpec  # noqa: E402 - as above

SYSTEM = "debian-12"
USER, PASSWORD = "trustctl", "Bench-host-pass-1"
DNS = "10.250.20.21"
ROUNDS = 3
BIN = Path(sys.executable).parent
PEERS = REPO / ".venv-peers" / "bin"
ENTRY = """\
  {name}:
    kind: linux
    os: debian-12
    position: {position}
    login: {{username: trustctl, password: secret://login/bench}}
"""
SCHOOL = "slug: bench\nname: Bench School\ncode: ben\nphase: secondary\nsite: 20\nstage: own\n"
BASE_ALONE = '{% include "linux/base/base.j2" %}\n'
INVENTORY = """\
from trustctl.engines.linux.pyinfra_inventory import hosts
linux = hosts({inventory!r}, secrets={secrets!r}, endpoints={endpoints!r})["linux"]
for _, data in linux:
    data.update({extra!r})
"""
Run = Callable[[], "Cost"]


@dataclass(frozen=True)
class Cost:
    """One command: wall and CPU seconds of all its processes, and the peak of their memory in MiB."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"wall {self.wall:6.2f} s   CPU {self.cpu:6.2f} s   peak {self.peak:4.0f} MiB"

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


class Bench:
    """One trust of so many servers, and what each contestant needs to reach them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.code = 0
        """How the last command ended."""
        self.names = [f"ben-srv-{number:02d}" for number in range(1, count + 1)]
        self.key = folder / "key"
        subprocess.run(
            [shutil.which("ssh-keygen") or "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)],
            check=True,
        )
        self._write_trust()

    def _write_trust(self) -> None:
        inventory = self.folder / "inventory"
        home = inventory / "schools" / "bench"
        home.mkdir(parents=True)
        shutil.copy(REPO / "inventory" / "trust.yml", inventory)
        shutil.copytree(REPO / "inventory" / "baseline", inventory / "baseline")
        (home / "school.yml").write_text(SCHOOL)
        entries = (ENTRY.format(name=name, position=21 + at) for at, name in enumerate(self.names))
        (home / "servers.yml").write_text("servers:\n" + "".join(entries))
        own = self.folder / "templates" / "linux"
        own.mkdir(parents=True)
        (own / "host.j2").write_text(BASE_ALONE)
        secrets = yaml.safe_load((REPO / "inventory" / "lab-secrets.example.yml").read_text())
        secrets["login/bench"] = self.key.read_text()
        path = self.folder / "secrets.yml"
        path.write_text(yaml.safe_dump(secrets))
        path.chmod(0o600)

    @contextmanager
    def lab(self) -> Iterator[None]:
        """Fresh hosts, adopted by trustctl and known to the others."""
        line = self.key.with_suffix(".pub").read_text().strip()
        specs = [
            HostSpec(
                name=name,
                address=f"10.20.20.{21 + at}",
                prefix=24,
                gateway="10.20.20.1",
                user=USER,
                password=PASSWORD,
                authorized_key=line,
                nopasswd=True,
                packages=("python3-apt",),  # Ansible's module for packages needs it
            )
            for at, name in enumerate(self.names)
        ]
        with HostLab(specs, cache_folder(), dns=[DNS]) as lab:
            ends = {name: {"host": one.host, "port": one.port} for name, one in lab.contacts.items()}
            (self.folder / "endpoints.json").write_text(json.dumps({"devices": ends}))
            known = "".join(f"[{one.host}]:{one.port} {one.host_key}\n" for one in lab.contacts.values())
            (self.folder / "known_hosts").write_text(known)
            self._write_peers({name: (one.host, one.port, one.host_key) for name, one in lab.contacts.items()})
            (self.folder / "inventory" / "pins.yml").unlink(missing_ok=True)
            for name in self.names:
                lab.run(name, ["apt-get", "-q", "update"]).check_returncode()
            self.run("adopt", [str(BIN / "trustctl"), "adopt", *self._where, "--all", "--yes"])
            yield

    def _write_peers(self, ends: Mapping[str, tuple[str, int, str]]) -> None:
        where = {"inventory": str(self.folder / "inventory"), "secrets": str(self.folder / "secrets.yml")}
        extra = {"ssh_key": str(self.key)}
        (self.folder / "ours.py").write_text(INVENTORY.format(**where, endpoints=dict(ends), extra=extra))
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            group = described(self.folder / "inventory", secrets=self.folder / "secrets.yml", endpoints=ends)["linux"]
        finally:
            os.chdir(before)
        found = {name: resources(data["description"]) for name, data in group}
        stock = [
            (
                name,
                {
                    "ssh_hostname": ends[name][0],
                    "ssh_port": ends[name][1],
                    "ssh_user": USER,
                    "ssh_key": str(self.key),
                    "ssh_known_hosts_file": str(self.folder / "known_hosts"),
                    "ssh_config_file": os.devnull,
                    "_sudo": True,
                    "resources": found[name],
                },
            )
            for name in self.names
        ]
        (self.folder / "stock.py").write_text(f"linux = {stock!r}\n")
        shutil.copy(REPO / "tools" / "hosts" / "stock_pyinfra.py", self.folder)
        every = {
            name: {
                "ansible_host": ends[name][0],
                "ansible_port": ends[name][1],
                "ansible_user": USER,
                "ansible_ssh_private_key_file": str(self.key),
                "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_ssh_common_args": f"-F none -o UserKnownHostsFile={self.folder / 'known_hosts'}",
                **playbook.variables(found[name]),
            }
            for name in self.names
        }
        (self.folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": every}}))
        (self.folder / "play.yml").write_text(yaml.safe_dump(playbook.play(found[self.names[0]]), sort_keys=False))

    def run(self, what: str, command: Sequence[str], expect: tuple[int, ...] = (0,)) -> Cost:
        """Run a command in the bench's folder and return what it cost; its output is `WHAT.log`."""
        report, log = self.folder / "cost.json", self.folder / f"{what}.log"
        environment = {
            **os.environ,
            "NO_COLOR": "1",
            "TRUSTCTL_SECRETS": str(self.folder / "secrets.yml"),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_FORKS": str(len(self.names)),
            "ANSIBLE_HOST_KEY_CHECKING": "1",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
        }
        with log.open("wb") as out:
            program = [sys.executable, str(REPO / "tools" / "hosts" / "measured.py"), str(report), *command]
            self.code = subprocess.run(
                program, cwd=self.folder, env=environment, stdout=out, stderr=out, check=False
            ).returncode
        if self.code not in expect:
            raise SystemExit(f"{' '.join(command)} ended with {self.code}:\n{log.read_text(errors='replace')[-3000:]}")
        cost = json.loads(report.read_text())
        return Cost(cost["wall"], cost["cpu"], cost["peak"])

    def said(self, what: str) -> str:
        """What a command printed."""
        return (self.folder / f"{what}.log").read_text(errors="replace")

    @property
    def _where(self) -> list[str]:
        return ["--inventory", str(self.folder / "inventory"), "--endpoints", str(self.folder / "endpoints.json")]

    # --- the contestants ----------------------------------------------------------------------------------------------

    def plan_trustctl(self) -> Cost:
        """A dry run by trustctl."""
        out = ["--out", str(self.folder / "plan.json"), "--format", "json", "--detailed-exitcode"]
        return self.run("plan", [str(BIN / "trustctl"), "plan", "--all", *self._where, *out], expect=(0, 2))

    def apply_trustctl(self) -> Cost:
        """A plan and its apply by trustctl."""
        plan = self.plan_trustctl()
        words = [*self._where, "--yes", "--parallel", str(len(self.names))]
        return plan + self.run("apply", [str(BIN / "trustctl"), "apply", str(self.folder / "plan.json"), *words])

    def pyinfra(self, inventory: str, deploy: Path | str, *more: str) -> Cost:
        """One run of pyinfra's command line."""
        return self.run(f"pyinfra-{inventory}", [str(BIN / "pyinfra"), *more, f"{inventory}.py", str(deploy)])

    def ansible(self, *more: str) -> Cost:
        """One run of ansible-playbook."""
        return self.run("ansible", [str(PEERS / "ansible-playbook"), "-i", "hosts.yml", "play.yml", *more])


def resources(text: str) -> list[dict[str, Any]]:
    """A description's resources as plain dictionaries: kind, name, words, content."""
    return [
        {"kind": one.kind, "name": one.name, **dict(one.attrs), "content": list(one.content or ())}
        for one in parse(text_lines(text)).values()
    ]


def contestants(bench: Bench) -> dict[str, tuple[Run, Run, Callable[[], bool]]]:
    """Name -> (a plan without changes, a first apply, whether the last plan found nothing to do)."""
    ours = REPO / "trustctl" / "engines" / "linux" / "deploys" / "base.py"
    found: dict[str, tuple[Run, Run, Callable[[], bool]]] = {
        "trustctl": (
            bench.plan_trustctl,
            bench.apply_trustctl,
            lambda: bench.code == 0,
        ),
    }
    for name, inventory, deploy in (
        ("pyinfra, our deploy", "ours", ours),
        ("pyinfra, its own operations", "stock", "stock_pyinfra.py"),
    ):
        found[name] = (
            lambda inventory=inventory, deploy=deploy: bench.pyinfra(inventory, deploy, "--dry"),
            lambda inventory=inventory, deploy=deploy: bench.pyinfra(inventory, deploy, "-y"),
            lambda inventory=inventory: nothing_by_pyinfra(bench.said(f"pyinfra-{inventory}")),
        )
    if (PEERS / "ansible-playbook").is_file():
        found["Ansible, pipelining"] = (
            lambda: bench.ansible("--check", "--diff"),
            bench.ansible,
            lambda: all(count == "0" for count in re.findall(r"changed=(\d+)", bench.said("ansible"))),
        )
    else:
        print("Ansible is left out: .venv-peers is not made (make bench makes it)")
    return found


def nothing_by_pyinfra(text: str) -> bool:
    """Whether pyinfra's own table of operations has no change in it."""
    rows = [re.split(r" {2,}", line.strip()) for line in text.partition("Detected changes:")[2].splitlines()]
    return all(row[1] == "-" for row in rows[2:] if len(row) == 3)  # noqa: PLR2004 - a row has three cells


def measure(count: int) -> None:
    """Measure one number of hosts and print the table."""
    with tempfile.TemporaryDirectory(prefix="trustctl-bench-") as name:
        bench = Bench(Path(name), count)
        firsts: dict[str, list[Cost]] = {}
        plans: dict[str, list[Cost]] = {}
        who = contestants(bench)
        for number, (one, (_, apply, _)) in enumerate(who.items()):
            with bench.lab():
                print(f"{one}: first apply on {count} hosts; load {os.getloadavg()[0]:.1f}", flush=True)
                firsts[one] = [apply()]
                print(f"  {firsts[one][0]}", flush=True)
                last = number == len(who) - 1
                for other, (plan, _, nothing) in who.items():
                    # Ansible is slow: what was applied by two of the others is not shown to it
                    if number and not last and other not in {one, "trustctl"}:
                        continue
                    plan()
                    if not nothing():
                        print(f"  {other} finds something to do where {one} has applied: not the same work")
                if last:
                    print(f"plans in turn; load {os.getloadavg()[0]:.1f}", flush=True)
                    for _ in range(ROUNDS):
                        for other, (plan, _, _) in who.items():
                            plans.setdefault(other, []).append(plan())
                            print(f"  {other}: {plans[other][-1]}", flush=True)
        show(f"plan of {count} hosts, nothing to do (medians of {ROUNDS})", plans)
        show(f"first apply on {count} hosts (one run)", firsts)


def show(title: str, table: Mapping[str, list[Cost]]) -> None:
    """Print one table: medians, and trustctl's as a multiple of each other's."""
    print(f"\n{title}")
    middle = {
        name: Cost(*(statistics.median(getattr(one, word) for one in costs) for word in ("wall", "cpu", "peak")))
        for name, costs in table.items()
    }
    ours = middle["trustctl"]
    for name, cost in middle.items():
        times = (
            ""
            if cost is ours
            else f"   trustctl: {ours.wall / cost.wall:4.2f} x wall, {ours.cpu / cost.cpu:4.2f} x CPU"
        )
        print(f"  {name:<28} {cost}{times}")


def main(arguments: list[str]) -> None:
    """Run what was asked for, or say why this machine cannot."""
    reasons = list(hindrances())
    if not reasons and not Cache(cache_folder()).has(recipe(SYSTEM)):
        reasons = ["their base image is not built: trustctl lab build"]
    if reasons:
        print(f"\nno Linux hosts in this run: {'; '.join(reasons)}")
        return
    if not compileall.compile_dir(REPO / "trustctl", quiet=1):
        raise SystemExit("a module of the package does not compile")
    for size in [int(text) for text in arguments] or [10]:
        measure(size)


if __name__ == "__main__":
    main(sys.argv[1:])
