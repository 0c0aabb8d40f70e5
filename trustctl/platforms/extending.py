"""A platform that stands on another one: its platform.yml says only what is different."""

from __future__ import annotations

from trustctl.inventory.yaml_document import Value

KEY = "extends"
"""The key of platform.yml that names the platform below."""


def merged(below: Value, own: Value) -> Value:
    """`own` on top of `below`: mappings key by key, lists of entries with a `name` entry by entry, all else replaced.

    Before: below `{seconds: 60, ways: [{name: a, tier: A}]}`, own `{ways: [{name: a, tier: B}]}`.
    After: `{seconds: 60, ways: [{name: a, tier: B}]}`.
    """
    if isinstance(below, dict) and isinstance(own, dict):
        both = dict(below)
        for key, value in own.items():
            both[key] = merged(below[key], value) if key in below else value
        return both
    if isinstance(below, list) and isinstance(own, list):
        named, changed = _by_name(below), _by_name(own)
        if named and changed:
            kept: list[Value] = [merged(entry, changed.get(name, entry)) for name, entry in named.items()]
            return [*kept, *(entry for name, entry in changed.items() if name not in named)]
    return own


def _by_name(entries: list[Value]) -> dict[str, Value]:
    """The entries of a list by their names; empty if one has none, or two have one."""
    found: dict[str, Value] = {}
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str):
            found[name] = entry
    return found if len(found) == len(entries) else {}
