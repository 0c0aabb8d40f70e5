"""Canary secrets, and the scanner that looks for them in whatever form they might have leaked."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_LETTERS = string.ascii_letters + string.digits
_LENGTH, _WINDOW = 24, 8
_TYPE7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_TYPE7 = re.compile(rb"(?<![0-9A-Fa-f])[0-5][0-9](?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Fa-f])")


def canary(name: str) -> str:
    """A unique secret that names its kind: `radiussharedkey/&` and 24 random letters and digits.

    The two marks make its forms for URLs, JSON and HTML differ from it.
    """
    return f"{re.sub(r'[^a-z]', '', name)}/&{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"


def plain_canary(name: str) -> str:
    """The same without the marks, for what may be letters and digits only."""
    return canary(name).replace("/&", "")


def type7(value: str, seed: int) -> str:
    """Cisco's reversible encoding with the given seed (0 to 15)."""
    key = (_TYPE7_KEY[(seed + at) % len(_TYPE7_KEY)] for at in range(len(value)))
    return f"{seed:02d}" + "".join(f"{letter ^ mask:02X}" for letter, mask in zip(value.encode(), key, strict=True))


def _type7_clear(encoded: bytes) -> bytes:
    seed, body = int(encoded[:2]), encoded[2:]
    pairs = range(0, len(body) - 1, 2)
    return bytes(int(body[at : at + 2], 16) ^ _TYPE7_KEY[(seed + at // 2) % len(_TYPE7_KEY)] for at in pairs)


def forms(value: str) -> Mapping[str, tuple[bytes, ...]]:
    """Every fixed spelling of a secret that is looked for, by form."""
    raw, token = value.encode(), value[-_LENGTH:]
    windows = tuple(token[at : at + _WINDOW].encode() for at in range(_LENGTH - _WINDOW + 1))
    inner = tuple(base64.b64encode(b"\0" * skip + raw)[4 if skip else 0 : -4] for skip in range(3))
    digests = tuple(hashlib.new(kind, raw, usedforsecurity=False).hexdigest() for kind in ("md5", "sha1", "sha256"))
    return {
        "raw": (raw,),
        "substring": windows,
        "reversed": (value[::-1].encode(),),
        "base64": inner,
        "hex": (raw.hex().encode(), raw.hex().upper().encode()),
        "URL": (quote(value, safe="").encode(),),
        "JSON": (json.dumps(value)[1:-1].encode(), raw.replace(b"&", b"\\u0026")),
        "HTML": (html.escape(value).encode(),),
        "UTF-16": (value.encode("utf-16-le"), value.encode("utf-16-be")),
        "digest": tuple(digest.encode() for digest in digests),
    }


@dataclass(frozen=True, slots=True)
class Leak:
    """One find: never the value."""

    secret: str
    form: str
    artefact: str
    offset: int


class Scanner:
    """Looks for secrets (name -> value) and counts what it looked at."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = {name: forms(value) for name, value in secrets.items()}
        self._values = {name: value.encode() for name, value in secrets.items()}
        self.scanned = 0

    def scan(self, artefact: str, content: bytes) -> Iterator[Leak]:
        """Every secret found in a content, once per form."""
        self.scanned += 1
        for name, spelled in self._forms.items():
            for form, spellings in spelled.items():
                found = [content.find(spelling) for spelling in spellings if spelling in content]
                if found:
                    yield Leak(name, form, artefact, min(found))
        for match in _TYPE7.finditer(content):
            clear = _type7_clear(match[0])
            for name, value in self._values.items():
                if value in clear:
                    yield Leak(name, "type 7", artefact, match.start())

    def scan_folder(self, folder: Path) -> Iterator[Leak]:
        """Every file below a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield from self.scan(str(path.relative_to(folder)), path.read_bytes())
