"""The table of systems that Windows servers may run, the same words on the screen and in docs/support.md."""

from __future__ import annotations

from collections.abc import Iterable

from trustctl.model.windows import WindowsSystem

HEADINGS = ("system", "build", "apply", "lab", "proven on Windows")
UNPROVEN = "no: nobody has run the contract pack"


def cells(row: WindowsSystem) -> tuple[str, ...]:
    """One row. Before: build 10.0.20348, no module proven.  After: `windows-server-2022`, ..., `no: nobody has ...`."""
    proven = f"{row.proven} of {row.modules} modules" if row.proven else UNPROVEN
    return (row.name, row.build, "tier C", "yes", proven)


def markdown(rows: Iterable[WindowsSystem]) -> str:
    """The table in Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (HEADINGS, *(cells(row) for row in rows))]
    return "\n".join([lines[0], f"|{'---|' * len(HEADINGS)}", *lines[1:]]) + "\n"
