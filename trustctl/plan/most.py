"""What a device says that it takes at most, against what a plan would give it: it would refuse the rest half-way."""

from __future__ import annotations

from trustctl.config import Config
from trustctl.platforms import Platform


def too_many(platform: Platform, target: Config) -> str:
    """Why the device cannot take the target, and what to do; empty if it can, or says nothing about it.

    Before: `max-vlans 8` and 27 VLANs.  After: "it takes 8 VLANs (`max-vlans 8`) and would have 27. ..."
    """
    for most in platform.spec.most:
        line = target.root.find(most.line)
        if line is None or line.absent:
            continue
        number = sum(
            section.rule.id == most.section and not section.absent for section in target.root.sections.values()
        )
        if number > int(line.captures[most.count]):
            limit = f"{line.captures[most.count]} {most.what} (`{line.line}`)"
            return f"it takes {limit} and would have {number}. {most.raise_it}"
    return ""
