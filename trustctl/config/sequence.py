"""Access lists: how an ordered list becomes another without a gap, a dead rule or a renumbering that nobody asked for.

Entries are kept where the two lists agree in order, so that only what differs is sent. A new entry takes a free number
between its kept neighbours (H17). Numbers are never compared (H18); where the device does not print them, or no number
is free, the list is resequenced first, which changes nothing that it matches.

A platform whose entries have no numbers at all (its rule has no `{sequence}`) puts what comes at the end. There the
list is taken out from the first entry that differs on, and written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from trustctl.config.statement import Statement

SPACING = 10
"""The step between entries that IOS itself uses."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the entries of one list map to another's.

    `old` and `new` are the entries' numbers while the change is made (None: not known and not needed); `added` and
    `removed` are indexes; `spacing` is the step of a resequencing that must come first, or 0.
    """

    old: tuple[int | None, ...]
    new: tuple[int | None, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    spacing: int


def align(before: Sequence[Statement], after: Sequence[Statement]) -> Alignment:
    """Work out which entries stay, and the numbers that the new ones get."""
    if not _numbers(before, after):
        same = _common(before, after)
        unknown = (None,) * len(before), (None,) * len(after)
        return Alignment(*unknown, tuple(range(same, len(after))), tuple(range(same, len(before))), 0)
    kept = _kept(before, after)
    runs = _runs(kept, len(before), len(after))
    added = tuple(index for run in runs for index in range(run.start, run.stop))
    staying = {index for index, _ in kept}
    removed = tuple(index for index in range(len(before)) if index not in staying)
    only_appends = all(run.following is None for run in runs if run.stop > run.start)
    old = _printed_numbers(before)
    if not before or (old is None and only_appends):
        return Alignment((None,) * len(before), (None,) * len(after), added, removed, 0)
    spacing = 0
    numbered = None if old is None else _number(old, kept, runs, after)
    if numbered is None:
        longest = max(run.stop - run.start for run in runs) if runs else 0
        spacing = SPACING * (longest // SPACING + 1)
        old = tuple(range(spacing, spacing * (len(before) + 1), spacing))
        numbered = _number(old, kept, runs, after)
    return Alignment(old or (), tuple(numbered or ()), added, removed, spacing)


def place(before: Sequence[Statement], after: Sequence[Statement]) -> list[Statement]:
    """Return `after` with the numbers that its entries will have on a device that has `before`."""
    alignment = align(before, after)
    return [numbered(entry, number) for entry, number in zip(after, alignment.new, strict=True)]


def numbered(entry: Statement, number: int | None) -> Statement:
    """The same entry under another number, or without one."""
    captures = {name: text for name, text in entry.captures.items() if name != "sequence"}
    if number is not None:
        captures["sequence"] = str(number)
    return replace(entry, sequence=number, captures=captures, lines=(entry.rule.pattern.print(captures),))


def same_order(before: Sequence[Statement], after: Sequence[Statement]) -> bool:
    """Tell whether two lists do the same, whatever their numbers."""
    return len(before) == len(after) and all(map(_same, before, after))


def entry_lines(before: Sequence[Statement], after: Sequence[Statement], alignment: Alignment) -> tuple[str, ...]:
    """The lines, sent inside the list, that turn `before` into `after`: new entries first, then what goes.

    An entry that moves is taken out right before it is put back, because the device ignores a duplicate.
    """
    if not _numbers(before, after):
        gone = [_without(before[index], None) for index in reversed(alignment.removed)]
        return (*gone, *(after[index].line for index in alignment.added))
    lines: list[str] = []
    leaving = {before[index].value: index for index in alignment.removed}
    moved_out: set[int] = set()
    for index in alignment.added:
        entry = after[index]
        moved = leaving.get(entry.value)
        if moved is not None and moved not in moved_out:
            moved_out.add(moved)
            lines.append(_without(before[moved], alignment.old[moved]))
        number = alignment.new[index]
        lines.append(numbered(entry, number).line)
    lines.extend(
        _without(before[index], alignment.old[index]) for index in reversed(alignment.removed) if index not in moved_out
    )
    return tuple(lines)


def _numbers(*lists: Sequence[Statement]) -> bool:
    """Whether entries of these lists have numbers."""
    return all("sequence" in entry.rule.pattern.types for entries in lists for entry in entries)


def _common(before: Sequence[Statement], after: Sequence[Statement]) -> int:
    """How many entries at the beginning are the same."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (old, new) in pairs if not _same(old, new)), min(len(before), len(after)))


def _without(entry: Statement, number: int | None) -> str:
    syntax = entry.rule.grammar.syntax
    return syntax.negated(numbered(entry, None).line if number is None else str(number))


@dataclass(frozen=True, slots=True)
class _Run:
    """New entries `start`..`stop` between two kept entries, given by their indexes in the old list."""

    start: int
    stop: int
    preceding: int | None
    following: int | None


def _same(one: Statement, other: Statement) -> bool:
    return one.value == other.value and one.rule.id == other.rule.id


def _kept(before: Sequence[Statement], after: Sequence[Statement]) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(
        None,
        [(entry.rule.id, entry.value) for entry in before],
        [(entry.rule.id, entry.value) for entry in after],
        autojunk=False,
    )
    return [
        (block.a + offset, block.b + offset) for block in matcher.get_matching_blocks() for offset in range(block.size)
    ]


def _runs(kept: list[tuple[int, int]], old_length: int, new_length: int) -> list[_Run]:
    runs: list[_Run] = []
    preceding: int | None = None
    start = 0
    for old, new in kept:
        if new > start:
            runs.append(_Run(start, new, preceding, old))
        preceding, start = old, new + 1
    if new_length > start:
        runs.append(_Run(start, new_length, preceding, None))
    return runs


def _printed_numbers(entries: Sequence[Statement]) -> tuple[int, ...] | None:
    numbers = [entry.sequence for entry in entries]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers) or any(left >= right for left, right in pairwise(known)):
        return None
    return tuple(known)


def _number(
    old: tuple[int, ...], kept: list[tuple[int, int]], runs: list[_Run], after: Sequence[Statement]
) -> list[int | None] | None:
    """The numbers of the new list, or None if there is no room between two kept entries."""
    numbers: list[int | None] = [None] * len(after)
    for index, position in kept:
        numbers[position] = old[index]
    used = set(old)
    last = max(old, default=0)
    for run in runs:
        count = run.stop - run.start
        low = 0 if run.preceding is None else old[run.preceding]
        if run.following is None:
            chosen = list(range(last + SPACING, last + SPACING * count + 1, SPACING))
        else:
            chosen = _free(low, old[run.following], count, used)
            chosen = _wanted(after[run.start : run.stop], low, old[run.following], used) or chosen
        if not chosen:
            return None
        numbers[run.start : run.stop] = chosen
    return numbers


def _wanted(entries: Sequence[Statement], low: int, high: int, used: set[int]) -> list[int]:
    """The entries' own numbers, if they have some that fit."""
    own = _printed_numbers(entries)
    if own is None or own[0] <= low or own[-1] >= high or used.intersection(own):
        return []
    return list(own)


def _free(low: int, high: int, count: int, used: set[int]) -> list[int]:
    """`count` free numbers between `low` and `high`, round ones if there are enough; empty if there are too few."""
    reach = min(high, low + SPACING * (count + len(used) + 1))
    for grid in (SPACING, SPACING // 2, 1):
        free = [number for number in range(low + 1, reach) if number not in used and number % grid == 0]
        if len(free) >= count:
            return [free[len(free) * step // (count + 1)] for step in range(1, count + 1)]
    return []
