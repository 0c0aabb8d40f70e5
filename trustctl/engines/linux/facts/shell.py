"""Words for the shell, and resources that could not be told."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Sequence

from trustctl.hosts import Resource
from trustctl.hosts.kinds import ABSENT, UNTOLD

HAS_RPM = '. /etc/os-release; case " $ID $ID_LIKE " in *" rhel "*|*" fedora "*) ;; *) false;; esac'
"""Ends well on a system of the Red Hat family, whose packages are rpm's and dnf's; others may have the tools too."""
_WHY = 200


def quoted(words: Iterable[str]) -> str:
    """Words as the shell takes them."""
    return shlex.join(words)


def absent(want: Resource) -> Resource:
    """The resource as one that the host does not have."""
    return Resource(want.kind, want.name, (("state", ABSENT),))


def untold(want: Resource, why: str) -> Resource:
    """The resource as one that could not be read, with the reason."""
    words = " ".join(why.split())[:_WHY] or "no reason given"
    return Resource(want.kind, want.name, (("state", UNTOLD), ("why", words)))


def decoded(text: str) -> bytes:
    """What base64 on the host made of something."""
    return base64.b64decode(text, validate=True)


def encoded(data: bytes) -> str:
    """Base64 for the host, on one line."""
    return base64.b64encode(data).decode()


def noise(lines: Sequence[str], known: str) -> str:
    """What a script said that is not in its own form: an error's words."""
    return "; ".join(line for line in lines if not line.startswith(known))
