"""Text from a device or a person, made safe to show."""

from __future__ import annotations

import re
import unicodedata

_SHOWN_AS_CODE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that never reach a screen: controls, bidi and zero-width marks, lone surrogates, private use,
line and paragraph separators (docs/sources.md, reports)."""

_ORDERS = ("::", "##[")
"""Line starts that some CI systems take for orders (docs/sources.md, reports)."""

_BACKTICKS = re.compile(r"`+")


def safe_text(text: str) -> str:
    r"""Write everything that could move a cursor, hide or reorder text as its code.

    Before: ESC `[31mred`, RIGHT-TO-LEFT OVERRIDE. After: `\x1b[31mred`, `\u202e`. The result is one line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_code(char) if unicodedata.category(char) in _SHOWN_AS_CODE else char for char in text)


def orders(line: str) -> bool:
    """Whether a pipeline could take a line of its log for an order to itself."""
    return line.lstrip().startswith(_ORDERS)


def _code(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def fence(lines: tuple[str, ...]) -> str:
    """The backticks for a Markdown block around `lines`: longer than any run in them, at least three."""
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=0)
    return "`" * max(3, longest + 1)
