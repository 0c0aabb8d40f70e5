"""What happens later: scheduled jobs and scheduled reloads.

Jobs: "Job at | delay | enable | disable" and "Show job" of the ArubaOS-Switch 16.07 to 16.10 guides. There is nobody to
answer a question that a job's command asks (Basic Operation Guide, "There is no prompt for user input with this
feature"); whether `cfg-restore` asks in a job is not documented, so a lab switch takes the worse case: its job fails,
unless the description's feature `job_confirms` says that it does not ask.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.device import AosSDevice

_JOB = re.compile(
    r'^job "(?P<name>[^"]*)" (?P<how>delay|at) (?P<time>\S+)(?P<save> config-save)? "(?P<line>[^"]*)"'
    r"(?: count (?P<count>\d+))?$"
)
_RESTORE = re.compile(r"^cfg-restore flash (\S+)", re.IGNORECASE)
_SHOWN = 255


def minutes_of(written: str) -> int:
    """`[[DD:]HH:]MM` in minutes."""
    days, hours, minutes = ([0, 0, 0] + [int(part) for part in written.split(":")])[-3:]
    return (days * 24 + hours) * 60 + minutes


@dataclass(slots=True)
class Job:
    """A job of the configuration, with its timer and what became of its runs."""

    text: str
    name: str
    every: int
    line: str
    save: bool
    left: int | None
    """How many runs are left; None for ever."""
    timer: asyncio.TimerHandle | None = None
    runs: int = 0
    errors: int = 0
    output: str = ""

    def when(self) -> str:
        """As the tables write it: `Every 00:00:10 days`."""
        days, rest = divmod(self.every, 1440)
        return f"Every {days:02d}:{rest // 60:02d}:{rest % 60:02d} days"


class Scheduler:
    """The jobs of one switch: it follows the configuration."""

    def __init__(self, device: AosSDevice) -> None:
        self._device = device
        self.jobs: dict[str, Job] = {}

    def running(self) -> bool:
        """Whether the scheduler works: only once the time is known."""
        config = self._device.switch.config
        mode = config.text("timesync").removeprefix("timesync ")
        if mode == "ntp":
            return config.has("ntp enable") and bool(config.starting("ntp server "))
        if mode in {"sntp", "timep-or-sntp"}:
            return bool(config.starting("sntp server ")) or config.text("sntp mode") == "sntp broadcast"
        return (mode == "timep" and config.has("ip timep")) or self._device.time_set

    def follow(self) -> None:
        """Start the timers of jobs that came, end those of jobs that went."""
        lines = {line.identity: line.text for line in self._device.switch.config.starting("job ")}
        for identity, job in list(self.jobs.items()):
            if lines.get(identity) != job.text:
                self._cancel(job)
                del self.jobs[identity]
        for identity, text in lines.items():
            found = _JOB.match(text)
            if found is None or identity in self.jobs or found["how"] != "delay":
                continue
            left = int(found["count"]) if found["count"] else None
            job = Job(text, found["name"], minutes_of(found["time"]), found["line"], bool(found["save"]), left)
            self.jobs[identity] = job
            self._start(job)

    def forget(self) -> None:
        """End every timer."""
        for job in self.jobs.values():
            self._cancel(job)
        self.jobs.clear()

    def _start(self, job: Job) -> None:
        seconds = self._device.clock.real_seconds(max(job.every, 1))
        job.timer = asyncio.get_running_loop().call_later(seconds, self._run, job)

    def _cancel(self, job: Job) -> None:
        if job.timer is not None:
            job.timer.cancel()
            job.timer = None

    def _run(self, job: Job) -> None:
        job.timer = None
        if self.running() and job.left != 0:
            job.runs += 1
            job.left = None if job.left is None else job.left - 1
            job.output = self._obey(job)[:_SHOWN]
            if job.save:
                self._device.save("job")
        if job.left != 0 and self.jobs.get(f"job {job.name}") is job:
            self._start(job)

    def _obey(self, job: Job) -> str:
        """What a run prints; a command that fails or asks counts as an error."""
        restore = _RESTORE.match(job.line)
        if restore is not None:
            if not self._device.spec.features.get("job_confirms", False):
                job.errors += 1
                return f"Current running-configuration will be replaced with '{restore[1]}'.\nContinue (y/n)?"
            try:
                return self._device.files.restore(restore[1]).outcome
            except FileError as error:
                job.errors += 1
                return f"{error.reason}: {error.path}"
        reply = self._device.configure(CONFIG, job.line, confirmed=False)
        job.errors += 1 if reply.refused or reply.question else 0
        return reply.output

    def show(self) -> str:
        """What `show job` prints."""
        state = "Running" if self.running() else "Waiting for the system time to be set"
        rows = "".join(
            f"  {_cut(job.name, 18):<18} {job.when():<19} {job.left if job.left is not None else '--':<6} "
            f"{'Yes' if job.save else 'No':<4} {_cut(job.line, 30)}\n"
            for job in self.jobs.values()
        )
        return (
            f"\n Job Scheduler Status and Configuration\n\n  Scheduler Status : {state}\n\n"
            "                     Event or            Repeat Save\n"
            "  Name               Time                Count  Cfg  Command\n"
            f"  ------------------ ------------------- ------ ---- ------------------------------\n{rows}\n"
        )

    def show_one(self, name: str) -> str:
        """What `show job NAME` prints; empty if there is none."""
        job = self.jobs.get(f"job {name}")
        if job is None:
            return ""
        text = (
            f"\n Job Information\n\n Job Name    : {job.name}\n Runs At     : {job.when()}\n"
            f" Config Save : {'Yes' if job.save else 'No'}\n"
            f" Repeat Count: {job.left if job.left is not None else '--'}\n Job Status  : Enabled\n"
            f" Run Count   : {job.runs}\n Error Count : {job.errors}\n Command     : {job.line}\n"
        )
        return text + (f"\n Output from Last Run\n --------------------\n {job.output}\n" if job.runs else "\n")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


class Reloader:
    """The one scheduled reload of a switch: `reload after`."""

    def __init__(self, device: AosSDevice) -> None:
        self._device = device
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    @property
    def scheduled(self) -> bool:
        """Whether a reload is to come."""
        return self._timer is not None

    def schedule(self, minutes: float) -> None:
        """Reboot in so many device minutes; what is not saved by then is lost, and nobody is asked."""
        self.forget()
        loop = asyncio.get_running_loop()
        seconds = self._device.clock.real_seconds(minutes)
        self._due = loop.time() + seconds
        self._timer = loop.call_later(seconds, self._fire)

    def forget(self) -> None:
        """Call it off."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def left(self) -> timedelta:
        """How much device time is left."""
        seconds = self._due - asyncio.get_running_loop().time()
        return timedelta(minutes=max(self._device.clock.device_minutes(seconds), 0))

    def show(self) -> str:
        """What `show reload` prints [unverified]."""
        if not self.scheduled:
            return "No reload is scheduled.\n"
        seconds = int(self.left().total_seconds())
        days, rest = divmod(seconds, 86_400)
        hours, rest = divmod(rest, 3600)
        return f"Reload scheduled in {days} days, {hours} hours, {rest // 60} minutes, {rest % 60} seconds.\n"

    def _fire(self) -> None:
        self._timer = None
        self._device.reboot("Scheduled reload")
