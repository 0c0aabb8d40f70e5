"""The kinds of thing that a host description speaks of, and the words that each may carry.

A word is either *compared* (it is a state of the host, and is read back) or *process* (it says how to get there). A
word that is in neither set of its kind is an error: nothing that somebody wrote is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

PRESENT = "present"
ABSENT = "absent"
UNTOLD = "untold"
"""The state of something that could not be read: never in step, and never taken for a change."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of resource may carry."""

    name: str
    title: str
    """What a person calls it, in the singular."""
    compared: frozenset[str]
    required: frozenset[str] = frozenset()
    """Words that an intended resource that is present must have."""
    process: frozenset[str] = frozenset()
    content: bool = False
    """Whether lines of its own follow it."""
    removable: bool = True
    """Whether it may be `state=absent`."""
    sets: frozenset[str] = frozenset()
    """Words whose value is a list with commas whose order means nothing."""
    assumed: tuple[tuple[str, str], ...] = ()
    """Compared words that an intended resource means without saying them."""


_OWNED = frozenset({"owner", "group", "mode"})
_KINDS = (
    Kind("package", "package", frozenset({"version", "config"}), process=frozenset({"purge", "for"})),
    Kind(
        "file",
        "file",
        _OWNED | {"newline", "encoding"},
        required=_OWNED,
        process=frozenset({"check", "mask"}),
        content=True,
    ),
    Kind("directory", "directory", _OWNED, required=_OWNED, process=frozenset({"stays"})),
    Kind("link", "symbolic link", frozenset({"target"}), required=frozenset({"target"})),
    Kind("group", "group", frozenset({"gid"}), process=frozenset({"system"})),
    Kind(
        "user",
        "user",
        frozenset({"uid", "groups", "shell", "home", "comment", "hash"}),
        process=frozenset({"system", "password"}),
        sets=frozenset({"groups"}),
    ),
    Kind(
        "service",
        "service",
        frozenset({"enabled", "running", "masked"}),
        process=frozenset({"restart", "reload", "do", "fresh"}),
        removable=False,
        sets=frozenset({"restart", "reload"}),
    ),
    Kind(
        "sysctl",
        "kernel setting",
        frozenset({"value"}),
        required=frozenset({"value"}),
        process=frozenset({"optional"}),
        removable=False,
    ),
    Kind("hostname", "host name", frozenset({"value"}), required=frozenset({"value"}), removable=False),
    Kind("timezone", "time zone", frozenset({"value"}), required=frozenset({"value"}), removable=False),
    Kind("mount", "mount", frozenset({"device", "type", "options"}), sets=frozenset({"options"})),
    Kind(
        "ruleset",
        "live firewall rules",
        frozenset({"loaded"}),
        process=frozenset({"file"}),
        content=True,
        assumed=(("loaded", "yes"),),
    ),
    Kind(
        "command",
        "step",
        frozenset({"done"}),
        process=frozenset({"run", "unless", "undo", "stdin"}),
        removable=False,
        assumed=(("done", "yes"),),
    ),
)
KINDS = {kind.name: kind for kind in _KINDS}

COMMON = frozenset({"state", "why"})
"""Words that every kind may carry: `state` (present, absent, untold), and `why` of an untold one."""
