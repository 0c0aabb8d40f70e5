"""Where a value or a line comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file of the repository; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Layer(StrEnum):
    """Which layer of the inventory supplied a value; a later member overrides an earlier one."""

    TRUST = "trust"
    BASELINE = "baseline"
    PHASE = "phase"
    SCHOOL = "school"
    DEVICE = "device"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of one resolved value.

    `place` is None only for a value that trustctl works out itself (an address from the plan); `note` then says how.
    """

    layer: Layer
    place: Place | None = None
    note: str = ""

    def __str__(self) -> str:
        where = str(self.place) if self.place else self.note or "worked out"
        return f"{where} ({self.layer})"


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """The source of one intended line: the template line, and the inventory values it used (path -> Origin)."""

    template: Place
    values: tuple[tuple[str, Origin], ...] = ()
