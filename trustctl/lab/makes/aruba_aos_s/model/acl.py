"""Access lists of AOS-S: how entries are written, and whom they let through."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.state import Section

_SSH = "22"
_STEP = 10
_ANY = ["0.0.0.0", "255.255.255.255"]  # noqa: S104 - every address


def header(kind: str, name: str) -> str:
    """The line that opens a list: `ip access-list extended "X"`."""
    return f'ip access-list {kind} "{name}"'


def spelled(words: list[str]) -> str | None:
    """An entry as it prints; None if it is none.

    Before: `permit tcp any host 10.1.2.3 eq 22`.  After: `permit tcp 0.0.0.0 255.255.255.255 10.1.2.3 0.0.0.0 eq 22`.
    """
    if not words or words[0] not in {"permit", "deny", "remark"}:
        return None
    if words[0] == "remark":
        return f'remark "{" ".join(words[1:])}"' if len(words) > 1 else None
    out, rest = [words[0]], words[1:]
    while rest:
        word = rest.pop(0)
        if word == "any":
            out += _ANY
        elif word == "host" and rest:
            out += [rest.pop(0), "0.0.0.0"]  # noqa: S104 - the wildcard of one address
        elif "/" in word:
            try:
                network = IPv4Network(word, strict=False)
            except ValueError:
                return None
            out += [str(network.network_address), str(network.hostmask)]
        else:
            out.append(word)
    return " ".join(out) if len(out) > 1 else None


def number(line: str) -> int:
    """The number of an entry; 0 for a line that has none."""
    first = line.split(maxsplit=1)[0]
    return int(first) if first.isdigit() else 0


def next_number(section: Section) -> int:
    """The number of an entry that is typed without one."""
    return max((number(line) for line in section.lines), default=0) + _STEP


def permits(section: Section, source: str, target: str) -> bool:
    """Whether an SSH packet passes a list; what no entry names is denied."""
    extended = section.header.startswith("ip access-list extended")
    for line in section.lines:
        words = line.split()[1:]
        if words[0] in {"permit", "deny"} and _fits(words, source, target, extended=extended):
            return words[0] == "permit"
    return False


def _fits(words: list[str], source: str, target: str, *, extended: bool) -> bool:
    if not extended:
        return _within(words[1:3], source)
    protocol, rest = words[1], words[2:]
    if protocol not in {"ip", "tcp"} or len(rest) < 4:  # noqa: PLR2004 - two addresses with their wildcards
        return False
    ports = rest[4:]
    fitting = ports[:1] != ["eq"] or ports[1:2] in ([_SSH], ["ssh"])
    return _within(rest[:2], source) and _within(rest[2:4], target) and fitting


def _within(words: list[str], address: str) -> bool:
    try:
        base, wildcard = int(IPv4Address(words[0])), int(IPv4Address(words[1] if len(words) > 1 else "0.0.0.0"))  # noqa: S104 - a wildcard
    except ValueError:
        return False
    return (int(IPv4Address(address)) | wildcard) == (base | wildcard)
