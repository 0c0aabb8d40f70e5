"""What plan and apply know of one Windows host: implements `ChangeSession`.

A host keeps no connection between two steps: to open a session is to look at the certificate and to run the roles in
check mode, which tells who it is, what it has and what the roles ask of it. It has no startup configuration, no
configuration mode and no rollback timer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from trustctl.engines.protocol import Armed, Identity, Preflight, Target, TimerState
from trustctl.engines.windows.identity import identity_of
from trustctl.engines.windows.reading import HostReading, Told
from trustctl.errors import DeviceError, LineRejectedError, PreflightError, SessionLostError, UnreachableError
from trustctl.model.plan import Tier
from trustctl.windows import Resource, parse, write
from trustctl.windows.asked import Asked
from trustctl.windows.resource import TYPES
from trustctl.windows.text import Key

_APART = re.compile(r"[^a-z0-9]+")

Unit = tuple[str, ...]
"""The lines that describe one resource."""


class Runner(Protocol):
    """What a session needs of the engine. Every method raises `errors.DeviceError`, `errors.SecretError`."""

    def checked(self, target: Target) -> HostReading:
        """Run all roles in check mode on one host."""
        ...

    def carried_out(self, target: Target, tags: Sequence[str], told: Told, *, restart: bool) -> HostReading:
        """Run the roles on one host, of these tags only; they may restart it if `restart`."""
        ...

    def set_back(self, target: Target, steps: Sequence[Resource]) -> None:
        """Set resources of one host to exactly these values, in this order."""
        ...


class WindowsSession:
    """A host that was read. Made by `WindowsEngine.open`."""

    def __init__(self, runner: Runner, target: Target, reading: HostReading) -> None:
        self._runner = runner
        self._target = target
        self._reading: HostReading = reading
        self._stale = False
        self._closed = False
        self._started: tuple[str, ...] | None = None

    # -- reading ---------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """The machine's id as its serial number; its model is the system, as `windows-server-2022`."""
        return identity_of(self._reading.facts)

    def running(self) -> str:
        """What the host has of everything that its roles ask of it; read anew after something was sent."""
        return running_of(self.asked())

    def asked(self) -> tuple[Asked, ...]:
        """What the roles ask of the host, and what they find."""
        self._is_open()
        if self._stale:
            self._reading = self._runner.checked(self._target)
            self._stale = False
        return tuple(self._reading.asked.values())

    def waits(self) -> tuple[str, ...]:
        """What Windows keeps for its next restart, as `trust_identity` tells it; read anew after something was sent."""
        self.asked()
        told = self._reading.facts.get("pending_restart")
        return tuple(str(one) for one in told) if isinstance(told, list) else ()

    def started(self) -> tuple[str, ...] | None:
        """Where each task stands that `carry_out` has begun, in order; None: nobody knows."""
        return self._started

    def startup(self) -> str | None:
        """A host has none."""
        return None

    def timer(self) -> TimerState:
        """It has no rollback timer of its own."""
        return TimerState(pending=False)

    def rollback_ready(self) -> bool:
        """It cannot take a change back by itself."""
        return False

    def preflight(self) -> Preflight:
        """Nothing is armed; what the roles refuse they have refused in check mode."""
        return Preflight(Tier.C, self.timer(), None, None)

    # -- changing --------------------------------------------------------------------------------------------

    def arm(self, minutes: int) -> Armed:
        """Raise PreflightError: there is no timer on the host."""
        raise PreflightError(
            "a Windows host has no rollback timer",
            where=self._target.device,
            remedy="Change it without a timer (tier C), and what touches the way in while somebody is at the console.",
        )

    def begin(self) -> None:
        """A host has no configuration mode."""

    def push(self, lines: tuple[str, ...]) -> None:
        """Set the resource of these lines to exactly what they say. Raises LineRejectedError with the first of them."""
        try:
            self.set_back((lines,))
        except LineRejectedError as refused:
            raise LineRejectedError(
                refused.problem, line=lines[0], reply=refused.reply, where=refused.where, remedy=refused.remedy
            ) from None

    def set_back(self, units: Sequence[Unit]) -> None:
        """Set resources to exactly what these lines say, in this order, until one cannot be.

        Raises SessionLostError if the host was lost, also before it answered: what was done is then not known.
        """
        self._is_open()
        self._stale = True
        steps = [one for lines in units for one in parse(lines, where=self._target.device).values()]
        if not steps:  # of a play without tasks Ansible names no host
            return
        try:
            self._runner.set_back(self._target, steps)
        except UnreachableError as error:
            # the host answered when it was read: whether the task still reached it, nobody knows
            raise SessionLostError(error.problem, where=error.where, remedy=error.remedy) from None

    def carry_out(
        self, units: Sequence[Unit], topics: Sequence[str], done: Callable[[int], None], *, restart: bool
    ) -> None:
        """Run the host's roles, of these topics only; `done` is called with the index of each unit that is as asked.

        A unit that several of the tasks ask for is so when the last of them has ended.

        Raises LineRejectedError for the task that failed (those behind it were not begun), SessionLostError if the
        connection was lost, DeviceError if the roles came to their end without one of the units.
        """
        self._is_open()
        self._stale = True
        keys = [key for lines in units for key in parse(lines, where=self._target.device)]
        left = {key: index for index, key in enumerate(keys)}
        tasks = Counter({key: self._tasks(key, topics) for key in keys})
        heard: set[Key] = set()

        def told(_host: str, one: Asked) -> None:
            heard.add(one.key)
            tasks[one.key] -= 1
            if tasks[one.key] < 1 and one.key in left:
                done(left.pop(one.key))

        reading = self._runner.carried_out(self._target, tags_of(topics), told, restart=restart)
        self._started = tuple(reading.started)
        if reading.error is not None:
            raise reading.error
        for key in [key for key in left if key in heard]:  # a task of it was left out: its condition holds no more
            done(left.pop(key))
        if left:
            names = ", ".join(" ".join(key).strip() for key in left)
            raise DeviceError(f"the roles came to their end without {names}", where=self._target.device)

    def _tasks(self, key: Key, topics: Sequence[str]) -> int:
        """How many tasks of these topics ask for a resource, by the reading before the change."""
        one = self._reading.asked.get(key)
        return sum(part.topic in topics for part in one.parts) if one is not None and one.parts else 1

    def end(self) -> None:
        """A host has no configuration mode."""

    def commit(self) -> None:
        """Each task is in effect when it was carried out."""

    def discard(self) -> None:
        """Nothing waits."""

    def confirm(self) -> None:
        """There is no timer to stop."""

    def revert(self) -> bool:
        """It does not go back by itself."""
        return False

    def save(self) -> None:
        """A host keeps what was set."""

    def ping(self, address: str) -> bool:
        """Raise DeviceError: nobody asks a Windows host for it, as no role does."""
        raise DeviceError("a Windows host is not asked to ping", where=self._target.device)

    def close(self) -> None:
        """No further step is taken; there is no connection between two of them."""
        self._closed = True

    def abandon(self) -> None:
        """As `close`."""
        self._closed = True

    def _is_open(self) -> None:
        if self._closed:
            raise DeviceError("the session was closed", where=self._target.device)


def running_of(asked: Sequence[Asked]) -> str:
    """The description of what a host has, in the order in which the roles come to it."""
    return write(one.have for one in asked if not _read_only(one.have))


def tags_of(topics: Sequence[str]) -> tuple[str, ...]:
    """The tags of topics.  Before: `Virtual switches`, `Hyper-V host`.  After: `virtual_switches`, `hyper_v_host`."""
    return tuple(dict.fromkeys(_APART.sub("_", topic.lower()).strip("_") for topic in topics))


def _read_only(one: Resource) -> bool:
    kind = TYPES.get(one.module)
    return kind is not None and kind.reads_only
