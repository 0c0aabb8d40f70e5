"""What the patterns of one platform are read with: its notation, its syntax and the capture types that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from trustctl.config.captures import CaptureType, capture_types
from trustctl.config.pattern import Pattern, compile_pattern
from trustctl.config.syntax import PLAIN, Syntax
from trustctl.model.notation import Notation


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """The language of one platform. Patterns are compiled once."""

    notation: Notation
    syntax: Syntax
    types: Mapping[str, CaptureType] = field(repr=False)
    interfaces: list[tuple[Pattern, Pattern]] = field(default_factory=list[tuple[Pattern, Pattern]], repr=False)
    """Headers at the top that configure an interface, with what prints its name; filled while the rules are read."""
    _compiled: dict[str, Pattern] = field(default_factory=dict[str, Pattern], repr=False)

    def compile(self, text: str) -> Pattern:
        """A pattern in this language; ValueError says what is wrong with it."""
        found = self._compiled.get(text)
        if found is None:
            found = self._compiled[text] = compile_pattern(text, self.types)
        return found

    def negative(self, pattern: Pattern) -> Pattern:
        """The other form of a flag, which is the one case where a negation in front is the grammar itself."""
        return self.compile(self.syntax.negated(pattern.text))


@lru_cache(maxsize=16384)
def interface_in(language: Grammar, header: str) -> str:
    """The interface that a canonical header at the top configures, or an empty text.

    Before: "interface GigabitEthernet1/0/3", "vlan 10"    After: "GigabitEthernet1/0/3", "" or "vlan 10"
    """
    for pattern, name in language.interfaces:
        captures = pattern.match(header)
        if captures is not None:
            return name.print(captures)
    return ""


def grammar(notation: Notation, syntax: Syntax) -> Grammar:
    """The grammar of a platform."""
    return Grammar(notation, syntax, capture_types(notation, syntax))


PLAIN_GRAMMAR = grammar(Notation(), PLAIN)
"""For rules that are made outside a rulebook."""
