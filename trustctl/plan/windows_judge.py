"""What a reading of a Windows host means for one planned change: still as planned, at the target, or not.

The roles have said what they would do now when the host was read (`listen`): if that is anything else than the plan
says, the plan is stale; after an apply they must find nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from trustctl.errors import StalePlanError
from trustctl.model.plan import DevicePlan
from trustctl.plan.judge import moved_lines
from trustctl.plan.windows import Limited, WindowsScope, limited
from trustctl.windows.asked import Asked
from trustctl.windows.changes import changes, found_in, summary
from trustctl.windows.reading import Stays, between, differ, digest, way_back
from trustctl.windows.text import Key, Resource, parse, text_lines
from trustctl.windows.topics import Topics

Ask = Callable[[], tuple[Asked, ...]]
"""What the roles ask of the host as it was read last."""


@dataclass(slots=True)
class WindowsJudge:
    """Judges readings of one host against its plan. Used by one thread."""

    planned: DevicePlan
    scope: WindowsScope
    topics: Topics
    _ask: Ask | None = field(default=None, init=False)

    def listen(self, ask: Ask) -> None:
        """From now on this session says what the roles ask."""
        self._ask = ask

    def moved(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the host, the inventory or the roles differ from what was planned against."""
        have = parsed(running, self.planned.name)
        if digest(have.values()) != self.planned.observed_digest:
            return moved_lines(self.planned.observed_lines, tuple(text_lines(running)))
        now = changes(self._wanting(), self.topics, lambda _: ())
        was = tuple(_said(one.section, one.summary, (*one.before, *one.after)) for one in self.planned.changes)
        is_ = tuple(_said(one.section, one.summary, (*one.before, *one.after)) for one in now)
        return moved_lines(was, is_, was="planned", now="the inventory or a role now says")

    def units(self) -> tuple[tuple[str, ...], ...]:
        """What is carried out, as lines, in the plan's order: known once `moved` has found nothing."""
        return tuple(one.want.lines for one in self._wanting())

    def carried(self) -> tuple[str, ...]:
        """The topics to be carried out: of a resource that tasks of several ask for, each that would change it."""
        return self._limited().topics

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return what the roles would still do. What no check can tell was carried out, and is not asked again."""
        left = [one for one in self._wanting() if not one.have.untold]
        return tuple(line for one in left for line in _off(one))

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the resources, with their lines, that two readings have otherwise."""
        return differ(parsed(one, self.planned.name), parsed(other, self.planned.name))

    def _wanting(self) -> tuple[Asked, ...]:
        return self._limited().asked

    def _limited(self) -> Limited:
        if self._ask is None:
            raise StalePlanError("nobody has read the host yet", where=self.planned.name)
        return limited(self._ask(), self.scope)


@dataclass(slots=True)
class WindowsRestoreJudge:
    """Judges readings of one host while it is brought back to what it had before a run."""

    host: str
    earlier: str
    reached: str
    """What the run to be undone left behind."""

    def listen(self, ask: Ask) -> None:
        """What the roles ask today does not matter: the host is brought back to what it had."""

    def moved(self, running: str) -> tuple[str, ...]:
        """Return what has moved since the run. Raises StalePlanError if it was taken back already."""
        lines = self.differ(self.reached, running)
        if lines and not self.off_target(running):
            raise StalePlanError(
                "the host already has what it had before the run, as far as anything takes it back",
                where=self.host,
                remedy="nothing is left to do; `trustctl history` shows who did it",
            )
        return lines

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return in what the host differs from what it had before the run, without what `stays`."""
        was, now = self._both(self.earlier, running)
        left = {one.key for one in way_back(was, now).steps}
        left |= {key for key, one in now.items() if one.untold and one != was[key]}
        return differ({key: was[key] for key in was if key in left}, {key: now[key] for key in now if key in left})

    def stays(self, running: str) -> tuple[Stays, ...]:
        """Return what of the run nothing takes back."""
        return way_back(*self._both(self.earlier, running)).stays

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the resources that both readings name and have otherwise, each with its lines.

        What only one of them names, the inventory has begun or ceased to speak of since: it was not the run's.
        """
        return differ(*self._both(one, other))

    def _both(self, one: str, other: str) -> tuple[dict[Key, Resource], dict[Key, Resource]]:
        mine, others = parsed(one, self.host), parsed(other, self.host)
        return (
            {key: each for key, each in mine.items() if key in others},
            {key: each for key, each in others.items() if key in mine},
        )


def parsed(text: str, host: str) -> dict[Key, Resource]:
    """The resources of a host's description. Raises LosslessError."""
    return parse(text_lines(text), where=host)


def _off(one: Asked) -> Sequence[str]:
    found = found_in(one)
    if found is None:
        return (summary(one), *(f"    {line}" for line in one.shown[:12]))
    before = Resource(one.want.module, one.want.name, found.before)
    after = Resource(one.want.module, one.want.name, found.after)
    lines = between({one.key: before}, {one.key: after}).get(one.key, ())
    return (summary(one), *(f"    {line}" for line in lines[:12]))


def _said(section: Sequence[str], words: str, lines: Sequence[str]) -> str:
    """One change as one text, so that two lists of them can be compared and shown."""
    return "\n".join((f"{' '.join(section)}: {words}", *lines))
