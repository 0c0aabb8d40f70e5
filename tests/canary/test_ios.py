"""Secrets reach a switch and nothing else: canaries are planted, the whole story is told, every artefact is scanned."""

from __future__ import annotations

import stat
from collections.abc import Iterator

import pytest
from canaries import type7
from canary_site import open_story
from story import HELD, OWN, Story, go_wrong, tell

from trustctl.journal import Backups
from trustctl.secrets.seal import Seal

SWITCH = "oak-sw-b1-01"
SENT = ("local/breakglass", "local/enable", "radius/shared-key", "snmp/auth", "snmp/privacy")
"""Secrets that the plan of this switch sends as lines; it signs in with the login's password."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Tell it once, of one switch of oak: every secret of the store differs from what it holds."""
    with open_story(tmp_path_factory.mktemp("canary"), (SWITCH,)) as told:
        go_wrong(told, tell(told))
        yield told


def test_every_secret_reached_the_switch(story: Story) -> None:
    """The switch was sent each secret in full, and let us in with the canary as password: the run was real."""
    sent = "\n".join(entry.line for entry in story.field.lab.log(SWITCH))
    assert [name for name in SENT if story.values[name] not in sent] == []
    assert story.field.lab.counters(SWITCH)["logins"] > 5


def test_what_no_store_holds_was_on_the_switch_and_in_the_environment(story: Story) -> None:
    """The community and the keys that it had before, and the pipeline's token."""
    backups = Backups(story.engineer.state, lambda: Seal([story.values["trustctl/backup-key"]]))
    kept = (story.engineer.state / "backups" / SWITCH).iterdir()
    held = "\n".join(backups.load(SWITCH, path.stem) for path in kept)
    for name in HELD[:-1]:
        value = story.values[name]
        assert value in held or any(type7(value, at) in held for at in range(16)), name
    begun = story.recorder.records("begun")
    assert any(story.values["held/pipeline-token"] in one["environ"].values() for one in begun)


def test_nothing_holds_a_secret(story: Story) -> None:
    """Output, reports, plan, journal, backups, event log, arguments, environments, temporary files: no hit."""
    leaks, artefacts = story.leaks()
    assert leaks == []
    assert artefacts > 60
    names = {path.name for path in story.engineer.repository.rglob("*")}
    assert {
        "plan.json",
        "plan.html",
        "plan.md",
        "journal.db",
        "rendered",
        "pins.yml",
        "events.jsonl",
        "for-git",
    } <= names
    assert any("has a fault of its own (RuntimeError)" in done.err for done in story.engineer.said)


def test_the_scan_would_find_a_leak_of_each_secret(story: Story) -> None:
    """A file with it, dropped where reports lie, is a hit: for every canary of the store and every one beside it."""
    planted = story.engineer.repository / "planted.txt"
    try:
        planted.write_text(" ".join(story.values.values()), encoding="utf-8")
        leaks, _ = story.leaks()
        assert {leak.secret for leak in leaks} == set(story.values)
    finally:
        planted.unlink()


def test_children_get_an_environment_by_allow_list_and_dump_no_core(story: Story) -> None:
    """Whatever a command starts, git included; and it makes its files for their owner alone."""
    started = story.recorder.records("exec")
    assert started
    for one in started:
        assert story.values["held/pipeline-token"] not in one["environ"].values(), one["argv"]
        assert "CI_JOB_TOKEN" not in one["environ"]
        assert one["core"] == [0, 0]
        assert one["umask"] == "0077"


def test_backups_are_sealed(story: Story) -> None:
    """The trust of this story has a key for them."""
    kept = [path for path in (story.engineer.state / "backups").rglob("*") if path.is_file()]
    assert kept
    assert {path.suffix for path in kept} == {".sealed"}
    assert all(name in story.values for name in OWN)


def test_the_state_folder_is_for_its_owner_alone(story: Story) -> None:
    """Every file of it has mode 0600, every folder 0700; so have the plan and the event log."""
    for path in (story.engineer.state, *story.engineer.state.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    for name in ("plan.json", "events.jsonl"):
        assert stat.S_IMODE((story.engineer.repository / name).stat().st_mode) == 0o600
