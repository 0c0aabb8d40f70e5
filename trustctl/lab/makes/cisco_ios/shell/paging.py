"""Output of a command: the filter behind `|`, and pages with ` --More-- ` between them."""

from __future__ import annotations

import re
from functools import partial

from trustctl.lab.paging import lines_of, selected, show_pages
from trustctl.lab.terminal import HungUp, Terminal

MORE = " --More-- "
_ERASE = "\b" * 9 + " " * 8 + "\b" * 9
_ENTER = frozenset({10, 13})


class FilterError(Exception):
    """The text behind `|` is no filter; `offset` is where it stops making sense, counted from the `|`."""

    def __init__(self, offset: int, *, incomplete: bool = False) -> None:
        super().__init__("no such output filter")
        self.offset = offset
        self.incomplete = incomplete


_FILTERS = ("append", "begin", "count", "exclude", "include", "redirect", "section", "tee")


def split_filter(line: str) -> tuple[str, str]:
    """A command line and what stands behind its `|`.  Before: `show run | inc x|y`.  After: `show run`, `inc x|y`."""
    command, bar, rest = line.partition("|")
    return (command.rstrip(), rest.strip()) if bar else (line, "")


def apply_filter(text: str, written: str) -> str:
    """The lines of `text` that a filter lets through. Raises FilterError if it is no filter."""
    word, _, pattern = written.partition(" ")
    names = [name for name in _FILTERS if name.startswith(word.lower())]
    if len(names) != 1 or names[0] in {"append", "redirect", "tee"}:
        raise FilterError(2)
    name = names[0]
    pattern = pattern.strip()
    if not pattern:
        raise FilterError(2 + len(written), incomplete=True)
    if name == "section" and pattern.split(" ")[0] in {"include", "exclude"}:
        mode, _, pattern = pattern.partition(" ")
        name = f"section {mode}"
    matcher = _regex(pattern.strip())
    kept = _select(name, lines_of(text), matcher)
    return "".join(f"{line}\n" for line in kept)


def _regex(pattern: str) -> re.Pattern[str]:
    """An IOS regular expression; `_` stands for any delimiter. One that cannot be read matches its own text."""
    pattern = pattern.strip('"')
    translated = pattern.replace("_", r"(?:^|$|[ ,{}()_])") if pattern.startswith("_") else pattern
    try:
        return re.compile(translated)
    except re.error:
        return re.compile(re.escape(pattern))


def _select(name: str, lines: list[str], matcher: re.Pattern[str]) -> list[str]:
    kept = selected(name, lines, matcher)
    if kept is not None:
        return kept
    if name == "count":
        return [f"Number of lines which match regexp = {sum(1 for line in lines if matcher.search(line))}"]
    return _sections(lines, matcher, wanted=name != "section exclude")


def _sections(lines: list[str], matcher: re.Pattern[str], *, wanted: bool) -> list[str]:
    """Whole sections whose header matches: the header and the deeper lines under it."""
    kept: list[str] = []
    depth = -1
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if depth >= 0 and indent <= depth:
            depth = -1
        if depth < 0 and matcher.search(line):
            depth = indent
        if (depth >= 0) is wanted:
            kept.append(line)
    return kept


async def show_output(terminal: Terminal, text: str) -> None:
    """Print text, page by page if the terminal has a length. Raises HungUp."""
    await show_pages(terminal, text, terminal.length, partial(_more, terminal), width=terminal.width)


async def _more(terminal: Terminal) -> int:
    """Ask for more; the number of lines to print next, 0 to stop."""
    terminal.write(MORE)
    try:
        key = await terminal.key()
    except HungUp:
        terminal.flush()
        raise
    terminal.write(_ERASE)
    if key == ord(" "):
        return terminal.length - 1
    return 1 if key in _ENTER else 0
