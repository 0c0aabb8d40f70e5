"""One powered AOS-S switch: its configuration, its files, jobs, sessions, log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from trustctl.lab.clock import DeviceClock
from trustctl.lab.device import Device
from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.login import Login
from trustctl.lab.makes.aruba_aos_s.advert import advert
from trustctl.lab.makes.aruba_aos_s.model.access import sign_in
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, EXEC, Context
from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch, Reply
from trustctl.lab.makes.aruba_aos_s.restoring import Files
from trustctl.lab.makes.aruba_aos_s.shell.session import Session
from trustctl.lab.makes.aruba_aos_s.timers import Reloader, Scheduler
from trustctl.lab.neighbours import Advert, Discovery
from trustctl.lab.spec import DeviceSpec
from trustctl.lab.terminal import Terminal


class AosSDevice(Device):
    """A powered switch or stack of this make.

    It takes no command in an SSH exec request [unverified].
    """

    ssh_version = "Mocana SSH 6.3"
    not_simulated = frozenset({FaultKind.SAVE_QUESTION, FaultKind.LOCKED})

    def __init__(self, spec: DeviceSpec, clock: DeviceClock, *, cut: str = "abort") -> None:
        super().__init__(spec, clock, cut=cut)
        self.switch = AosSwitch(spec)
        self.last_logins: dict[str, tuple[datetime, str]] = {}
        """By role: when somebody logged in last, and from where."""
        self.time_set = False
        """Whether somebody set the clock by hand."""
        self.boot_reason = "power-on"
        self.files = Files(self)
        self.scheduler = Scheduler(self)
        self.reloader = Reloader(self)
        self._follow_time()
        self.scheduler.follow()

    # --- sessions ---------------------------------------------------------------------------------------------------

    @property
    def forwarder(self) -> AosSwitch:
        """The configuration model."""
        return self.switch

    def lines(self) -> range:
        """Five besides the console [unverified]."""
        return range(1, 6)

    def shell(self, terminal: Terminal, login: Login, line: int) -> Session:
        """A command line session."""
        return Session(self, terminal, login, line)

    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege that the local credentials or RADIUS give."""
        return sign_in(self.switch, user, password)

    def advertises(self, port: str, protocol: Discovery) -> Advert | None:
        """LLDP, unless it is off altogether or not sent on that port. CDP is only listened to."""
        return advert(self, port, protocol)

    def log_event(self, text: str) -> None:
        """Note something in the event log, `I 09/02/26 22:28:34 00179 mgr: ...` [form from published logs]."""
        at = self.clock.now()
        self.syslog_lines.append(f"I {at:%m/%d/%y %H:%M:%S} {text}")

    # --- configuration ----------------------------------------------------------------------------------------------

    def running(self) -> str:
        """The running configuration from its header line on, made once for each change."""
        return self.switch.running()

    @property
    def startup(self) -> str | None:
        """The startup configuration as the switch shows it."""
        return self.switch.startup or None

    def configure(self, context: Context, line: str, *, confirmed: bool = False) -> Reply:
        """One line in configuration mode, with the faults that are in force, and all that follows from it."""
        stopped = None if confirmed else self.stopped_by(line)
        if stopped is not None:
            if stopped.kind is FaultKind.IGNORE_LINE:
                return Reply(context=context)
            said = stopped.text or f"Invalid input: {line.split(maxsplit=1)[0]}"
            return Reply(f"{said}\n", context, refused=True, depth=1)
        reply = self.switch.configure(context, line, confirmed=confirmed)
        if reply.changed:
            self.touched()
        if reply.question is None:
            self.after_line(line)
        return reply

    def touched(self) -> None:
        """What follows from a change: jobs, local time, reachability."""
        self._follow_time()
        self.scheduler.follow()
        self.settle_all()

    def edit(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines in configuration mode at the console, answering yes; what the switch printed."""
        printed: list[str] = []
        context = CONFIG
        for line in lines:
            reply = self.configure(context, line)
            if reply.question is not None:
                reply = self.configure(context, line, confirmed=True)
            printed += reply.output.splitlines()
            context = CONFIG if reply.context == EXEC else reply.context
        return tuple(printed)

    def save(self, user: str) -> None:
        """Write the running configuration to startup. Raises FileError if that fails."""
        if self.faults.get(FaultKind.FLASH_FULL) or self.faults.get(FaultKind.SAVE_REFUSED):
            raise FileError("config", "Unable to save configuration")
        self.switch.save()
        self.counters.bump("saves")

    def file(self, path: str) -> bytes:
        """The bytes of a configuration file. Raises FileError if it is not there."""
        return self.files.read(path).encode("utf-8", "surrogateescape")

    # --- power ------------------------------------------------------------------------------------------------------

    def pending(self) -> tuple[str, str]:
        """Jobs that restore a configuration, and the scheduled reload, in words."""
        jobs = [job for job in self.scheduler.jobs.values() if job.timer and "cfg-restore" in job.line]
        reload = f"in {self.reloader.left()}" if self.reloader.scheduled else ""
        return ", ".join(f"job {job.name} every {job.every} min" for job in jobs), reload

    def restart(self, reason: str) -> None:
        """Boot from startup; jobs that it has start again."""
        self.boot_reason = reason
        self.switch.reload()
        self._follow_time()
        self.scheduler.follow()
        self.log_event(f"00061 system: System booted ({reason})")

    def forget_timers(self) -> None:
        """Jobs and the scheduled reload are gone."""
        self.scheduler.forget()
        self.reloader.forget()

    def _follow_time(self) -> None:
        """Local time: minutes from UTC (`time timezone 60`); summer time is not simulated."""
        written = self.switch.config.text("time timezone").split()
        minutes = written[-1].lstrip("+") if written else "0"
        self.clock.offset = timedelta(minutes=int(minutes) if minutes.lstrip("-").isdigit() else 0)

    @classmethod
    def has_user(cls, boot: str, user: str) -> bool:
        """Whether a configuration shows how that user logs in: a digest, for that name or for any."""
        for line in boot.replace('\n "', ' "').split("\n"):
            if line.startswith("password manager") and ("sha1" in line or "sha256" in line or "plaintext" in line):
                return f'user-name "{user}"' in line or "user-name" not in line
        return False
