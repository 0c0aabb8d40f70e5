"""All Windows hosts of one lab, and the directories that they share."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from trustctl.lab.faults import FaultKind
from trustctl.lab.windows.directory import Directory
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import load
from trustctl.lab.windows.spec import WindowsSpec


class World:
    """The hosts by name, the domains by their DNS name, both in lower case. `lock` is the directories'.

    Who takes it holds his machine's lock already, never the other way round.
    """

    def __init__(self, specs: Sequence[WindowsSpec]) -> None:
        load()
        self.lock = threading.RLock()
        self.machines: dict[str, Machine] = {spec.name.casefold(): Machine(spec, self) for spec in specs}
        self.directories = {
            spec.directory.domain.casefold(): Directory(spec.directory) for spec in specs if spec.directory is not None
        }

    def machine(self, name: str) -> Machine | None:
        """A host by the name that the lab knows it by, whatever its case."""
        return self.machines.get(name.casefold())

    def controllers(self, domain: str) -> list[Machine]:
        """The controllers of a domain that answer: they have power, are not restarting, and are not cut off."""
        return [
            one
            for one in self.machines.values()
            if one.spec.directory is not None
            and one.spec.directory.domain.casefold() == domain.casefold()
            and not (one.down or one.cut_off or one.faults.get(FaultKind.OFF) or one.faults.get(FaultKind.REFUSE))
        ]

    def directory(self, domain: str) -> Directory | None:
        """A domain, if one of its controllers answers."""
        return self.directories.get(domain.casefold()) if self.controllers(domain) else None

    def locked(self, domain: str) -> frozenset[str]:
        """The accounts of a domain that its controllers hold for locked out, in lower case."""
        faults = [one.faults.get(FaultKind.ACCOUNT_LOCKED) for one in self.controllers(domain)]
        return frozenset(fault.text.casefold() for fault in faults if fault is not None)

    def snapshot(self) -> dict[str, Any]:
        """All directories as deep plain data."""
        with self.lock:
            return {name: one.snapshot() for name, one in self.directories.items()}
