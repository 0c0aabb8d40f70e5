"""Run and Outcome: what an apply did. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trustctl.errors import ExitCode


class Outcome(StrEnum):
    """How a device ended. A state is claimed only from a read-back."""

    UNCHANGED = "unchanged"
    APPLIED = "applied"
    """Applied, read back, confirmed, saved, and startup read back."""
    ROLLED_BACK = "rolled-back"
    """Reverted, and compared with the backup."""
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeviceOutcome:
    """The end of one device's part of a run."""

    device: str
    outcome: Outcome
    detail: str = ""
    """One sentence for a person: what happened, and what to do next if something is to be done."""
    exit_code: ExitCode = ExitCode.DONE
    saved: bool = True
    """False if the change is running but was not written to startup."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One apply of one plan."""

    id: str
    plan_digest: str
    started: datetime
    ended: datetime | None
    user: str
    outcomes: tuple[DeviceOutcome, ...]
    kind: str = "apply"
    under_way: bool = False
    """Whether the process that makes it is still at work."""

    @property
    def exit_code(self) -> ExitCode:
        """UNKNOWN if any device is; PARTIAL if outcomes differ or a save failed; else the common code."""
        codes = {outcome.exit_code for outcome in self.outcomes}
        if not codes:
            return ExitCode.DONE
        if ExitCode.UNKNOWN in codes:
            return ExitCode.UNKNOWN
        if len(codes) == 1:
            return codes.pop()
        return ExitCode.PARTIAL
