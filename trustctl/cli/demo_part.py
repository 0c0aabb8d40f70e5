"""What every part of the demo does again and again: plan one school on the lab, and apply that plan."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from trustctl.cli.demo import Stage
from trustctl.cli.lab_files import folder_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, StorageError
from trustctl.lab import state
from trustctl.model.console import OPTION
from trustctl.model.plan import Plan
from trustctl.plan.files import load
from trustctl.report.html import plan_html
from trustctl.report.words import listed

PLAN = "plan.json"
LIFETIME = 600
"""The lab ends by itself after so many seconds, whatever becomes of the demo."""


class Part(ABC):
    """One school on its own lab, which is stopped at the part's end, and the plan that was made last."""

    def __init__(self, stage: Stage, workspace: Workspace, school: str, report: Path, limit: str = "") -> None:
        self.stage = stage
        self.workspace = workspace
        self.school = school
        self.report = report
        self.limit = ("--limit", limit) if limit else ()
        self.pages: list[Path] = []
        """Where plans were left as pages."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if (self.workspace.state / "lab").is_dir():
            with contextlib.suppress(state.LabNotRunningError):
                state.stop(folder_of(self.workspace))

    @abstractmethod
    def tell(self) -> None:
        """Tell the part. Raises StoryBrokenError at the first step that does not hold."""

    def boot(self, minute: int) -> None:
        """Start the school's devices; `minute` is how many seconds one of their minutes lasts."""
        self.stage.type("lab", "up", self.school, "--minute", str(minute), "--for", str(LIFETIME))

    def write_page(self, plan: Plan) -> None:
        """Leave the plan as an HTML page, and note it in `pages`. Raises StorageError."""
        try:
            self.report.write_text(plan_html(plan, self.workspace.titles), encoding="utf-8")
        except OSError as error:
            raise StorageError(f"the report cannot be written: {error}", where=str(self.report)) from error
        self.pages.append(self.report)
        self.stage.say(f"The same plan as a page: {self.report}")

    def plan(
        self, *more: str, expect: ExitCode, hush: bool = False, whole: bool = False, view: str = "summary"
    ) -> Plan:
        """Plan the school on the lab, within this part's limit unless `whole`; `hush`: the plan is not shown.

        Raises StoryBrokenError.
        """
        limit = () if whole else self.limit
        words = ("plan", self.school, "--lab", *more, "--view", view, *limit, "--detailed-exitcode", "--out", PLAN)
        self.stage.type(*words, expect=int(expect), hush=hush)
        return load(Path(PLAN))

    def apply(self, expect: ExitCode = ExitCode.DONE) -> None:
        """Apply the plan that was made last; the lab's own console is at hand. Raises StoryBrokenError."""
        attended = [device.name for device in load(Path(PLAN)).devices if device.needs_console]
        if attended:
            self.stage.say(
                f"{listed(attended)} cannot undo a change by itself, and this one could shut us out: it is sent only "
                "because somebody says that a person is at its console. Here the lab is at hand."
            )
        console = (OPTION, ",".join(attended)) if attended else ()
        self.stage.type("apply", PLAN, "--lab", "--yes", *console, expect=int(expect))
