"""A school joins: the whole way from a stranger's switches to the baseline and back, by the command an engineer types.

The story is told once (`story`); each test holds one of its sentences against what really happened.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from engineer import Done, Engineer, one_clear_error
from field import Field, meaning

from trustctl.plan.files import load

pytestmark = pytest.mark.timeout(300)

WRITTEN = ("ash-sw-lib-01", "ash-sw-sports-01")
"""Two of the joining school, one without AAA before: enough for the story; the whole school is a long test."""
WATCHED = ("elm-sw-core-01", "elm-sw-ks2-01")
LIMIT = ",".join((*WRITTEN, *WATCHED))
WITHOUT_AAA = ("ash-sw-b1-01", "ash-sw-sports-01")
"""They have no AAA before they join, so their way back needs `no aaa new-model`, which only a rollback may send."""
SINCE = "typed at the console"
BY_HAND = "switchport access vlan 2"


@dataclass
class Story:
    """What was said and what the switches held, step by step."""

    engineer: Engineer
    field: Field
    done: dict[str, Done] = field(default_factory=dict[str, Done])
    held: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def step(self, name: str, *arguments: object) -> Done:
        """Run a command and remember how it ended and what the switches hold now."""
        writes = arguments[0] in {"apply", "rehearse", "rollback"}
        self.done[name] = (self.engineer.run if writes else self.engineer.call)(*arguments)
        self.held[name] = self.field.running()
        return self.done[name]

    @property
    def plan(self) -> Path:
        """The plan file."""
        return self.engineer.repository / "plan.json"


@pytest.fixture(scope="module")
def story(open_site: Callable[..., tuple[Engineer, Field]]) -> Story:
    """Tell it once."""
    engineer, site = open_site("ash", "elm")
    told = Story(engineer, site)
    told.held["before"] = site.running()
    dial = ("--endpoints", site.endpoints)
    some = ("ash", "elm", "--limit", LIMIT, *dial)
    told.step("adopt", "adopt", *some, "--yes")
    told.step("plan", "plan", *some, "--out", told.plan, "--detailed-exitcode")
    assert told.plan.is_file(), str(told.done["plan"])
    told.step("rehearse", "rehearse", told.plan, "--minute", "12")
    told.step("wrong digest", "apply", told.plan, "--yes", "--expect-digest", "sha256:" + "0" * 64, *dial)
    told.step("apply", "apply", told.plan, "--yes", "--expect-digest", load(told.plan).digest, *dial)
    told.step("again", "plan", "ash", "--limit", LIMIT, "--detailed-exitcode", *dial)
    told.step("twice", "apply", told.plan, "--yes", *dial)
    told.step("history", "history", "--json")
    told.step("backup", "backup", *some)
    site.lab.device_edit(WRITTEN[0], ["interface GigabitEthernet1/0/9", BY_HAND])
    site.lab.console_save(WRITTEN[0])
    told.step("drift", "drift", "ash", "--limit", LIMIT, "--detailed-exitcode", *dial)
    told.step("drift json", "drift", "ash", "--limit", LIMIT, "--json", *dial)
    told.step("old plan", "plan", "ash", "--limit", WRITTEN[0], "--out", "old.json", *dial)
    site.lab.device_edit(WRITTEN[0], ["interface GigabitEthernet1/0/10", f"description {SINCE}"])
    told.held["edited since"] = site.running()
    told.step("stale", "apply", "old.json", "--yes", *dial)
    run = cast("list[dict[str, str]]", told.done["history"].json)[-1]["run"]
    told.step("rollback of one", "rollback", run, "--yes", *dial)
    right = ["interface GigabitEthernet1/0/9", "switchport access vlan 40"]
    site.lab.device_edit(WRITTEN[0], [*right, "interface GigabitEthernet1/0/10", "description OPAC 2"])
    site.lab.console_save(WRITTEN[0])
    told.step("rollback of the other", "rollback", run, "--yes", *dial)
    told.step("after", "plan", *some, "--detailed-exitcode")
    return told


def test_adopting_pins_every_switch_once(story: Story) -> None:
    """`adopt` shows a fingerprint and a serial number for each device and writes pins.yml."""
    assert story.done["adopt"].code == 0, str(story.done["adopt"])
    assert story.done["adopt"].err.count("SHA256:") == len(WRITTEN) + len(WATCHED)
    pins = (story.engineer.inventory / "pins.yml").read_text(encoding="utf-8")
    assert all(f"{name}:" in pins for name in (*WRITTEN, *WATCHED))


def test_the_first_plan_says_that_changes_are_pending_and_touches_nothing(story: Story) -> None:
    """Exit 2 with --detailed-exitcode, a private plan file, and every switch as it was."""
    assert story.done["plan"].code == 2, str(story.done["plan"])
    assert stat.S_IMODE(story.plan.stat().st_mode) == 0o600
    assert story.held["plan"] == story.held["before"]


def test_the_rehearsal_succeeds_without_touching_a_switch(story: Story) -> None:
    """The plan is carried out on twins, a second plan there is empty, and the real ones know nothing of it."""
    assert story.done["rehearse"].code == 0, str(story.done["rehearse"])
    assert "a second plan on the twins is empty" in story.done["rehearse"].out
    assert story.held["rehearse"] == story.held["before"]


def test_another_digest_than_the_reviewed_one_is_refused(story: Story) -> None:
    """`--expect-digest` of another plan writes nothing."""
    one_clear_error(story.done["wrong digest"], 1, "digest", "remedy")
    assert story.held["wrong digest"] == story.held["before"]


def test_applying_brings_the_school_onto_the_baseline(story: Story) -> None:
    """Both switches are applied and verified, saved to startup, and the second plan is empty."""
    assert story.done["apply"].code == 0, str(story.done["apply"])
    assert story.done["apply"].out.count("applied and verified") >= len(WRITTEN)
    for name in WRITTEN:
        assert meaning(story.held["apply"][name]) != meaning(story.held["before"][name])
    assert story.done["again"].code == 0, str(story.done["again"])
    assert "nothing to change" in story.done["again"].out


def test_a_school_at_stage_observe_is_planned_and_never_written(story: Story) -> None:
    """Elm's switches have changes in the plan, and no client ever sent them a configuration line."""
    plan = load(story.plan)
    watched = [device for device in plan.devices if device.name in WATCHED]
    assert [bool(device.changes) for device in watched] == [True, True]
    assert not any(device.applies for device in watched)
    for name in WATCHED:
        assert story.field.configured(name) == ()
        assert story.field.lab.counters(name)["saves"] == 0


