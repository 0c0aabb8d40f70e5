"""One type of resource, what it may be asked for, and how a wanted one differs from the one that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from trustctl.windows.properties import Kind, Property
from trustctl.windows.values import Value, Values, folded, normal, reached_all, without_secrets

RESERVED = frozenset({"state", "operation"})
"""Options that every thin module may have beside its properties."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one resource is not as it shall be, without its secrets. None: it is not there, or shall not be."""

    before: Values | None
    after: Values | None
    names: tuple[str, ...] = ()
    """The properties that differ, in the order of the type; empty where the resource comes or goes."""


Facts = Mapping[str, Value]
"""What the module's reading says of the host beside the resource, for `ResourceType.refuse`.

These mean the same of every type: `going` and `coming`, the names of others of it which Windows takes away, or makes,
along; `below`, those of `going` that are a part of what goes.
"""
Refuse = Callable[[Values | None, Values | None, Facts], Sequence[str]]
"""(want, have, facts) -> why it must not be done, one sentence each with its remedy; empty: go ahead.

Asked only where there is something to do; also with `have` None, where the resource would be made.
"""
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
    holds: str = ""
    """What people may have put into one since it was made: no way back takes it away. `the accounts below it`."""
    unique: bool = False
    """Whether a new one of the same name would be another one (a SID, what was in it): no way back makes it again."""
    leaves: str = ""
    """Records, told apart by a path, of which the files stay on the host when one goes: `disks`."""
    refuse: Refuse = field(default=_never)
    reads_with: tuple[str, ...] = ()
    """Properties that a reading is told as they are wanted, so that it can say what goes or comes along."""
    called: Callable[[str], str] = str
    """What a person calls one of them, from its name: of a registry value its own name without its key."""

    @property
    def reads_only(self) -> bool:
        """Whether it can only be looked at: every property of it is fixed, and it is never made."""
        return not self.removable and all(one.fixed for one in self.properties)

    def files(self, of: Values | None) -> tuple[str, ...]:
        """What stays on the host of one that goes, as `leaves` has it."""
        one = next((each for each in self.properties if each.name == self.leaves), None)
        found = cast("Sequence[Values]", (of or {}).get(self.leaves) or ())
        return () if one is None else tuple(str(each[one.key]) for each in found)

    def wanted(self, args: Mapping[str, object], where: str = "") -> dict[str, Value]:
        """The properties that a task asks for, each in its one form. Raises RenderError."""
        mine = {name: value for name, value in args.items() if name not in {self.key, *RESERVED}}
        return normal(self.properties, mine, where or self.module)

    def read(self, value: Mapping[str, object]) -> dict[str, Value]:
        """What a host has, each property in its one form; one that the type does not know is a RenderError."""
        return without_secrets(self.properties, normal(self.properties, value, self.module, told=True))


def difference(kind: ResourceType, want: Values | None, have: Values | None) -> Difference | None:
    """Return how `have` is not as wanted; None if it is. `want` None: it shall not be there."""
    if want is None or have is None:
        if want is have:
            return None
        return Difference(have, None if want is None else without_secrets(kind.properties, want))
    after = without_secrets(kind.properties, reached_all(kind.properties, want, have))
    names = tuple(
        one.name
        for one in kind.properties
        if one.name in want and not one.secret and folded(one, after.get(one.name)) != folded(one, have.get(one.name))
    )
    return Difference(have, after, names) if names else None


def to_set(kind: ResourceType, want: Values, have: Values | None) -> dict[str, Value]:
    """Return what the module's `set` is given: what is wanted, secrets too, sets and records merged with the host's."""
    after = reached_all(kind.properties, want, have)
    return {name: after[name] for name in want}


def exactly(kind: ResourceType) -> ResourceType:
    """Return the type for a way back: of its sets and records nothing is kept beside what is asked for.

    Its `refuse` is not asked: it judges what somebody wants, and the way back leads to what was there, good or bad.
    """
    return replace(kind, properties=_exactly(kind.properties), refuse=_never)


def _exactly(of: Sequence[Property]) -> tuple[Property, ...]:
    return tuple(replace(one, exact=one.exact or not one.stays, of=_exactly(one.of)) for one in of)


