"""What a server's description of itself means for one planned change: still as planned, at the target, or not.

As for switches, the comparison is worked out again from the inventory and the server as it is now; if it would do
anything else than the plan says, the plan is stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trustctl.errors import StalePlanError
from trustctl.hosts import (
    Description,
    Difference,
    Key,
    Resource,
    SecretVerifier,
    between,
    compare,
    digest,
    fresh,
    key_of,
    masked,
    named,
    parse,
    text_lines,
    without_lasting,
)
from trustctl.hosts.changes import title
from trustctl.hosts.summary import diff, summary
from trustctl.model.plan import DevicePlan
from trustctl.plan.hosts import HostScope, limited
from trustctl.plan.judge import moved_lines


def steps(planned: DevicePlan, want: Description) -> tuple[Resource, ...]:
    """Return what the plan's changes put right, as the inventory has it today, in the plan's order.

    Raises StalePlanError if the inventory no longer has one of them.
    """
    found: list[Resource] = []
    todo = [key_of(change.section[0]) for change in planned.changes]
    changed = [key for done, key in todo if not done]
    for change, (done, key) in zip(planned.changes, todo, strict=True):
        if key not in want:
            raise StalePlanError(
                f"{change.section[0]} is no longer in the inventory", where=planned.name, remedy="plan again"
            )
        found.append(replace(want[key], attrs=(("do", done),)) if done else fresh(want[key], changed))
    return tuple(found)


@dataclass(slots=True)
class HostJudge:
    """Judges readings of one server against its plan."""

    planned: DevicePlan
    want: Description
    scope: HostScope
    verifier: SecretVerifier | None

    def moved(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the server or the inventory differs from what was planned against."""
        have = self._read(running)
        if digest(have) != self.planned.observed_digest:
            return moved_lines(self.planned.observed_lines, masked(have, self.want, self.verifier)) or (
                "a secret, or something else that is not shown, is another one now",
            )
        found = limited(compare(self.want, have, self.verifier), self.scope)
        planned = [_said(change.section[0], change.summary, change.diff) for change in self.planned.changes]
        now = [_said(title(one.step), summary(one), diff(one)) for one in found.differences]
        return moved_lines(tuple(planned), tuple(now), was="planned", now="the inventory now says")

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return what is still not as the inventory wants it."""
        found = limited(compare(self.want, self._read(running), self.verifier), self.scope)
        return tuple(line for one in found.differences if not one.because for line in _off(one))

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the resources, with their lines, that two readings have otherwise."""
        return named(without_lasting(between(self._read(one), self._read(other)), self.want), self.want)

    def _read(self, text: str) -> dict[Key, Resource]:
        return parse(text_lines(text), where=self.planned.name)


@dataclass(slots=True)
class HostRestoreJudge:
    """Judges readings of one server while it is brought back to what it had before a run."""

    host: str
    want: Description
    earlier: str
    reached: str
    """What the run to be undone left behind."""

    def moved(self, running: str) -> tuple[str, ...]:
        """Return what has moved since the run. Raises StalePlanError if it was taken back already."""
        lines = self.differ(self.reached, running)
        if lines and not self.differ(self.earlier, running):
            raise StalePlanError(
                "the server already has what it had before the run: it was taken back",
                where=self.host,
                remedy="nothing is left to do; `trustctl history` shows who did it",
            )
        return lines

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return in what the server differs from what it had before the run."""
        return self.differ(self.earlier, running)

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the resources, with their lines, that two readings have otherwise."""
        found = between(_parsed(one, self.host), _parsed(other, self.host))
        return named(without_lasting(found, self.want), self.want)


def _parsed(text: str, host: str) -> dict[Key, Resource]:
    return parse(text_lines(text), where=host)


def _off(one: Difference) -> Sequence[str]:
    return (summary(one), *(f"    {line}" for line in diff(one)[:12]))


def _said(section: str, words: str, lines: Sequence[str]) -> str:
    """One change as one text, so that two lists of them can be compared and shown."""
    return "\n".join((f"{section}: {words}", *lines))
