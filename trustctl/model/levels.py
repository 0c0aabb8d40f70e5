"""Stages, levels, ownership and waivers: what makes "same core, free school" mechanical."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trustctl.model.origin import Origin


class Stage(StrEnum):
    """How far trustctl may go on a school's or a device's configuration."""

    OBSERVE = "observe"
    """Never written. The plan still shows what `ensure` would do, and says that it will not be applied."""
    ENSURE = "ensure"
    """Add and correct; remove nothing."""
    OWN = "own"
    """Also remove extras, in owned sections only."""


class Level(StrEnum):
    """Who decides a baseline value."""

    LOCKED = "locked"
    """The trust decides; a school's value is an error unless a waiver that has not expired names it."""
    DEFAULT = "default"
    """The trust supplies a value; a school may replace it, with a reason."""
    FREE = "free"
    """The school's own: never rendered, compared or removed."""


class Ownership(StrEnum):
    """What trustctl does with a section of a device's configuration."""

    OWNED = "owned"
    """Extras are removed at stage `own`."""
    ENSURED = "ensured"
    """What is intended is there; extras stay, at every stage."""
    IGNORED = "ignored"
    """Never compared."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A school's exception to a locked value. Expired is an error."""

    path: str
    reason: str
    owner: str
    expires: date
    origin: Origin


@dataclass(frozen=True, slots=True)
class Override:
    """A school's replacement of a trust default, with its reason; listed in every plan and report."""

    path: str
    reason: str
    value: str
    default: str
    origin: Origin
    expires: date | None = None
