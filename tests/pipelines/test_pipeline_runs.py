"""The shipped pipeline files run: their own shell, on a new trust's repository, with the real command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline_steps import GIT, Ended, Runner

from trustctl.cli.main import outcome
from trustctl.report.markdown import MARKER

Pipeline = Callable[[Runner, str], Ended]
PIPELINES: dict[str, Pipeline] = {"github": Runner.github, "gitlab": Runner.gitlab}


@pytest.fixture(params=PIPELINES)
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    """Each forge's file in turn."""
    return PIPELINES[str(request.param)]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner that has checked out what `trustctl init` writes for one school."""
    trust = tmp_path / "trust"
    assert outcome(["init", str(trust), "--school", "elm"]) == 0
    for words in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@trust.example", "commit", "-qm", "start"],
    ):
        subprocess.run([GIT, *words], cwd=trust, check=True)
    (tmp_path / "temporary").mkdir()
    return Runner(trust, tmp_path / "temporary")


def test_a_pull_request_is_validated_rendered_and_planned(runner: Runner, pipeline: Pipeline) -> None:
    """Changes are no failure: the job ends well, with the plan, its Markdown and what was rendered to keep."""
    done = pipeline(runner, "check")
    assert done.code == 0, done.said
    plan = json.loads((runner.repository / "plan.json").read_text())
    assert {device["name"] for device in plan["devices"]} == {"elm-sw-core-01", "elm-sw-ks2-01"}
    markdown = (runner.repository / "plan.md").read_text()
    assert markdown.startswith(MARKER)
    assert len(markdown) <= 65_535
    assert plan["digest"] in markdown
    assert sorted(path.name for path in (runner.repository / "rendered").rglob("*.cfg")) == [
        "elm-sw-core-01.cfg",
        "elm-sw-ks2-01.cfg",
    ]
    if pipeline is Runner.github:
        assert done.summary == markdown
    ignored = subprocess.run(
        [GIT, "status", "--porcelain"], cwd=runner.repository, capture_output=True, text=True, check=True
    )
    assert ignored.stdout == ""


def test_a_broken_inventory_fails_the_job_where_it_is_broken(runner: Runner, pipeline: Pipeline) -> None:
    """With file and line; nothing is planned, and no word of the file gives the runner an order."""
    school = runner.repository / "inventory" / "schools" / "elm" / "school.yml"
    school.write_text(school.read_text() + '"##[set-output name=digest]x": 1\n')
    done = pipeline(runner, "check")
    assert done.code == 1, done.said
    assert "school.yml:" in done.said
    assert not (runner.repository / "plan.json").exists()
    if pipeline is Runner.github:
        before, _, after = done.said.partition("::stop-commands::")
        assert (before, "##[set-output" in after) == ("", True)


def test_a_device_that_could_not_be_planned_fails_the_job(runner: Runner, pipeline: Pipeline) -> None:
    """Could-not-tell is never taken for 0 or 2; what was planned is kept and shown all the same."""
    captured = runner.repository / "inventory" / "schools" / "elm" / "captured" / "elm-sw-ks2-01.cfg"
    captured.write_text("\n".join(captured.read_text().split("\n")[:30]))
    done = pipeline(runner, "check")
    assert done.code not in {0, 2}, done.said
    assert "elm-sw-ks2-01" in (runner.repository / "plan.md").read_text()
