"""The `syntax:` of a rulebook as a `Syntax`, checked strictly."""

from __future__ import annotations

import re

from trustctl.config.syntax import CLEAR, NEVER, OPAQUE, Syntax
from trustctl.inventory.entry import Entry

_KEYS = (
    *("end", "closed", "heads", "trailers", "pager", "device_text", "leave", "indent", "tab", "quote", "continued"),
    *("line_end", "marks", "encodings", "negation", "any_case", "longest", "note"),
)
_MEANINGS = (CLEAR, "5", "7", "8", "9", "sha1", "sha256", OPAQUE)
_WIDEST = 16
_LONGEST = 4096


def read_syntax(entry: Entry) -> Syntax:
    """The syntax; raises RulebookError with the place of what does not fit."""
    entry.only(_KEYS)
    plain = Syntax()
    end, closed = entry.text("end"), entry.flag("closed")
    if end and closed:
        raise entry.error("closed", "a text that ends with a mark needs no other sign that it is whole")
    quote = entry.text("quote")
    if len(quote) > 1:
        raise entry.error("quote", "quote is one character")
    return Syntax(
        end=end,
        closed=closed,
        heads=_lines(entry, "heads"),
        trailers=_lines(entry, "trailers"),
        pager=_lines(entry, "pager"),
        device_text=_lines(entry, "device_text", re.MULTILINE),
        leave=entry.text("leave", plain.leave),
        indent=_between(entry, "indent", plain.indent, _WIDEST),
        tab=_between(entry, "tab", plain.tab, _WIDEST),
        quote=quote,
        continued=_lines(entry, "continued"),
        line_end=entry.text("line_end"),
        marks=entry.texts("marks"),
        encodings=_encodings(entry),
        negation=entry.text("negation", plain.negation) if "negation" in entry.values else plain.negation,
        any_case=entry.flag("any_case"),
        longest=_between(entry, "longest", plain.longest, _LONGEST),
    )


def _lines(entry: Entry, key: str, flags: int = 0) -> re.Pattern[str]:
    """The expressions under a key as one; each is for a whole line without the blanks around it."""
    texts = entry.texts(key)
    for text in texts:
        entry.expression(key, text)
    if not texts:
        return NEVER
    joined = "|".join(f"(?:{text})" for text in texts)
    return re.compile(f"^(?:{joined})[ \\t\\r]*$" if flags & re.MULTILINE else joined, flags | re.ASCII)


def _between(entry: Entry, key: str, default: int, high: int) -> int:
    number = entry.number(key, default)
    if not 0 <= number <= high:
        raise entry.error(key, f"{key} must be within 0 and {high}")
    return number


def _encodings(entry: Entry) -> dict[str, str]:
    found = {word: str(value) for word, value in entry.below("encodings").values.items()}
    for word, meaning in found.items():
        if meaning not in _MEANINGS:
            raise entry.error("encodings", f"{word}: the encoding must be one of {', '.join(_MEANINGS)}")
    return found
