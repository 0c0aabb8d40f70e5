"""Features that Windows takes along: the plan of a host names and flags each, and refuses what contradicts itself.

What a server says is the lab's, by the dry run of Windows that its module asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lab_host import LabHost, alone
from things import done, value

from trustctl.engines.windows.reading import asked_of
from trustctl.inventory import load
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import Action, Change, DevicePlan, Intended, IntendedLine, Rule
from trustctl.model.school import School
from trustctl.model.windows import WindowsHost
from trustctl.plan.windows import WindowsInput, plan_windows
from trustctl.platforms.roots import template_roots
from trustctl.windows import TYPES
from trustctl.windows.action import RESOURCE, Result, Task, carry_out
from trustctl.windows.asked import Asked, WindowsObserved
from trustctl.windows.topics import load_topics

ROOT = Path(__file__).parents[2]
PLACE = "roles/windows_baseline/tasks/features.yml:2"
RSAT = ("RSAT-AD-PowerShell", "RSAT-AD-Tools", "RSAT-Role-Tools")
Wants = Sequence[tuple[str, bool]]


@pytest.fixture(scope="module")
def oak() -> School:
    """The example's school."""
    return load(ROOT / "inventory", today=date(2026, 11, 22), templates=template_roots(ROOT)).schools["oak"]


def _asked(wants: Wants) -> tuple[Asked, ...]:
    """One task for each feature, in check mode, on a server that has some."""
    host = LabHost(alone(WindowsSpec("OAK-FS-01", features=("RSAT-AD-PowerShell", "BitLocker"))), check=True)
    found: list[Asked] = []
    for index, (name, installed) in enumerate(wants):
        said = carry_out(Task(TYPES["trust_feature"], {"name": name, "installed": installed}, check_mode=True), host)
        assert not said.get("failed"), said
        event = {"event": "ok", "name": "Features | Add and remove features", "place": PLACE, "item": index}
        one = asked_of({**event, "loop": ["windows_baseline_features"], **said}, "trust_feature")
        assert one is not None
        found.append(one)
    return tuple(found)


def _plan(oak: School, wants: Wants, stage: Stage = Stage.OWN) -> DevicePlan:
    found = oak.devices["OAK-FS-01"]
    assert isinstance(found, WindowsHost)
    host = replace(found, stage=stage, ownership=())
    texts = ["windows_baseline_features:", *(f"  - name: {name}" for name, _ in wants)]
    lines = tuple(
        IntendedLine(text, LineOrigin(Place("host.j2", 1), (("f", Origin(Layer.BASELINE, Place("w.yml", number))),)))
        for number, text in enumerate(texts, 50)
    )
    observed = WindowsObserved(host.name, "", "live", datetime(2026, 11, 22, tzinfo=UTC), asked=_asked(wants))
    intended = Intended(host.name, host.platform, lines)
    return plan_windows(WindowsInput(host, oak, intended, observed, load_topics([ROOT / "templates"])))


def _flags(change: Change, rule: Rule) -> list[str]:
    return [flag.why for flag in change.flags if flag.rule is rule]


def test_what_goes_along_is_named_and_flagged_each(oak: School) -> None:
    """A removal loses what stands below the feature, and what needs it."""
    rsat, storage = _plan(oak, [("RSAT", False), ("EnhancedStorage", False)]).changes
    assert rsat.before == ("installed: true", *(f"along with it: {name}" for name in RSAT))
    assert rsat.after == ("installed: false",)
    assert storage.before == ("installed: true", "along with it: BitLocker")
    goes = "the feature {} goes along: the host has it today"
    assert set(_flags(rsat, Rule.DELETE)) >= {goes.format(name) for name in RSAT}
    assert goes.format("BitLocker") in _flags(storage, Rule.DELETE)


def test_what_comes_along_is_named_and_flagged_each(oak: School) -> None:
    """A feature brings what it needs, and what stands above it."""
    (one,) = _plan(oak, [("UpdateServices-Services", True)]).changes
    assert one.after == ("installed: true", "along with it: UpdateServices", "along with it: Web-Server")
    assert _flags(one, Rule.SERVICE)[1:] == [
        "the feature UpdateServices comes along",
        "the feature Web-Server comes along",
    ]


CLASHES = [
    ([("RSAT", False), ("RSAT-AD-PowerShell", True)], "RSAT", "RSAT-AD-PowerShell"),
    ([("BitLocker", True), ("enhancedstorage", False)], "enhancedstorage", "BitLocker"),
    ([("web-server", False), ("UpdateServices", True)], "UpdateServices", "web-server"),
]


@pytest.mark.parametrize(("wants", "one", "other"), CLASHES, ids=["below", "needs it", "comes"])
def test_a_feature_that_is_wanted_otherwise_is_never_taken_along(
    oak: School, wants: Wants, one: str, other: str
) -> None:
    """The host is refused, with both features and both places of the inventory."""
    found = _plan(oak, wants)
    at = {name: f"w.yml:{number}" for number, (name, _) in enumerate(wants, 51)}
    assert (found.action, found.changes) == (Action.REFUSED, ())
    assert f"the feature {one} cannot be changed as the inventory has it" in found.reason
    assert f"would change the feature {other} along with it" in found.reason
    assert f"({at[one]}, {at[other]})" in found.reason


STAGES = [
    ([("RSAT", False)], Stage.ENSURE, True),
    ([("EnhancedStorage", False)], Stage.ENSURE, False),
    ([("EnhancedStorage", False)], Stage.OWN, True),
    ([("EnhancedStorage", False), ("BitLocker", False)], Stage.ENSURE, True),
]


@pytest.mark.parametrize(("wants", "stage", "done"), STAGES, ids=["a part of it", "ensure", "own", "named too"])
def test_stage_ensure_takes_along_what_is_named_or_a_part_alone(
    oak: School, wants: Wants, stage: Stage, done: bool
) -> None:
    """What the inventory does not name stays at stage ensure, and the plan says what would have gone."""
    found = _plan(oak, wants, stage)
    assert bool(found.changes) is done
    why = [each.why for each in found.untouched]
    assert done or "it would lose the feature BitLocker" in why[0]


def test_windows_is_asked_only_about_a_feature_that_differs() -> None:
    """A dry run of Windows takes seconds: none where all is as wanted."""
    assert [(one.changed, one.going, one.coming) for one in _asked([("BitLocker", True), ("DHCP", False)])] == [
        (False, (), ()),
        (False, (), ()),
    ]


@pytest.mark.parametrize("told", ["RSAT", 7, {"RSAT": 1}, None, [], [None, 3]])
def test_whatever_a_host_says_goes_along_is_names_or_nothing(told: object) -> None:
    """It comes from outside: a text is not taken apart into letters, and a number is no fault of ours."""
    kind, have = TYPES["trust_feature"], {"installed": True}
    result: Result = done(value(have, going=told), check=True, kind=kind, installed=False)[0]
    assert result[RESOURCE].get("going", []) == (["None", "3"] if told == [None, 3] else [])
