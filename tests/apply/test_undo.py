"""Taking back a run that switched AAA on, over real SSH: the device asks, and its lines forget `login local`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trustctl.apply.fleet import Fleet, Halt
from trustctl.apply.run import DeviceContext
from trustctl.apply.undo import Restore, commands_of, rollback_run
from trustctl.config import DeviceFacts, Scope
from trustctl.errors import ExitCode, LoginRefusedError, RenderError
from trustctl.lab.faults import Fault
from trustctl.model.levels import Stage
from trustctl.model.plan import Intended, Tier
from trustctl.model.run import DeviceOutcome, Outcome
from trustctl.platforms import platform

Bencher = Callable[..., Any]
TEMPLATES = Path(__file__).parents[2] / "templates"
BEFORE_AAA = ("no aaa new-model", "line con 0", "exec-timeout 5 0", "line vty 0 15", "login local")
"""Brings the bench's switch, which boots with AAA, to what it had before the run."""
SWITCHED_ON = (
    "aaa new-model",
    "aaa authentication login default local",
    "aaa authentication login CONSOLE local",
    "aaa authorization exec default local",
    "line con 0",
    "login authentication CONSOLE",
)


class Joined:
    """A switch that had no AAA, and has it since the run that is to be taken back."""

    def __init__(self, made: Any, *before: str) -> None:
        self.made = made
        self.lab, self.name = made.lab, made.name
        self.lab.device_edit(self.name, [*BEFORE_AAA, *before])
        self.earlier = self.lab.running(self.name)
        self.lab.device_edit(self.name, list(SWITCHED_ON))
        self.lab.console_save(self.name)
        self.reached = self.lab.running(self.name)
        self.restore = Restore(self.name, self.earlier, self.reached, Tier.A, restarts=False, run="run-1")

    def context(self, **target: str) -> DeviceContext:
        """What the inventory says about it."""
        facts = DeviceFacts("Vlan10", 10, "10.1.10.2", frozenset({"GigabitEthernet1/0/48"}), frozenset())
        return DeviceContext(
            target=replace(self.made.target, **target),
            intended=Intended(self.name, "cisco_ios", ()),
            rulebook=platform("cisco_ios", (TEMPLATES,)).rulebook,
            scope=Scope(Stage.OWN, {}, facts, None),
            gateway="10.1.10.1",
            core=False,
        )

    def lines(self) -> tuple[str, ...]:
        """What would be sent."""
        return commands_of(self.restore, self.context())

    def back(self, run_id: str = "run-2", **target: str) -> DeviceOutcome:
        """Take the run back."""
        tools = replace(self.made.tools, run_id=run_id)
        fleet = Fleet(tools, Halt())
        run = rollback_run("run-1", [self.restore], {self.name: self.context(**target)}, ["oak"], fleet)
        return run.outcomes[0]


def test_aaa_goes_and_every_line_comes_back(bench: Bencher) -> None:
    """The switch holds, byte for byte, what it had, in running and in startup, and lets us in as it did."""
    joined = Joined(bench())
    outcome = joined.back()
    assert (outcome.outcome, outcome.exit_code, outcome.saved) == (Outcome.APPLIED, ExitCode.DONE, True), outcome.detail
    assert joined.lab.running(joined.name) == joined.earlier
    assert joined.lab.startup(joined.name) == joined.earlier


def test_a_second_time_says_that_it_was_taken_back(bench: Bencher) -> None:
    """Nobody needs hundreds of lines to learn that there is nothing left to do."""
    joined = Joined(bench())
    assert joined.back().outcome is Outcome.APPLIED
    again = joined.back("run-3")
    assert (again.outcome, again.exit_code) == (Outcome.REFUSED, ExitCode.STALE)
    assert "it was taken back" in again.detail
    assert "since the plan was made" not in again.detail


