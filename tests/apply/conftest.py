"""A lab switch, and everything one safe change of it needs. A device minute lasts half a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from trustctl.apply.job import Job, Pace
from trustctl.apply.law import SafeChange, Tools
from trustctl.engines.network import Limits, NetworkConnector
from trustctl.engines.protocol import Endpoint, Target
from trustctl.journal import Backups, Journal, Phase
from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec
from trustctl.model.plan import Tier
from trustctl.model.run import DeviceOutcome
from trustctl.platforms import platform

TEMPLATES = Path(__file__).parents[2] / "templates"
MINUTE = 0.5
PASSWORD = "Try-This-Login-1"

BOOT = """\
version 15.2
hostname oak-sw-01
username netops privilege 15 secret 0 {password}
aaa new-model
aaa authentication login default local
aaa authorization exec default local
vtp mode transparent
vlan 10
 name management
vlan 20
 name staff
interface GigabitEthernet1/0/1
 description a room
 switchport access vlan 20
 switchport mode access
interface GigabitEthernet1/0/48
 switchport trunk allowed vlan 10,20
 switchport mode trunk
interface Vlan1
 no ip address
interface Vlan10
 ip address 10.1.10.2 255.255.255.0
ip default-gateway 10.1.10.1
{archive}
line vty 0 15
 transport input ssh
end
"""


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(tz=UTC)

    def monotonic(self) -> float:
        """Return seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def meaning(text: str) -> tuple[str, ...]:
    """Return the lines of a configuration that matter, each with its section: independent of the change engine."""
    section, lines = "", []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip() or line[0] in "!B" or line.startswith(("Current", "Using", "end", "version")):
            continue
        if line[0] != " ":
            section = line
        lines.append(f"{section} / {line.strip()}" if line[0] == " " else line)
    return tuple(lines)


@dataclass
class TextJudge:
    """Judges by the lines of the text alone."""

    planned: str
    target: Callable[[str], str]

    def moved(self, running: str) -> tuple[str, ...]:
        """Compare with what was planned against."""
        return self.differ(self.planned, running)

    def off_target(self, running: str) -> tuple[str, ...]:
        """Compare with the target."""
        return self.differ(self.target(self.planned), running)

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Name the lines of one text that are not in the other."""
        before, after = meaning(one), meaning(other)
        return tuple(sorted(set(before) ^ set(after)))


@dataclass
class Bench:
    """One switch in the lab and a journal."""

    lab: Lab
    target: Target
    tools: Tools
    name: str = "oak-sw-01"

    def job(
        self,
        lines: tuple[str, ...],
        to: Callable[[str], str] | None = None,
        tier: Tier = Tier.A,
        *,
        restarts: bool = False,
    ) -> Job:
        """Return the job that sends `lines`; `to` turns the planned text into the target text."""
        judge = TextJudge(self.lab.running(self.name), to or (lambda text: text))
        return Job(
            device=self.name,
            plan_digest="sha256:00",
            tier=tier,
            target=self.target,
            batches=tuple(platform("cisco_ios", (TEMPLATES,)).rulebook.gate.batches(lines)),
            judge=judge,
            fill=lambda _running, batch: batch,
            gateway="10.1.10.1",
            restarts=restarts,
        )

    def run(self, job: Job, **pace: float) -> DeviceOutcome:
        """Carry out a job."""
        tools = replace(self.tools, pace=replace(self.tools.pace, **pace)) if pace else self.tools
        return SafeChange(job, tools).run()

    def phases(self) -> list[tuple[Phase, str]]:
        """Return what the journal holds, lines left out."""
        steps = [step for _, step in self.tools.journal.records("run-1")]
        return [(step.phase, step.kind) for step in steps if step.phase is not Phase.LINE]


Bencher = Callable[..., Bench]


def catalyst(*, archive: bool, members: tuple[str, ...]) -> DeviceSpec:
    """The switch that most of these tests change."""
    return DeviceSpec(
        name="oak-sw-01",
        platform="cisco_ios",
        model="WS-C2960X-48FPS-L",
        serial="FOC1234X0AB",
        boot=BOOT.format(password=PASSWORD, archive="archive\n path flash:tc\n maximum 5" if archive else ""),
        members=members,
        management_address="10.1.10.2",
        attachment="GigabitEthernet1/0/48",
    )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bencher]:
    """Return a function that starts one switch, the Catalyst or another one; it is stopped afterwards."""
    labs: list[Lab] = []

    def start(
        *,
        archive: bool = True,
        cut: str = "abort",
        saved: bool = True,
        members: tuple[str, ...] = (),
        other: DeviceSpec | None = None,
        user: str = "netops",
    ) -> Bench:
        spec = other or catalyst(archive=archive, members=members)
        lab = Lab([spec], minute_seconds=MINUTE, cut=cut, started=datetime.now(tz=UTC))
        lab.start()
        labs.append(lab)
        if saved:
            lab.console_save(spec.name)
        host, port = lab.endpoints[spec.name]
        target = Target(
            device=spec.name,
            platform=spec.platform,
            endpoint=Endpoint(host, port),
            username=user,
            password=PASSWORD,
            host_key=lab.host_key(spec.name),
            serial=spec.serial,
        )
        clock = RealClock()
        journal = Journal(tmp_path / "state", clock=clock, user="jo", host="laptop")
        journal.start("run-1", "sha256:00", "{}")
        connector = NetworkConnector(
            partial(platform, roots=(TEMPLATES,)), Limits(silence_seconds=3.0, line_seconds=3.0)
        )
        pace = Pace(minute=MINUTE, revert_minutes=4, grace_minutes=4, margin=1.5)
        tools = Tools(connector, journal, Backups(tmp_path / "state"), clock, pace, "run-1")
        return Bench(lab, target, tools, spec.name)

    yield start
    for lab in labs:
        lab.stop()
