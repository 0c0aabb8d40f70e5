"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rag(StrEnum):
    """How a point of the baseline stands on one server."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    """It could not be told: never green."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check on one server."""

    point: int
    """Its number in the trust's own baseline (docs/linux.md), from 1 to 24."""
    name: str
    title: str
    rag: Rag
    wrong: tuple[str, ...] = ()
    """What is not as it should be, in a person's words."""
    untold: tuple[str, ...] = ()
    """What could not be told."""
    remedy: str = ""
    """What to do about it; empty for green."""
