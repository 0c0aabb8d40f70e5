"""Measure a plan of Windows hosts beside a plain `ansible-playbook --check --diff` of the same roles, in one run.

    make bench                        after the servers
    python tools/bench_windows.py 20  only the Windows hosts, so many

Both read the same simulated Hyper-V hosts (HTTPS and PowerShell Remoting on loopback), with the same inventory, roles
and number of forks, in turn. The hosts have nothing of the baseline yet, so every task shows a difference. What the lab
itself costs is in neither figure's CPU, and in both walls alike. Nothing here is a test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from bench_hosts import BIN, REPO, Cost, show

ROUNDS = 3
SCHOOL = "slug: bench\nname: Bench School\ncode: ben\nphase: secondary\nsite: 20\nstage: own\n"
ENTRY = """\
  {name}:
    kind: hyperv
    os: windows-server-2022
    position: {position}
    memory: 128 GB
    adapters: [NIC1, NIC2]
    volumes: [C, D]
    roles: [hypervisor]
    login: {{username: Administrator, password: secret://login/windows}}
    vms:
      {code}-DC-{number:02d}: {{standard: domain-controller}}
      {code}-FS-{number:02d}: {{standard: file-server}}
"""
_GB = 1024**3
DNS = "10.250.20.21"
DOMAIN = {
    "domain": "ad.kestrelvale.example",
    "netbios": "KESTRELVALE",
    "units": ["OU=Schools", "OU=BEN,OU=Schools", "OU=Servers,OU=BEN,OU=Schools"],
}
_START_SECONDS = 60


class Bench:
    """One trust of so many Hyper-V hosts, and what both contestants need to reach them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.names = [f"BEN-HV-{number:02d}" for number in range(1, count + 1)]
        self._write_trust()
        for part in ("playbooks", "roles"):
            shutil.copytree(REPO / part, folder / part)
        shutil.copy(REPO / "ansible.cfg", folder)

    def _write_trust(self) -> None:
        home = self.folder / "inventory" / "schools" / "bench"
        home.mkdir(parents=True)
        shutil.copy(REPO / "inventory" / "trust.yml", self.folder / "inventory")
        shutil.copytree(REPO / "inventory" / "baseline", self.folder / "inventory" / "baseline")
        (home / "school.yml").write_text(SCHOOL)
        entries = (
            ENTRY.format(name=name, position=11 + at, code="BEN", number=at + 1) for at, name in enumerate(self.names)
        )
        (home / "servers.yml").write_text("servers:\n" + "".join(entries))
        secrets = yaml.safe_load((REPO / "inventory" / "lab-secrets.example.yml").read_text())
        path = self.folder / "secrets.yml"
        path.touch(0o600)
        path.write_text(yaml.safe_dump(secrets))
        extra = self.folder / "secrets.json"
        extra.touch(0o600)
        extra.write_text(
            json.dumps({"trust_secrets": {key: {"__ansible_unsafe": text} for key, text in secrets.items()}})
        )

    @contextmanager
    def lab(self) -> Iterator[None]:
        """The hosts, as they are delivered, known to both."""
        secrets = yaml.safe_load((self.folder / "secrets.yml").read_text())
        controller = {
            "name": "KV-DC-01",
            "password": secrets["login/windows"],
            "features": ["AD-Domain-Services", "RSAT-AD-PowerShell"],
            "adapters": [{"name": "Ethernet", "mac": "00155D0A0001", "management": True, "addresses": [f"{DNS}/24"]}],
            "directory": {**DOMAIN, "accounts": [{"name": "svc-join", "password": secrets["ad/join"]}]},
        }
        first = {"name": "NIC1", "mac": "00155D0A0101", "management": True}
        others = ({"name": "NIC2", "mac": "00155D0A0102"},)
        volumes = [{"letter": "C"}, {"letter": "D", "size": 4096 * _GB, "free": 4000 * _GB}]
        hosts = [
            {
                "name": name,
                "password": secrets["login/windows"],
                "memory_bytes": 128 * _GB,
                "adapters": [{**first, "addresses": [f"10.20.20.{11 + at}/24"], "dns": [DNS]}, *others],
                "volumes": volumes,
            }
            for at, name in enumerate(self.names)
        ]
        spec, out = self.folder / "lab.json", self.folder / "ends.json"
        spec.write_text(json.dumps({"hosts": [controller, *hosts]}))
        words = [
            sys.executable,
            "-m",
            "trustctl.lab.windows",
            str(spec),
            "--roles",
            str(self.folder / "roles"),
            "--endpoints",
            str(out),
        ]
        process = subprocess.Popen(words, cwd=self.folder)
        try:
            until = time.monotonic() + _START_SECONDS
            while not out.is_file() and time.monotonic() < until and process.poll() is None:
                time.sleep(0.1)
            ends = json.loads(out.read_text())
            devices = {
                name: {
                    "host": one["host"],
                    "port": one["port"],
                    "host_key": one["host_key"],
                    "ca": ends["ca"],
                    "auth": "basic",
                }
                for name, one in ends["hosts"].items()
                if name in self.names
            }
            (self.folder / "endpoints.json").write_text(json.dumps({"devices": devices}))
            yield
        finally:
            process.terminate()
            process.wait()

    def run(self, what: str, command: list[str], expect: tuple[int, ...]) -> Cost:
        """Run a command in the bench's folder and return what it cost; its output is `WHAT.log`."""
        report, log = self.folder / "cost.json", self.folder / f"{what}.log"
        environment = {
            **os.environ,
            "NO_COLOR": "1",
            "TRUSTCTL_SECRETS": str(self.folder / "secrets.yml"),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }
        with log.open("wb") as out:
            program = [sys.executable, str(REPO / "tools" / "hosts" / "measured.py"), str(report), *command]
            code = subprocess.run(
                program, cwd=self.folder, env=environment, stdout=out, stderr=out, check=False
            ).returncode
        if code not in expect:
            raise SystemExit(f"{' '.join(command)} ended with {code}:\n{log.read_text(errors='replace')[-3000:]}")
        cost = json.loads(report.read_text())
        return Cost(cost["wall"], cost["cpu"], cost["peak"])

    def trustctl(self) -> Cost:
        """A dry run by trustctl."""
        where = ["--inventory", str(self.folder / "inventory"), "--endpoints", str(self.folder / "endpoints.json")]
        words = [
            "--limit",
            "BEN-HV-*",
            "--out",
            str(self.folder / "plan.json"),
            "--format",
            "json",
            "--detailed-exitcode",
        ]
        return self.run("plan", [str(BIN / "trustctl"), "plan", "bench", *where, *words], (2,))

    def ansible(self) -> Cost:
        """A dry run by Ansible alone."""
        inventories = [
            "-i",
            str(self.folder / "playbooks" / "inventory.py"),
            "-i",
            str(self.folder / "ends.inventory.json"),
        ]
        words = ["--limit", "bench:!directory", "--check", "--diff", "--forks", str(len(self.names))]
        secrets = ["-e", f"@{self.folder / 'secrets.json'}"]
        return self.run(
            "ansible", [str(BIN / "ansible-playbook"), *inventories, *secrets, *words, "playbooks/site.yml"], (0,)
        )

    def same_work(self) -> str:
        """How many differences each of the two found in its last run; they may count a task's items differently."""
        plan = json.loads((self.folder / "plan.json").read_text())
        ours = sum(len(device["changes"]) for device in plan["devices"])
        text = (self.folder / "ansible.log").read_text(errors="replace")
        theirs = sum(int(count) for count in re.findall(r"changed=(\d+)", text))
        return f"trustctl: {ours} changes on {len(plan['devices'])} hosts; Ansible: {theirs} changed tasks"


def main(count: int) -> None:
    """Measure one number of hosts and print the table."""
    with tempfile.TemporaryDirectory(prefix="trustctl-bench-") as name:
        bench = Bench(Path(name), count)
        plans: dict[str, list[Cost]] = {}
        with bench.lab():
            print(f"plans of {count} Windows hosts in turn; load {os.getloadavg()[0]:.1f}", flush=True)
            for _ in range(ROUNDS):
                for who, run in (("trustctl", bench.trustctl), ("ansible-playbook --check", bench.ansible)):
                    plans.setdefault(who, []).append(run())
                    print(f"  {who}: {plans[who][-1]}", flush=True)
            print(f"  {bench.same_work()}")
        show(f"plan of {count} Windows hosts (medians of {ROUNDS})", plans)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
