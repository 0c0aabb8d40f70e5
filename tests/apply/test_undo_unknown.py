"""What a rollback says of a run of which no device is known to have been changed."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.apply.undo import restores
from trustctl.errors import UsageError
from trustctl.journal import Backups, Journal, Phase, Step


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return the one time."""
        return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return nothing of it."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Stand still."""


@pytest.mark.parametrize(
    ("phases", "held", "said"),
    [
        ((), False, "this run changed no device"),
        ((Phase.ARM, Phase.LINE), False, "nobody knows what this run left on OAK-HV-01"),
        ((Phase.ARM, Phase.LINE), True, "this run is still under way"),
    ],
    ids=["nothing sent", "broken off", "under way"],
)
def test_what_nobody_knows_is_never_called_no_change(
    tmp_path: Path, phases: tuple[Phase, ...], said: str, *, held: bool
) -> None:
    """A run that was broken off in the middle changed something, for all that anybody knows."""
    journal = Journal(tmp_path, clock=Still(), user="jo", host="laptop")
    journal.start("run-1", "sha256:aa", "{}")
    journal.claim("run-1", "sha256:aa", "OAK-HV-01")
    for phase in phases:
        journal.record(Step("run-1", "OAK-HV-01", phase, "intent", {"tier": "C"}))
    lock = journal.lock("oak", "run-1") if held else nullcontext()
    with lock, pytest.raises(UsageError, match=said):
        restores(journal, Backups(tmp_path), "run-1")
