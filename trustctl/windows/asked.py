"""What the roles asked of a host in one run, task by task and item by item, and what each found there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trustctl.model.plan import Observed
from trustctl.windows.text import Key, Resource
from trustctl.windows.values import Value, Values


@dataclass(frozen=True, slots=True)
class Source:
    """A role variable that a task took its arguments from, and which of its items; None: it is no list."""

    variable: str
    """`windows_baseline_services`."""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One resource that a task asked for. `have.untold` says why nobody knows before an apply what would change."""

    want: Resource
    """What it shall be: only what the task speaks of."""
    have: Resource
    """What it is, before the task."""
    changed: bool
    topic: str
    """What stands before the bar in the task's name: `Virtual switches`."""
    does: str
    """What stands behind it."""
    role: str
    place: str
    """Where the task stands: `roles/hyperv_host/tasks/switches.yml:12`."""
    restart: bool = False
    """The change takes effect only after a restart of Windows."""
    cmdlets: tuple[str, ...] = ()
    """What an administrator would type for it."""
    undo: tuple[str, ...] = ()
    """What an administrator would type to take it back; empty: nobody knows."""
    shown: tuple[str, ...] = ()
    """Of a module that is not known: the lines of its own diff."""
    going: tuple[str, ...] = ()
    """Others of its type, by name, that Windows takes away along with this change: of a feature what needs it."""
    coming: tuple[str, ...] = ()
    """Others of its type that Windows makes along with it."""
    below: tuple[str, ...] = ()
    """Those of `going` that are a part of it."""
    sources: tuple[Source, ...] = ()
    parts: tuple[Asked, ...] = ()
    """Where several tasks ask for the resource: what each of them asks, in their order."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of the tasks that would change it, each once; of one that is as asked, its first task's."""
        found = tuple(dict.fromkeys(one.topic for one in self.parts if one.changed))
        return found or (self.topic,)

    def of(self, topics: Collection[str]) -> Asked:
        """What the tasks of these topics ask of it, which are some of its own; what it has stays the same."""
        mine = [one for one in self.parts if one.topic in topics]
        return self if len(mine) == len(self.parts) else replace(merged(mine), have=self.have)

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.want.key


def merged(tasks: Sequence[Asked]) -> Asked:
    """What some tasks, at least one, ask of the same resource, as one: what is found first is what it was."""
    one = tasks[0]
    for other in tasks[1:]:
        one = _both(one, other)
    return one if len(tasks) == 1 else replace(one, parts=tuple(tasks))


def _both(one: Asked, other: Asked) -> Asked:
    want: Values | None = None
    if one.want.values is not None and other.want.values is not None:
        want = {**one.want.values, **other.want.values}
    have = one.have
    if not have.untold and have.values is not None and other.have.values is not None:
        have = replace(have, values={**other.have.values, **have.values})
    return replace(
        one,
        want=replace(one.want, values=want),
        have=have,
        changed=one.changed or other.changed,
        restart=one.restart or other.restart,
        cmdlets=(*one.cmdlets, *other.cmdlets),
        undo=(*other.undo, *one.undo),
        shown=(*one.shown, *other.shown),
        going=tuple(dict.fromkeys((*one.going, *other.going))),
        coming=tuple(dict.fromkeys((*one.coming, *other.coming))),
        below=tuple(dict.fromkeys((*one.below, *other.below))),
        sources=tuple(dict.fromkeys((*one.sources, *other.sources))),
    )


@dataclass(frozen=True, slots=True)
class WindowsObserved(Observed):
    """What a Windows host says that it has: of everything that the roles ask of it."""

    asked: tuple[Asked, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What the host says of itself (`trust_identity`)."""
