"""A plan file as it was reviewed: its digest holds, and its signature where one is there or asked for."""

from __future__ import annotations

from pathlib import Path

from trustctl.cli.screen import note
from trustctl.cli.workspace import Workspace
from trustctl.model.plan import Plan
from trustctl.plan.files import load


def reviewed(workspace: Workspace, path: Path) -> Plan:
    """Read a plan that shall be carried out, and say who signed it. Raises PlanFileError, SignatureError."""

    def verify(data: bytes) -> None:
        who = workspace.signers.verify(data, path)
        if who:
            note(f"the plan is signed: {who}")

    return load(path, verify)
