"""Where a block of free text ends: banners, macros, certificates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_HEXADECIMAL = re.compile(r"[ \t]*(?:[0-9A-Fa-f]{2,8}[ \t]*)+\r?")
_BLANK = " \t\r"


def hexadecimal_block(rest: Sequence[str], until: str) -> tuple[str, ...]:
    """The lines of hexadecimal text at the head of `rest`, with the line `until` that ends them; empty if none."""
    for index, raw in enumerate(rest):
        if raw.strip(_BLANK) == until:
            return tuple(rest[: index + 1])
        if not _HEXADECIMAL.fullmatch(raw):
            break
    return ()


def opened_by_mark(text: str, marks: Sequence[str]) -> str:
    """What stands from the mark on in a line that no rule knows but that opens a block; empty if it opens none.

    Before: "menu staff title ^C"    After: "^C"
    """
    opening = next((mark for mark in marks if text.count(mark) == 1), "")
    return text[text.index(opening) :] if opening else ""


def find_block(
    opening: str, rest: Sequence[str], until: str, marks: Sequence[str], stops: Callable[[str], bool]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The lines of a block and its text without delimiters; None if it does not end.

    `opening` is what stands on the first line from the delimiter on. With `until` the block ends at that line;
    otherwise at the delimiter, which is one of the platform's `marks` or any other first character. `stops` knows lines
    that stand outside every block.

    Before: "^CKeep out", ["of here", "^C"]    After: (["of here", "^C"], ["Keep out", "of here"])
    """
    if until:
        for index, raw in enumerate(rest):
            if raw.strip(_BLANK) == until:
                return tuple(rest[: index + 1]), tuple(line.rstrip("\r") for line in rest[:index])
        return None
    if not opening:
        return (), ()
    delimiter = _delimiter(opening, rest, marks, stops)
    first = opening[len(delimiter) :]
    if delimiter in first:
        return (), _body([first.partition(delimiter)[0]])
    for index, raw in enumerate(rest):
        if delimiter in raw:
            return tuple(rest[: index + 1]), _body([first, *rest[:index], raw.partition(delimiter)[0]])
    return None


def _body(lines: list[str]) -> tuple[str, ...]:
    """The text without what the delimiters leave over: an empty rest on the first and on the last line."""
    kept = [line.rstrip("\r") for line in lines]
    if kept and not kept[0].strip(_BLANK):
        kept = kept[1:]
    if kept and not kept[-1].strip(_BLANK):
        kept = kept[:-1]
    return tuple(kept)


def _delimiter(opening: str, rest: Sequence[str], marks: Sequence[str], stops: Callable[[str], bool]) -> str:
    """The mark, if the text closes with it; its first character otherwise, typed as a delimiter of its own."""
    mark = next((mark for mark in marks if opening.startswith(mark)), "")
    if len(mark) <= 1:
        return opening[0]
    first = opening[len(mark) :]
    if mark[0] in first:
        return mark if mark in first else mark[0]
    for raw in rest:
        if mark in raw:
            return mark
        if stops(raw):
            break
    return mark[0]
