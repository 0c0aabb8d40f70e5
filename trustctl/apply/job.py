"""What one device's change needs, handed in whole: nothing in the law reaches out for anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from trustctl.engines.protocol import Target
from trustctl.model.plan import Tier


class Judge(Protocol):
    """Says what a configuration text means for this change. Every answer is a tuple of readable lines; empty is good.

    All methods raise LosslessError for a text that cannot be read whole.
    """

    def moved(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device differs from what the change was planned against."""
        ...

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device differs from what the change shall reach."""
        ...

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the lines in which two texts of this device mean different things."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take. `minute` is the length of a device's minute in our seconds: 60, but for a lab's clock."""

    minute: float = 60.0
    revert_minutes: int = 5
    """The shortest rollback timer that is armed."""
    grace_minutes: float = 1.0
    """Waited for beyond the timer before the device is given up as unknown."""
    boot_minutes: float = 12.0
    """Waited for on top where the device goes back by a restart: a stack takes up to ten to come back."""
    redial_minutes: float = 1 / 30
    """Between two attempts to get back in."""
    margin: float = 3.0
    """The push may take this many times what was measured before the timer would be too short."""
    longest_minutes: int = 120
    """The longest timer that IOS takes (docs/sources.md, the rollback timer)."""


@dataclass(frozen=True, slots=True)
class WindowsWork:
    """How a Windows host's change is carried out."""

    restart: bool
    """Whether Windows may be restarted in between."""
    leads: bool = False
    """Other hosts of the run stand on it: a server must find its unit in the directory when it joins the domain."""
    set_back: bool = False
    """Its batches are resources that are set to what they were; no role is carried out."""


@dataclass(frozen=True, slots=True)
class Job:
    """One device's change.

    `batches` are the lines in send order, each batch one command (a banner is one batch of several lines), with secret
    tokens in them. `fill` replaces the tokens at the last moment; the running configuration that was read before
    arming is handed to it, because `<observed:...>` tokens take their values from the device's own text.
    """

    device: str
    plan_digest: str
    tier: Tier
    target: Target
    batches: tuple[tuple[str, ...], ...]
    judge: Judge
    fill: Callable[[str, tuple[str, ...]], tuple[str, ...]] = field(repr=False)
    gateway: str | None = None
    """Pinged by the device before and after; must still answer if it did."""
    way_back: Callable[[str, str], tuple[tuple[str, ...], ...]] | None = field(default=None, repr=False)
    """From what a device has now and its backup: the batches, filled, that bring it back. For tier C."""
    console: str = ""
    """Who said that somebody is at the device's console; empty where nothing needs that."""
    restarts: bool = False
    """It goes back by a restart, which takes it longer to come back than a timer does (`Pace.boot_minutes`)."""
    new_login: Target | None = None
    """How we sign in afterwards, if the change rotates our own password."""
    server: bool = False
    """A server: its trouble stops no other device. A Linux one is carried out as `apply.server` has it."""
    windows: WindowsWork | None = None
    """Of a Windows host: how its batches are carried out (`apply.windows`)."""
    machine: str = ""
    """The server of which this is one school's part, by its own name; empty: the device is nobody else's."""
    undoes: str = ""
    """The run that it takes back; empty for a plan's."""
    quiet: int = 0
    """So many batches, from the first, cannot cut us off: of a server they are sent before its timer is armed."""
