"""The redactor of every sink: what a run knows is masked in each form it could take, what it does not know by syntax.

`KNOWN` learns each value when a store hands it out. `redact` is what the screen, the event log and the journal call;
`redact_device` is for words that a device or a host said, which may quote a line of its configuration.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

from trustctl.secrets.redact_syntax import HIDDEN, hide_shapes, mask_text
from trustctl.secrets.type7 import decode_type7

_ANYWHERE = 8
"""Shorter values are masked only as whole words: replaced anywhere they would make a text unreadable."""
_TYPE7 = re.compile(r"(?<![0-9A-Za-z])[0-5][0-9](?:[0-9A-Fa-f]{2})+(?![0-9A-Za-z])")
_RUN = re.compile(r"[-+/_0-9A-Za-z]{10,}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){8,}|(?<=0x)(?:[0-9A-Fa-f]{2}){8,}")
_DIGESTS = ("md5", "sha1", "sha256")
"""Digests without salt, which are as good as the secret where it can be guessed; ArubaOS-Switch prints two of them."""


class Redactor:
    """Masks known values: in clear, reversed, escaped for URLs, JSON and HTML, in base64, hex, type 7, and as a digest.

    Before: `radius server key Sh4red-Key failed` with the value `Sh4red-Key`. After: `radius server key <hidden>
    failed`. Empty values are ignored. Its repr shows nothing. Any thread may use it.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._guard = threading.Lock()
        self._values: frozenset[str] = frozenset(value for value in values if value)

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} values)"

    def add(self, *values: str) -> None:
        """Know more values from now on."""
        with self._guard:
            self._values |= {value for value in values if value}

    def forget(self) -> None:
        """Know nothing any more: for tests, which run many commands in one process."""
        with self._guard:
            self._values = frozenset()

    def mask(self, text: str) -> str:
        """Return `text` with every known value replaced by `<hidden>`."""
        if not self._values or not text:
            return text
        forms = _forms(self._values)
        for form in forms.plain:
            if form in text:
                text = text.replace(form, HIDDEN)
        if forms.words is not None:
            text = forms.words.sub(HIDDEN, text)
        text = _TYPE7.sub(lambda found: HIDDEN if _is_type7(found[0], self._values) else found[0], text)
        # encoded forms stand in long runs of letters only, which are few: this is what makes large reports quick
        runs = "\n".join(_RUN.findall(text))
        for form in forms.encoded:
            if form in runs:
                text = text.replace(form, HIDDEN)
        lower = runs.lower()
        if any(form in lower for form in forms.hexadecimal):
            text = _HEX.sub(lambda found: _without(found[0], forms.hexadecimal), text)
        return text

    def holds(self, text: str) -> bool:
        """Whether a known value stands in `text`, in clear or in type 7: the forms that a device's lines have.

        Values too short to be told from a word by chance do not count.
        """
        values = self._values
        return any(value in text for value in values if len(value) >= _ANYWHERE) or any(
            _is_type7(found[0], values) for found in _TYPE7.finditer(text)
        )


KNOWN = Redactor()
"""Every value that a store handed out in this process."""


def redact(text: str) -> str:
    """Mask a text of our own before it leaves: known values, and what announces itself as a secret."""
    return hide_shapes(KNOWN.mask(text))


def redact_device(text: str, known: Redactor = KNOWN) -> str:
    """Mask what a device or a host said, which may quote any line of its configuration."""
    return mask_text(known.mask(text), prose=True)


@dataclass(frozen=True, slots=True)
class _Forms:
    """How values may be spelled: looked for anywhere; as whole words; in runs of base64; in hexadecimal."""

    plain: tuple[str, ...]
    words: re.Pattern[str] | None
    encoded: tuple[str, ...]
    hexadecimal: tuple[str, ...]


@lru_cache(maxsize=64)
def _forms(values: frozenset[str]) -> _Forms:
    long = tuple(value for value in values if len(value) >= _ANYWHERE)
    short = [re.escape(value) for value in sorted(values, key=len, reverse=True) if len(value) < _ANYWHERE]
    return _Forms(
        _longest_first(form for value in long for form in _spellings(value)),
        re.compile(rf"(?<!\w)(?:{'|'.join(short)})(?!\w)") if short else None,
        _longest_first(
            form for value in long for wide in ("utf-8", "utf-16-le") for form in _base64(value.encode(wide))
        ),
        _longest_first(form for value in long for form in _hexadecimal(value)),
    )


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(frozenset(forms), key=lambda one: (-len(one), one)))


@lru_cache(maxsize=4096)
def _spellings(value: str) -> frozenset[str]:
    lines = [line for line in value.splitlines() if len(line) >= _ANYWHERE] if "\n" in value else []
    return frozenset(
        (
            value,
            # a private key is shown line by line; its first and last line are no secret
            *(line for line in lines if not line.startswith("-----")),
            value[::-1],
            quote(value),
            quote(value, safe=""),
            quote_plus(value),
            json.dumps(value)[1:-1],
            _safe_in_script(json.dumps(value)[1:-1]),
            json.dumps(json.dumps(value)[1:-1])[1:-1],
            html.escape(value),
            html.escape(value, quote=False),
            "\0".join(value),
        )
    )


def _safe_in_script(text: str) -> str:
    """JSON as Jinja's `tojson` and others write it into a page.  Before: `a&b`. After: the six letters for `&`."""
    return "".join(f"\\u{ord(letter):04x}" if letter in "<>&'" else letter for letter in text)


def _base64(raw: bytes) -> tuple[str, ...]:
    """What stands in base64 text for these bytes, wherever in the encoded bytes they begin: three alignments, twice.

    Before: `Sh4red-Key`. After: `U2g0cmVkLUtl`, `NoNHJlZC1LZX`... The letters at both ends that also depend on the
    neighbours are left out.
    """
    found: list[str] = []
    for skip in range(3):
        text = base64.b64encode(b"\0" * skip + raw).decode().rstrip("=")
        whole = (skip + len(raw)) * 8 // 6
        inner = text[(0, 2, 3)[skip] : whole]
        found += [inner, inner.replace("+", "-").replace("/", "_")]
    return tuple(found)


def _hexadecimal(value: str) -> tuple[str, ...]:
    raw = value.encode()
    digests = (hashlib.new(kind, raw, usedforsecurity=False).hexdigest() for kind in _DIGESTS)
    return (raw.hex(), value.encode("utf-16-le").hex(), *digests)


def _is_type7(text: str, values: Iterable[str]) -> bool:
    clear = decode_type7(text)
    return bool(clear) and any(
        value == clear if len(value) < _ANYWHERE else value in (clear or "") for value in values if len(value) > 1
    )


def _without(run: str, hexes: Iterable[str]) -> str:
    lower = run.lower()
    for form in hexes:
        at = lower.find(form)
        if at >= 0:
            run = f"{run[:at]}{HIDDEN}{run[at + len(form) :]}"
            lower = run.lower()
    return run
