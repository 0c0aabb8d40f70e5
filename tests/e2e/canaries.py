"""Canary secrets, and the scanner that looks for them in whatever form they might have leaked."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_LETTERS = string.ascii_letters + string.digits
_LENGTH, _WINDOW = 24, 8
_TYPE7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_TYPE7 = re.compile(rb"(?<![0-9A-Fa-f])[0-5][0-9](?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Fa-f])")


def canary(name: str) -> str:
    """A unique secret that names its kind: `radiussharedkey` and 24 random letters and digits."""
    return re.sub(r"[^a-z]", "", name) + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


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
        "utf-16": (value.encode("utf-16-le"),),
        "digest": tuple(digest.encode() for digest in digests),
    }


@dataclass(frozen=True, slots=True)
class Leak:
    """One find: never the value."""

    secret: str
    form: str
    artefact: str
    offset: int


@dataclass(frozen=True, slots=True)
class Scanner:
    """Looks for secrets (name -> value)."""

    secrets: Mapping[str, str]

    def scan(self, artefact: str, content: bytes, *, device_text: bool = False) -> Iterator[Leak]:
        """Every secret found in a content, once per form; `device_text` may hold what a switch prints."""
        for name, value in self.secrets.items():
            for form, spellings in forms(value).items():
                found = [content.find(spelling) for spelling in spellings if spelling in content]
                if found:
                    yield Leak(name, form, artefact, min(found))
        if device_text:
            return
        for match in _TYPE7.finditer(content):
            clear = _type7_clear(match[0])
            for name, value in self.secrets.items():
                if value.encode() in clear:
                    yield Leak(name, "type 7", artefact, match.start())

    def scan_folder(self, folder: Path) -> Iterator[Leak]:
        """Every file below a folder; backups are device texts."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = str(path.relative_to(folder))
                yield from self.scan(name, path.read_bytes(), device_text="/backups/" in f"/{name}")
