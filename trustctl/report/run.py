"""What an apply did, device by device, and the list of runs."""

from __future__ import annotations

from collections.abc import Sequence

from trustctl.errors import ExitCode
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.report.page import Page
from trustctl.report.words import count

_WORDS = {
    Outcome.APPLIED: "applied and verified",
    Outcome.UNCHANGED: "unchanged",
    Outcome.ROLLED_BACK: "rolled back and verified",
    Outcome.REFUSED: "refused, nothing sent",
    Outcome.UNKNOWN: "unknown",
}

_STYLES = {
    Outcome.APPLIED: "green",
    Outcome.UNCHANGED: "dim",
    Outcome.ROLLED_BACK: "yellow",
    Outcome.REFUSED: "yellow",
    Outcome.UNKNOWN: "bold red",
}


def outcome_words(outcome: DeviceOutcome) -> str:
    """Before: APPLIED but not saved. After: "applied, NOT SAVED"."""
    if not outcome.saved:
        return "applied, NOT SAVED"
    if outcome.outcome is Outcome.APPLIED and outcome.exit_code is ExitCode.PARTIAL:
        return "applied in part"
    return _WORDS[outcome.outcome]


def counts(run: Run) -> str:
    """Before: five applied, one refused. After: "5 applied and verified, 1 refused, nothing sent"."""
    words = [outcome_words(outcome) for outcome in run.outcomes]
    return "; ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "no device"


def run_text(run: Run, *, width: int = 100, colour: bool = False, next_command: str = "") -> str:
    """One run: the count of each outcome, then each device with what happened and what to do."""
    page = Page(width=width, colour=colour)
    page.prose(f"{run.kind} {run.id}: {counts(run)}", style="bold")
    page.blank()
    for outcome in sorted(run.outcomes, key=lambda one: (one.exit_code == 0, one.device)):
        part = outcome.outcome is Outcome.APPLIED and outcome.exit_code is not ExitCode.DONE
        style = "bold red" if not outcome.saved else "yellow" if part else _STYLES[outcome.outcome]
        page.row(
            (f"  {outcome.device}  ", "bold"),
            (outcome_words(outcome), style),
            (f"  {outcome.seconds:.1f} s" if outcome.seconds else "", "dim"),
        )
        for line in outcome.detail.split("\n"):
            page.prose(line.strip(), indent=6 + len(line) - len(line.lstrip()), style="dim")
    page.blank()
    page.row((f"exit code {int(run.exit_code)}", "dim"))
    if next_command:
        page.row(("next ", "bold"), (next_command, ""))
    return page.text()


def _code(run: Run) -> str:
    """The exit code; a dash while there is none."""
    known = run.ended or (run.outcomes and not run.under_way)
    return str(int(run.exit_code)) if known else "–"  # noqa: RUF001 - a dash for no value


def _state(run: Run) -> str:
    if run.ended:
        return ""
    return "under way; " if run.under_way else "did not end; "


def history_text(runs: Sequence[Run], *, width: int = 100, colour: bool = False) -> str:
    """Every run, newest first."""
    page = Page(width=width, colour=colour)
    if not runs:
        page.row(("no run yet", ""))
        return page.text()
    page.heading(count(len(runs), "run"))
    rows = [
        [
            (run.id, "bold"),
            (run.kind, ""),
            (f"{run.started:%d %b %Y %H:%M}", ""),
            (run.user, ""),
            (_code(run), "" if run.exit_code == 0 else "yellow"),
            (f"{_state(run)}{counts(run)}", ""),
        ]
        for run in runs
    ]
    page.table(("run", "what", "started (UTC)", "by", "exit", "devices"), rows)
    return page.text()
