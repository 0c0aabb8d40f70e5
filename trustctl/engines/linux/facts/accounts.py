"""Users and groups of the host's own files. Accounts of a directory service are none of a description's business."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustctl.engines.linux.facts.shell import absent, noise, quoted, untold
from trustctl.hosts import Resource

KINDS = frozenset({"user", "group"})
_USER_WORDS, _GROUP_WORDS, _HASH_WORDS = 8, 5, 3
"""Words of a line of passwd(5), group(5), and at least of shadow(5), each behind its letter."""


def script(want: Sequence[Resource]) -> str:
    """Print the three files, each line with its letter; of the passwords only those that are asked for."""
    names = "|".join(re.escape(one.name) for one in want if one.kind == "user")
    pattern = quoted([f"^({names}):"])
    shadow = f"grep -E {pattern} /etc/shadow | sed 's/^/S:/'; [ -r /etc/shadow ] || echo 'cannot read /etc/shadow'\n"
    return f"sed 's/^/U:/' /etc/passwd\nsed 's/^/G:/' /etc/group\n{shadow if names else ''}echo READ"


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each account with its words."""
    rows = [line.split(":") for line in lines]
    users = {row[1]: row for row in rows if row[0] == "U" and len(row) == _USER_WORDS}
    groups = {row[1]: row for row in rows if row[0] == "G" and len(row) == _GROUP_WORDS}
    hashes = {row[1]: row[2] for row in rows if row[0] == "S" and len(row) >= _HASH_WORDS}
    unknown = [line for line in lines if line[:2] not in {"U:", "G:", "S:"} and line != "READ"]
    for one in want:
        table = users if one.kind == "user" else groups
        if "READ" not in lines or unknown:
            yield untold(one, "; ".join(unknown) or noise(lines, ""))
        elif one.name not in table:
            yield absent(one)
        elif one.kind == "group":
            yield Resource("group", one.name, (("gid", groups[one.name][3]),))
        else:
            member_of = ",".join(sorted(name for name, row in groups.items() if one.name in row[4].split(",")))
            yield _user(users[one.name], member_of, hashes.get(one.name, ""))


def _user(row: Sequence[str], groups: str, held: str) -> Resource:
    _, name, _, uid, _, comment, home, shell = row
    words = (("uid", uid), ("groups", groups), ("shell", shell), ("home", home), ("comment", comment), ("hash", held))
    return Resource("user", name, words)
