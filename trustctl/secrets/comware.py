"""Comware 7 `$h$6$salt$hash`: SHA-512 over password, salt, password, with the zero byte that ends each password.

Found in the firmware of a virtual appliance, and right for the example in HPE's own manual: hashcat/hashcat#3963.
`$c$3$...` is encrypted with a key of the device's and cannot be told.
"""

from __future__ import annotations

import base64
import hashlib
import re

_HASH = re.compile(r"\$h\$6\$(?P<salt>[A-Za-z0-9+/]{1,64})\$(?P<hash>[A-Za-z0-9+/]{86}==)")


def comware_hash(clear: str, salt: str) -> str:
    """Return the `$h$6$` hash; `salt` is text (16 characters of base64 on devices)."""
    key = clear.encode() + b"\0"
    return f"$h$6${salt}${base64.b64encode(hashlib.sha512(key + salt.encode() + key).digest()).decode()}"


def comware_salt(text: str) -> str | None:
    """The salt of a hash, or None if it is none."""
    found = _HASH.fullmatch(text)
    return found["salt"] if found else None
