"""Printing a set in lines that a device takes: absolute, add and subtract forms, split where a line gets too long."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.config.pattern import Pattern
from trustctl.config.rules import LineRule
from trustctl.config.values import Members, fill


def set_lines(
    rule: LineRule,
    forms: tuple[Pattern, Pattern | None],
    captures: Mapping[str, str],
    members: Members,
    first: int | str | None = None,
) -> tuple[str, ...]:
    """The lines that print `members` of a set rule in the first form, and in the second from the second line on.

    Before: `switchport trunk allowed vlan {vlans}`, `... add {vlans}`, {10, 20, ...}
    After: ("switchport trunk allowed vlan 10,20,...", "switchport trunk allowed vlan add ...")

    The line that holds `first` comes first (H4). A line is longer than the platform takes only if its set cannot be
    split.
    """
    longest = rule.grammar.syntax.longest

    def print_with(pattern: Pattern, part: Members) -> str:
        return pattern.print({**captures, rule.members: rule.pattern.print_members(rule.members, part)})

    form, further = forms[0], forms[1] or forms[0]
    whole = print_with(form, members)
    if len(whole) <= longest:
        return (whole,)
    parts = [part for part, _ in fill(members, lambda part: print_with(further, part), longest)]
    parts.sort(key=lambda part: first not in part)
    return (print_with(form, parts[0]), *(print_with(further, part) for part in parts[1:]))
