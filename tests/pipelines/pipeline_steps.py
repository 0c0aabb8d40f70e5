"""The steps of the shipped pipeline files, run as GitHub's and GitLab's runners run them: with bash, in order.

What a runner does by itself (check out, keep and fetch artefacts) is done by the test; every line of shell is the
file's own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SCAFFOLD = Path(__file__).parents[2] / "trustctl" / "cli" / "scaffold"


def parsed(path: Path) -> dict[str, Any]:
    """A pipeline file; every value is a string, as `on` and numbers are no matter here."""
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - makes strings only
    return found


GITHUB = parsed(SCAFFOLD / "github.yml")
GITLAB = parsed(SCAFFOLD / "gitlab-ci.yml")
INSTALL = "Install trustctl"
BASH = shutil.which("bash") or "bash"
GIT = shutil.which("git") or "git"
_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended: the exit code of the step that stopped it, all that was printed, and its outputs."""

    code: int
    said: str
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    summary: str = ""


@dataclass(slots=True)
class Runner:
    """A runner's machine. `repository` is its working folder; `known` are the expressions that GitHub would fill in.

    `bin` is put before the others on PATH in place of the step that installs trustctl, which has a test of its own.
    """

    repository: Path
    temporary: Path
    bin: Path = Path(sys.executable).parent
    known: dict[str, str] = field(default_factory=dict[str, str])
    extra: dict[str, str] = field(default_factory=dict[str, str])

    def github(self, job: str, *, install: bool = False) -> Ended:
        """Run a job's steps until one fails. An expression that nobody gave a value is empty, as GitHub has it."""
        files = {name: self.temporary / name for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("" if install or path.name != "GITHUB_PATH" else f"{self.bin}\n")
        said, code = "", 0
        steps = parsed(self.repository / ".github" / "workflows" / "trustctl.yml")["jobs"][job]["steps"]
        for step in steps:
            if "run" not in step or code or (step["name"] == INSTALL and not install):
                continue
            environment = {name: self._filled(value) for name, value in step.get("env", {}).items()}
            environment |= {name: str(path) for name, path in files.items()} | {"RUNNER_TEMP": str(self.temporary)}
            first = [line for line in files["GITHUB_PATH"].read_text().splitlines() if line]
            code, out = self._bash(step["run"], environment, first)
            said += out
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return Ended(code, said, outputs, files["GITHUB_STEP_SUMMARY"].read_text())

    def gitlab(self, job: str, *, install: bool = False) -> Ended:
        """Run a job as one script, as GitLab does: what comes before, then its own lines."""
        file = parsed(self.repository / ".gitlab-ci.yml")
        before = file["default"]["before_script"] if install else []
        script = "\n".join([*before, *file[job]["script"]])
        code, said = self._bash(script, {"CI_PROJECT_DIR": str(self.repository)}, [] if install else [str(self.bin)])
        dotenv = self.repository / "plan.env"
        lines = dotenv.read_text().splitlines() if dotenv.exists() else []
        return Ended(code, said, dict(line.split("=", 1) for line in lines))

    def _filled(self, value: str) -> str:
        return _EXPRESSION.sub(lambda found: self.known.get(found[1], ""), value)

    def _bash(self, script: str, environment: Mapping[str, str], first: list[str]) -> tuple[int, str]:
        usual = {"HOME": str(self.temporary), "LANG": "C.UTF-8", "CI": "true", "TMPDIR": str(self.temporary)}
        usual["PATH"] = os.pathsep.join(
            [*first, str(Path(sys.base_prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
        )
        done = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.repository,
            env={**usual, **self.extra, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=280,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")
