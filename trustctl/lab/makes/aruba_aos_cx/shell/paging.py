"""Output of a command: the filters behind `|`, and pages with a question between them."""

from __future__ import annotations

import re
from functools import partial

from trustctl.lab.paging import lines_of, selected, show_pages
from trustctl.lab.terminal import Terminal

MORE = "-- MORE --, next page: Space, next line: Enter, quit: q"
_ERASE = "\r" + " " * len(MORE) + "\r"
_PARTS = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')
_FILTERS = ("begin", "count", "exclude", "include", "redirect")


class FilterError(Exception):
    """What stands behind `|` is no filter; the text is the word that is wrong, empty if one is missing."""


def split_filters(line: str) -> tuple[str, list[str]]:
    """A command line and what stands behind each `|` that is not in quotes."""
    command, *filters = _PARTS.split(line)
    return command.strip(), [each.strip() for each in filters]


def apply_filters(text: str, filters: list[str]) -> str:
    """The lines that all filters let through. Raises FilterError."""
    for written in filters:
        text = _filtered(text, written)
    return text


def _filtered(text: str, written: str) -> str:
    word, _, pattern = written.partition(" ")
    names = [name for name in _FILTERS if word and name.startswith(word.lower())]
    if len(names) != 1 or names[0] == "redirect":
        raise FilterError(word)
    lines = lines_of(text)
    pattern = pattern.strip().strip('"')
    if names[0] == "count" and not pattern:
        return f"{len(lines)}\n"
    if not pattern:
        raise FilterError
    try:
        matcher = re.compile(pattern)
    except re.error:
        matcher = re.compile(re.escape(pattern))
    kept = selected(names[0], lines, matcher)
    if kept is None:
        return f"{sum(1 for line in lines if matcher.search(line))}\n"
    return "".join(f"{line}\n" for line in kept)


async def show_output(terminal: Terminal, text: str) -> None:
    """Print text, page by page if the terminal has a length. Raises HungUp."""
    await show_pages(terminal, text, terminal.length, partial(_more, terminal))


async def _more(terminal: Terminal) -> int:
    """Ask for more; the number of lines to print next, 0 to stop."""
    while True:
        terminal.write(MORE)
        key = await terminal.key()
        terminal.write(_ERASE)
        if key == ord(" "):
            return terminal.length - 1
        if key in {10, 13}:
            return 1
        if key in {ord("q"), ord("Q"), 3}:
            return 0
