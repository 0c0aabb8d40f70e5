"""Output of a command: the filters behind `|`, and pages with a question between them."""

from __future__ import annotations

import re

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
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    pattern = pattern.strip().strip('"')
    if names[0] == "count" and not pattern:
        return f"{len(lines)}\n"
    if not pattern:
        raise FilterError
    try:
        matcher = re.compile(pattern)
    except re.error:
        matcher = re.compile(re.escape(pattern))
    kept = _select(names[0], lines, matcher)
    return "".join(f"{line}\n" for line in kept)


def _select(name: str, lines: list[str], matcher: re.Pattern[str]) -> list[str]:
    if name == "include":
        return [line for line in lines if matcher.search(line)]
    if name == "exclude":
        return [line for line in lines if not matcher.search(line)]
    if name == "begin":
        start = next((at for at, line in enumerate(lines) if matcher.search(line)), len(lines))
        return lines[start:]
    return [str(sum(1 for line in lines if matcher.search(line)))]


async def show_pages(terminal: Terminal, text: str) -> None:
    """Print text, page by page if the terminal has a length. Raises HungUp."""
    if not terminal.length:
        for start in range(0, len(text), 32_768):
            terminal.write(text[start : start + 32_768])
            await terminal.drain()
        return
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    room = terminal.length - 1
    for line in lines:
        if not room:
            room = await _more(terminal)
            if not room:
                return
        terminal.write(f"{line}\n")
        room -= 1


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
