"""A run on a Windows host taken back: what can be, what stays, and what is said of a host that is past it already."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trustctl.apply.windows import nothing_back, windows_restore_commands, windows_stays
from trustctl.errors import ExitCode, StalePlanError
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.plan.windows_judge import WindowsRestoreJudge
from trustctl.report.run import counts, outcome_words
from trustctl.windows.text import Resource, write

ZONE, FEATURE = "ansible.windows.win_timezone", "trust_feature"
PACIFIC = Resource(ZONE, "", {"timezone": "Pacific Standard Time"})
LONDON = Resource(ZONE, "", {"timezone": "GMT Standard Time"})
TELNET = Resource(FEATURE, "Telnet-Client", {"installed": True})
NO_TELNET = Resource(FEATURE, "Telnet-Client", {"installed": False})
BEFORE, AFTER = write((PACIFIC, NO_TELNET)), write((LONDON, TELNET))
_THEN = datetime(2026, 11, 22, tzinfo=UTC)
FEATURE_ALONE = write((PACIFIC, TELNET))
"""What the run left, and as far as it is ever taken back."""


def test_a_host_of_which_nothing_can_be_taken_back_is_not_asked() -> None:
    """It ends unchanged (3), with what stays by its reason; never applied."""
    done = nothing_back("H", BEFORE, FEATURE_ALONE)
    assert done is not None
    assert (done.outcome, done.exit_code) == (Outcome.UNCHANGED, ExitCode.FAILED_UNCHANGED)
    assert done.detail.split("\n") == [
        "nothing that the run changed here can be taken back, and nothing was sent. What stays, and why:",
        "stays as it is: nothing takes it back by itself",
        "    the feature: Telnet-Client",
    ]
    assert nothing_back("H", BEFORE, AFTER) is None


def test_what_is_shown_before_it_is_sent_is_told_apart_from_what_stays() -> None:
    """Only lines are lines: the question counts the hosts that get any."""
    assert windows_restore_commands("H", BEFORE, AFTER) == ("Set-TimeZone -Id 'Pacific Standard Time'",)
    assert windows_restore_commands("H", BEFORE, FEATURE_ALONE) == ()
    assert [one.name for one in windows_stays("H", BEFORE, AFTER)] == ["Telnet-Client"]


def test_a_host_that_was_taken_back_as_far_as_it_goes_says_so() -> None:
    """A feature that stays does not make the second rollback one of a host that somebody changed."""
    judge = WindowsRestoreJudge("H", BEFORE, AFTER)
    assert judge.moved(AFTER) == ()
    with pytest.raises(StalePlanError, match="already has what it had before the run, as far as anything takes it"):
        judge.moved(FEATURE_ALONE)
    assert judge.moved(write((Resource(ZONE, "", {"timezone": "UTC"}), TELNET)))


def test_a_rollback_that_leaves_something_is_in_part() -> None:
    """Nobody reads `applied and verified` over a list of what was not taken back."""
    part = DeviceOutcome("H", Outcome.APPLIED, "", ExitCode.PARTIAL)
    unsaved = DeviceOutcome("S", Outcome.APPLIED, "", ExitCode.PARTIAL, saved=False)
    whole = DeviceOutcome("K", Outcome.APPLIED)
    assert [outcome_words(one) for one in (part, unsaved, whole)] == [
        "applied in part",
        "applied, NOT SAVED",
        "applied and verified",
    ]
    run = Run("r", "d", _THEN, _THEN, "", (part, whole))
    assert (counts(run), run.exit_code) == ("1 applied in part; 1 applied and verified", ExitCode.PARTIAL)
