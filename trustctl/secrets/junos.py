"""Junos `$9$`: a reversible obfuscation, so it counts as clear text (docs/sources.md, secrets).

Each character of the clear text becomes two to four letters: how far one letter is from the one before it, counted in
an alphabet of 65, gives a digit, and the digits of a character are weighted in turn. The first letter is chosen at
will and says how many letters of no meaning follow it. Published in the Perl module Crypt::Juniper.
"""

from __future__ import annotations

MARK = "$9$"
_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_LETTERS = "".join(_FAMILIES)
_PLACES = {letter: place for place, letter in enumerate(_LETTERS)}
_FILLING = {letter: 3 - number for number, family in enumerate(_FAMILIES) for letter in family}
"""How many letters without a meaning follow this first letter."""
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))


def decode_junos9(text: str) -> str | None:
    """Return the clear text of a `$9$` string, or None if it is none.  Before: `$9$LbHX-wg4Z`.  After: `lc`."""
    body = text.removeprefix(MARK)
    if body == text or not body or not set(body) <= _PLACES.keys() or len(body) <= _FILLING[body[0]]:
        return None
    last, rest = body[0], body[1 + _FILLING[body[0]] :]
    clear: list[str] = []
    while rest:
        weights = _WEIGHTS[len(clear) % len(_WEIGHTS)]
        if len(rest) < len(weights):
            return None
        value = 0
        for letter, weight in zip(rest, weights, strict=False):
            value += ((_PLACES[letter] - _PLACES[last]) % len(_LETTERS) - 1) * weight
            last = letter
        clear.append(chr(value % 256))
        rest = rest[len(weights) :]
    return "".join(clear)


def encode_junos9(clear: str, first: str) -> str:
    """Return `clear` as a `$9$` string that begins with the letter `first`; raises KeyError for another letter."""
    body, last = first * (1 + _FILLING[first]), first
    for number, character in enumerate(clear.encode("latin-1")):
        digits: list[int] = []
        for weight in reversed(_WEIGHTS[number % len(_WEIGHTS)]):
            digit, character = divmod(character, weight)  # noqa: PLW2901 - what is left for the smaller weights
            digits.insert(0, digit)
        for digit in digits:
            last = _LETTERS[(_PLACES[last] + digit + 1) % len(_LETTERS)]
            body += last
    return MARK + body
