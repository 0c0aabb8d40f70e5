"""Which systems a Linux server may run, from data: their words, the lab's recipes, and what the tests were seen on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trustctl.inventory.linux_plan import PLATFORM
from trustctl.lab.hosts.recipe import known
from trustctl.render.dialect import load_dialects
from trustctl.report.systems import System


def systems(roots: Sequence[Path]) -> tuple[System, ...]:
    """Every system of `templates/linux/dialects.yml`, in its order. Raises RenderError."""
    parts = {file.parent.name for root in roots for file in root.glob(f"{PLATFORM}/*/*.j2")}
    return tuple(
        System(name, len(parts), lab=name in known(), tested=entry.get("tested") is True)
        for entry in load_dialects(roots, PLATFORM).entries
        for name in (str(entry["models"]),)
    )
