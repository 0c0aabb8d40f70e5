"""How a platform's configuration text is put together, as data: `syntax:` of its rulebook.

`trustctl.config.syntaxfile` reads it; `parse` finds the lines by it, patterns read and print words by it, and `script`
writes what is sent by it. What its interfaces and sets look like is its `Notation`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NEVER = re.compile(r"(?!)")
"""Matches nothing: what a platform does not have."""
LONGEST_LINE = 200
"""Characters of one line, where a platform says nothing else (docs/sources.md, what a line may be)."""
CLEAR = "0"
"""The encoding of a secret that is written as it is."""
OPAQUE = "opaque"
"""An encoding that nobody but the device can compare with the secret."""


class Wholeness(StrEnum):
    """How it is known that a text is all there."""

    ENDED = "ended"
    """The mark that ends a configuration, or the device's prompt, stands after it."""
    PART = "part"
    """It is a part of a configuration, as people write it: nothing is missing that was ever there."""
    UNTOLD = "untold"
    """Nothing in the text tells: it may have been cut after any line that stands at the margin."""


UNTOLD = "nothing marks the end of this configuration, so nobody can tell whether some of it is missing"
"""What a person is told of a text that may have been cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """The shape of one platform's text."""

    end: str = ""
    """The line that ends a configuration; empty: the platform has none."""
    closed: bool = False
    """A line (an ignore rule with `closes`) ends every section: one that is open at the end was cut short."""
    heads: re.Pattern[str] = NEVER
    """Lines that stand between a terminal's greeting and the configuration."""
    trailers: re.Pattern[str] = NEVER
    """Lines that may stand after a configuration, such as the prompt: without an end mark they tell that it is all."""
    pager: re.Pattern[str] = NEVER
    """How a line begins that a pager printed."""
    device_text: re.Pattern[str] = NEVER
    """Lines by which the device's own output is known."""
    leave: str = "exit"
    """The command that leaves a section."""
    indent: int = 1
    """Blanks before a line for each section it stands in, when it is printed."""
    tab: int = 8
    """A tab goes to the next multiple of so many columns."""
    quote: str = ""
    """The sign around a word that has blanks in it; empty: words never have."""
    continued: re.Pattern[str] = NEVER
    """A line that belongs to the end of the line before it."""
    line_end: str = ""
    """How the end of a line is written in a block that the device prints on one line (`\\n`); empty: it never is."""
    marks: tuple[str, ...] = ()
    """Delimiters of blocks that are longer than one character or cannot be typed (`^C`); the first one is printed."""
    encodings: Mapping[str, str] = field(default_factory=dict[str, str])
    """The words that stand before a secret, and what each means to `trustctl.secrets.verify`, or `opaque`."""
    negation: str = "no"
    """The word before a line that takes it back; empty: the platform has none."""
    any_case: bool = False
    """Keywords may be written in capitals or not, as a person does; the device prints them in one way."""
    longest: int = LONGEST_LINE
    """Characters in a line that is sent."""

    @property
    def verifiable(self) -> frozenset[str]:
        """The encodings, as `Secret.encoding` names them, in which a known secret can be compared."""
        return frozenset(self.encodings.values()) - {OPAQUE}

    @property
    def opaque(self) -> frozenset[str]:
        """The words before secrets that nobody but the device can compare."""
        return frozenset(word for word, meaning in self.encodings.items() if meaning == OPAQUE)

    def encoding(self, word: str) -> str:
        """What the word before a secret means, as `Secret.encoding` names it."""
        meaning = self.encodings.get(word, word)
        return word if meaning == OPAQUE else meaning

    def squeeze(self, line: str) -> str:
        """The line with one blank between its words; what stands in quotes stays as it is.

        Before: 'name   "a  b"'    After: 'name "a  b"'
        """
        if self.quote and self.quote in line:
            sign = re.escape(self.quote)
            return " ".join(re.findall(rf"(?:{sign}[^{sign}]*{sign}|[^\s{sign}]|{sign})+", line))
        return " ".join(word for word in line.replace("\t", " ").split(" ") if word)

    def negated(self, line: str) -> str:
        """The line that takes `line` back where negating is the grammar itself: flags."""
        before = f"{self.negation} "
        return line.removeprefix(before) if line.startswith(before) else before + line


PLAIN = Syntax(encodings={})
"""For tests and for what has no platform."""