@dataclass(frozen=True, slots=True)
class Edit:
    """One property, perhaps within records, that both sides have otherwise."""

    path: str
    one: Property
    before: Value
    after: Value


def edits(found: Difference, of: Sequence[Property]) -> Iterator[Edit]:
    """Yield what differs within a resource that stays, as deep as it goes; of records that come or go, nothing."""
    if found.before is None or found.after is None:
        return
    mine = [one for one in of if one.name in found.names]
    yield from _edits(mine, found.before, found.after, "")


def _edits(of: Sequence[Property], before: Values, after: Values, prefix: str) -> Iterator[Edit]:
    for one in of:
        was, now, path = before.get(one.name), after.get(one.name), f"{prefix}{one.name}"
        if one.secret or folded(one, was) == folded(one, now):
            continue
        yield Edit(path, one, was, now)
        if one.kind is Kind.RECORD:
            yield from _edits(one.of, cast("Values", was or {}), cast("Values", now or {}), f"{path}.")
        elif one.kind is Kind.RECORDS:
            for name, old, new in pairs(one, was, now):
                if old is not None and new is not None:
                    yield from _edits(one.of, old, new, f"{path}[{name}].")


def pairs(one: Property, before: Value, after: Value) -> Iterator[tuple[str, Values | None, Values | None]]:
    """Yield of two values of a records property each record by its key, as it was and as it will be."""
    keyed = next(each for each in one.of if each.name == one.key)
    old = {folded(keyed, each.get(one.key)): each for each in cast("Sequence[Values]", before or ())}
    new = {folded(keyed, each.get(one.key)): each for each in cast("Sequence[Values]", after or ())}
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        yield str((was or now or {}).get(one.key)), was, now


def unchangeable(kind: ResourceType, found: Difference) -> tuple[str, ...]:
    """Return why a difference cannot be put right at all: a property that is given once and for all."""
    return tuple(
        f"{edit.path} {'could not be read' if edit.before is None else f'is {edit.before!r}'} and cannot become "
        f"{edit.after!r}: it is fixed when the {kind.title} is made"
        for edit in edits(found, kind.properties)
        if edit.one.fixed
    )


def needs_restart(kind: ResourceType, found: Difference) -> bool:
    """Whether the difference takes effect only after a restart of Windows."""
    if found.before is None or found.after is None:
        there = found.before or found.after or {}
        return any(one.restart and one.name in there for one in kind.properties)
    return any(edit.one.restart for edit in edits(found, kind.properties))


TYPES: dict[str, ResourceType] = {}
"""Every type by the name of its module; `trustctl.windows.types` fills it."""


def register(*kinds: ResourceType) -> None:
    """Make types known. Raises ValueError for one that is known already or not well formed, with what is wrong."""
    for kind in kinds:
        if kind.module in TYPES:
            raise ValueError(f"{kind.module} is known already")
        names = {one.name for one in kind.properties}
        if taken := names & {*RESERVED, kind.key}:
            raise ValueError(f"{kind.module}: {', '.join(sorted(taken))} cannot be a property")
        if any(one.required for one in kind.properties):
            raise ValueError(f"{kind.module}: only within records is a property required")
        _well_formed(kind.module, kind.properties)
        TYPES[kind.module] = kind


_NAME = re.compile(r"[a-z][a-z0-9_]*")
_IDENTIFIES = frozenset({Kind.TEXT, Kind.NAME, Kind.PATH, Kind.MAC, Kind.NUMBER})


def _well_formed(where: str, of: Sequence[Property]) -> None:
    if len({one.name for one in of}) != len(of):
        raise ValueError(f"{where}: two properties have one name")
    for one in of:
        place = f"{where}.{one.name}"
        if not _NAME.fullmatch(one.name):
            raise ValueError(f"{place}: a property's name is small letters, digits and _")
        if bool(one.of) != (one.kind in {Kind.RECORD, Kind.RECORDS}):
            raise ValueError(f"{place}: a record, and nothing else, has properties of its own")
        keyed = next((each for each in one.of if each.name == one.key), None)
        if one.kind is Kind.RECORDS and (keyed is None or keyed.kind not in _IDENTIFIES or keyed.secret):
            raise ValueError(f"{place}: the records have no key")
        _well_formed(place, one.of)
