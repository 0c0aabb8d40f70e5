"""The table of systems that Linux servers may run, the same words on the screen and in docs/support.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("system", "parts", "apply", "lab", "tested")


@dataclass(frozen=True, slots=True)
class System:
    """One row: a system that `os` of servers.yml may name.

    `parts`: how many parts of the baseline and roles are rendered for it. `lab`: the lab can start it. `tested`: the
    tests on real hosts run on it; else it differs from a tested one by names in data, and nobody has seen it work.
    """

    name: str
    parts: int
    lab: bool
    tested: bool


def cells(row: System) -> tuple[str, ...]:
    """One row. Before: in the lab, untested.  After: `debian-13`, `11`, `tier A`, `yes`, `no`."""
    return (row.name, str(row.parts), "tier A", _yes(row.lab), _yes(row.tested))


def markdown(rows: Iterable[System]) -> str:
    """The table in Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (HEADINGS, *(cells(row) for row in rows))]
    return "\n".join([lines[0], f"|{'---|' * len(HEADINGS)}", *lines[1:]]) + "\n"


def _yes(told: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "yes" if told else "no"
