"""One simulated Windows host: its state, its restarts, and what can go wrong with it."""

from __future__ import annotations

import pickle  # nosec B403 - the state never leaves the process
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from trustctl.lab.faults import Faults
from trustctl.lab.windows.spec import WindowsSpec

if TYPE_CHECKING:
    from trustctl.lab.windows.world import World


_MOMENT = 0.01
"""Seconds from a shutdown command to the restart: the management side looks at once, and shall find the host gone."""


_LOSS = 0.3
"""Seconds in which nobody is reached after a drop: who waits for a reply then knows that it is lost."""


def _nothing() -> None:
    """Nobody listens."""


class Part(Protocol):
    """A subject's state: a dataclass of plain data."""

    @classmethod
    def of(cls, spec: WindowsSpec) -> Self:
        """The state of a host that was just delivered."""
        ...

    def started(self) -> None:
        """Windows has restarted: what waited for it comes alive."""
        ...


P = TypeVar("P", bound=Part)

_PARTS: list[type[Part]] = []


def part(cls: type[P]) -> type[P]:
    """Make a class of state known: every machine has one instance of it from the start."""
    _PARTS.append(cls)
    return cls


class Machine:
    """A host. Handlers run one at a time, under `lock`."""

    def __init__(self, spec: WindowsSpec, world: World) -> None:
        self.spec = spec
        self.world = world
        self.lock = threading.RLock()
        self.faults = Faults()
        self.bugs: list[str] = []
        """What the lab could not honestly answer: tests want it empty."""
        self._since = time.monotonic()
        self._today = datetime.fromisoformat(spec.today).replace(tzinfo=UTC)
        self.last_boot = datetime.fromisoformat(spec.last_boot).replace(tzinfo=UTC)
        self.boots = 0
        self.pending: set[str] = set()
        """Why Windows wants a restart; empty: it does not."""
        self._down_until = 0.0
        self._scheduled: threading.Timer | None = None
        self._unheard: list[threading.Timer] = []
        self.logon_seen = True
        """Whether the logon screen stood there since the registry was last asked to forget it."""
        self.moved: Callable[[], None] = _nothing
        """Called after the way in may have opened or shut: the server listens or does not."""
        self.cut_off = ""
        """Why nobody reaches the host any more: its own configuration did that. Empty: it is reached."""
        self.dropped = 0
        """Counts up each time that the host's connections are torn down; the server compares."""
        self._parts: dict[type[Part], Part] = {kind: kind.of(spec) for kind in _PARTS}

    @property
    def name(self) -> str:
        """The name in the lab, which renaming Windows does not move."""
        return self.spec.name

    def part(self, kind: type[P]) -> P:
        """A subject's state. Raises KeyError for a class that is not marked with `part`."""
        return cast("P", self._parts[kind])

    def snapshot(self) -> dict[str, Any]:
        """All of the host's state as deep plain data; equal if and only if nothing moved."""
        with self.lock:
            parts = {kind.__name__: asdict(cast("Any", one)) for kind, one in self._parts.items()}
            return {
                **parts,
                "pending": sorted(self.pending),
                "boots": self.boots,
                "cut_off": self.cut_off,
            }

    def frozen(self) -> bytes:
        """The same as bytes, in a fraction of the time; equal if nothing moved, see `moved_since`."""
        with self.lock:
            return pickle.dumps((list(self._parts.values()), sorted(self.pending), self.boots, self.cut_off))

    def moved_since(self, before: bytes) -> bool:
        """Whether anything is other than when `frozen` gave these bytes."""
        now = self.frozen()
        # equal state may have other bytes, as they keep which values are one and the same
        return now != before and pickle.loads(now) != pickle.loads(before)  # nosec B301 # noqa: S301 - our own bytes

    # --- time and restarts ------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The host's clock, in UTC."""
        return self._today + timedelta(seconds=time.monotonic() - self._since)

    @property
    def pending_restart(self) -> bool:
        """Whether Windows wants a restart."""
        return bool(self.pending)

    @pending_restart.setter
    def pending_restart(self, wanted: bool) -> None:
        self.pending = {"Windows"} if wanted else set()

    def need_restart(self, why: str) -> None:
        """Windows wants a restart from now on."""
        self.pending.add(why)

    def restart(self) -> None:
        """Restart Windows: every connection ends, for a moment nobody is reached, what waited comes alive."""
        with self.lock:
            self._down_until = time.monotonic() + self.spec.restart_seconds
            self.boots += 1
            self.dropped += 1
            # nobody hears from the restarted Windows over a connection to the old one
            self.moved()
            self.pending.clear()
            self.last_boot = max(self.now(), self.last_boot + timedelta(seconds=1))
            self._scheduled = None
            self.logon_seen = True
            for one in self._parts.values():
                one.started()

    @property
    def restart_scheduled(self) -> bool:
        """Whether a restart has been asked for and has not begun."""
        return self._scheduled is not None

    def schedule_restart(self) -> None:
        """Restart in a moment: the lab's time is short, whatever delay was asked for."""
        self._scheduled = threading.Timer(_MOMENT, self.restart)
        self._scheduled.daemon = True
        self._scheduled.start()

    def abort_restart(self) -> bool:
        """Call a scheduled restart off; whether there was one."""
        scheduled, self._scheduled = self._scheduled, None
        if scheduled is not None:
            scheduled.cancel()
        return scheduled is not None

    @property
    def down(self) -> bool:
        """Whether nobody is reached for a moment: Windows is restarting, or connections were dropped."""
        return time.monotonic() < self._down_until

    # --- the way in -------------------------------------------------------------------------------------------------

    def cut(self, why: str) -> None:
        """The host has cut itself off: the running reply is lost, and nobody is reached until `restore`."""
        self.cut_off = why
        self.dropped += 1
        self.moved()

    def drop(self, why: str = "") -> None:
        """Every connection dies at once, the running reply too; after a moment new ones work."""
        self._down_until = max(self._down_until, time.monotonic() + _LOSS)
        self.dropped += 1
        self.moved()

    def outlive(self, act: Callable[[], object], seconds: float) -> None:
        """Drop every connection; what was asked for goes on without its client, and acts after `seconds`.

        (learn.microsoft.com, "about_Remote_Disconnected_Sessions": commands of a session that was lost keep running.)
        """
        late = threading.Timer(seconds, act)
        late.daemon = True
        self._unheard.append(late)
        late.start()
        self.drop()

    def finish(self) -> None:
        """What goes on without its client acts now."""
        unheard, self._unheard = self._unheard, []
        for late in unheard:
            if not late.finished.is_set():
                late.cancel()
                late.function()

    def restore(self) -> None:
        """Somebody at the console put the way in right."""
        self.cut_off = ""
        self.moved()
