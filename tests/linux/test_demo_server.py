"""The demo's server on a real host: every step holds, and a step that does not hold ends it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from trustctl.cli.demo import Stage, StoryBrokenError
from trustctl.cli.demo_server import FILE, SCHOOL, SERVER, ServerPart
from trustctl.cli.lab_files import folder_of
from trustctl.cli.main import outcome
from trustctl.cli.screen import Screen
from trustctl.cli.workspace import Workspace
from trustctl.lab import state

EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The example trust in a folder of its own, which is the working folder."""
    shutil.copytree(EXAMPLE, tmp_path / "inventory")
    monkeypatch.chdir(tmp_path)
    return Workspace(Path("inventory"))


def test_a_server_joins_and_one_line_by_hand_is_found(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole part, as `trustctl demo` tells it."""
    stage = Stage(outcome, Screen(width=100, colour=False))
    with ServerPart(stage, workspace, SCHOOL, tmp_path / "page.html", SERVER) as part:
        part.tell()
    assert [what.split(",")[0] for what, _ in stage.held] == [
        "the plan shows what becomes of each file",
        "applied under a timer of the server",
        "drift shows exactly that line",
    ]
    assert part.pages == [tmp_path / "page.html"]
    assert "1 applied and verified" in capsys.readouterr().out


def test_another_line_by_hand_ends_the_story(workspace: Workspace, tmp_path: Path) -> None:
    """Somebody else edits the same file meanwhile: drift shows more than that line, and the demo does not hold."""

    def verb(words: Sequence[str]) -> int:
        if words[0] == "drift":
            state.send_edit(folder_of(workspace), SERVER, [f"sed -i 's/^Defaults use_pty$/Defaults !use_pty/' {FILE}"])
        return outcome(words)

    stage = Stage(verb, Screen(width=100, colour=False), quiet=True)
    part = ServerPart(stage, workspace, SCHOOL, tmp_path / "page.html", SERVER)
    with part, pytest.raises(StoryBrokenError, match="this did not hold: drift shows exactly that line"):
        part.tell()
