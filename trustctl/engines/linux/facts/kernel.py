"""Kernel settings, host name, time zone and mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustctl.engines.linux.facts.shell import absent, quoted, untold
from trustctl.hosts import Resource

KINDS = frozenset({"sysctl", "hostname", "timezone", "mount"})
_FENCES = frozenset({"ro", "nodev", "nosuid", "noexec", "noatime", "nodiratime", "nosymfollow"})
"""Mount options that say what may not be done there: shown even where nobody asked."""
_SIZES = {"k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_SIZE = re.compile(r"size=(\d+)([kmgtKMGT]?)")
_ESCAPE = re.compile(r"\\([0-7]{3})")
_ZONES = "/zoneinfo/"


def script(want: Sequence[Resource]) -> str:
    """Print what is asked of these."""
    kinds = {one.kind for one in want}
    keys = quoted(one.name for one in want if one.kind == "sysctl")
    parts = {
        "sysctl": (
            f'for k in {keys}; do p=/proc/sys/$(printf %s "$k" | tr ./ /.)\n'
            '  if [ -r "$p" ]; then printf "K %s " "$k"; tr "\\n\\t" "  " <"$p"; echo; '
            'elif [ -e "$p" ]; then echo "N $k"; else echo "A $k"; fi\ndone'
        ),
        "hostname": 'echo "H $(cat /proc/sys/kernel/hostname) $(cat /etc/hostname 2>/dev/null)"',
        "timezone": 'echo "Z $(readlink -f /etc/localtime) $(cat /etc/timezone 2>/dev/null)"',
        "mount": "sed 's/^/M /' /proc/self/mounts",
    }
    return "\n".join(parts[kind] for kind in sorted(kinds))


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each of these as it is."""
    readers = {"sysctl": _sysctl, "hostname": _hostname, "timezone": _timezone, "mount": _mount}
    for one in want:
        yield readers[one.kind](lines, one)


def _sysctl(lines: Sequence[str], want: Resource) -> Resource:
    for line in lines:
        mark, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        if key == want.name and mark == "K":
            return Resource("sysctl", want.name, (("value", " ".join(value.split())),))
        if key == want.name and mark == "A":
            return absent(want)
        if key == want.name and mark == "N":
            return untold(want, "it cannot be read")
    return untold(want, "it was not answered")


def _hostname(lines: Sequence[str], want: Resource) -> Resource:
    """Both names are asked: the one in force and the one after a restart."""
    words = next((line.split(" ")[1:] for line in lines if line.startswith("H ")), list[str]())
    if not words or not words[0]:
        return untold(want, "the host does not say its name")
    name = words[0] if len(set(words)) == 1 else "+".join(words)
    return _named(want, name)


def _timezone(lines: Sequence[str], want: Resource) -> Resource:
    words = next((line.split(" ")[1:] for line in lines if line.startswith("Z ")), list[str]())
    if not words or _ZONES not in words[0]:
        return _named(want, "UTC") if words else untold(want, "the host does not say its time zone")
    return _named(want, words[0].partition(_ZONES)[2])


def _named(want: Resource, name: str) -> Resource:
    if want.get("value"):
        return Resource(want.kind, want.name, (("value", name),))
    return (
        Resource(want.kind, want.name)
        if name == want.name
        else Resource(want.kind, want.name, (("state", "absent"), ("why", f"it is {name}")))
    )


def _mount(lines: Sequence[str], want: Resource) -> Resource:
    rows = [[_plain(word) for word in line.split(" ")[1:]] for line in lines if line.startswith("M ")]
    if not rows:
        return untold(want, "the host does not say what is mounted")
    found = next((row for row in reversed(rows) if row[1] == want.name), None)
    if found is None:
        return absent(want)
    device, _, kind, options, *_ = found
    asked, real = want.values("options"), options.split(",")
    shown = [option for option in asked if option == "defaults" or _in_force(option, real)]
    shown += [option for option in real if option in _FENCES and option not in shown]
    return Resource("mount", want.name, (("device", device), ("type", kind), ("options", ",".join(shown))))


def _in_force(option: str, real: Sequence[str]) -> bool:
    size = _bytes(option)
    return option in real if size is None else any(_bytes(one) == size for one in real)


def _bytes(option: str) -> int | None:
    hit = _SIZE.fullmatch(option)
    return None if hit is None else int(hit[1]) * _SIZES.get(hit[2].lower(), 1)


def _plain(word: str) -> str:
    r"""Undo the escapes of /proc/self/mounts.  Before: `/a\040b`.  After: `/a b`."""
    return _ESCAPE.sub(lambda hit: chr(int(hit[1], 8)), word)
