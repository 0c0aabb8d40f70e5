"""One SSH session with one device of any platform whose folder describes it: implements `ChangeSession`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from re import Pattern

from trustctl.config.digest import digest
from trustctl.config.read import read
from trustctl.engines.network.dialogue import Dialogue
from trustctl.engines.network.identity import parse_identity
from trustctl.engines.network.limits import Limits
from trustctl.engines.network.link import Link
from trustctl.engines.network.replies import number
from trustctl.engines.network.safe_change import SafeChanger
from trustctl.engines.network.writer import ResolvedLine, resolve_block
from trustctl.engines.protocol import Armed, Identity, Preflight, Target, TimerState
from trustctl.errors import (
    DeviceError,
    HostileOutputError,
    LineRejectedError,
    LoginRefusedError,
    LosslessError,
    SaveFailedError,
    WrongDeviceError,
)
from trustctl.platforms import Platform
from trustctl.platforms.spec import Command
from trustctl.secrets import Redactor

_LATE_TEXT_SECONDS = 1.0
"""How long a configuration that lacks its end is waited for after something that looked like a prompt."""


class DeviceSession:
    """A signed-in session. Made by `NetworkConnector.open`; the methods are those of `ChangeSession`."""

    def __init__(self, link: Link, platform: Platform, target: Target, limits: Limits) -> None:
        self._link = link
        self._platform = platform
        self._spec = platform.spec
        self._target = target
        self._limits = limits
        secrets = (target.password, target.enable or "", *target.sensitive, *target.observed.values())
        self._redactor = Redactor(secrets)
        self._talk = Dialogue(link, self._spec, target.device, limits, self._redactor)
        self._identity: Identity | None = None
        self._waiting = 0
        self._tied = self._settled = False
        self._safe = SafeChanger(self._talk, self._spec, target, self.read_reply)

    # -- opening ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Find the prompt, reach the privileged level, turn paging off, and check the pinned serial number."""
        self._talk.greet()
        if not self._talk.replies.privileged(self._talk.prompt):
            self._enable()
        for command in self._spec.session.prepare:
            # the first prompt may have been torn by a message: the name is learned again from a prompt behind an echo
            self.read_reply(Command(send=command), any_host=True)
        if self._talk.replies.configuring(self._talk.prompt):
            raise self._talk.fail("the session starts in configuration mode", "Look at the device's console.")
        if self._target.serial is not None:
            self._check_serial(self._target.serial)

    def _enable(self) -> None:
        enable = self._spec.session.enable
        if self._target.enable is None:
            raise self._talk.fail(
                f"the login of {self._target.username!r} is not privileged and no enable secret is known",
                "Name the enable secret in the device's login, or give the account privilege 15.",
                kind=LoginRefusedError,
            )

        def over(tail: str) -> bool:
            return bool(enable.asks.search(tail)) or self._talk.replies.prompt(tail) is not None

        shown = self._talk.type(enable.command, over, sent=enable.command)
        if enable.asks.search(shown):
            patience = self._limits.login_seconds
            shown = self._talk.type(self._target.enable, over, sent="(enable secret)", seconds=patience)
        prompt = self._talk.replies.prompt(shown)
        if enable.refused.search(shown) or prompt is None or not self._talk.replies.privileged(prompt):
            raise self._talk.fail(
                "the device refuses the enable secret",
                "Check it in the secret store. It is not tried again, so that nothing locks.",
                kind=LoginRefusedError,
            )
        self._talk.ask("")

    def _check_serial(self, pinned: str) -> None:
        identity = self.identity()
        if pinned not in {identity.serial, *identity.members}:
            raise self._talk.fail(
                f"another box answers at this address: pinned serial {pinned}, the device says {identity.serial}",
                f"If it was replaced, adopt the new one: trustctl adopt SCHOOL --limit {self._target.device} --rekey",
                kind=WrongDeviceError,
            )

    # -- reading ---------------------------------------------------------------------------------------------

    def read_reply(self, command: Command, *, judge: bool = True, any_host: bool = False, **words: object) -> str:
        """Run one EXEC command of the platform and return its reply.

        `words` fill the braces of `send`. With `judge`, a refusal or a missing `success` text raises DeviceError.
        `any_host`: the command may change the host name, so the new prompt is learned.
        """
        sent = command.send.format(**words)
        reply = self._talk.ask(sent, seconds=command.seconds, answers=command.answers, any_host=any_host)
        if judge:
            refusal = self._talk.replies.refusal(reply) if command.success is None else None
            if refusal or (command.success is not None and not command.success.search(reply)):
                raise self._talk.fail(
                    f"the device refuses a command: {refusal or self._talk.mask(reply).strip()[:400] or 'no answer'}",
                    "Check that the account may run it, and ask `trustctl platform identify DEVICE` what it is.",
                    sent=sent,
                )
        return reply

    def identity(self) -> Identity:
        """Read serial number, model, version; once per session."""
        if self._identity is None:
            asked = (self._spec.identity.command, *self._spec.identity.also)
            reply = "\n".join(self.read_reply(command, judge=False) for command in asked)
            found = parse_identity(reply, self._spec.identity)
            if found is None:
                raise self._talk.fail(
                    "the device does not say its serial number",
                    "Ask `trustctl platform identify DEVICE` what it is; if that is right, mend `identity` there.",
                    kind=HostileOutputError,
                    sent=self._spec.identity.command.send,
                )
            self._identity = replace(found, stack=self._stack()) if len(found.members) > 1 else found
        return self._identity

    def _stack(self) -> tuple[str, ...]:
        """Number and state of each member of a stack. Raises DeviceError if a stack does not say."""
        asked = self._spec.identity.stack
        if asked is None:
            return ()
        reply = self.read_reply(asked.command)
        members = tuple(f"{hit['number']} {hit['state']}" for hit in asked.member.finditer(reply))
        if not members:
            raise self._talk.fail(
                "the stack does not say which members it has",
                "Check `identity.stack` in the platform's platform.yml for this model.",
                sent=asked.command.send,
            )
        return members

    def running(self) -> str:
        """Read the whole running configuration, refused if cut short."""
        return self._configuration(self._spec.reads.running)

    def startup(self) -> str | None:
        """Read the startup configuration, refused if cut short; empty if the device has none, None if it shows none."""
        command = self._spec.reads.startup
        return None if command is None else self._configuration(command, absent_is_empty=True)

    def _configuration(self, command: Command, *, absent_is_empty: bool = False) -> str:
        reply = self._talk.ask(command.send, seconds=command.seconds)
        while not self._spec.reads.whole.search(reply[-4096:]):
            if absent_is_empty and self._spec.reads.startup_absent.search(reply):
                return ""
            refusal = self._talk.replies.refusal(reply) if len(reply) < _LATE_REPLY else None
            if refusal:
                raise self._talk.fail(f"the device refuses a command: {refusal}", _MAY_READ, sent=command.send)
            # a line of the configuration may look like the prompt: then the rest is on its way
            line = self._talk.prompt.text
            late = self._talk.more(_LATE_TEXT_SECONDS)
            if late is None:
                raise LosslessError(
                    f"the configuration is cut short: {len(reply):,} characters without its last line",
                    where=f"{self._target.device}: {command.send}",
                    remedy="Try again; if it stays so, look at the device's console.",
                )
            reply = f"{reply}{line}{late[: late.rfind(chr(10)) + 1]}"
        return reply

    # -- changing --------------------------------------------------------------------------------------------

    def rollback_ready(self) -> bool:
        """Whether the device can roll back on a timer without a reload, as it is configured now (tier A)."""
        return self._safe.rollback_ready()

    def timer(self) -> TimerState:
        """Read the device's rollback timer, of whichever kind is pending."""
        return self._safe.timer()

    def preflight(self) -> Preflight:
        """Prove that a safe change is possible on this device now. Raises PreflightError with the remedy if not."""
        return self._safe.preflight(self.running, self._saved)

    def _saved(self) -> bool:
        """Whether startup means the same as running."""
        startup = self.startup()
        if not startup:
            return False
        rulebook = self._platform.rulebook
        return digest(read(startup, rulebook)) == digest(read(self.running(), rulebook))

    def arm(self, minutes: int) -> Armed:
        """Start the rollback timer that the preflight found, and enter configuration mode."""
        armed = self._safe.arm(minutes)
        self.begin()
        return armed

    def begin(self) -> None:
        """Enter configuration mode, if not in it; verified by the prompt."""
        if not self._talk.replies.configuring(self._talk.prompt):
            self.read_reply(Command(send=self._spec.configure.enter))
        if not self._talk.replies.configuring(self._talk.prompt):
            raise self._talk.fail("the device does not enter configuration mode", "Look at its console.")

    def push(self, lines: tuple[str, ...]) -> None:
        """Send one unit: a single line, or all lines of a banner. See `ChangeSession.push`."""
        if not self._talk.replies.configuring(self._talk.prompt):
            raise self._talk.fail("the session is not in configuration mode", "Arm first.")
        unit = self._resolved(lines)
        first = unit[0]
        self._make_room(unit)
        self._redactor.add(*(value for line in unit for value in line.values))
        reply = self._push_banner(unit) if len(unit) > 1 else self._push_line(first)
        refusal = self._talk.replies.refusal(reply)
        if refusal or not self._talk.replies.configuring(self._talk.prompt):
            self._reject(first.shown, refusal or "the line left configuration mode")

    def _make_room(self, unit: tuple[ResolvedLine, ...]) -> None:
        """Commit what waits before a device has more of it than it takes; only between parts of the text."""
        commit = self._spec.configure.commit
        if commit is None:
            return
        top = not unit[0].startswith(" ") and unit[0] != self._platform.rulebook.grammar.syntax.leave
        tied, self._tied = self._tied, _fits(commit.together, unit[0])
        settled, self._settled = self._settled, _fits(commit.settled, unit[0])
        full = self._waiting > commit.longest // 2 and not (tied and self._tied)
        if top and (full or (self._settled and not settled and self._waiting)):
            self.commit()
            self.begin()
        self._waiting += sum(len(line) + 1 for line in unit)
        if self._waiting > commit.longest:
            raise self._talk.fail(
                f"the device takes {commit.longest:,} bytes of lines at once, and this part of the change is longer",
                "Make the change in parts (--only).",
                sent=unit[0].shown,
            )

    def _resolved(self, lines: tuple[str, ...]) -> tuple[ResolvedLine, ...]:
        """Gate and fill what is not yet; lines that `resolve_line` made have been through both."""
        if all(isinstance(line, ResolvedLine) for line in lines):
            return tuple(line for line in lines if isinstance(line, ResolvedLine))
        return resolve_block(lines, self._platform.rulebook.gate, self._target.resolve, self._target.observed)

    def _push_line(self, line: ResolvedLine) -> str:
        slow = self._spec.configure.slow.search(line) is not None
        renames = self._spec.session.prompt.renames.search(line) is not None
        return self._talk.ask(
            str(line),
            seconds=self._limits.command_seconds if slow else self._limits.line_seconds,
            answers=tuple(one for one in self._spec.configure.answers if one.to is None or one.to.search(line)),
            any_host=renames,
            nudge=False,
        )

    def _push_banner(self, unit: tuple[ResolvedLine, ...]) -> str:
        """Type a banner: its opening line is answered by an invitation, its body by an echo, its end by the prompt."""
        opened, replies = self._spec.configure.banner_opened, self._talk.replies

        def invited(tail: str) -> bool:
            return bool(opened.search(tail)) or replies.prompt(tail) is not None

        first = self._talk.type(unit[0], invited, sent=unit[0].shown)
        if opened.search(first) is None:
            return replies.body(first, unit[0]) or first
        for line in unit[1:-1]:
            self._talk.type(line, _echo(line), sent=unit[0].shown)
        return self._talk.ask(unit[-1], seconds=self._limits.line_seconds)

    def _reject(self, shown: str, reply: str) -> None:
        """Leave configuration mode, then raise LineRejectedError, masked."""
        with contextlib.suppress(DeviceError):
            self.end()
        masked = self._talk.mask(reply)
        raise LineRejectedError(
            f"the device refused a line: {masked}",
            line=shown,
            reply=masked,
            where=f"{self._target.device}: {shown}",
            remedy="Correct the template or the inventory; earlier lines of the change are rolled back.",
        )

    def end(self) -> None:
        """Leave configuration mode, if in it; verified by the prompt."""
        if self._talk.replies.configuring(self._talk.prompt):
            self._talk.ask(self._spec.configure.end)
        if self._talk.prompt.mode or not self._talk.replies.privileged(self._talk.prompt):
            raise self._talk.fail("the device does not leave configuration mode", "Look at its console.")

    def commit(self) -> None:
        """Leave configuration mode and bring the pending lines into effect; its success text is required."""
        self.end()
        if self._spec.configure.commit is not None:
            self.read_reply(self._spec.configure.commit.apply)
            self._waiting = 0

    def discard(self) -> None:
        """Leave configuration mode and drop the pending lines."""
        self.end()
        if self._spec.configure.commit is not None:
            self.read_reply(self._spec.configure.commit.drop)
            self._waiting = 0

    def confirm(self) -> None:
        """Confirm the armed change on this (new) session and read back that no timer is pending."""
        self._safe.confirm()

    def revert(self) -> bool:
        """Ask the device to roll back now; False if its mechanism only acts when the timer ends."""
        self.end()
        return self._safe.revert()

    def save(self) -> None:
        """Write running to startup; SaveFailedError unless the device printed its success text."""
        self.end()
        command = self._spec.save
        if command is None:
            return
        try:
            self.read_reply(command)
        except HostileOutputError:
            raise
        except DeviceError as error:
            raise self._talk.fail(
                f"the configuration was not saved: {error.problem}",
                "The change is running but a restart would lose it. Make room in flash, then save again.",
                kind=SaveFailedError,
                sent=command.send,
            ) from error

    def ping(self, address: str) -> bool:
        """Whether the device itself reaches `address`."""
        reply = self.read_reply(self._spec.ping.command, judge=False, address=address)
        found = self._spec.ping.reached.search(reply)
        if found is None:
            raise self._talk.fail(
                f"the device does not say whether it reaches {address}", "Look at `ping` in platform.yml."
            )
        return number(found[1]) > 0

    # -- leaving ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the session; never raises."""
        with contextlib.suppress(DeviceError):
            self._link.write(f"{self._spec.session.leave}\n")
        self._link.close()

    def abandon(self) -> None:
        """Cut the transport without a word; never raises."""
        self._link.abandon()


def _fits(pattern: Pattern[str] | None, line: str) -> bool:
    return pattern is not None and pattern.search(line) is not None


def _echo(line: str) -> Callable[[str], bool]:
    """Whether the echo of a line stands in the tail: its end may be a cursor move, which prints nothing."""
    return lambda tail: line in tail


_LATE_REPLY = 2000
"""A reply longer than this is a configuration, not a refusal."""
_MAY_READ = "Check that the account may read the configuration."
