"""What the child tells the parent of one rendered device: plain text and numbers, so that data is all that crosses.

The lines of a school's devices are numbered as they first appear; a sheet has the new ones, and the device as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

NewLine = tuple[str, str, int, tuple[str, ...]]
"""Text, template file, its line, and the paths of the values used."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand for all ports of a switch.

    `start` to `end` are positions in `Sheet.lines` of the lines of all shapes, `shapes` of those of each shape;
    `shape_of[n]` is the shape of port n.
    """

    start: int
    end: int
    shapes: list[tuple[int, int]]
    shape_of: list[int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rendered device: `lines` are numbers of lines, `new` the lines that no device of the school had before."""

    new: list[NewLine]
    lines: list[int]
    groups: list[Group]
