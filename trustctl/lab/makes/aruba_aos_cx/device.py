"""One AOS-CX switch of the lab with all that its configuration is not: sessions, checkpoints, log, neighbours."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trustctl.lab.clock import DeviceClock
from trustctl.lab.device import Device
from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.login import Login
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.model.hiding import reveal
from trustctl.lab.makes.aruba_aos_cx.model.login import login
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC, Block, Context, Question, Reply
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.makes.aruba_aos_cx.shell.checkpoints import Checkpoints
from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell
from trustctl.lab.neighbours import Advert, Discovery
from trustctl.lab.spec import DeviceSpec
from trustctl.lab.terminal import Terminal

NO_SPACE = "No space left on device"


class CxDevice(Device):
    """A powered AOS-CX switch.

    `ssh_version`: AOS-CX serves SSH by OpenSSH; which version a release identifies as is unverified.
    """

    ssh_version = "OpenSSH_8.9"
    not_simulated = frozenset({FaultKind.SAVE_QUESTION, FaultKind.LOCKED})

    def __init__(self, spec: DeviceSpec, clock: DeviceClock, *, cut: str = "abort") -> None:
        super().__init__(spec, clock, cut=cut)
        self.switch = CxSwitch(spec)
        self.logins: dict[str, list[str]] = {}
        """When and from where each user logged in, as the greeting says it."""
        self.checkpoints = Checkpoints(self)
        self._follow_zone()

    # --- sessions ---------------------------------------------------------------------------------------------------

    @property
    def forwarder(self) -> CxSwitch:
        """The configuration model."""
        return self.switch

    def lines(self) -> range:
        """Five at once [unverified]."""
        return range(5)

    def shell(self, terminal: Terminal, login: Login, line: int) -> Shell:
        """A command line session."""
        return Shell(self, terminal, login, line)

    def execute(self, command: str, terminal: Terminal, login: Login) -> Coroutine[None, None, int] | None:
        """One command, as `ssh switch "write memory"` runs it (docs-csm, saving switch configurations)."""
        shell = self.open_shell(terminal, login)
        return None if shell is None else shell.run_once(command)

    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege that the accounts and the RADIUS servers give."""
        return login(self.switch, user, password)

    @classmethod
    def has_user(cls, boot: str, user: str) -> bool:
        """Whether there is a `user` line of that name whose password the lab can check: its own ciphertext."""
        found = re.search(rf"^user {re.escape(user)} .*\bciphertext (\S+)", boot, re.MULTILINE)
        return found is not None and reveal(found[1]) is not None

    def auth_banner(self) -> str:
        """`banner motd`, which a user sees before the password is asked for (AOS-CX Fundamentals Guide)."""
        text = self.banner("motd")
        return text.replace("\n", "\r\n")

    def banner(self, kind: str) -> str:
        """The text of the banner `motd` or `exec`; empty if there is none."""
        node = self.switch.root.get(f"banner {kind}")
        return "".join(f"{line}\n" for line in node.body[:-1]) if node is not None else ""

    def syslog(self, message: str) -> None:
        """Log a message."""
        self.syslog_lines.append(f"{self.clock.now():%Y-%m-%dT%H:%M:%S}.000000+00:00 {self.switch.hostname} {message}")

    def advertises(self, port: str, protocol: Discovery) -> Advert | None:
        """LLDP, unless it is off; what is sent on a port is the port's name."""
        root = self.switch.root
        node = root.get(f"interface {port}")
        if protocol is not Discovery.LLDP or root.has("lldp") or node is None or node.has("lldp transmit"):
            return None
        model = self.switch.model_of(port)
        return Advert(
            chassis=self.mac,
            system=self.switch.hostname,
            description=f"{self.switch.vendor} {model.part}  {self.switch.version}",
            port=port,
            port_description=node.value("description") or port,
            address=self.spec.management_address or self.switch.default_address() or "",
            platform=model.part,
            version=self.switch.version,
        )

    # --- configuration ----------------------------------------------------------------------------------------------

    def running(self) -> str:
        """The running configuration from its `!` and `!Version` lines on, made once for each change."""
        return self.switch.running()

    @property
    def startup(self) -> str | None:
        """The startup configuration, if there is one."""
        return self.switch.startup

    def configure(self, context: Context, line: str) -> Reply:
        """One line in configuration mode, with the faults that are in force, and all that follows from it."""
        stopped = self.stopped_by(line)
        if stopped is not None:
            if stopped.kind is FaultKind.REJECT_LINE:
                return Reply((stopped.text or f"{INVALID}{line.split(maxsplit=1)[0]}",), context, refused=True)
            return Reply(context=context)
        reply = self.switch.configure(context, line)
        self.after(reply)
        self.after_line(line)
        return reply

    def after(self, reply: Reply) -> None:
        """What follows from a change: local time, reachability, a checkpoint of the system's own."""
        if reply.changed:
            self.touched()

    def touched(self) -> None:
        """The running configuration was changed."""
        self._follow_zone()
        self.checkpoints.changed()
        self.settle_all()

    def answer(self, context: Context, question: Question, *, accepted: bool) -> Reply:
        """Answer a question that the switch asked before it obeyed."""
        reply = self.switch.answer(context, question, accepted=accepted)
        self.after(reply)
        return reply

    def finish_block(self, context: Context, block: Block, body: tuple[str, ...]) -> Reply:
        """Take the lines of a banner."""
        reply = self.switch.finish_block(context, block, body)
        self.after(reply)
        return reply

    def edit(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines in configuration mode at the console; what the switch printed. Questions are answered with yes."""
        context, printed = CONFIG, list[str]()
        waiting = iter(lines)
        for line in waiting:
            reply = self.switch.configure(context, line)
            printed += reply.output
            if reply.question is not None:
                reply = self.switch.answer(context, reply.question, accepted=True)
                printed += reply.output
            if reply.block is not None:
                body: list[str] = []
                for raw in waiting:
                    if reply.block.delimiter in raw:
                        break
                    body.append(raw)
                reply = self.switch.finish_block(reply.context, reply.block, tuple(body))
            context = CONFIG if reply.context == EXEC else reply.context
        self.touched()
        return tuple(printed)

    def restore(self, text: str) -> None:
        """Become exactly a stored configuration; the fault `ROLLBACK_SKIPS` leaves lines alone."""
        skip = self.faults.get(FaultKind.ROLLBACK_SKIPS)
        self.switch.load_running(_skipping(text, self.running(), skip.text) if skip else text)
        self.touched()

    def save(self, user: str) -> None:
        """Write the running configuration to startup. Raises FileError if that fails."""
        if self.faults.get(FaultKind.FLASH_FULL):
            raise FileError("startup-config", NO_SPACE)
        if self.faults.get(FaultKind.SAVE_REFUSED):
            raise FileError("startup-config", "Device or resource busy")
        self.switch.save()
        self.checkpoints.saved()
        self.counters.bump("saves")

    def _follow_zone(self) -> None:
        """Take local time from `clock timezone`."""
        name = self.switch.root.value("clock timezone") or "utc"
        written = "/".join("_".join(part.capitalize() for part in each.split("_")) for each in name.split("/"))
        try:
            zone = ZoneInfo("UTC" if name == "utc" else written)
        except (ZoneInfoNotFoundError, ValueError):
            zone, written = ZoneInfo("UTC"), "UTC"
        local = (self.clock.now() - self.clock.offset).astimezone(zone)
        self.clock.zone = "UTC" if name == "utc" else written
        self.clock.offset = local.utcoffset() or timedelta()

    def file(self, path: str) -> bytes:
        """The bytes of a checkpoint. Raises FileError if there is none of that name."""
        found = self.checkpoints.find(path)
        if found is None:
            raise FileError(path, "No such file")
        return found.text.encode("utf-8", "surrogateescape")

    # --- power ------------------------------------------------------------------------------------------------------

    def pending(self) -> tuple[str, str]:
        """The auto checkpoint that waits to be confirmed; AOS-CX schedules no reload."""
        armed = self.checkpoints.armed
        return (f"{armed.minutes} min by {armed.user}" if armed else "", "")

    def restart(self, reason: str) -> None:
        """Boot from startup."""
        self.switch.load_running(self.startup or "")
        self._follow_zone()
        self.syslog(f"hpe-sysmond[1]: Event|1201|LOG_INFO|AMM|-|{reason}")

    def forget_timers(self) -> None:
        """The auto checkpoint is gone [unverified: what a reboot in auto mode leaves], and so is the system's timer."""
        self.checkpoints.forget()


def _skipping(target: str, current: str, text: str) -> str:
    """A configuration whose lines with that text are those of another one, in the sections that both have."""
    wanted, have = _by_section(target), _by_section(current)
    lines: list[str] = []
    for header, body in wanted.items():
        kept = [line for line in have.get(header, ()) if text in line]
        if text in header and header not in have:
            continue
        lines += [header, *(line for line in body if text not in line), *kept]
    lines += [
        line for header, body in have.items() if text in header and header not in wanted for line in (header, *body)
    ]
    return "".join(f"{line}\n" for line in lines)


def _by_section(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if line.startswith(" ") and found:
            found[next(reversed(found))].append(line)
        elif line.strip():
            found.setdefault(line, [])
    return found
