"""A core and a floor of AOS-S join: planned, applied under the timed reload, planned again, and taken back.

The switches are the lab's, over real SSH; they have what the example school brings: somebody else's VLANs and servers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engineer import Engineer
from field import Field, meaning

CORE, FLOOR = "eld-sw-core-01", "eld-sw-a1-01"
Site = tuple[Engineer, Field]


def _keeps_its_password(engineer: Engineer) -> None:
    """The school's one manager account keeps its password, so that the same login holds before and after."""
    assert engineer.edit("trust.yml", "secret: secret://local/breakglass", "secret: secret://login/elder-manager")


def _meaning(text: str) -> set[str]:
    """The lines with their sections, but the end of a section."""
    return {line for line in meaning(text) if not line.startswith(";") and not line.endswith("/ exit")}


@pytest.mark.parametrize("name", [CORE, pytest.param(FLOOR, marks=pytest.mark.long)])
def test_a_switch_joins_and_is_taken_back(open_site: Callable[..., Site], name: str) -> None:
    """Planned, applied, nothing left to do, saved; the way back gives the very lines of before."""
    engineer, field = open_site("eld-sw-", edit=_keeps_its_password)
    before = _meaning(field.lab.running(name))
    plan = engineer.repository.parent / "elder.plan.json"
    dial = ("--endpoints", field.endpoints)
    only = ("--limit", name)

    planned = engineer.run("plan", "elder", *only, "--out", plan, "--detailed-exitcode", *dial)
    assert planned.code == 2, planned
    applied = engineer.run("apply", plan, "--yes", *dial)
    assert applied.code == 0, applied
    assert "applied and verified" in applied.out
    assert _meaning(field.lab.running(name)) == _meaning(field.lab.startup(name) or "")

    again = engineer.run("plan", "elder", *only, "--detailed-exitcode", *dial)
    assert again.code == 0, again

    (run,) = json.loads(engineer.run("history", "--json").out)
    back = engineer.run("rollback", run["run"], "--yes", *dial)
    assert back.code == 0, back
    assert _meaning(field.lab.running(name)) == before


@pytest.mark.long
def test_a_refused_line_is_taken_back_by_the_reload(open_site: Callable[..., Site]) -> None:
    """The switch restarts into what it had saved, and that is what is said, after reading it back."""
    engineer, field = open_site("eld-sw-", edit=_keeps_its_password)
    before = _meaning(field.lab.running(FLOOR))
    plan = engineer.repository.parent / "refused.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "elder", "--limit", FLOOR, "--out", plan, *dial)
    field.break_(FLOOR, "reject-line=40")

    failed = engineer.run("apply", plan, "--yes", *dial)
    assert failed.code == 4, failed
    assert "rolled back and verified" in failed.out
    assert _meaning(field.lab.running(FLOOR)) == before
