"""The second net: masks the values a run knows, in any text, before it reaches an error, a log or a report."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trustctl.secrets.type7 import OFFSETS, encode_type7

MASK = "<hidden>"
_SHORTEST = 4
"""Shorter values are masked only as whole words: replaced anywhere they would make a text unreadable."""


class Redactor:
    """Masks known values, in clear and in their type 7 forms.

    Before: `radius server key Sh4red-Key failed` with the value `Sh4red-Key`. After: `radius server key <hidden>
    failed`. Empty values are ignored. Its repr shows nothing.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = {value for value in values if value}
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} values)"

    def add(self, *values: str) -> None:
        """Know more values from now on."""
        new = {value for value in values if value} - self._values
        if new:
            self._values |= new
            self._pattern = None

    def mask(self, text: str) -> str:
        """Return `text` with every known value replaced by `<hidden>`."""
        if not self._values:
            return text
        if self._pattern is None:
            # made when it is first needed: most sessions never mask anything
            self._pattern = _pattern(self._values)
        return self._pattern.sub(MASK, text)


def _pattern(values: Iterable[str]) -> re.Pattern[str]:
    """Match all values and their type 7 forms, the longest first."""
    forms: set[str] = set()
    short: set[str] = set()
    for value in values:
        (forms if len(value) >= _SHORTEST else short).add(value)
        forms |= {encode_type7(value, offset) for offset in OFFSETS if len(value) > 1}
    parts = [re.escape(form) for form in sorted(forms, key=len, reverse=True)]
    parts += [rf"(?<!\w){re.escape(form)}(?!\w)" for form in sorted(short, key=len, reverse=True)]
    return re.compile("|".join(parts))
