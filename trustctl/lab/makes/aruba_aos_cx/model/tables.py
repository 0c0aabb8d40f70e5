"""The tables of rules by context, and how a line is found in them."""

from __future__ import annotations

from functools import lru_cache

from trustctl.lab.makes.aruba_aos_cx.model.commands import access, interfaces, network, system, vlans
from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read, Search, compile_pattern
from trustctl.lab.makes.aruba_aos_cx.model.rules import Rule

TABLES: dict[str, tuple[Rule, ...]] = {
    "config": (*system.RULES, *access.RULES, *vlans.RULES, *network.RULES, *interfaces.RULES),
    **system.SECTIONS,
    **access.SECTIONS,
    **vlans.SECTIONS,
    **network.SECTIONS,
    **interfaces.SECTIONS,
}


@lru_cache(maxsize=512)
def _starting(kind: str, letter: str) -> tuple[Rule, ...]:
    """The rules of a table that a line with that first letter can be about."""
    found: list[Rule] = []
    for rule in TABLES[kind]:
        first = compile_pattern(rule.pattern).parts[0]
        words = [first] if first.what in {"word", "argument"} else [choice.parts[0] for choice in first.parts]
        if any(word.what == "argument" or word.text.startswith(letter) for word in words):
            found.append(rule)
    return tuple(found)


def find(kind: str, tokens: list[str], *, undo: bool) -> tuple[Rule, Read]:
    """The rule of a context that takes a line, and what it says. Raises MisreadError."""
    search = Search[Rule](tokens)
    for rule in _starting(kind, tokens[0][0].lower()):
        if not (undo and rule.no_undo):
            search.offer(rule, rule.pattern, undo=undo)
    return search.choose()
