"""Every golden case: exactly these commands, exactly this way back, and nothing left to do afterwards.

`TRUSTCTL_UPDATE_CASES=1 pytest tests/config/test_cases.py` writes change.txt and undo.txt anew, for a person to review;
it refuses where `CI` is set.
"""

from __future__ import annotations

import os

import pytest
from golden_cases import Case, all_cases

from trustctl.config.compare import compare
from trustctl.config.wayback import way_back

ALL = all_cases()


@pytest.fixture(params=ALL, ids=[f"{case.platform}-{case.name}" for case in ALL])
def case(request: pytest.FixtureRequest) -> Case:
    """One golden case."""
    found: Case = request.param
    return found


def test_change_and_undo_are_as_written(case: Case) -> None:
    """The commands and the undo commands are, line by line, what the case's files say."""
    result = case.compare()
    if os.environ.get("TRUSTCTL_UPDATE_CASES"):
        assert not os.environ.get("CI"), "golden cases are never rewritten by a pipeline"
        for name, lines in (("change.txt", result.commands), ("undo.txt", result.undo)):
            (case.folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert list(result.commands) == list(case.lines("change.txt"))
    assert list(result.undo) == list(case.lines("undo.txt"))


def test_second_comparison_is_empty(case: Case) -> None:
    """What the device has afterwards is what was wanted: comparing again finds nothing to do."""
    target = case.compare().target
    again = compare(target, case.intended(), case.scope())
    assert again.commands == ()
    assert again.changes == ()


def test_every_line_may_be_sent(case: Case) -> None:
    """Change and undo pass the gate in front of the device."""
    result = case.compare()
    gate = case.observed().rulebook.gate
    gate.check_lines(result.commands)
    gate.check_lines(result.undo, way_back(case.observed()).permit)


def test_flags_are_as_written(case: Case) -> None:
    """The case's risk flags hold, each with a reason that is a sentence about something concrete."""
    result = case.compare()
    flags = [*result.flags, *(flag for change in result.changes for flag in change.flags)]
    assert {f"{flag.rule} {flag.severity}" for flag in flags} == set(case.settings.get("flags", []))
    assert all(len(flag.why.split()) > 3 and "{" not in flag.why for flag in flags)


def test_changes_cover_the_commands(case: Case) -> None:
    """Each line of the whole list belongs to a change, and each change is complete in itself."""
    result = case.compare()
    covered = {index for change in result.changes for index in change.in_commands}
    assert covered == set(range(len(result.commands)))
    for change in result.changes:
        assert change.summary
        assert change.commands
        assert not change.commands[0].startswith(" ")
