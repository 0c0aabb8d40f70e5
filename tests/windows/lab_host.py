"""A simulated Windows host as an action plugin sees it, without Ansible and without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trustctl.lab.windows.arguments import validated
from trustctl.lab.windows.documents import Library
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.running import Runner
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.lab.windows.world import World

LIBRARY = Library(sorted((Path(__file__).parents[2] / "roles").glob("*/library")))


class LabHost:
    """It is asked by the modules' own documentation; what Windows refuses is a failed task."""

    def __init__(self, machine: Machine, *, check: bool) -> None:
        self.runner, self.check = Runner(machine, LIBRARY), check

    def run(self, module: str, args: Mapping[str, object]) -> dict[str, Any]:
        """Run a module's read or set half."""
        try:
            return self.runner.call(module, validated(LIBRARY.module(module), args), check=self.check)
        except RefusedError as error:
            return {"failed": True, "msg": error.message}


def alone(spec: WindowsSpec) -> Machine:
    """The only host of a lab."""
    return next(iter(World([spec]).machines.values()))
