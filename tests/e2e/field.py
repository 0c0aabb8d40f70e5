"""The switches out there: an in-process lab that boots the example trust's captured configurations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from engineer import Engineer

from trustctl.cli.lab_files import boots
from trustctl.cli.twins import cables, twins
from trustctl.cli.workspace import Workspace
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.records import LogEntry

MINUTE = 12.0
"""Seconds that a minute of a switch's timer lasts: a timer of five leaves a busy machine time for a whole school."""


class Field:
    """Switches on loopback, and the file of endpoints through which `trustctl --endpoints` reaches them.

    `devices` narrows the estate by name prefix; all are wired as the inventory says.
    """

    def __init__(self, engineer: Engineer, devices: Sequence[str] = (), *, minute: float = MINUTE) -> None:
        workspace = Workspace(engineer.inventory, engineer.secrets)
        texts = {name: text for name, text in boots(workspace, ()).items() if name.startswith(tuple(devices) or "")}
        self._specs = twins(workspace, texts)
        self._minute = minute
        self.endpoints = engineer.repository.parent / "endpoints.json"
        links = cables(workspace, frozenset(texts))
        self.lab = Lab(self._specs, links=links, started=datetime.now(UTC), minute_seconds=minute)
        self._read: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.lab.start()
        self.write_endpoints()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lab.stop()

    def write_endpoints(self, *, pinned: bool = True) -> Path:
        """Write where each switch answers, with its host key and serial number unless pins shall hold."""
        devices: dict[str, dict[str, object]] = {}
        serials = {spec.name: spec.serial for spec in self._specs}
        for name, (host, port) in self.lab.endpoints.items():
            devices[name] = {"host": host, "port": port}
            if pinned:
                devices[name] |= {"host_key": self.lab.host_key(name), "serial": serials[name]}
        self.endpoints.write_text(json.dumps({"devices": devices, "minute_seconds": self._minute}), encoding="utf-8")
        return self.endpoints

    def running(self) -> dict[str, str]:
        """Every switch's running configuration."""
        return {name: self.lab.running(name) for name in self.lab.endpoints}

    def break_(self, device: str, fault: str) -> None:
        """Put a fault in force, written as `trustctl lab break` takes it."""
        self.lab.break_(device, Fault.parse(fault))

    def configured(self, device: str) -> tuple[LogEntry, ...]:
        """Lines that a client sent in a configuration mode since this was last asked."""
        log = self.lab.log(device)
        fresh = log[self._read.get(device, 0) :]
        self._read[device] = len(log)
        return tuple(entry for entry in fresh if entry.mode.startswith("config"))


def meaning(text: str) -> tuple[str, ...]:
    """The lines of a configuration that a person would compare, each with its section; by text alone.

    Times, sizes and comments are no part of it.
    """
    section, lines = "", []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip() or line.startswith(("!", "Current", "Building", "Using", "end", "ntp clock-period")):
            continue
        if not line.startswith(" "):
            section = line
        lines.append(f"{section} / {line.strip()}" if line.startswith(" ") else line)
    return tuple(sorted(lines))
