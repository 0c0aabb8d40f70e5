"""Password hashes that Python cannot make: yescrypt (`$y$`) and others, by the C library of this computer.

libxcrypt is the libcrypt of Debian, Ubuntu and Fedora. Where it is missing (macOS, Windows, musl) nobody can tell, and
the plan says so. The cost stands in the hash itself, which a host wrote: what would take more than 128 MiB or many
seconds is not tried.
"""

from __future__ import annotations

import ctypes
import re
from functools import cache

_LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2")
_DATA_BYTES = 32_768
"""The size of libxcrypt's `struct crypt_data` (crypt.h)."""
_YESCRYPT = re.compile(r"\$y\$j(?P<count>[./0-9A-Z])(?P<block>[./0-9A-Za-j])(?:\.[./0-9])?\$[./0-9A-Za-z]{0,86}\$.{43}")
_PLACES = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MOST_BYTES = 128 * 1024 * 1024


@cache
def _library() -> ctypes.CDLL | None:
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
            call = library.crypt_rn
        except (OSError, AttributeError):
            continue
        call.restype = ctypes.c_char_p
        call.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
        return library
    return None


def yescrypt(password: str, setting: str) -> str | None:
    """Return the hash with the parameters and salt of `setting`, a `$y$` hash; None if this computer cannot tell."""
    found = _YESCRYPT.fullmatch(setting)
    if found is None or _memory(found["count"], found["block"]) > _MOST_BYTES:
        return None
    library = _library()
    if library is None or "\0" in password:
        return None
    made: bytes | None = library.crypt_rn(
        password.encode(), setting.encode(), ctypes.create_string_buffer(_DATA_BYTES), _DATA_BYTES
    )
    return made.decode("ascii") if made else None


def _memory(count: str, block: str) -> int:
    """What yescrypt needs, in bytes.  Before: `9`, `T` (the default).  After: 16 MiB."""
    return (1 << (_PLACES.index(count) + 1)) * (_PLACES.index(block) + 1) * 128
