"""Exceptions whose day has come and gone.

A waiver past its day is an error, because it held a locked value open. An override or an old address range past its
day still holds: taking it away on a date would change a school's network while nobody looks. It is told instead, by
`validate` and at the head of every plan, until a person renews or removes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trustctl.model.origin import Origin
from trustctl.model.school import School


@dataclass(frozen=True, slots=True)
class Overdue:
    """One exception that should have been looked at by `until`."""

    school: str
    what: str
    """`the override of services.dns`."""
    reason: str
    until: date
    days: int
    """Days since then, at least 1: the day itself still counts."""
    remedy: str
    origin: Origin

    @property
    def text(self) -> str:
        """One sentence for a report, with the place and what to do."""
        past = f"{self.days} {'day' if self.days == 1 else 'days'}"
        ended = f"{self.until.day} {self.until:%b %Y}"
        where = self.origin.place or self.origin.layer
        return (
            f"{self.school}: {self.what} ended on {ended}, {past} ago, and still holds ({self.reason}). "
            f"{self.remedy} ({where})"
        )


def overdue(school: School, today: date) -> tuple[Overdue, ...]:
    """The overrides and old address ranges of a school that are past their day, the longest first."""
    return tuple(sorted(_overdue(school, today), key=lambda item: item.until))


def _overdue(school: School, today: date) -> Iterator[Overdue]:
    for override in school.overrides:
        if override.expires is not None and override.expires < today:
            yield Overdue(
                school.slug,
                f"the override of {override.path}",
                override.reason,
                override.expires,
                (today - override.expires).days,
                "Remove it, or give it a new `expires`.",
                override.origin,
            )
    for legacy in school.legacy:
        if legacy.until is not None and legacy.until < today:
            yield Overdue(
                school.slug,
                f"the old range {legacy.prefix} (VLAN {legacy.vlan_id})",
                legacy.purpose,
                legacy.until,
                (today - legacy.until).days,
                "Renumber what is left in it and remove it, or give it a new `until`.",
                legacy.origin,
            )
