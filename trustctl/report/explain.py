"""Where the lines of an intended configuration come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustctl.inventory import Row
from trustctl.model.plan import Intended, IntendedLine
from trustctl.report.page import Page
from trustctl.report.words import count


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
        for path, value in origin.values:
            page.prose(f"{path}  {value}", indent=6, lead=("value from  ", "dim"))
        shown = (*explained.section, explained.line.text)
    if rows:
        page.heading("Values", count(len(rows), "value"))
        page.table(
            ("path", "", "from"),
            [[(row.path, ""), (row.value, "bold"), (str(row.origin or ""), "dim")] for row in rows],
        )
    return page.text()
