"""Printing a set in lines that a device takes: absolute, add and subtract forms, split where a line gets too long."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.config.pattern import Pattern
from trustctl.config.values import Members, fill

LONGEST_LINE = 200
"""Characters in a line that is sent (SECURITY.md, 2)."""


def set_lines(
    form: Pattern,
    more: Pattern | None,
    captures: Mapping[str, str],
    name: str,
    members: Members,
    first: int | str | None = None,
    printer: Pattern | None = None,
) -> tuple[str, ...]:
    """The lines that print `members` in `form`, and in `more` (default: `form`) from the second line on.

    Before: `switchport trunk allowed vlan {vlans}`, `... add {vlans}`, {10, 20, ...}
    After: ("switchport trunk allowed vlan 10,20,...", "switchport trunk allowed vlan add ...")

    The line that holds `first` comes first (H4). `printer` is the pattern that knows how members are printed, where
    `form` does not say the type of its capture.
    """

    def print_with(pattern: Pattern, part: Members) -> str:
        return pattern.print({**captures, name: (printer or form).print_members(name, part)})

    longest = more or form
    whole = print_with(form, members)
    if len(whole) <= LONGEST_LINE:
        return (whole,)
    parts = [part for part, _ in fill(members, lambda part: print_with(longest, part), LONGEST_LINE)]
    parts.sort(key=lambda part: first not in part)
    return (print_with(form, parts[0]), *(print_with(longest, part) for part in parts[1:]))
