"""What somebody wants to see of a plan on a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """How much of a plan to print."""

    SUMMARY = "summary"
    """About one screen: what changes, one line for each topic."""
    SEMANTIC = "semantic"
    """And the device's lines before and after."""
    NATIVE = "native"
    """The lines as they are sent, in order, per device."""
    FULL = "full"
    """Everything: both, with origins and what is left alone."""


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What the reader asked for. `next_command` is printed at the end; empty prints none."""

    view: View = View.SEMANTIC
    undo: bool = False
    origins: bool = False
    width: int = 100
    colour: bool = False
    next_command: str = ""
