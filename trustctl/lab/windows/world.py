"""All Windows hosts of one lab, and the directories that they share."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import load
from trustctl.lab.windows.spec import WindowsSpec


class World:
    """The hosts by name."""

    def __init__(self, specs: Sequence[WindowsSpec]) -> None:
        load()
        self.lock = threading.RLock()
        self.machines: dict[str, Machine] = {spec.name.casefold(): Machine(spec, self) for spec in specs}

    def machine(self, name: str) -> Machine | None:
        """A host by the name that the lab knows it by, whatever its case."""
        return self.machines.get(name.casefold())
