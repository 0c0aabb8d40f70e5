"""When a server restarts for a change that only may need it: for what this run left waiting, and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment
from lab_host import LabHost, alone

from trustctl.lab.windows.spec import WindowsSpec
from trustctl.windows import TYPES
from trustctl.windows.action import Result, Task, carry_out

ROLES = Path(__file__).parents[2] / "roles"
HANDLERS: list[dict[str, Any]] = yaml.safe_load((ROLES / "windows_facts/handlers/main.yml").read_text(encoding="utf-8"))
SPEC = WindowsSpec("OAK-FS-01", password="lab-only", features=("FS-SMB1",))
SMB1: Result = {"name": "FS-SMB1", "installed": False}
TELNET: Result = {"name": "Telnet-Client", "installed": True}


def _identity(host: LabHost) -> Result:
    return carry_out(Task(TYPES["trust_identity"], {}, host.check), host)


CASES: list[tuple[str, Sequence[str], Sequence[Result], bool, bool]] = [
    ("a feature that needs none, and nothing waits", (), (TELNET,), False, False),
    ("a feature that needs none, beside a virus scanner's files", ("file_rename",), (TELNET,), False, False),
    ("a feature that needs one", (), (SMB1,), False, True),
    ("a feature that needs one, and one of that kind waited already", ("servicing",), (TELNET, SMB1), False, True),
    ("nothing was changed", ("windows_update",), (), False, False),
    ("a check only looks", (), (SMB1,), True, False),
]


REGISTERS = {"windows_baseline_features_done", "hyperv_host_features_done"}


@pytest.mark.parametrize("register", sorted(REGISTERS))
@pytest.mark.parametrize(("case", "waited", "features", "check", "restarts"), CASES, ids=[one[0] for one in CASES])
def test_server_restarts_for_what_this_run_left_waiting(
    case: str, waited: Sequence[str], features: Sequence[Result], check: bool, restarts: bool, register: str
) -> None:
    """The handler's own condition, on what the modules say on a simulated server."""
    machine = alone(SPEC)
    for each in waited:
        machine.need_restart(each)
    host = LabHost(machine, check=check)
    before = _identity(host)["trust_resource"]["have"]
    done = [carry_out(Task(TYPES["trust_feature"], wish, check), host) for wish in features]
    holds = Environment(autoescape=False).compile_expression(HANDLERS[0]["changed_when"])  # noqa: S701 - no page is made
    assert case
    assert restarts == holds(
        windows_facts_waiting=_identity(host),
        windows_facts_identity=before,
        ansible_check_mode=check,
        **{register: {"results": done}},
    )


def test_every_task_that_may_need_a_restart_registers_what_it_said() -> None:
    """The handler looks at those variables alone."""
    tasks = [
        task
        for path in sorted(ROLES.glob("*/tasks/*.yml"))
        for task in yaml.safe_load(path.read_text(encoding="utf-8"))
        if task.get("notify") == "Restart Windows if it waits for one"
    ]
    assert len(tasks) == len(REGISTERS)
    assert {task.get("register") for task in tasks} == REGISTERS
