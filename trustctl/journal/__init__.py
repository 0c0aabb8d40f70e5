"""What was done, durably: runs, claims, locks, records, outcomes and backups."""

from trustctl.journal.backups import Backups, write_private
from trustctl.journal.record import Phase, Step
from trustctl.journal.store import Journal

__all__ = ["Backups", "Journal", "Phase", "Step", "write_private"]
