"""A page of plain text: indented lines, wrapped words, aligned tables; colour only where it is wanted."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from trustctl.report.safe import orders, safe_text

Cell = tuple[str, str]
"""Text and rich style."""

_NARROWEST = 24
"""Columns that wrapped text always gets, however deep its indent."""
_ENOUGH = 40
"""Columns of a table's last one, most often a file and a line, for which a wide one gives up some of its own."""
_SEPARATORS = r"\/,;"
"""Where a long name without blanks may be cut: a path, a registry key, a name of the directory."""
_TIGHTEST = 18
"""Columns that the last one keeps however many others there are."""
_PROSE = 32
"""Columns in which words can still be read."""


class Page:
    """Collects lines; `text()` gives them as one string. Every text passes `safe_text`, so it cannot break a line."""

    def __init__(self, *, width: int = 100, colour: bool = False) -> None:
        self._width = width
        self._colour = colour
        self._lines: list[Text] = []

    def blank(self) -> None:
        """Leave one empty line, never two."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def heading(self, text: str, aside: str = "") -> None:
        """Start a part: its name, and a few words beside it."""
        self.blank()
        self.row((text, "bold"), (f"  {aside}" if aside else "", "dim"))

    def row(self, *cells: Cell, indent: int = 0) -> None:
        """One line of styled pieces, as long as it is; for lines without device text of unknown length."""
        self._put(Text(" " * indent).append_text(Text.assemble(*((safe_text(text), style) for text, style in cells))))

    def prose(self, text: str, *, indent: int = 0, lead: Cell = ("", ""), style: str = "") -> None:
        """Words wrapped at the page's width; later lines stand under the first word after `lead`."""
        hang = indent + cell_len(lead[0])
        room = max(_NARROWEST, self._width - hang)
        pieces = textwrap.wrap(safe_text(text), room, break_on_hyphens=False) or [""]
        for number, piece in enumerate(pieces):
            start = Text(" " * indent).append(*lead) if number == 0 else Text(" " * hang)
            self._put(start.append(piece, style))

    def native(self, text: str, *, indent: int = 0, mark: str = "", style: str = "") -> None:
        """One device line behind its mark, blanks kept; what does not fit goes on behind an ellipsis."""
        room = max(_NARROWEST, self._width - indent - cell_len(mark))
        for number, piece in enumerate(_chopped(safe_text(text), room - 2)):
            lead = mark if number == 0 else " " * cell_len(mark) + "… "
            self._put(Text(" " * indent + lead + piece, style))

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Cell]], *, indent: int = 2) -> None:
        """Aligned columns under dim heads; the last one wraps, and the widest other one where the last needs its room.

        A column without any text is left out. Without rows nothing is printed, no heads either.
        """
        if not rows:
            return
        safe = [[(safe_text(text), style) for text, style in row] for row in rows]
        kept = [column for column in range(len(header)) if any(row[column][0] for row in safe)]
        widths = [max(1, cell_len(header[column]), *(cell_len(row[column][0]) for row in safe)) for column in kept]
        _fit(widths, self._width - indent)
        heads = [(header[column], "dim") for column in range(len(header))]
        for row in [heads, *safe] if any(header) else safe:
            pieces = [_wrapped(row[column][0], width) for column, width in zip(kept, widths, strict=True)]
            for number in range(max(len(piece) for piece in pieces)):
                line = Text(" " * indent)
                for column, width, piece in zip(kept, widths, pieces, strict=True):
                    text = piece[number] if number < len(piece) else ""
                    line.append(text, row[column][1]).append(" " * (width - cell_len(text) + 2))
                self._put(line)

    def text(self) -> str:
        """The whole page; ends in a newline. Without colour there is no escape character in it."""
        out = io.StringIO()
        console = Console(
            file=out,
            width=max(self._width, 1),
            force_terminal=self._colour,
            no_color=not self._colour,
            color_system="standard" if self._colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        console.print(Text("\n").join(self._lines), soft_wrap=True)
        return out.getvalue()

    def _put(self, line: Text) -> None:
        line.rstrip()
        if orders(line.plain):
            line = Text("| ").append_text(line)
        self._lines.append(line)


def _chopped(text: str, room: int) -> list[str]:
    """Cut a device's line into pieces of that many cells: in a piece's last half after a blank, or else a separator."""
    pieces = list[str]()
    while cell_len(text) > room:
        piece = chop_cells(text, room)[0]
        blank, separator = (max(map(piece.rfind, signs)) + 1 for signs in (" ", _SEPARATORS))
        cut = next((place for place in (blank, separator) if place > len(piece) // 2), len(piece))
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]


def _wrapped(text: str, room: int) -> list[str]:
    """Cut the text of a cell between words; one with a word that is too long by `_chopped`."""
    pieces = textwrap.wrap(text, room, break_on_hyphens=False, break_long_words=False) or [""]
    if all(cell_len(piece) <= room for piece in pieces):
        return pieces
    return [piece.strip() for piece in _chopped(text, room)]


def _fit(widths: list[int], room: int) -> None:
    """Make columns narrower until they fit: a wide one as far as the last needs it, the last, and both once more."""
    over = sum(widths) + 2 * (len(widths) - 1) - room
    last = len(widths) - 1
    widest = max(range(len(widths)), key=lambda column: (column < last, widths[column]))
    missing = over - max(0, widths[last] - _ENOUGH)
    steps = ((widest, _PROSE, missing), (last, _NARROWEST, over), (widest, _NARROWEST, over), (last, _TIGHTEST, over))
    for column, least, wanted in steps:
        given = min(wanted, over, widths[column] - least)
        if given > 0:
            widths[column] -= given
            over -= given
