"""The screen that AOS-S draws: it thinks of a VT100, keeps the prompt on the bottom row and moves the cursor to it.

Sequences as recorded on switches: a 2530 (YA.16.11) with 24 rows by the authors of terraform-provider-aoss
(the-maldridge on GitHub); a 2530 with 1000 rows in ktbyers/netmiko issue 1751, where rows that the switch writes to are
counted in eight bits and those that it leaves the cursor on are not; ktbyers/netmiko issue 1699 for leaving. What the
pager draws is [unverified].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.paging import show_pages
from trustctl.lab.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

MORE = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
_CHUNK = 10
"""The switch echoes ten characters at a time at most."""
_ROWS, _COLUMNS = 24, 80
_BYTE = 0xFF
_SPACE, _ENTER = 32, frozenset({10, 13})


class Screen:
    """One terminal, as the switch draws on it. `paging` is whether long output stops at each page."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        columns, rows = terminal.window
        self.rows = rows or _ROWS
        self.columns = columns or _COLUMNS
        self.paging = True

    @property
    def _low(self) -> int:
        """The bottom row as the switch writes to it."""
        return self.rows & _BYTE or self.rows

    def write(self, text: str) -> None:
        """Draw text as it is; a line break becomes CR LF."""
        self.terminal.write(text)

    def greeting(self, product: str, revision: str, banner: str) -> None:
        """What stands on the screen until a key is pressed."""
        self.terminal.write_bytes(
            f"{product}\r\r\nSoftware revision {revision}\r\r\n\r\r\n".encode()
            + b" (C) Copyright 2025 Hewlett Packard Enterprise Development LP\r\n\r\n"
        )
        self.write(_LEGEND)
        if banner:
            self.write(f"{banner}\n")
        self.write(
            f"\x1b[1;13r\x1b[1;1H\x1b[{self._low};1HPress any key to continue\x1b[13;1H\x1b[?25h\x1b[{self._low};27H"
        )

    def clear(self, news: str) -> None:
        """The screen after that key: empty, with what the switch has to tell."""
        self.write("\x1b[?6l\x1b[1;24r\x1b[?7h\x1b[2J\x1b[1;1H\x1b[1920;1920H\x1b[6n\x1b[1;1H")
        self.write(news)

    def prompt(self, text: str) -> None:
        """A prompt or question on the bottom row, with the cursor behind it."""
        row, low, column = self.rows, self._low, len(text) + 1
        self.write(
            f"\x1b[1;{low}r\x1b[{row};1H\x1b[{low};1H\x1b[2K\x1b[{row};1H\x1b[?25h\x1b[{row};1H\x1b[{low};1H{text}"
            f"\x1b[{row};1H\x1b[{low};{column}H\x1b[{row};1H\x1b[?25h\x1b[{row};{column}H"
        )

    def echo(self, text: str, column: int) -> None:
        """Typed characters, from a column on."""
        for start in range(0, len(text), _CHUNK):
            piece = text[start : start + _CHUNK]
            at = column + start
            self.write(
                f"\x1b[{self._low};{at}H{piece}\x1b[{self.rows};{at}H\x1b[?25h\x1b[{self.rows};{at + len(piece)}H"
            )

    def enter(self, column: int) -> None:
        """What Enter does: the line scrolls up."""
        row, low = self.rows, self._low
        self.write(
            f"\x1b[1;0H\x1b[1M\x1b[{low};1H\x1b[1L\x1b[{row};{column}H\x1b[{low};1H\x1b[2K\x1b[{row};1H\x1b[?25h"
            f"\x1b[{row};1H\x1b[1;{low}r\x1b[{row};1H"
        )

    def farewell(self) -> None:
        """What is drawn when a session ends."""
        self.write(f"\x1b[{self._low};1H\x1b[2K\x1b[?6l\x1b[1;0r\x1b[?7h\x1b[2J\x1b[{self._low};1H\x1b[1;1H\x1b[2K")

    async def pages(self, text: str) -> None:
        """Output, broken at the screen's width, with a stop after each page. Raises HungUp."""
        lines = "".join(f"{piece}\n" for line in text.split("\n")[:-1] for piece in wrapped(line, self.columns))
        await show_pages(self.terminal, lines, self.rows if self.paging else 0, self._more)
        await self.terminal.drain()

    async def _more(self) -> int:
        """Ask for more; how many lines come next, 0 to stop."""
        self.write(f"\x1b[{self._low};1H{MORE}")
        while True:
            key = await self.terminal.key()
            if key == _SPACE or key in _ENTER or key in {3, ord("q")}:
                self.write(f"\x1b[{self._low};1H\x1b[2K\x1b[{self._low};1H")
                return self.rows - 1 if key == _SPACE else 1 if key in _ENTER else 0


def wrapped(line: str, columns: int) -> Iterator[str]:
    """A line as the switch breaks it: before the last blank that fits, which starts the next row; else hard."""
    while len(line) > columns:
        at = line.rfind(" ", 1, columns + 1)
        at = at if at > 0 and line[:at].strip() else columns
        yield line[:at]
        line = line[at:]
    yield line


_LEGEND = """\
                      RESTRICTED RIGHTS LEGEND
 Confidential computer software. Valid license from Hewlett Packard Enterprise
 Development LP required for possession, use or copying. Consistent with FAR
 12.211 and 12.212, Commercial Computer Software, Computer Software
 Documentation, and Technical Data for Commercial Items are licensed to the
 U.S. Government under vendor's standard commercial license.

"""
