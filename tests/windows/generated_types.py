"""Generated types of resources, their values, and a host in memory that keeps the contract of a thin module."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES, Difference, ResourceType, register
from trustctl.windows.values import caseless, normal

_LEAVES = [kind for kind in Kind if kind not in {Kind.RECORD, Kind.RECORDS}]
_KEYS = [Kind.TEXT, Kind.NAME, Kind.PATH, Kind.MAC, Kind.NUMBER]
_TEXTS = st.one_of(st.text(max_size=6), st.sampled_from(["NIC1", "nic1", 'a"b', "a: b", "a.b[c]", "x\u2028y", "\\"]))
_NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))


def _choices(kind: Kind) -> st.SearchStrategy[tuple[str, ...]]:
    if kind not in {Kind.TEXT, Kind.NAME, Kind.NAMES, Kind.LIST}:
        return st.just(())
    return st.sampled_from([(), (), ("Core", "desktop", "None")])


@st.composite
def _leaf(draw: st.DrawFn, name: str, kinds: list[Kind]) -> Property:
    kind = draw(st.sampled_from(kinds))
    return Property(name, kind, exact=draw(st.booleans()), choices=draw(_choices(kind)))


@st.composite
def _property(draw: st.DrawFn, name: str, depth: int) -> Property:
    kind = draw(st.sampled_from(list(Kind) if depth else _LEAVES))
    if kind not in {Kind.RECORD, Kind.RECORDS}:
        return draw(_leaf(name, [kind]))
    inner = draw(_several(depth - 1))
    if kind is Kind.RECORD:
        return Property(name, kind, of=inner)
    return Property(name, kind, of=(draw(_leaf("key", _KEYS)), *inner), key="key", exact=draw(st.booleans()))


@st.composite
def _several(draw: st.DrawFn, depth: int) -> tuple[Property, ...]:
    return tuple(draw(_property(f"p{number}", depth)) for number in range(draw(st.integers(1, 4))))


def _no_cmdlets(name: str, difference: Difference) -> tuple[str, ...]:
    return (f"Set-Thing {name}",)


@st.composite
def types(draw: st.DrawFn) -> ResourceType:
    """Any type without fixed and secret properties."""
    return ResourceType("trust_generated", "thing", draw(_several(2)), _no_cmdlets, removable=True)


def _raw(one: Property, whole: bool) -> st.SearchStrategy[Any]:
    """A value as a task or a module might give it."""
    texts = st.sampled_from([word.upper() for word in one.choices]) if one.choices else _TEXTS
    plain = {
        Kind.NUMBER: _NUMBERS,
        Kind.FLAG: st.one_of(st.booleans(), st.sampled_from(["yes", "No", "true"])),
        Kind.NAMES: st.lists(texts, max_size=4),
        Kind.LIST: st.lists(texts, max_size=4),
        Kind.NUMBERS: st.lists(_NUMBERS, max_size=4),
        Kind.MAC: st.from_regex(r"([0-9a-f]{2}[-:]){5}[0-9a-f]{2}", fullmatch=True),
        Kind.PATH: st.one_of(texts, st.sampled_from(["c:/", "D:\\VMs\\", "\\\\srv\\a/b", "/"])),
    }
    if one.kind is Kind.RECORD:
        return values_of(one.of, whole=whole)
    if one.kind is Kind.RECORDS:
        keyed = next(each for each in one.of if each.name == one.key)
        rest = [each for each in one.of if each.name != one.key]
        records = st.builds(lambda key, more: {one.key: key, **more}, _raw(keyed, whole), values_of(rest, whole=whole))
        return st.lists(records, max_size=3, unique_by=lambda each: _same(keyed, each[one.key]))
    return plain.get(one.kind, texts)


def _same(keyed: Property, value: object) -> str:
    form = normal([keyed], {keyed.name: value})[keyed.name]
    return caseless(str(form)) if keyed.kind in {Kind.NAME, Kind.PATH} else str(form)


def values_of(of: list[Property] | tuple[Property, ...], *, whole: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Raw values of these properties: of all, or of some of them, with those that have to be there."""
    needed = {one.name: _raw(one, whole) for one in of if whole or one.required}
    return st.fixed_dictionaries(needed, optional={one.name: _raw(one, whole) for one in of if one.name not in needed})


@st.composite
def wanted(draw: st.DrawFn) -> tuple[ResourceType, dict[str, Any], dict[str, Any] | None]:
    """A type, what a task asks for, and what a host has of it."""
    kind = draw(types())
    want = draw(values_of(kind.properties, whole=False))
    return kind, want, draw(st.none() | values_of(kind.properties, whole=True))


@contextmanager
def known(kind: ResourceType) -> Iterator[None]:
    """Make a type known for a while."""
    register(kind)
    try:
        yield
    finally:
        del TYPES[kind.module]


class MemoryHost:
    """A host that keeps the contract: reads what it has, sets exactly what it is given, removes when told so."""

    def __init__(self, kind: ResourceType, value: Mapping[str, Any] | None) -> None:
        self.kind, self.value, self.sets = kind, copy.deepcopy(value), 0
        self.asked: list[Mapping[str, object]] = []

    def run(self, module: str, args: Mapping[str, object]) -> dict[str, Any]:
        """Carry out one half of a module."""
        assert module == self.kind.module
        self.asked.append(args)
        given = {name: value for name, value in args.items() if name not in {"operation", "state", self.kind.key}}
        if args["operation"] == "read":
            assert not given, "a read is given the name only"
            return {"changed": False, "value": copy.deepcopy(self.value)}
        self.sets += 1
        self.value = None if args.get("state") == "absent" else {**(self.value or {}), **given}
        return {"changed": True}
