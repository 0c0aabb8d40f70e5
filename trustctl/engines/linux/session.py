"""One SSH session with one Linux host: implements `ChangeSession`, by requests to the child process.

A host has no startup configuration and no configuration mode, so `startup`, `begin`, `end`, `commit`, `discard` and
`save` have nothing to do. A unit that is pushed is the description of one resource, or of several packages.
"""

from __future__ import annotations

import contextlib
import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trustctl.engines.linux.process import Child
from trustctl.engines.linux.wire import Message, error_in, resources_in, resources_out
from trustctl.engines.protocol import Armed, Identity, Preflight, Target, TimerState
from trustctl.errors import DeviceError, LineRejectedError, SecretError, TrustctlError
from trustctl.hosts import Key, Resource, parse, spread, write
from trustctl.model.linux import system_name
from trustctl.model.plan import Tier
from trustctl.model.secret import SECRET_TOKEN
from trustctl.secrets import Redactor
from trustctl.secrets.shacrypt import sha512crypt

_RUN_SECONDS = 1500.0
"""The longest that one step may take: packages over a slow line."""
_SALT = string.ascii_letters + string.digits
_SALT_LENGTH = 16


class LinuxSession:
    """A signed-in session. Made by `LinuxEngine.open`."""

    def __init__(
        self, child: Child, opened: Mapping[str, Any], target: Target, wants: Sequence[Resource], minute: float
    ) -> None:
        self._child = child
        self._number: int = opened["session"]
        self._said: Mapping[str, Any] = opened["identity"]
        self._target = target
        self._wants = tuple(wants)
        self._minute = minute
        self._redactor = Redactor((target.password, target.enable or "", *target.sensitive))

    # -- reading ---------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """The host's machine id as its serial number; its model is the system, as `debian-12`."""
        said = self._said
        return Identity(
            serial=said["machine_id"],
            model=system_name(said["os_id"], said["os_version"]),
            version=said["pretty"],
            hostname=said["hostname"],
            uptime=said["uptime"],
        )

    def running(self) -> str:
        """The description of what the host has of everything that the intent names, in the intent's order."""
        return write(self.observe()[0].values())

    def observe(self, *, native: bool = False) -> tuple[dict[Key, Resource], dict[Key, tuple[str, ...]]]:
        """Return what the host has, and with `native` the commands that would put right what is not in step."""
        reply = self._ask("observe", want=resources_out(self._wants), native=native)
        found = {one.key: one for one in resources_in(reply["resources"])}
        commands = {
            (kind, name): tuple(self._redactor.mask(line) for line in lines)
            for kind, name, lines in reply.get("native", [])
        }
        return found, commands

    def startup(self) -> str | None:
        """A host has none."""
        return None

    def timer(self) -> TimerState:
        """Read the host's own rollback timer, and whose it is."""
        return _timer(self._ask("timer"))

    def rollback_ready(self) -> bool:
        """Whether something on the host can keep a timer."""
        return "yes" in {self._said["systemd"], self._said["at"]}

    def preflight(self) -> Preflight:
        """Prove that the host can be changed safely now: sudo, disk, apt, a supported system, a way back."""
        reply = self._ask("preflight", want=resources_out(self._wants))
        tier = Tier.A if reply["method"] else Tier.C
        return Preflight(tier, _timer(reply["timer"]), int(reply["free"]), None)

    def check_packages(self, names: Sequence[str]) -> None:
        """Ask whether the host's sources have these packages. Raises PreflightError for the first that they lack."""
        self._ask("packages", seconds=_RUN_SECONDS, names=list(names))

    # -- changing --------------------------------------------------------------------------------------------

    def arm(self, minutes: int) -> Armed:
        """Copy what belongs to the way in, and start the timer that puts it back; read it back."""
        armed = [one for one in self._wants if one.topic.armed]
        reply = self._ask("arm", resources=resources_out(armed), after=round(minutes * self._minute))
        if not reply.get("pending"):
            raise DeviceError("the host's rollback timer was started and is not pending", where=self._target.device)
        return Armed(f"{reply['method']} timer on the host", minutes, str(reply["folder"]))

    def begin(self) -> None:
        """A host has no configuration mode."""

    def push(self, lines: tuple[str, ...]) -> None:
        """Carry out the step, or the packages, that these lines describe.

        Raises LineRejectedError with the host's own words, SessionLostError if the session ended in the middle.
        """
        try:
            self._ask("run", seconds=_RUN_SECONDS, steps=resources_out(self._steps(lines)))
        except LineRejectedError as error:
            raise self._rejected(error) from None

    def push_many(self, units: Sequence[tuple[str, ...]], done: Callable[[int], None]) -> None:
        """Carry out units in order, in as few commands as can be; `done` is called for each that was carried out.

        Raises as `push`, for the first that was not: none behind it is begun.
        """
        steps = [resources_out(self._steps(lines)) for lines in units]
        reply = self._ask("run_many", seconds=_RUN_SECONDS, units=steps)
        for index in range(int(reply["done"])):
            done(index)
        if reply["failed"]:
            error = error_in(reply["failed"])
            raise self._rejected(error) if isinstance(error, LineRejectedError) else error

    def end(self) -> None:
        """A host has no configuration mode."""

    def commit(self) -> None:
        """Each step is in effect when it was carried out."""

    def discard(self) -> None:
        """No step waits."""

    def confirm(self) -> None:
        """Stop and remove the timer over this new session, and read back that none is pending."""
        self._ask("confirm")

    def revert(self) -> bool:
        """Have the host put back its way in now; True, as it does it at once."""
        self._ask("revert")
        return True

    def save(self) -> None:
        """A host keeps its files."""

    def ping(self, address: str) -> bool:
        """Whether the host itself reaches `address`."""
        return bool(self._ask("ping", address=address)["reached"])

    # -- leaving ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the session; never raises."""
        with contextlib.suppress(TrustctlError):
            self._ask("close")

    def abandon(self) -> None:
        """Cut the transport without a word; never raises."""
        with contextlib.suppress(TrustctlError):
            self._ask("close", abandon=True)

    # -- inside ----------------------------------------------------------------------------------------------

    def _ask(self, what: str, *, seconds: float = 300.0, **words: Any) -> Message:
        try:
            return self._child.ask(what, seconds=seconds, session=self._number, **words)
        except LineRejectedError:
            raise
        except TrustctlError as error:
            raise type(error)(
                self._redactor.mask(error.problem),
                where=error.where or self._target.device,
                remedy=error.remedy,
            ) from None

    def _steps(self, lines: tuple[str, ...]) -> list[Resource]:
        return [self._filled(one) for one in parse(lines, where=self._target.device).values()]

    def _rejected(self, error: LineRejectedError) -> LineRejectedError:
        mask = self._redactor.mask
        return LineRejectedError(
            mask(error.problem), line=error.line, reply=mask(error.reply), where=error.where, remedy=error.remedy
        )

    def _filled(self, step: Resource) -> Resource:
        """Put the values of tokens in, and make a password its hash: the child and the host see only that."""
        attrs = tuple(
            (word, self._hashed(value) if word == "password" else self._value(value)) for word, value in step.attrs
        )
        content = None if step.content is None else spread(step.content, self._value)
        return Resource(step.kind, step.name, attrs, content, step.topic)

    def _value(self, text: str) -> str:
        return SECRET_TOKEN.sub(lambda hit: self._secret(hit[1]), text) if "<secret:" in text else text

    def _secret(self, name: str) -> str:
        if self._target.resolve is None:
            raise SecretError(
                f"the secret {name} has no value here: this session was given no secrets", where=self._target.device
            )
        value = self._target.resolve(name)
        self._redactor.add(value)
        return value

    def _hashed(self, text: str) -> str:
        value = self._value(text)
        self._redactor.add(value)
        return sha512crypt(value, "".join(secrets.choice(_SALT) for _ in range(_SALT_LENGTH)))


def _timer(reply: Mapping[str, Any]) -> TimerState:
    left = reply.get("left")
    return TimerState(
        pending=bool(reply["pending"]),
        user=str(reply.get("user", "")),
        minutes_left=None if left is None else round(int(left) / 60, 2),
        text=str(reply.get("text", "")),
    )
