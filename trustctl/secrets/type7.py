"""Cisco type 7: a reversible obfuscation, so it counts as clear text (docs/sources.md, secrets).

The text is two decimal digits (the offset into a fixed key, 0 to 15 on devices) and then each byte of the clear text
XORed with the key from that offset on, as two upper-case hex digits. The key is published, among others in
CERT advisory VU#110947's references and in John the Ripper.
"""

from __future__ import annotations

import re

_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_TYPE7 = re.compile(r"(?P<offset>[0-9]{2})(?P<bytes>(?:[0-9A-Fa-f]{2})*)")

OFFSETS = range(16)
"""The offsets that IOS chooses from."""


def encode_type7(clear: str, offset: int) -> str:
    """Return `clear` in type 7 from `offset`. Before: `cisco`, 2. After: `02050D480809`."""
    masked = bytes(byte ^ _KEY[(offset + place) % len(_KEY)] for place, byte in enumerate(clear.encode()))
    return f"{offset:02d}{masked.hex().upper()}"


def decode_type7(text: str) -> str | None:
    """Return the clear text of a type 7 string, or None if it is none. Before: `02050D480809`. After: `cisco`."""
    found = _TYPE7.fullmatch(text)
    if found is None or int(found["offset"]) >= len(_KEY):
        return None
    offset = int(found["offset"])
    clear = bytes(byte ^ _KEY[(offset + place) % len(_KEY)] for place, byte in enumerate(bytes.fromhex(found["bytes"])))
    try:
        return clear.decode("ascii")
    except UnicodeDecodeError:
        return None