def test_a_switch_that_somebody_changed_since_is_left_alone(bench: Bencher) -> None:
    """Nobody planned it: what moved since that run is named, and to take back first what came later."""
    joined = Joined(bench())
    joined.lab.device_edit(joined.name, ["ip domain-name by.hand.example"])
    outcome = joined.back()
    assert (outcome.outcome, outcome.exit_code) == (Outcome.REFUSED, ExitCode.STALE)
    assert outcome.detail.startswith("the device has changed since run run-1 (1 line):")
    assert "take back first what came later (`trustctl history`)" in outcome.detail


def test_the_logins_come_back_right_behind_ours_first(bench: Bencher) -> None:
    """Method lists go before AAA goes; `login local` is the very next thing that every vty gets."""
    lines = Joined(bench()).lines()
    at = lines.index("no aaa new-model")
    assert lines[at + 1 : at + 4] == ("line vty 0 15", " login local", "exit")
    assert all(lines.index(line) < at for line in lines if line.startswith("no aaa a"))
    assert lines.index(" default login authentication") < at


@pytest.mark.parametrize(
    "fault", ["ignore-line=login local", "cut-line={question}", "cut-line={header}", "reject-line={login}"]
)
def test_a_lock_out_is_taken_back_by_the_law(bench: Bencher, fault: str) -> None:
    """A switch that does not take `login local` again lets nobody in; its own timer brings AAA back, and us with it."""
    joined = Joined(bench())
    off = joined.lines().index("no aaa new-model") + 1
    joined.lab.break_(joined.name, Fault.parse(fault.format(question=off, header=off + 1, login=off + 2)))
    outcome = joined.back()
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert joined.lab.running(joined.name) == joined.reached
    assert joined.lab.counters(joined.name)["rollbacks"] == 1


def test_the_lab_locks_out_whoever_does_it_wrong(bench: Bencher) -> None:
    """The witness: without `login local` nobody signs in after AAA is off, whatever account there is."""
    joined = Joined(bench())
    joined.made.tools.connector.open(joined.made.target).close()
    joined.lab.device_edit(joined.name, ["no aaa new-model"])
    with pytest.raises(LoginRefusedError, match="refuses the login"):
        joined.made.tools.connector.open(joined.made.target)


@pytest.mark.parametrize(
    ("before", "target", "reason"),
    [
        (("line vty 3", "no login"), {}, "`line vty 3` had no `login local`"),
        (("line vty 0 4", "password Some-1", "login"), {}, "`line vty 0` had no `login local`"),
        (("line vty 0 15", "transport input none"), {}, "`line vty 0` had `transport input none`"),
        (("username netops privilege 1",), {}, "no account of level 15 and no enable secret"),
        ((), {"username": "somebody"}, "no account somebody with a password"),
        ((), {"password": "Another-Login-2"}, "not certain that our password opens netops"),
    ],
    ids=["one vty", "line password", "no transport", "no privilege", "not our account", "not our password"],
)
def test_a_way_back_without_a_way_in_is_refused(
    bench: Bencher, before: tuple[str, ...], target: dict[str, str], reason: str
) -> None:
    """Nothing is sent, nobody is dialled, and the outcome says what is missing."""
    joined = Joined(bench(), *before)
    sent = joined.lab.counters(joined.name)
    outcome = joined.back(**target)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.REFUSED, ExitCode.FAILED_UNCHANGED)
    assert reason in outcome.detail
    assert "console" in outcome.detail
    assert joined.lab.counters(joined.name) == sent


def test_a_line_vty_above_the_first_five_may_have_what_it_had(bench: Bencher) -> None:
    """A bare `login` on vty 5 to 15, as switches ship, does not stand in the way: new sessions get the lowest line."""
    joined = Joined(bench(), "line vty 5 15", "login")
    assert joined.back().outcome is Outcome.APPLIED
    assert joined.lab.running(joined.name) == joined.earlier


def test_the_refusal_names_the_line_before_anything_is_asked(bench: Bencher) -> None:
    """`commands_of`, which a person reviews, raises as the run would refuse."""
    joined = Joined(bench(), "line vty 0 4", "no login")
    with pytest.raises(RenderError, match="because `line vty 0` had no `login local`") as caught:
        joined.lines()
    assert "no aaa new-model" in caught.value.where
