"""The demo proves what it says: a step that does not hold ends it, and what it cannot show it says plainly."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from trustctl.cli.demo import Stage, StoryBrokenError
from trustctl.cli.demo_cables import Cable, as_read, between_makes
from trustctl.cli.demo_mixed import DEVICES, MINUTE, SCHOOL, MixedSchool
from trustctl.cli.demo_server import SCHOOL as SERVED
from trustctl.cli.demo_server import SERVER, ServerPart
from trustctl.cli.demo_windows import HOST, WindowsPart
from trustctl.cli.demo_windows import SCHOOL as HOSTED
from trustctl.cli.lab_hosts import CACHE
from trustctl.cli.main import outcome
from trustctl.cli.screen import Screen
from trustctl.cli.workspace import Workspace
from trustctl.lab.hosts.machine import hindrances

EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The example trust in a folder of its own, which is the working folder."""
    shutil.copytree(EXAMPLE, tmp_path / "inventory")
    monkeypatch.chdir(tmp_path)
    return Workspace(Path("inventory"))


def cables(workspace: Workspace, changed: dict[str, tuple[str, str]]) -> dict[str, Cable]:
    """Elder's cables between makes by their second end, from its captured configurations with one text replaced."""
    school = workspace.trust.schools[SCHOOL]
    stored: dict[str, str] = {}
    for name in DEVICES.split(","):
        text = (workspace.inventory / "schools" / SCHOOL / "captured" / f"{name}.cfg").read_text()
        before, after = changed.get(name, ("", ""))
        assert before in text
        stored[name] = workspace.backups.store(name, text.replace(before, after, 1) if before else text)
    links = between_makes(school, frozenset(stored))
    found = {link.b[0]: as_read(workspace, school, link, stored) for link in links}
    return {name: cable for name, cable in found.items() if cable is not None}


def test_the_ends_are_compared_by_what_the_devices_say(workspace: Workspace) -> None:
    """One cable agrees, the other has lost the phones' VLAN on its way; as the captured configurations have it."""
    found = cables(workspace, {})
    assert found["eld-sw-lib-01"].told == ""
    assert found["eld-sw-art-01"].told == "VLANs that the other end does not carry: 204 here, none there"
    assert [row[0][0] for row in found["eld-sw-lib-01"].shown] == ["eld-sw-core-01 21", "eld-sw-lib-01 Gi1/0/25"]


def test_a_vlan_that_one_end_loses_is_seen(workspace: Workspace) -> None:
    """The Catalyst's bundle no longer carries VLAN 100: the ends part, and the demo would not hold."""
    lost = ("switchport trunk allowed vlan 1,100,", "switchport trunk allowed vlan 1,")
    assert cables(workspace, {"eld-sw-lib-01": lost})["eld-sw-lib-01"].told == (
        "VLANs that the other end does not carry: 100 here, none there"
    )


@pytest.mark.parametrize("truth", [False, "", [], None])
def test_what_is_not_true_ends_the_story(truth: object) -> None:
    """Nothing is noted as held."""
    stage = Stage(outcome, Screen(width=100, colour=False), quiet=True)
    with pytest.raises(StoryBrokenError, match="this did not hold: it is so"):
        stage.hold("it is so", truth)
    assert not stage.held


@pytest.mark.timeout(120)
def test_a_device_that_cannot_be_reached_ends_the_story(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A switch refuses connections from the apply on: the demo stops there and does not claim to have joined it."""

    def verb(words: Sequence[str]) -> int:
        if words[0] == "apply":
            assert outcome(["lab", "break", "eld-sw-art-01", "refuse"]) == 0
        return outcome(words)

    stage = Stage(verb, Screen(width=100, colour=False))
    with MixedSchool(stage, workspace, SCHOOL, tmp_path / "page.html", "eld-sw-art-01") as part:
        part.boot(MINUTE)
        with pytest.raises(StoryBrokenError, match=r"apply plan.json --lab --yes` ended with exit code 3, not 0"):
            part.joined()
    assert [what for what, _ in stage.held if "applied" in what] == []
    assert "1 unchanged" in capsys.readouterr().out


def test_where_no_server_can_run_the_demo_says_why(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without root, or without what a server boots from: one sentence with the reason, and nothing is claimed."""
    monkeypatch.setenv(CACHE, str(tmp_path / "nothing"))
    stage = Stage(outcome, Screen(width=300, colour=False))
    with ServerPart(stage, workspace, SERVED, tmp_path / "page.html", SERVER) as part:
        part.tell()
    why = "; ".join(hindrances()) or "the lab has no debian-12 yet; some minutes make it: trustctl lab build"
    assert f"{SERVER} is not in this demo: {why}." in capsys.readouterr().out
    assert stage.held == []
    assert part.pages == []
    assert not (tmp_path / "page.html").exists()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_delivered_server_becomes_a_hyper_v_host(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole part, by Ansible on the lab: dry run, apply with a restart, an empty plan, drift by hand."""
    stage = Stage(outcome, Screen(width=100, colour=False), quiet=True)
    with WindowsPart(stage, workspace, HOSTED, tmp_path / "page.html", HOST) as part:
        part.tell()
    assert [what for what, _ in stage.held][-1] == "drift shows exactly that"
    assert "trust_vm OAK-FS-01" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_demo_reads_what_a_terminal_shows_in_colour() -> None:
    """A step looks for words: they are the same where a person watches and the verb prints escapes around them."""

    def verb(words: Sequence[str]) -> int:
        print("\x1b[31m      is     it\x1b[0m")  # noqa: T201 - a verb prints
        return 0

    assert Stage(verb, Screen(width=100, colour=True), quiet=True).type("drift") == "      is     it\n"
