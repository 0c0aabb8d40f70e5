"""Measure read, plan and apply on the lab, beside bare netmiko with threads in the same run.

The yardstick is bare netmiko doing the same reads as a plan: what the switch is, its configuration, whether it can roll
back on a timer. A second one reads the configuration alone.

Each figure is one child process: wall seconds, its own CPU per device, and its peak memory. The lab runs in a
process of its own, so its CPU is not in them. The package's byte code is written first, as installing it does: netmiko
comes with its own, and a run that compiles our modules would measure the checkout, not the tool. Nothing here is a
test; ratios within one run are what to compare.

    make bench                      50 and 200 switches of about 600 lines
    python tools/bench.py 50        only 50
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
PER_SCHOOL = 25
ROUNDS = 3
THREADS = 30
MODEL = "WS-C2960X-24PS-L"
CERTIFICATE_LINES = 40
CONFIGURATION = "show running-config"
READS = ("show version", CONFIGURATION, "show archive")
"""What a plan asks an IOS switch: `identity`, `reads.running` and `safe_change.available` of its platform.yml."""

SCHOOL = """\
slug: {slug}
name: Bench School {number}
code: {code}
phase: secondary
site: {site}
stage: own
"""

SWITCH = """\
  {name}:
    platform: cisco_ios
    model: {model}
    role: access
    position: {position}
    location: "Cabinet {position}"
    ports:
      - {{ports: 1/0/1-8, profile: staff}}
      - {{ports: 1/0/9-18, profile: student}}
      - {{ports: 1/0/19-21, profile: access-point}}
      - {{ports: 1/0/22-23, profile: printer}}
      - {{ports: 1/0/25, profile: uplink}}
    rest: unused
    captured: captured/{name}.cfg
