"""All points of the baseline, in order."""

from __future__ import annotations

from typing import Final

from trustctl.checks import access, operation, services, system
from trustctl.checks.check import Check, Subject
from trustctl.checks.finding import Finding
from trustctl.hosts import Description, Resource

POINTS: Final[tuple[Check, ...]] = tuple(
    sorted((one() for room in (system, access, services, operation) for one in room.CHECKS), key=lambda one: one.point)
)
"""Each check once, by its number."""


def questions(subject: Subject) -> tuple[Resource, ...]:
    """Everything that is asked of this server, each question once."""
    return tuple({one.key: one for check in POINTS for one in check.asks(subject)}.values())


def judge(subject: Subject, answers: Description) -> tuple[Finding, ...]:
    """A finding for each point."""
    return tuple(check.judge(subject, answers) for check in POINTS)
