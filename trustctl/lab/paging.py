"""Output of a command: the lines that a filter lets through, and pages with a question between them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from trustctl.lab.terminal import Terminal

_BACKLOG = 32_768


def lines_of(text: str) -> list[str]:
    """The lines of an output, whether or not the last one has its line break."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def selected(name: str, lines: list[str], matcher: re.Pattern[str]) -> list[str] | None:
    """The lines that `include`, `exclude` or `begin` lets through; None for a filter of the make's own."""
    if name == "include":
        return [line for line in lines if matcher.search(line)]
    if name == "exclude":
        return [line for line in lines if not matcher.search(line)]
    if name == "begin":
        start = next((at for at, line in enumerate(lines) if matcher.search(line)), len(lines))
        return lines[start:]
    return None


async def show_pages(
    terminal: Terminal, text: str, length: int, more: Callable[[], Awaitable[int]], *, width: int = 0
) -> None:
    """Print text on a screen of `length` rows, whose last is for the question; 0 asks nothing. Raises HungUp.

    `more` asks, and says how many rows come next: 0 to stop. With a `width` a line takes the rows that it fills.
    """
    if not length:
        for start in range(0, len(text), _BACKLOG):
            terminal.write(text[start : start + _BACKLOG])
            if len(text) > _BACKLOG:
                await terminal.drain()
        return
    room = length - 1
    for line in lines_of(text):
        rows = max(1, -(-len(line) // width)) if width else 1
        if room < rows:
            room = await more()
            if not room:
                return
        terminal.write(f"{line}\n")
        room -= rows
