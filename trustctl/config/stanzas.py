"""What stanzas mean, remembered: a stanza is a line at the margin with the lines indented below it.

The switches of a trust repeat each other: most stanzas of a configuration stand word for word in others. A stanza that
means the same wherever it stands is read once per process; after that it costs one look-up. Which ones do is decided
by `parse.skim` (its text is complete in itself) and `read` (its meaning is).

One memory per rulebook, shared between threads: entries are frozen, or never changed after they were put in, and two
threads that work out the same stanza put in the same. It holds at most `_LARGEST` stanzas; then it starts again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trustctl.config.rules import Rulebook
from trustctl.config.statement import Section, Statement

_LARGEST = 8192
_LONGEST = 4096
"""Characters of a stanza that is worth remembering: longer ones are certificates and the like, a device's own."""
_MARGIN = re.compile(r"\n(?![ \t\r])")


@dataclass(frozen=True, slots=True, eq=False)
class Stanza:
    """What a stanza means: a statement at the top, a section, or (both None) nothing."""

    statement: Statement | None = None
    section: Section | None = None
    """Shared by all configurations that hold the stanza: never changed."""

    @property
    def flat(self) -> bool:
        """Whether all that it says is statements directly in it, so that each can be found again by its key."""
        return self.section is None or not (self.section.sections or self.section.ordered)


class Stanzas:
    """The memory of one rulebook."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, Stanza] = {}

    def find(self, text: str) -> Stanza | None:
        """What the stanza with this text means, if that is known."""
        return self._known.get(text)

    def learn(self, text: str, stanza: Stanza) -> None:
        """Remember a stanza."""
        if len(text) > _LONGEST:
            return
        if len(self._known) >= _LARGEST:
            self._known.clear()
        self._known[text] = stanza


@lru_cache(maxsize=16)
def stanzas(rulebook: Rulebook) -> Stanzas:
    """The memory of a rulebook, made once."""
    return Stanzas()


def split(text: str, comments: str) -> list[str]:
    r"""The stanzas of a text, which joined by "\n" are the text.

    An indented line after a comment (`comments` are the characters that begin one) belongs to what stood before.

    Before: "vlan 10\n name a\n!\nend"    After: ["vlan 10\n name a", "!", "end"]
    """
    opens_nothing = comments + "\n"
    stanzas: list[str] = []
    for piece in _MARGIN.split(text):
        if piece[:1] in opens_nothing and "\n" in piece:
            _join(stanzas, piece, opens_nothing)
        else:
            stanzas.append(piece)
    return stanzas


def _join(stanzas: list[str], piece: str, opens_nothing: str) -> None:
    """Put a piece whose indented lines belong to what stood before it together with that."""
    at = len(stanzas)
    while at and stanzas[at - 1][:1] in opens_nothing:
        at -= 1
    at = max(at - 1, 0)
    stanzas[at:] = ["\n".join((*stanzas[at:], piece))]
