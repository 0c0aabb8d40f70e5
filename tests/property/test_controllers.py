"""The wireless part of any controller becomes that of any other, and goes back to exactly what it was."""

from __future__ import annotations

import re

from controller_configs import controllers, quoted
from golden_cases import intended_of, rulebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ios_bench import IosBench
from lab_bench import Stores

from trustctl.config.compare import between, compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.lab.makes.cisco_9800.model import WlcSwitch
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import Rule, Severity
from trustctl.secrets.verify import Verifier

PLATFORM = "cisco_9800"
FACTS = DeviceFacts(None, None, None, frozenset(), frozenset())
EMPTY = (
    "version 17.9\nhostname empty\naaa new-model\naaa authentication dot1x WIFI group radius\n"
    "aaa accounting identity WIFI start-stop group radius\nvtp mode off\nend\n"
)
QUIET = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)


def controller_with(lines: list[str]) -> IosBench:
    """A controller into which these lines were typed."""
    bench = IosBench(EMPTY, model="C9800-L-F-K9", platform=PLATFORM)
    assert bench.send(lines, {}) == []
    return bench


def suffered(bench: IosBench) -> list[str]:
    """What its users noticed since the last look."""
    switch = bench.switch
    assert isinstance(switch, WlcSwitch)
    noticed = list(switch.suffered)
    switch.suffered.clear()
    return noticed


@given(before=controllers(), after=controllers())
@QUIET
def test_there_and_back(before: list[str], after: list[str]) -> None:
    """The controller takes every line, holds exactly the other configuration, needs nothing more; undo is exact."""
    book = rulebook(PLATFORM)
    bench, wanted = controller_with(before), controller_with(after)
    old_text = bench.text
    old, new = read(old_text, book), read(wanted.text, book)
    lines = between(old, new, FACTS)
    assert bench.send(lines, {**secret_values(new)}) == []
    reached = read(bench.text, book)
    assert digest(reached) == digest(new)
    assert bench.send(between(reached, old, FACTS), secret_values(old)) == []
    assert sorted(bench.text.split("\n")) == sorted(old_text.split("\n"))


def meant(lines: list[str]) -> str:
    """The lines as an intent: keys are references."""
    text = "".join(f"{line}\n" for line in EMPTY.split("\n")[:-2] + lines if line != "exit")
    return re.sub(r"(?m)( set-key ascii 0 ).*", r"\1<secret:wifi/key>", text)


def named(noticed: str, warned: list[str]) -> bool:
    """Whether a warning names what happened: the section that joined again, or what a lost network is made of."""
    if noticed.startswith("rejoined "):
        sections = [noticed.removeprefix("rejoined ")]
    else:
        network = f"wlan {quoted(noticed.removeprefix('cut off '))} "
        sections = [network, "wireless profile policy ", "wireless tag policy "]
    return any(section in why for section in sections for why in warned)


@given(before=controllers(shuffled=True), after=controllers(), stage=st.sampled_from((Stage.ENSURE, Stage.OWN)))
@QUIET
def test_who_is_cut_off_was_named(before: list[str], after: list[str], stage: Stage) -> None:
    """The second plan is empty; whoever lost a network or joined again stands in a flag of the plan.

    A network whose name or number another one has on the device is left out of the plan.
    """
    book = rulebook(PLATFORM)
    bench = controller_with(before)
    suffered(bench)
    observed = read(bench.text, book)
    intended = read_intended(intended_of(meant(after), "wlc", PLATFORM), book)
    scope = Scope(stage, {"*": Ownership.OWNED}, FACTS, Verifier(Stores()))
    result = compare(observed, intended, scope)
    assert bench.send(result.commands, secret_values(observed)) == []
    assert compare(read(bench.text, book), intended, scope).commands == ()
    flags = [flag for change in result.changes for flag in change.flags]
    warned = [flag.why for flag in flags if flag.rule is Rule.CLIENT and flag.severity is Severity.HIGH]
    assert [one for one in suffered(bench) if not named(one, warned)] == []
    assert bench.send(result.undo, secret_values(observed)) == []
    assert digest(read(bench.text, book)) == digest(observed)
