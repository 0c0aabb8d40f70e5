"""Apply a plan to its devices: what others stand on first, then the furthest, cores last; stop after a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from trustctl.apply.job import Job
from trustctl.apply.law import SafeChange, Tools
from trustctl.apply.off_box import OffBoxChange
from trustctl.apply.server import HostChange
from trustctl.apply.windows import WindowsChange
from trustctl.errors import ExitCode, LockedError
from trustctl.model.plan import Tier
from trustctl.model.run import DeviceOutcome, Outcome

Progress = Callable[[str, DeviceOutcome | None], None]
"""Called with a device's name and None when it starts, and with its outcome when it ends. MUST NOT raise."""


def _silent(_device: str, _outcome: DeviceOutcome | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Devices that are changed at the same time. Rings go one after the other."""

    jobs: tuple[Job, ...]


def rings(jobs: Iterable[Job], cores: frozenset[str]) -> tuple[Ring, ...]:
    """Put what other hosts stand on in the first rings, then all that is no core, and each core in a ring of its own.

    Of a machine that several schools share one part comes after the other: never two in one ring.
    """
    ordered = sorted(jobs, key=lambda job: job.device)
    first = _in_turns(job for job in ordered if _leads(job))
    edge = tuple(job for job in ordered if job.device not in cores and not _leads(job))
    last = [Ring((job,)) for job in ordered if job.device in cores]
    return (*first, *((Ring(edge),) if edge else ()), *last)


def _in_turns(jobs: Iterable[Job]) -> list[Ring]:
    """Give each machine's first part to the first ring, its second to the second, and so on."""
    turns: list[list[Job]] = []
    met: Counter[str] = Counter()
    for job in jobs:
        machine = job.machine or job.device
        if met[machine] == len(turns):
            turns.append([])
        turns[met[machine]].append(job)
        met[machine] += 1
    return [Ring(tuple(turn)) for turn in turns]


def _leads(job: Job) -> bool:
    return job.windows is not None and job.windows.leads


def _law(job: Job) -> type[SafeChange]:
    if job.windows is not None:
        return WindowsChange
    if job.tier is Tier.C:
        return OffBoxChange
    return HostChange if job.server else SafeChange


class Halt:
    """Stops new devices from being started; devices under way are finished. Safe to set from a signal handler."""

    def __init__(self) -> None:
        self.reason = ""
        self.code = ExitCode.FAILED_UNCHANGED

    def because(self, reason: str, code: ExitCode = ExitCode.FAILED_UNCHANGED) -> None:
        """Start no further device; the first reason stays. `code` is how the devices not started end."""
        if not self.reason:
            self.reason, self.code = reason, code


@dataclass(frozen=True, slots=True)
class Fleet:
    """How many devices at once, who is told, and what stops it."""

    tools: Tools
    halt: Halt
    progress: Progress = _silent
    parallel: int = 4

    def apply(self, parts: Sequence[Ring], schools: Iterable[str]) -> tuple[DeviceOutcome, ...]:
        """Carry out the rings under locks and return every device's outcome.

        The locks are those of the schools, and of the machines that they share with others. After the first device
        that did not end well no further device is started; those are reported as refused. Raises LockedError if
        somebody else holds one of the locks, StorageError if the journal cannot be written.
        """
        outcomes: list[DeviceOutcome] = []
        machines = {job.machine for ring in parts for job in ring.jobs if job.machine}
        with ExitStack() as locks:
            for name in sorted(machines.union(schools)):
                try:
                    locks.enter_context(self.tools.journal.lock(name, self.tools.run_id))
                except LockedError as error:
                    self._end_unstarted(parts, error)
                    raise
            for ring in parts:
                with ThreadPoolExecutor(max_workers=max(1, self.parallel)) as pool:
                    outcomes.extend(pool.map(self._one, ring.jobs))
        return tuple(outcomes)

    def _end_unstarted(self, parts: Sequence[Ring], error: LockedError) -> None:
        """Record that a run ended without starting a device, so that it is not taken for one that broke off."""
        for job in (job for ring in parts for job in ring.jobs):
            why = f"not started: {error.problem}"
            outcome = DeviceOutcome(job.device, Outcome.REFUSED, why, error.exit_code)
            self.tools.journal.finish_device(self.tools.run_id, outcome)
        self.tools.journal.finish(self.tools.run_id)

    def _one(self, job: Job) -> DeviceOutcome:
        if self.halt.reason:
            why = f"not started: {self.halt.reason}"
            outcome = DeviceOutcome(job.device, Outcome.REFUSED, why, self.halt.code)
        else:
            self.progress(job.device, None)
            outcome = _law(job)(job, self.tools).run()
            if outcome.exit_code is not ExitCode.DONE and (_leads(job) or not job.server):
                untouched = outcome.outcome in {Outcome.REFUSED, Outcome.UNCHANGED}
                code = outcome.exit_code if untouched else ExitCode.FAILED_UNCHANGED
                self.halt.because(f"{job.device} did not end well ({outcome.outcome})", code)
        self.tools.journal.finish_device(self.tools.run_id, outcome)
        self.progress(job.device, outcome)
        return outcome