"""


@dataclass(frozen=True)
class Cost:
    """One child process."""

    wall: float
    cpu: float
    peak_mib: float


def run(command: list[str], folder: Path, expect: tuple[int, ...] = (0,)) -> Cost:
    """Run a child process to its end and return what it cost; its output goes to a file beside the trust."""
    log = (folder / "bench.log").open("ab")
    environment = {**os.environ, "TRUSTCTL_SECRETS": str(folder / "secrets.yml"), "NO_COLOR": "1"}
    began = time.perf_counter()
    pid = os.posix_spawn(
        command[0],
        command,
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)],
    )
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code not in expect:
        tail = (folder / "bench.log").read_text(errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(command)} ended with {code}:\n{tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def write_trust(folder: Path, count: int) -> list[str]:
    """Write a trust of `count` access switches on the example's baseline; return the devices' names."""
    source = REPO / "inventory"
    inventory = folder / "inventory"
    inventory.mkdir()
    shutil.copy(source / "trust.yml", inventory)
    shutil.copytree(source / "baseline", inventory / "baseline")
    names: list[str] = []
    for number in range(-(-count // PER_SCHOOL)):
        code = f"b{chr(97 + number // 26)}{chr(97 + number % 26)}"
        home = inventory / "schools" / code
        (home / "captured").mkdir(parents=True)
        (home / "school.yml").write_text(
            SCHOOL.format(slug=code, number=number + 1, code=code, site=20 + number), encoding="utf-8"
        )
        mine = [f"{code}-sw-a-{at:02d}" for at in range(1, min(PER_SCHOOL, count - len(names)) + 1)]
        body = "".join(SWITCH.format(name=name, model=MODEL, position=at) for at, name in enumerate(mine, 1))
        (home / "switches.yml").write_text(f"switches:\n{body}", encoding="utf-8")
        for name in mine:
            (home / "captured" / f"{name}.cfg").write_text("end\n")
        names += mine
    shutil.copy(REPO / "inventory" / "lab-secrets.example.yml", folder / "secrets.yml")
    (folder / "secrets.yml").chmod(0o600)
    return names


def write_captures(folder: Path) -> float:
    """Write what each switch boots with: its intent as IOS prints it, a certificate, and three lines that drifted.

    Returns the mean number of lines.
    """
    import re  # noqa: PLC0415 - the measured children must not pay for what only the set-up needs

    import yaml  # noqa: PLC0415 - as above

    from trustctl.inventory import load  # noqa: PLC0415 - as above
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch  # noqa: PLC0415 - as above
    from trustctl.lab.spec import DeviceSpec  # noqa: PLC0415 - as above
    from trustctl.platforms.roots import template_roots  # noqa: PLC0415 - as above
    from trustctl.render import Renderer  # noqa: PLC0415 - as above

    trust = load(folder / "inventory", today=date(2026, 11, 22))
    secrets = yaml.safe_load((folder / "secrets.yml").read_text())
    pairs = [(school, switch) for school in trust.schools.values() for switch in school.switches.values()]
    sizes: list[int] = []
    certificate = "".join(
        f"  {' '.join(f'{(line * 37 + word * 11) % 0xFFFFFFFF:08X}' for word in range(8))} \n"
        for line in range(CERTIFICATE_LINES)
    )
    for (school, switch), intended in zip(
        pairs, Renderer(template_roots(folder)).render_all(trust, pairs), strict=True
    ):
        text = re.sub(r"<secret:([^>]+)>", lambda found: str(secrets[found[1]]), intended.text)
        machine = IosSwitch(DeviceSpec(switch.name, switch.platform, model=switch.model))
        machine.load(text)
        machine.load(
            "interface GigabitEthernet1/0/1\n description moved by hand\nno ip http server\nntp server 192.0.2.99\n"
        )
        printed = machine.running_text().replace(
            "!\nvtp mode",
            "!\ncrypto pki certificate chain TP-self-signed-1\n certificate self-signed 01\n"
            f"{certificate}  \tquit\n!\nvtp mode",
            1,
        )
        path = folder / "inventory" / "schools" / school.slug / "captured" / f"{switch.name}.cfg"
        path.write_text(printed)
        sizes.append(printed.count("\n"))
    return statistics.fmean(sizes)


def bare(endpoints: Path, secrets: Path, reads: tuple[str, ...]) -> None:
    """Read every switch with netmiko and threads: connect, the reads, leave. The yardstick."""
    import yaml  # noqa: PLC0415 - as the measured trustctl does
    from netmiko import ConnectHandler  # noqa: PLC0415 - as above

    password = yaml.safe_load(secrets.read_text())["login/trustctl"]

    def read(end: dict[str, object]) -> int:
        with ConnectHandler(
            device_type="cisco_ios", host=end["host"], port=end["port"], username="trustctl", password=password
        ) as connection:
            return sum(len(connection.send_command(read, read_timeout=60)) for read in reads)

    ends = json.loads(endpoints.read_text())
    with ThreadPoolExecutor(THREADS) as pool:
        total = sum(pool.map(read, ends.values()))
    print(f"{len(ends)} switches, {total} characters")


def measure(count: int) -> None:
    """Measure one size of estate and print its table."""
    with tempfile.TemporaryDirectory(prefix="trustctl-bench-") as name:
        folder = Path(name)
        names = write_trust(folder, count)
        lines = write_captures(folder)
        tool = [str(Path(sys.executable).with_name("trustctl"))]
        where = ["--inventory", str(folder / "inventory")]
        began = time.perf_counter()
        run([*tool, "lab", "up", *where, "--minute", "5"], folder)
        up = time.perf_counter() - began
        try:
            run([*tool, "adopt", *where, "--lab", "--all", "--yes"], folder)
            print(f"\n{count} switches of {lines:.0f} lines; lab up in {up:.1f} s; load {os.getloadavg()[0]:.1f}")
            ends = next(folder.rglob("endpoints.json"))
            plain = [sys.executable, str(Path(__file__).resolve()), "--bare", str(ends), str(folder / "secrets.yml")]
            same = [*plain, *READS]
            plan = [*tool, "plan", *where, "--all", "--lab", "--out", str(folder / "plan.json"), "--format", "json"]
            # in turn, so that a machine that grows busier weighs on both
            pairs = [(run(same, folder), run(plan, folder)) for _ in range(ROUNDS)]
            reads, plans = [read for read, _ in pairs], [planned for _, planned in pairs]
            single = run([*plain, CONFIGURATION], folder)
            applied = run([*tool, "apply", *where, "--lab", "--yes", str(folder / "plan.json")], folder)
            again = run([*tool, "plan", *where, "--all", "--lab", "--detailed-exitcode"], folder)
            show("bare netmiko, the same reads", reads, count, reads)
            show("bare netmiko, configuration only", [single], count, reads)
            show("trustctl plan (3 lines drifted)", plans, count, reads)
            show("trustctl plan (in step)", [again], count, reads)
            show("trustctl apply", [applied], count, reads)
        finally:
            run([*tool, "lab", "down", *where], folder)
        if not names:
            raise SystemExit("nothing was measured")


def show(what: str, costs: list[Cost], count: int, yardstick: list[Cost]) -> None:
    """Print one row: medians over the rounds."""
    wall = statistics.median(cost.wall for cost in costs)
    cpu = statistics.median(cost.cpu for cost in costs)
    base = statistics.median(cost.cpu for cost in yardstick)
    peak = max(cost.peak_mib for cost in costs)
    print(
        f"  {what:<34} wall {wall:6.2f} s   CPU {cpu / count * 1000:6.1f} ms a device   "
        f"{cpu / base:5.2f} x bare   peak {peak:5.0f} MiB"
    )


def start_up() -> None:
    """Print what `trustctl --help` costs beside an empty Python."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        help_ = [run([str(Path(sys.executable).with_name("trustctl")), "--help"], folder) for _ in range(7)]
        empty = [run([sys.executable, "-c", "pass"], folder) for _ in range(7)]
        gap = statistics.median(c.wall for c in help_) - statistics.median(c.wall for c in empty)
        print(f"trustctl --help takes {gap:.3f} s more than python -c pass (median of 7)")


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if arguments[:1] == ["--bare"]:
        bare(Path(arguments[1]), Path(arguments[2]), tuple(arguments[3:]))
        return
    if not compileall.compile_dir(REPO / "trustctl", quiet=1):
        raise SystemExit("a module of the package does not compile")
    start_up()
    for size in [int(text) for text in arguments] or [50, 200]:
        measure(size)


if __name__ == "__main__":
    main(sys.argv[1:])
