"""One mapping of a rule file: what every platform file may hold, and patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustctl.config.grammar import Grammar
from trustctl.config.pattern import Pattern
from trustctl.inventory import entry


@dataclass(frozen=True, slots=True)
class Entry(entry.Entry):
    """A mapping in a rule file with its path."""

    grammar: Grammar
    """The language of its patterns."""

    def pattern(self, key: str) -> Pattern | None:
        """A pattern, or None."""
        text = self.text(key)
        return self._compile(key, text) if text else None

    def patterns(self, key: str) -> tuple[Pattern, ...]:
        """A list of patterns."""
        return tuple(self._compile(key, text) for text in self.texts(key))

    def _compile(self, key: str, text: str) -> Pattern:
        try:
            return self.grammar.compile(text)
        except (ValueError, re.error) as error:
            raise self.error(key, f"the pattern {text!r} cannot be read: {error}") from error
