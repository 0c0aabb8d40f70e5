"""Packages: what dpkg or rpm has of the named ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustctl.engines.linux.facts.shell import HAS_RPM, absent, noise, quoted, untold
from trustctl.hosts import Resource
from trustctl.hosts.kinds import ABSENT

KINDS = frozenset({"package"})
_WORDS = 4
_BROKEN = frozenset("UFHWt")
"""Letters of dpkg-query(1)'s status that mean a package is half unpacked, half configured or awaits a trigger."""


def script(want: Sequence[Resource]) -> str:
    """Print name, version and state of each package that the host knows."""
    names = quoted(one.name for one in want)
    return (
        f"if {{ {HAS_RPM}; }} && command -v rpm >/dev/null; then\n"
        # a damaged database makes rpm say less, not fail
        "  rpm -q rpm >/dev/null || { echo 'the database of rpm cannot be read'; exit 0; }\n"
        f"  rpm -q --qf 'P %{{NAME}} %|EPOCH?{{%{{EPOCH}}:}}|%{{VERSION}}-%{{RELEASE}} ii\\n' {names}"
        " | grep '^P '; echo READ\n"
        "elif command -v dpkg-query >/dev/null; then\n"
        f"  dpkg-query -W -f='P ${{Package}} ${{Version}} ${{db:Status-Abbrev}}\\n' {names} 2>/dev/null; echo READ\n"
        "else echo 'neither dpkg-query nor rpm'; fi"
    )


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each package with its version, or as absent; `config=kept` if its settings outlived it."""
    known: dict[str, tuple[str, str]] = {}
    for line in lines:
        words = line.split(" ")
        if words[0] == "P" and len(words) >= _WORDS:
            known.setdefault(words[1], (words[2], words[3]))
    for one in want:
        version, status = known.get(one.name, ("", ""))
        if "READ" not in lines:
            yield untold(one, noise(lines, "P "))
        elif not status or status[1:2] == "n":
            yield absent(one)
        elif status[1:2] == "c":
            yield Resource("package", one.name, (("state", ABSENT), ("config", "kept")))
        elif status[1:2] in _BROKEN:
            yield untold(one, f"dpkg left it half configured ({status}): run `dpkg --configure -a` on the host")
        else:
            yield Resource("package", one.name, (("version", version),))
