"""The support table, the same words on the screen and in the README."""

from __future__ import annotations

from collections.abc import Iterable

from trustctl.platforms.support import Support

HEADINGS = ("platform", "models", "identify", "render", "compare", "apply", "lab", "cases", "corpus", "unverified")


def cells(row: Support) -> tuple[str, ...]:
    """One row.  Before: tiers A and B, a lab.  After: ..., `A or B`, `yes`, ..."""
    return (
        row.name,
        str(row.models),
        _yes(row.recognised),
        _yes(row.renders),
        _yes(row.compares),
        f"tier {' or '.join(row.tiers)}" if row.tiers else "none",
        _yes(row.lab),
        str(row.cases),
        str(row.corpus) if row.corpus else "-",
        str(row.unverified) if row.unverified else "-",
    )


def markdown(rows: Iterable[Support]) -> str:
    """The table in Markdown, without the count of cases, which grows from day to day."""
    left_out = HEADINGS.index("cases")
    table = [HEADINGS, *(cells(row) for row in rows)]
    lines = [f"| {' | '.join((*row[:left_out], *row[left_out + 1 :]))} |" for row in table]
    return "\n".join([lines[0], f"|{'---|' * (len(HEADINGS) - 1)}", *lines[1:]]) + "\n"


def _yes(told: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "yes" if told else "no"