def test_the_journal_tells_how_each_switch_ended(story: Story) -> None:
    """`history --json` holds the run with an outcome for each device."""
    runs = cast("list[dict[str, object]]", story.done["history"].json)
    first = runs[-1]
    outcomes = cast("list[dict[str, str]]", first["outcomes"])
    assert {item["device"]: item["outcome"] for item in outcomes} == dict.fromkeys(WRITTEN, "applied")
    assert first["exit_code"] == 0


def test_a_plan_is_applied_once(story: Story) -> None:
    """Applying it again is refused as already begun, and sends nothing."""
    one_clear_error(story.done["twice"], 7, "already begun", "new plan")
    assert story.held["twice"] == story.held["again"]


def test_a_stale_plan_names_the_line_that_moved(story: Story) -> None:
    """A switch that somebody edited since the plan is refused with exit 8 and the very line; nothing is sent."""
    one_clear_error(story.done["stale"], 8, "has changed since the plan was made", SINCE, "plan again")
    assert story.held["stale"] == story.held["edited since"]


def test_backups_are_private_files(story: Story) -> None:
    """`backup` keeps each configuration with mode 0600 in folders of mode 0700."""
    assert story.done["backup"].code == 0, str(story.done["backup"])
    files = [path for path in (story.engineer.state / "backups").rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} >= {*WRITTEN, *WATCHED}
    for path in (*files, *{path.parent for path in files}, story.engineer.state):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_drift_finds_exactly_the_line_that_somebody_typed(story: Story) -> None:
    """A hand edit at a console is the only drift, named by device, section and line, with exit 2."""
    drift = story.done["drift"]
    assert drift.code == 2, str(drift)
    for word in (WRITTEN[0], "1/0/9", BY_HAND):
        assert word in drift.out, str(drift)
    document = cast("dict[str, list[dict[str, object]]]", story.done["drift json"].json)
    changed = {device["name"]: device["changes"] for device in document["devices"] if device["changes"]}
    assert list(changed) == [WRITTEN[0]]
    changes = cast("list[dict[str, list[str]]]", changed[WRITTEN[0]])
    assert len(changes) == 1, json.dumps(changes)
    assert changes[0]["section"] == ["interface GigabitEthernet1/0/9"]
    assert [line.strip() for line in changes[0]["before"]] == [BY_HAND]


def test_rolling_back_a_device_that_moved_is_refused(story: Story) -> None:
    """A switch that somebody edited since is not rolled back over their head; the other one is."""
    done = story.done["rollback of one"]
    assert done.code == 5, str(done)
    assert BY_HAND in done.out
    assert SINCE in done.out
    held = story.held["rollback of one"]
    assert held[WRITTEN[0]] == story.held["edited since"][WRITTEN[0]]
    assert meaning(held[WRITTEN[1]]) == meaning(story.held["before"][WRITTEN[1]])


def test_a_rollback_brings_every_switch_back(story: Story) -> None:
    """With the edits undone the run can be rolled back: every switch holds line by line what it held before."""
    done = story.done["rollback of the other"]
    assert f"{WRITTEN[0]}  applied and verified" in done.out, str(done)
    for name in WRITTEN:
        assert meaning(story.held["rollback of the other"][name]) == meaning(story.held["before"][name])
    assert story.done["after"].code == 2, str(story.done["after"])


@pytest.mark.long
def test_the_whole_school_joins_and_leaves(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """All seven switches of the messy school, one of them a stack, join and go back, line for line, saved."""
    engineer, site = open_site("ash")
    dial = ("--endpoints", site.endpoints)
    before = site.running()
    assert engineer.run("plan", "ash", "--out", "p.json", "--detailed-exitcode", *dial).code == 2
    applied = engineer.run("apply", "p.json", "--yes", *dial)
    assert applied.code == 0, str(applied)
    again = engineer.run("plan", "ash", "--detailed-exitcode", *dial)
    assert again.code == 0, str(again)
    run = cast("list[dict[str, str]]", engineer.run("history", "--json").json)[0]["run"]
    joined = site.running()
    assert all("no aaa new-model" in before[name].split("\n") for name in WITHOUT_AAA)
    assert all("aaa new-model" in text.split("\n") for text in joined.values())
    back = engineer.run("rollback", run, "--yes", *dial)
    assert back.code == 0, str(back)
    assert "7 applied and verified" in back.out
    for name, text in site.running().items():
        assert text == before[name], name
        assert site.lab.startup(name) == text, name
