"""The shipped pipeline files hold what SECURITY asks of them: zizmor finds nothing, and does find what is planted."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pipeline_steps import GITHUB, GITLAB, SCAFFOLD

ZIZMOR = Path(sys.executable).parent / "zizmor"
WORKFLOW = (SCAFFOLD / "github.yml").read_text("utf-8")

PLANTED = {
    "dangerous-triggers": ("  pull_request:\n", "  pull_request_target:\n"),
    "template-injection": ("          trustctl validate\n", "          echo ${{ github.event.pull_request.title }}\n"),
    "unpinned-uses": ("checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "checkout@v7"),
    "artipacked": ("          persist-credentials: false\n", "          fetch-depth: 1\n"),
    "excessive-permissions": ("permissions: {}\n", "permissions: write-all\n"),
    "secrets-outside-env": ("    environment: trustctl-plan ", "    # environment: none "),
    "self-hosted-runner": (" # zizmor: ignore[self-hosted-runner] as above", ""),
}
"""zizmor's name of a fault -> how it is planted."""


def findings(folder: Path, text: str, *options: str) -> set[str]:
    """What zizmor finds in a workflow at its strictest, without a network."""
    file = folder / ".github" / "workflows" / "trustctl.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    words = [
        ZIZMOR,
        "--offline",
        "--persona=auditor",
        "--strict-collection",
        "--no-exit-codes",
        "--format=json",
        *options,
    ]
    done = subprocess.run([*words, folder], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return {one["ident"] for one in found if "--no-ignores" in options or not one["ignored"]}


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    """Nothing as the auditor; what the file itself excuses is only that two jobs run inside the schools' network."""
    assert findings(tmp_path / "with", WORKFLOW) == set()
    assert findings(tmp_path / "without", WORKFLOW, "--no-ignores") == {"self-hosted-runner"}


@pytest.mark.parametrize("fault", PLANTED)
def test_zizmor_finds_what_is_planted(tmp_path: Path, fault: str) -> None:
    """The gate is awake: each fault, put into the very file, is found by its name."""
    good, bad = PLANTED[fault]
    assert good in WORKFLOW
    assert fault in findings(tmp_path, WORKFLOW.replace(good, bad, 1))


def test_every_action_is_one_of_githubs_own_by_its_commit() -> None:
    """Pinned by a whole commit, with the release that it is beside it for those who update it."""
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert len(used) == 6
    for one in used:
        assert re.fullmatch(r"actions/(checkout|upload-artifact|download-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)


def test_no_value_is_pasted_into_a_script() -> None:
    """Values reach the shell by its environment alone."""
    scripts = [step["run"] for job in GITHUB["jobs"].values() for step in job["steps"] if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_an_unread_pull_request_meets_no_secret_and_no_school() -> None:
    """The job for pull requests has a machine of GitHub's own, reads the repository and knows no secret or variable."""
    assert list(GITHUB["on"]) == ["pull_request", "push"]
    jobs = GITHUB["jobs"]
    check = jobs["check"]
    assert check["if"] == "github.event_name == 'pull_request'"
    assert (check["runs-on"], check["permissions"]) == ("ubuntu-24.04", {"contents": "read"})
    assert not re.search(r"\$\{\{[^}]*(secrets|vars|github\.token)|environment", json.dumps(check))
    assert jobs["plan"]["if"] == "github.event_name == 'push'"
    assert GITHUB["on"]["push"]["branches"] == ["main"]
    assert "plan" in jobs["apply"]["needs"]


def test_an_unread_merge_request_meets_no_secret_and_no_school() -> None:
    """In GitLab too: no runner of ours, no identity, no environment; the other jobs are the default branch's alone."""
    assert not {"tags", "id_tokens", "environment", "secrets", "variables"} & GITLAB["check"].keys()
    assert [rule["if"] for rule in GITLAB["check"]["rules"]] == ['$CI_PIPELINE_SOURCE == "merge_request_event"']
    for job in ("plan", "apply"):
        assert [rule["if"] for rule in GITLAB[job]["rules"]] == ["$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"]
        assert GITLAB[job]["tags"] == ["school-network"]
    assert GITLAB["apply"]["rules"][0]["when"] == "manual"


@pytest.mark.parametrize("job", ["check", "plan", "apply"])
def test_what_reaches_the_schools_can_drive_their_windows_hosts(job: str) -> None:
    """Else each such host is refused and the pipeline stops; the job for pull requests asks no host."""
    installs = [step["run"] for step in GITHUB["jobs"][job]["steps"] if "pip install" in step.get("run", "")]
    assert ["trustctl[windows]==" in one for one in installs] == [job != "check"]
    assert GITLAB[job].get("variables", {}).get("TRUSTCTL_EXTRA", "") == ("" if job == "check" else "[windows]")
    assert '"trustctl${TRUSTCTL_EXTRA:-}==' in "".join(GITLAB["default"]["before_script"])


def test_a_trusts_own_roles_are_planned_when_they_change() -> None:
    """They are what a Windows host is held to, as templates are what a switch is."""
    folders = {"inventory", "playbooks", "roles", "templates"}
    assert {path.split("/")[0] for path in GITHUB["on"]["push"]["paths"]} == folders
    for job in ("plan", "apply"):
        assert {path.split("/")[0] for path in GITLAB[job]["rules"][0]["changes"]} == folders


def test_only_a_digest_opens_the_way_to_the_devices() -> None:
    """Both files apply the plan that was read by its digest, never a new one, and never touch an exit code of apply."""
    for script in (GITHUB["jobs"]["apply"]["steps"][-1]["run"], "\n".join(GITLAB["apply"]["script"])):
        applied = [line.strip() for line in script.splitlines() if "trustctl apply" in line]
        assert len(applied) == 1
        assert re.fullmatch(r'trustctl apply plan\.json --yes --expect-digest "\$(TRUSTCTL_)?DIGEST"', applied[0])
        assert "trustctl plan" not in script
