"""Windows hosts of the lab, the engine, and what one change of them needs. A device minute lasts a second."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from trustctl.apply.job import Job
from trustctl.apply.law import Tools
from trustctl.apply.windows import WindowsChange, WindowsContext, windows_job, windows_restore_job
from trustctl.engines.protocol import Endpoint, Reading, Target
from trustctl.engines.windows.engine import WindowsEngine
from trustctl.journal import Phase
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import DevicePlan, Intended, IntendedLine, Plan
from trustctl.model.run import DeviceOutcome
from trustctl.model.school import School
from trustctl.model.windows import WindowsHost
from trustctl.plan.windows import WindowsInput, plan_windows, windows_scope
from trustctl.secrets import KnownSecrets
from trustctl.windows.topics import load_topics

HERE = Path(__file__).parents[3]
MINUTE = 1.0
PASSWORD = "lab-{{ 1 + 1 }}-only"


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


def spec(name: str, number: int, **more: Any) -> WindowsSpec:
    """A host as it is delivered."""
    uuid = f"4C4C4544-0044-1111-8043-B7C04F4E39{number:02X}"
    return WindowsSpec(name=name, uuid=uuid, password=PASSWORD, user="Administrator", **more)


@dataclass
class Bench:
    """Running hosts with an engine and a journal. `texts` are the role variables of each host."""

    lab: WindowsLab
    school: School
    host: WindowsHost
    tools: Tools
    texts: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    @property
    def engine(self) -> WindowsEngine:
        """The engine."""
        engine = self.tools.connector
        assert isinstance(engine, WindowsEngine)
        return engine

    def target(self, name: str, **other: Any) -> Target:
        """How a host is dialled, as it was adopted."""
        contact = self.lab.contacts[name]
        made = Target(
            device=name,
            platform="windows",
            endpoint=Endpoint(contact.host, contact.port),
            username=contact.user,
            password=PASSWORD,
            host_key=contact.host_key,
            serial=contact.uuid,
            ca=str(self.lab.ca),
            resolve=KnownSecrets({"ad/join": "jo{{in"}).get,
        )
        return replace(made, **other)

    def read(self, *targets: Target) -> dict[str, Reading]:
        """Read hosts in one run."""
        return {one.device: one for one in self.engine.observe_many(targets, taken=datetime.now(tz=UTC))}

    def intended(self, name: str) -> Intended:
        """The rendered text, each line of a template line of its own."""
        lines = self.texts[name].splitlines()
        made = (
            IntendedLine(line, LineOrigin(Place("windows/host.j2", number)))
            for number, line in enumerate(lines, start=1)
        )
        return Intended(name, "windows", tuple(made))

    def plan(self, name: str) -> DevicePlan:
        """Plan one host."""
        reading = self.read(self.target(name))[name]
        observed = reading.observed or reading.error
        assert observed is not None
        topics = load_topics((HERE / "templates",))
        host = replace(self.host, name=name)
        return plan_windows(WindowsInput(host, self.school, self.intended(name), observed, topics))

    def context(self, name: str) -> WindowsContext:
        """What the inventory says of a host."""
        scope = windows_scope(replace(self.host, name=name))
        topics = load_topics((HERE / "templates",))
        return WindowsContext(self.target(name), self.intended(name), scope, topics, resolve=lambda _: "jo{{in")

    def job(self, planned: DevicePlan) -> Job:
        """The change of one host."""
        now = datetime.now(tz=UTC)
        plan = Plan(now, now + timedelta(days=1), "", "", "1", (planned,), digest=f"sha256:{planned.observed_digest}")
        return windows_job(planned, self.context(planned.name), plan, lambda _: "jo{{in")

    def carry_out(self, job: Job) -> DeviceOutcome:
        """Carry a change out under the law."""
        self.runs += 1
        tools = replace(self.tools, run_id=f"run-{self.runs}")
        tools.journal.start(tools.run_id, job.plan_digest, "")
        outcome = WindowsChange(job, tools).run()
        tools.journal.finish_device(tools.run_id, outcome)
        tools.journal.finish(tools.run_id)
        return outcome

    def lines(self) -> tuple[list[int], list[int]]:
        """Of the last run: the changes that were meant to be made, and those that were."""
        steps = [step for _, step in self.tools.journal.records(f"run-{self.runs}") if step.phase is Phase.LINE]
        meant = [int(str(step.detail["index"])) for step in steps if step.kind == "intent"]
        return meant, [int(str(step.detail["index"])) for step in steps if step.kind == "result"]

    def restore(self, name: str) -> Job:
        """The way back from the last run."""
        steps = [step for _, step in self.tools.journal.records(f"run-{self.runs}") if step.kind == "result"]
        digests = {step.phase: str(step.detail["sha256"]) for step in steps if "sha256" in step.detail}
        earlier = self.tools.backups.load(name, digests[Phase.BACKUP])
        reached = self.tools.backups.load(name, digests[Phase.VERIFY])
        return windows_restore_job(name, earlier, reached, self.context(name), f"rollback:run-{self.runs}")
