"""The tags of rotated secrets in a plan's words: whether two devices, or two plans, set the same value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from trustctl.model.plan import Change, Plan
from trustctl.plan.document import with_digest

_ROTATED = re.compile(r"(?<= rotated \(secret )([^)]+)(?=\))")
"""The names in what `trustctl.config.summary` says of a secret that a device has otherwise."""


def says_rotated(plan: Plan) -> bool:
    """Whether the plan says of any secret that it is rotated: else there is nothing to tag."""
    return any(_ROTATED.search(change.summary) for device in plan.devices for change in device.changes)


def with_tags(plan: Plan, tag_of: Callable[[str], str | None]) -> Plan:
    """Return the plan, with its digest, with a tag behind each rotated secret's name; `tag_of` makes it from the name.

    None: the store does not give that secret, and its name stands alone.

    Before: `enable secret rotated (secret local/enable)`. After: `... (secret local/enable, now 3f9a12bc44de)`.
    """

    def named(name: str) -> str:
        made = tag_of(name)
        return name if made is None else f"{name}, now {made}"

    def tagged(change: Change) -> Change:
        said = _ROTATED.sub(lambda found: ", ".join(map(named, found[1].split(", "))), change.summary)
        return replace(change, summary=said)

    devices = tuple(replace(one, changes=tuple(map(tagged, one.changes))) for one in plan.devices)
    return with_digest(replace(plan, devices=devices))
