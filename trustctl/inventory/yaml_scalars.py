"""What a plain YAML scalar means: the YAML 1.2 core schema without its surprises.

Source: YAML 1.2.2, section 10.3.2. Octal, hexadecimal, exponents, `.inf` and dates stay text, and the typed models then
say what they expected.
"""

from __future__ import annotations

import re
from functools import lru_cache

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

Scalar = str | int | float | bool | None


@lru_cache(maxsize=65536)
def plain(text: str) -> Scalar:
    """The value of an unquoted scalar.

    Before: `30`, `true`, `NO`, `010`, `12:30:45`, `2027-08-31`.
    After: the integer 30, true, and four texts.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "-+0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text
