"""Targets that are broken on purpose, by which the harness proves itself; kept apart, as they are quick to load."""

from __future__ import annotations

import re
from collections.abc import Mapping

from target import Target, said

_SEEN_BY_NOBODY = re.compile(r"(?:a+)+b")


def _crashes(data: bytes) -> None:
    """A KeyError that hides behind four letters, each found by coverage alone."""
    if data[:1] == b"r" and data[1:2] == b"0" and data[2:3] == b"l" and data[3:4] == b"l":
        raise KeyError(data)


def _hangs(data: bytes) -> None:
    """A regular expression whose time doubles with each letter."""
    _SEEN_BY_NOBODY.fullmatch("a" * min(data.count(b"a"), 40) + "c")


def _grows(data: bytes) -> None:
    """Time that grows with the square of the length: unnoticed on a short input."""
    text = data.decode("latin-1")
    while "ab" in text:
        text = text.replace("ab", "b", 1)


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target("planted-crash", _crashes, said(b"word"), text=False),
        Target("planted-hang", _hangs, said(b"aab")),
        Target("planted-square", _grows, said(b"ab"), seconds=0.5),
    )
}
"""Broken readers: a campaign that does not find what is wrong with them has found nothing elsewhere."""
