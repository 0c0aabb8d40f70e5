"""What the roles asked of a host in one run, task by task and item by item, and what each found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trustctl.model.plan import Observed
from trustctl.windows.text import Key, Resource
from trustctl.windows.values import Value


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
    sources: tuple[Source, ...] = ()

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.want.key


@dataclass(frozen=True, slots=True)
class WindowsObserved(Observed):
    """What a Windows host says that it has: of everything that the roles ask of it."""

    asked: tuple[Asked, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What the host says of itself (`trust_identity`)."""
