"""Whether an access list lets a host through. A list that does not exist, or is empty, lets everything through."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands.acl import entries

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_SSH = {"22", "ssh"}


def _matches(address: int, words: list[str]) -> bool:
    """Take an endpoint off the front of `words`; whether it covers the address."""
    first = words.pop(0)
    if first == "any":
        return True
    if first == "host":
        return words.pop(0) == str(IPv4Address(address))
    try:
        base = int(IPv4Address(first))
        wild = int(IPv4Address(words.pop(0))) if words and words[0][:1].isdigit() and "." in words[0] else 0
    except ValueError:
        return False
    return (address & ~wild & 0xFFFFFFFF) == (base & ~wild & 0xFFFFFFFF)


def _port_matches(words: list[str]) -> bool:
    """Take a port condition off the front of `words`; whether it covers SSH."""
    if not words or words[0] not in {"eq", "neq", "gt", "lt", "range"}:
        return True
    operator, value = words.pop(0), words.pop(0)
    if operator == "range":
        high = words.pop(0)
        return value.isdigit() and high.isdigit() and int(value) <= 22 <= int(high)  # noqa: PLR2004 - SSH
    if operator in {"eq", "neq"}:
        return (value in _SSH) == (operator == "eq")
    if not value.isdigit():
        return False
    return int(value) < 22 if operator == "gt" else int(value) > 22  # noqa: PLR2004 - SSH


def permits(root: Node, name: str, source: str, destination: str) -> bool:
    """Whether SSH from `source` to `destination` passes the list with this name or number."""
    address = int(IPv4Address(source))
    for kind in ("standard", "extended"):
        node = root.get(f"ip access-list {kind} {name}")
        if node is None:
            continue
        rules = entries(node)
        for _, text in rules:
            words = text.split()
            verdict = words.pop(0) == "permit"
            if kind == "standard":
                if _matches(address, words):
                    return verdict
                continue
            if words.pop(0) not in {"ip", "tcp", "6"}:
                continue
            from_here = _matches(address, words) and words[:1] != ["eq"]
            if not from_here:
                continue
            if _matches(int(IPv4Address(destination)), words) and _port_matches(words):
                return verdict
        return not rules
    return True
