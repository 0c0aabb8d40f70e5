"""Where the lines of an intended configuration come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustctl.inventory import Row
from trustctl.model.origin import Origin
from trustctl.model.plan import Intended, IntendedLine
from trustctl.report.page import Page
from trustctl.report.words import count

_MANY = 4
"""So many values of one kind are shown as one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One line with the section headers it stands under."""

    section: tuple[str, ...]
    line: IntendedLine


def matching(intended: Intended, text: str) -> tuple[Explained, ...]:
    """The lines that hold `text`, whatever its case, each with its section; all lines for an empty text."""
    wanted = text.casefold()
    found: list[Explained] = []
    path: list[str] = []
    for line in intended.lines:
        depth = len(line.text) - len(line.text.lstrip(" "))
        path = [*path[:depth], line.text]
        if wanted in line.text.casefold():
            found.append(Explained(tuple(path[:-1]), line))
    return tuple(found)


def sources(values: Sequence[tuple[str, Origin]]) -> list[str]:
    """Where the values of a line come from; many of one kind from one file are one.

    Before: `vlans.staff.id` and 21 more of lines 8 to 40.  After: `vlans.*.id (22)  vlans.yml:8-40`.
    """
    rows: dict[tuple[str, str, str], list[tuple[str, Origin]]] = {}
    for path, value in values:
        first, *middle = path.split(".")
        kind = f"{first}.*.{middle[-1]}" if len(middle) > 1 else path
        file = value.place.file if value.place else path
        rows.setdefault((kind, file, value.layer), []).append((path, value))
    return [words for (kind, _, _), row in rows.items() for words in _row(kind, row)]


def _row(kind: str, row: Sequence[tuple[str, Origin]]) -> list[str]:
    lines = sorted(value.place.line for _, value in row if value.place)
    if len(row) < _MANY or not lines:
        return [f"{path}  {value}" for path, value in row]
    place = f"{row[0][1].place.file if row[0][1].place else ''}:{lines[0]}-{lines[-1]}"
    return [f"{kind} ({len(row)})  {place} ({row[0][1].layer})"]


def explain_text(
    device: str,
    lines: Sequence[Explained],
    rows: Sequence[Row],
    *,
    width: int = 100,
    colour: bool = False,
) -> str:
    """Each line, then the template line that wrote it and the inventory values that it used."""
    page = Page(width=width, colour=colour)
    page.heading(device, count(len(lines), "line"))
    shown: tuple[str, ...] = ()
    for explained in lines:
        for number, header in enumerate(explained.section):
            if explained.section[: number + 1] != shown[: number + 1]:
                page.native(header, indent=2, style="dim")
        page.native(explained.line.text, indent=2, style="bold")
        origin = explained.line.origin
        page.prose(str(origin.template), indent=6, lead=("written by  ", "dim"))
        for words in sources(origin.values):
            page.prose(words, indent=6, lead=("value from  ", "dim"))
        shown = (*explained.section, explained.line.text)
    if rows:
        page.heading("Values", count(len(rows), "value"))
        page.table(
            ("path", "", "from"),
            [[(row.path, ""), (row.value, "bold"), (str(row.origin or ""), "dim")] for row in rows],
        )
    return page.text()
