"""Scheduled tasks of a simulated Windows host: made, changed, left and taken away, in check mode and for real."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import alone
from trustctl.lab.windows.arguments import validated
from trustctl.lab.windows.documents import Library
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError
from trustctl.lab.windows.running import Runner
from trustctl.lab.windows.spec import WindowsSpec

MODULE = "community.windows.win_scheduled_task"
LIBRARY = Library(())
TASK: dict[str, Any] = {
    "name": "Checkpoints",
    "path": "\\trustctl",
    "description": "Each night",
    "actions": [{"path": "powershell.exe", "arguments": "-NoProfile"}],
    "triggers": [{"type": "daily", "start_boundary": "2026-01-01T02:00:00"}],
    "username": "SYSTEM",
    "logon_type": "service_account",
    "run_level": "highest",
    "enabled": True,
}


def _ask(host: Machine, *, check: bool = False, **args: Any) -> dict[str, Any]:
    return Runner(host, LIBRARY).call(MODULE, validated(LIBRARY.module(MODULE), args), check=check)


def _host() -> Machine:
    return alone(WindowsSpec("OAK-HV-01"))


def test_a_task_is_made_once_and_a_check_makes_none() -> None:
    """A check shows the action only; an apply shows and makes all of it, and a second one changes nothing."""
    host = _host()
    planned = _ask(host, check=True, **TASK)
    assert planned["changed"]
    assert "Arguments=-NoProfile" in planned["diff"]["prepared"]
    assert "StartBoundary" not in planned["diff"]["prepared"]
    made = _ask(host, **TASK)
    assert "+StartBoundary=2026-01-01T02:00:00" in made["diff"]["prepared"]
    for check in (True, False):
        assert _ask(host, check=check, **TASK) == {"changed": False, "diff": {}}
    assert host.bugs == []


@pytest.mark.parametrize(
    ("option", "other", "says"),
    [
        ("description", "Each day", "-Description=Each night\n+Description=Each day"),
        ("actions", [{"path": "cmd.exe"}], "-Path=powershell.exe\n+Path=cmd.exe\n-Arguments=-NoProfile"),
        (
            "triggers",
            [{"type": "daily", "start_boundary": "2026-01-01T03:00:00"}],
            "-StartBoundary=2026-01-01T02:00:00\n+StartBoundary=2026-01-01T03:00:00",
        ),
        ("run_level", "limited", "+RunLevel=limited"),
        ("enabled", False, "-Enabled=True\n+Enabled=False"),
    ],
)
def test_what_differs_is_shown_and_changed(option: str, other: Any, says: str) -> None:
    """Each option alone, in check mode without doing it; what is not given stays."""
    host = _host()
    _ask(host, **TASK)
    args = {"name": TASK["name"], "path": TASK["path"], option: other}
    for check in (True, False):
        result = _ask(host, check=check, **args)
        assert result["changed"]
        assert says in result["diff"]["prepared"]
    assert not _ask(host, **args)["changed"]
    assert not _ask(host, **{**TASK, option: other})["changed"], "the rest is as it was"


def test_a_task_goes_and_stays_away() -> None:
    """Only for real."""
    host = _host()
    _ask(host, **TASK)
    gone = {"name": TASK["name"], "path": TASK["path"], "state": "absent"}
    assert _ask(host, check=True, **gone)["changed"]
    assert _ask(host, **gone)["changed"]
    assert not _ask(host, **gone)["changed"]


def test_what_is_not_modelled_is_said_loudly() -> None:
    """And a task without an action is refused as the module refuses it."""
    with pytest.raises(RefusedError, match="cannot create a task with no actions"):
        _ask(_host(), name="A")
    with pytest.raises(NotModelledError, match="hidden"):
        _ask(_host(), **TASK, hidden=True)
    with pytest.raises(NotModelledError, match="not daily"):
        _ask(_host(), **{**TASK, "triggers": [{"type": "boot"}]})
