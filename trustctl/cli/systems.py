"""Which systems a Linux server may run, from data: how far each is supported, and the lab's recipes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trustctl.inventory.linux_plan import PLATFORM
from trustctl.inventory.system_file import systems as supported
from trustctl.lab.hosts.recipe import known
from trustctl.report.systems import SystemRow


def systems(roots: Sequence[Path]) -> tuple[SystemRow, ...]:
    """Every system of `templates/linux/systems.yml`, in its order. Raises RulebookError."""
    parts = {file.parent.name for root in roots for file in root.glob(f"{PLATFORM}/*/*.j2")}
    return tuple(
        SystemRow(
            one.name,
            parts=len(parts - {part for part, _ in one.lacks}),
            lab=one.name in known(),
            tested=one.tested,
            left_out=(*(f"{part} ({why})" for part, why in one.lacks), *one.omits),
        )
        for one in supported(roots).values()
    )
