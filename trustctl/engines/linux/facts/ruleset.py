"""Live firewall rules, against those that the intended file makes in a network namespace of its own on the host."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from trustctl.engines.linux.facts.paths import bytes_of
from trustctl.engines.linux.facts.shell import decoded, encoded, noise, quoted, untold
from trustctl.hosts import Resource

KINDS = frozenset({"ruleset"})
_NAMED = 'n=; for i in /sys/class/net/*; do i=${i##*/}; [ "$i" = lo ] || case "$t" in *"$i"*) n="$n $i";; esac; done'
"""The host's interfaces that the rules speak of: `iif` and `oif` are an interface's number to nft, so it must exist."""
_ALONE = (
    'for i in $N; do ip link add "$i" type dummy || ip link add "$i" type bridge; done 2>/dev/null; '
    "nft -f - && nft -s list ruleset"
)
_NO_INTERFACE = "Interface does not exist"
_FLUSH = re.compile(r"^\s*flush ruleset\b", re.MULTILINE)
_TABLE = re.compile(r"^table (\S+) (\S+) \{", re.MULTILINE)
_DYNAMIC = re.compile(
    r"(set \S+ \{(?:(?!\n\t\}).)*?flags [^\n]*(?:dynamic|timeout)(?:(?!\n\t\}).)*?)\n\t\telements = \{.*?\}", re.DOTALL
)


def with_file(want: Resource, files: Mapping[str, Resource]) -> Resource:
    """Return the wanted ruleset with the lines of its file, so that it can be loaded before the file is in place."""
    source = files.get(want.get("file"))
    if source is None or source.content is None or want.content:
        return want
    return Resource(want.kind, want.name, want.attrs, (encoded(bytes_of(source)),))


def script(want: Sequence[Resource]) -> str:
    """Print the live rules, and those of the file as the same nft prints them once loaded."""
    one = want[0]
    given = one.content[0] if one.content else ""
    source = f"printf %s {given} | base64 -d" if given else f"cat {quoted([one.get('file') or '/dev/null'])}"
    return (
        "command -v nft >/dev/null || { echo NONE; exit; }\n"
        'printf "LIVE "; nft -s list ruleset | base64 -w0; echo\n'
        f"t=$({source} 2>/dev/null); {_NAMED}\n"
        f"f=$(printf '%s\\n' \"$t\" | N=$n unshare -n sh -c '{_ALONE}' 2>&1) && w=FILE || w=FAIL\n"
        'printf "%s " "$w"; printf %s "$f" | base64 -w0; echo\n'
        'printf "TEXT "; printf %s "$t" | base64 -w0; echo'
    )


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return the ruleset with `loaded` and the live rules as its lines."""
    said = {
        word: decoded(rest).decode("utf-8", "replace")
        for word, _, rest in (line.partition(" ") for line in lines)
        if word in {"LIVE", "FILE", "FAIL", "TEXT"}
    }
    for one in want:
        if "NONE" in lines:
            yield Resource("ruleset", one.name, (("loaded", "no"),), ())
        elif "LIVE" not in said or any("Operation not permitted" in line for line in lines):
            yield untold(one, noise(lines, "LIVE"))
        elif _NO_INTERFACE in said.get("FAIL", ""):
            yield untold(one, "its file names an interface by `iif` or `oif` that cannot be had here: use `iifname`")
        else:
            live, intended = said["LIVE"], said.get("FILE", "")
            whole = bool(_FLUSH.search(said.get("TEXT", "")))
            loaded = "yes" if intended and same(live, intended, whole=whole) else "no"
            yield Resource(
                "ruleset", one.name, (("loaded", loaded),), tuple(live.removesuffix("\n").split("\n")) if live else ()
            )


def same(live: str, intended: str, *, whole: bool) -> bool:
    """Whether the live rules have the intended tables; with `whole`, and no others.

    What a set learns by itself (`flags dynamic` or `timeout`) is no rule.
    """
    has, shall = _tables(live), _tables(intended)
    return has == shall if whole else all(has.get(name) == table for name, table in shall.items())


def _tables(text: str) -> dict[str, str]:
    starts = [hit.start() for hit in _TABLE.finditer(text)]
    parts = [text[start:end].strip() for start, end in itertools.pairwise([*starts, len(text)])]
    return {part.partition("{")[0].strip(): _DYNAMIC.sub(r"\1", part) for part in parts}
