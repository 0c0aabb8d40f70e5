"""Passwords of Windows hosts leak nowhere: the login, the local Administrator's, and that of who joins the domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from artefacts import PIPELINE, leaks_of
from engineer import example_trust
from recorder import Recorder
from story import plant
from windows_story import (
    DOMAIN,
    JOIN,
    LOCAL,
    LOGIN,
    SERVER,
    WRONG,
    Sampler,
    WindowsStory,
    open_windows,
    tell_windows,
    told_unmasked,
)

from trustctl.lab.windows.parts import System

pytestmark = pytest.mark.long
ENDS = {
    "adopt": 0, "directory plan": 0, "directory": 0, "wrong login": 9, "says it aloud": 3, "wrong join plan": 0,
    "wrong join": 4, "plain --check": 0, "plain --diff": 2, "plan": 0, "html": 0, "json": 0, "join": 0, "drift": 0,
    "backup": 0, "history": 0, "history of the run": 0, "show": 0, "rollback": 5,
}  # fmt: skip
"""How each command of the story ends."""
SAYS = {"wrong login": "the host refused the login", "says it aloud": "it was given <hidden>"}
"""What it says of the trouble."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowsStory]:
    """Tell it once."""
    folder = tmp_path_factory.mktemp("windows")
    values: dict[str, str] = {}
    engineer = example_trust(folder / "trust")
    plant(values)(engineer)
    recorder = Recorder(folder / "records")
    with open_windows(engineer, values, recorder) as told:
        with Sampler(recorder.folder).looking():
            tell_windows(told)
        yield told


def test_each_command_ended_as_it_should(story: WindowsStory) -> None:
    """So that the failing paths were really walked."""
    wrong = {what: f"{done.code}: {done}" for what, done in story.ended.items() if done.code != ENDS.get(what)}
    assert wrong == {}
    assert set(story.ended) == set(ENDS)
    said = {what: " ".join(f"{done.out} {done.err}".split()) for what, done in story.ended.items()}
    assert [what for what, words in SAYS.items() if words not in said[what]] == []


def test_every_secret_that_the_windows_inventory_names_is_in_the_story(story: WindowsStory) -> None:
    """One that is added there tomorrow shows here."""
    folder = story.engineer.inventory
    files = [folder / "baseline/windows.yml", folder / "schools/oak/servers.yml"]
    named = {name for file in files for name in re.findall(r"secret://([\w/-]+)", file.read_text(encoding="utf-8"))}
    assert named == {LOGIN, LOCAL, JOIN}
    assert named | set(WRONG) <= set(story.values)


def test_each_of_them_reached_a_host(story: WindowsStory) -> None:
    """The logins were accepted, the wrong one refused, and the server is a member since it had the right password."""
    came = {(name, password, accepted) for name, _, password, accepted in story.signed_in}
    assert ("KV-DC-01", story.values[LOGIN], True) in came
    assert (SERVER, story.values[LOCAL], True) in came
    assert (SERVER, story.values["wrong/local"], False) in came
    assert story.joins == [(story.values["wrong/join"], False)] * 2 + [(story.values[JOIN], True)]
    assert story.lab.machine(SERVER).part(System).domain == DOMAIN


def test_nothing_holds_a_password_of_windows(story: WindowsStory) -> None:
    """Output, plans, pages, backups, journal, temporary files, what Ansible left, arguments, environments."""
    leaks, artefacts = leaks_of(story.engineer, story.values, story.recorder)
    print(f"windows: {len(story.values)} canaries, {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert leaks == []
    assert artefacts > 200
    sampled = [path.read_bytes() for path in story.recorder.folder.glob("cmdline-*")]
    assert any(b"ansible" in one and b"@" in one for one in sampled)
    assert PIPELINE in story.values


def test_a_leak_of_each_of_them_would_be_found(story: WindowsStory) -> None:
    """Dropped where reports lie, and in an argument of a process."""
    planted = story.engineer.repository / "planted.txt"
    planted.write_text(" ".join(story.values.values()), encoding="utf-8")
    shown = story.recorder.folder / "cmdline-planted"
    shown.write_bytes(b"ansible-playbook\0-e\0password=" + story.values[JOIN].encode())
    try:
        leaks, _ = leaks_of(story.engineer, story.values, story.recorder)
    finally:
        planted.unlink()
        shown.unlink()
    assert {leak.secret for leak in leaks} == set(story.values)
    assert {leak.secret for leak in leaks if "cmdline-planted" in leak.artefact} == {JOIN}


def test_without_the_masks_what_a_host_says_aloud_is_found(story: WindowsStory, tmp_path: Path) -> None:
    """The same scan of the same command, with nothing in the way: it is the redactor that keeps it out elsewhere."""
    bare, done = told_unmasked(story, tmp_path)
    assert done.code == ENDS["says it aloud"], str(done)
    leaks, artefacts = leaks_of(bare.engineer, bare.values, bare.recorder)
    print(f"windows, masks off: {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert LOCAL in {leak.secret for leak in leaks if leak.artefact.startswith("trustctl plan")}
    assert PIPELINE not in {leak.secret for leak in leaks}
