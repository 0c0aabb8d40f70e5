"""One type of resource, what it may be asked for, and how a wanted one differs from the one that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trustctl.windows.properties import Kind, Property
from trustctl.windows.values import Value, Values, folded, normal, reached_all


@dataclass(frozen=True, slots=True)
class Difference:
    """How one resource is not as it shall be. None: it is not there, or shall not be."""

    before: Values | None
    after: Values | None
    names: tuple[str, ...] = ()
    """The properties that differ, in the order of the type; empty where the resource comes or goes."""


Facts = Mapping[str, Value]
"""What the module's reading says of the host beside the resource, for `ResourceType.refuse`."""
Refuse = Callable[[Values | None, Values | None, Facts], Sequence[str]]
"""(want, have, facts) -> why it must not be done, one sentence each with its remedy; empty: go ahead."""
Cmdlets = Callable[[str, Difference], Sequence[str]]
"""(name, difference) -> what an administrator would type for it."""


def _never(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource. Its module is `roles/<role>/library/<module>.ps1`."""

    module: str
    title: str
    """What a person calls it, in the singular: `virtual switch`."""
    properties: tuple[Property, ...]
    cmdlets: Cmdlets
    key: str = "name"
    """The option that names it; empty where a host has exactly one, as its Hyper-V settings."""
    removable: bool = False
    """Whether `state: absent` may be asked for."""
    lasting: bool = False
    """Its change is never taken back by itself: a feature, the membership of a domain."""
    refuse: Refuse = field(default=_never)

    def wanted(self, args: Mapping[str, object], where: str = "") -> dict[str, Value]:
        """The properties that a task asks for, each in its one form. Raises RenderError."""
        mine = {name: value for name, value in args.items() if name not in {self.key, "state", "operation"}}
        return normal(self.properties, mine, where or self.module)

    def read(self, value: Mapping[str, object]) -> dict[str, Value]:
        """What a host has, each property in its one form; one that the type does not know is a RenderError."""
        return normal(self.properties, value, self.module)


def difference(kind: ResourceType, want: Values | None, have: Values | None) -> Difference | None:
    """Return how `have` is not as wanted; None if it is. `want` None: it shall not be there."""
    if want is None or have is None:
        return None if want is have else Difference(have, want)
    after = reached_all(kind.properties, want, have)
    names = tuple(
        one.name
        for one in kind.properties
        if one.name in want and not one.secret and folded(one, after.get(one.name)) != folded(one, have.get(one.name))
    )
    return Difference(have, after, names) if names else None


def unchangeable(kind: ResourceType, found: Difference) -> tuple[str, ...]:
    """Return why a difference cannot be put right at all: a property that is given once and for all."""
    if found.before is None or found.after is None:
        return ()
    fixed = [one for one in kind.properties if one.fixed and one.name in found.names]
    return tuple(
        f"{one.name} is {found.before.get(one.name)!r} and cannot become {found.after.get(one.name)!r}: it is fixed "
        f"when the {kind.title} is made"
        for one in fixed
    )


def needs_restart(kind: ResourceType, found: Difference) -> bool:
    """Whether the difference takes effect only after a restart of Windows."""
    names = set(found.names) or {*(found.after or {}), *(found.before or {})}
    return any(one.restart and one.name in names for one in kind.properties)


TYPES: dict[str, ResourceType] = {}
"""Every type by the name of its module; `trustctl.windows.types` fills it."""


def register(*kinds: ResourceType) -> None:
    """Make types known. Raises ValueError for one that is known already, or whose records have no key."""
    for kind in kinds:
        if kind.module in TYPES:
            raise ValueError(f"{kind.module} is known already")
        for one in kind.properties:
            if one.kind is Kind.RECORDS and one.key not in {each.name for each in one.of}:
                raise ValueError(f"{kind.module}: the records {one.name} have no key")
        TYPES[kind.module] = kind
