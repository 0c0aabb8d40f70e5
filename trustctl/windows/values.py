"""Values of properties: their one form, whether two are the same, and what a host will have once one is set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from trustctl.errors import RenderError
from trustctl.windows.properties import Kind, Property

Value: TypeAlias = "str | int | float | bool | None | Sequence[Value] | Mapping[str, Value]"
"""What JSON can say."""
Values = Mapping[str, Value]
"""The properties of one resource, by name. One that is None or missing is not spoken of."""


def normal(of: Sequence[Property], values: Mapping[str, object], where: str = "") -> dict[str, Value]:
    """Return the properties that are spoken of, each in its one form, in the order of `of`.

    Before: {"mac": "00-15-5d-01-02-03", "path": "d:/VMs/", "notes": None}
    After:  {"mac": "00155D010203", "path": "d:\\VMs"}
    Raises RenderError for a property that there is not, and for a value of the wrong kind.
    """
    known = {one.name for one in of}
    unknown = [name for name in values if name not in known]
    if unknown:
        raise RenderError(f"there is no property {', '.join(sorted(unknown))}", where=where)
    return {one.name: _normal(one, values[one.name], where) for one in of if values.get(one.name) is not None}


def _normal(one: Property, value: object, where: str) -> Value:
    place = f"{where}: {one.name}" if where else one.name
    match one.kind:
        case Kind.TEXT | Kind.NAME | Kind.PATH | Kind.MAC:
            return _text(one, value, place)
        case Kind.NUMBER:
            return _number(value, place)
        case Kind.FLAG:
            return _flag(value, place)
        case Kind.NAMES | Kind.LIST:
            return [_text(one, each, place) for each in _sequence(value, place)]
        case Kind.NUMBERS:
            return [_number(each, place) for each in _sequence(value, place)]
        case Kind.RECORD:
            return normal(one.of, _mapping(value, place), place)
        case Kind.RECORDS:
            return [normal(one.of, _mapping(each, place), place) for each in _sequence(value, place)]


def _text(one: Property, value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RenderError(f"{value!r} is not a text", where=where)
    text = str(value)
    if one.kind is Kind.PATH:
        bare = text.replace("/", "\\")
        return bare.rstrip("\\") + "\\" if bare.rstrip("\\").endswith(":") else bare.rstrip("\\")
    if one.kind is Kind.MAC:
        return "".join(each for each in text.upper() if each not in "-:.")
    return text


def _number(value: object, where: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RenderError(f"{value!r} is not a number", where=where)
    try:
        return int(value) if not isinstance(value, float) or value.is_integer() else value
    except ValueError:
        raise RenderError(f"{value!r} is not a number", where=where) from None


_YES, _NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0"})


def _flag(value: object, where: str) -> bool:
    word = str(value).lower()
    if word not in _YES | _NO:
        raise RenderError(f"{value!r} is neither yes nor no", where=where)
    return word in _YES


def _sequence(value: object, where: str) -> Sequence[object]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise RenderError(f"{value!r} is not a list", where=where)
    return cast("Sequence[object]", value)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RenderError(f"{value!r} is not a mapping", where=where)
    return cast("Mapping[str, object]", value)


def folded(one: Property, value: Value) -> object:
    """Return what two values of this property are compared by.

    Before: NAMES ["NIC2", "nic1"].  After: frozenset({"nic1", "nic2"}).
    """
    if value is None:
        return None
    match one.kind:
        case Kind.NAME | Kind.PATH:
            return str(value).casefold()
        case Kind.NAMES:
            return frozenset(str(each).casefold() for each in _sequence(value, one.name))
        case Kind.NUMBERS:
            return frozenset(_sequence(value, one.name))
        case Kind.LIST:
            return tuple(str(each) for each in _sequence(value, one.name))
        case Kind.RECORD:
            inner = cast("Values", value)
            return tuple((each.name, folded(each, inner.get(each.name))) for each in one.of)
        case Kind.RECORDS:
            records = cast("Sequence[Values]", value)
            return frozenset(
                tuple((each.name, folded(each, record.get(each.name))) for each in one.of) for record in records
            )
        case _:
            return value


def reached(one: Property, want: Value, have: Value) -> Value:
    """Return what the property is once it was set: what is wanted, and of a set or records what is kept beside it.

    Before: want ["NIC1"], have ["NIC2"], not exact.   After: ["NIC2", "NIC1"].
    """
    if have is None or want is None:
        return want
    match one.kind:
        case Kind.NAMES | Kind.NUMBERS if not one.exact:
            mine, there = cast("Sequence[Value]", want), cast("Sequence[Value]", have)
            has = {str(each).casefold() for each in there}
            return [*there, *(each for each in mine if str(each).casefold() not in has)]
        case Kind.RECORD:
            return reached_all(one.of, cast("Values", want), cast("Values", have))
        case Kind.RECORDS:
            return _records(one, cast("Sequence[Values]", want), cast("Sequence[Values]", have))
        case _:
            return want


def reached_all(of: Sequence[Property], want: Values, have: Values | None) -> dict[str, Value]:
    """Return every property as it is once what is wanted was set: what nobody speaks of stays as it is."""
    have = have or {}
    found = {one.name: reached(one, want.get(one.name), have.get(one.name)) for one in of}
    return {name: have.get(name) if value is None else value for name, value in found.items() if name in {*want, *have}}


def _records(one: Property, want: Sequence[Values], have: Sequence[Values]) -> list[Value]:
    keyed = next(each for each in one.of if each.name == one.key)
    there = {folded(keyed, record.get(one.key)): record for record in have}
    mine = {folded(keyed, record.get(one.key)): record for record in want}
    kept: Iterable[object] = [name for name in there if name in mine or not one.exact]
    both = [reached_all(one.of, mine[name], there[name]) if name in mine else dict(there[name]) for name in kept]
    return [*both, *(dict(record) for name, record in mine.items() if name not in there)]
