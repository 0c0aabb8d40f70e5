"""The table of systems that Linux servers may run, the same words on the screen and in docs/support.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("system", "parts", "apply", "lab", "tested")
UNSEEN = "no: rendered only"
"""What stands in the last column of a system that nobody has seen work."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One row: a system that `os` of servers.yml may name.

    `parts`: how many parts of the baseline and roles are rendered for it. `lab`: the lab can start it. `tested`: the
    tests on real hosts run on it; else it differs from a tested one by names and files from documents, and nobody has
    seen it work. `left_out`: what is not made for it, in words.
    """

    name: str
    parts: int
    lab: bool
    tested: bool
    left_out: tuple[str, ...] = ()


def cells(row: SystemRow) -> tuple[str, ...]:
    """One row. Before: in the lab, untested.  After: `debian-13`, `11`, `tier A`, `yes`, `no: rendered only`."""
    lab, tested = ("yes" if row.lab else "no"), ("yes" if row.tested else UNSEEN)
    return (row.name, str(row.parts), "tier A", lab, tested)


def left_out(rows: Iterable[SystemRow]) -> tuple[tuple[str, str], ...]:
    """What is left out, each list once with the systems that it is about: (`rhel-9, rocky-9`, `dhcp (...); ...`)."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.left_out:
            found.setdefault("; ".join(row.left_out), []).append(row.name)
    return tuple((", ".join(names), words) for words, names in found.items())


def markdown(rows: Iterable[SystemRow]) -> str:
    """The table in Markdown, and below it what is left out."""
    rows = tuple(rows)
    lines = [f"| {' | '.join(row)} |" for row in (HEADINGS, *(cells(row) for row in rows))]
    below = "".join(f"\nLeft out on {names}: {words}.\n" for names, words in left_out(rows))
    return "\n".join([lines[0], f"|{'---|' * len(HEADINGS)}", *lines[1:]]) + "\n" + below
