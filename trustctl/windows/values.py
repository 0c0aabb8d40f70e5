"""Values of properties: their one form, whether two are the same, and what a host will have once one is set."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from trustctl.errors import RenderError
from trustctl.windows.properties import Kind, Property

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What JSON can say."""
Values = Mapping[str, Value]
"""The properties of one resource, by name. One that is None or missing is not spoken of."""


def normal(
    of: Sequence[Property], values: Mapping[str, object], where: str = "", *, told: bool = False
) -> dict[str, Value]:
    r"""Return the properties that are spoken of, each in its one form, in the order of `of`.

    Sets and records are sorted, so that two readings of one host are the same text. `told`: a host says so, which may
    have words that nobody may ask for (`Property.choices`).

    Before: {"mac": "00-15-5d-01-02-03", "path": "d:/VMs/", "notes": None, "adapters": ["b", "A"]}
    After:  {"mac": "00155D010203", "path": "d:\\VMs", "adapters": ["A", "b"]}
    Raises RenderError for a property that there is not, and for a value of the wrong kind.
    """
    known = {one.name for one in of}
    unknown = [str(name) for name in values if name not in known]
    if unknown:
        raise RenderError(f"there is no property {', '.join(sorted(unknown))}", where=where)
    found = {one.name: _normal(one, values[one.name], where, told) for one in of if values.get(one.name) is not None}
    empty = {one.name for one in of if one.kind is Kind.RECORD and not found.get(one.name)}
    return {name: value for name, value in found.items() if name not in empty}


def _normal(one: Property, value: object, where: str, told: bool) -> Value:  # noqa: FBT001 - as `normal` has it
    place = f"{where}: {one.name}" if where else one.name
    match one.kind:
        case Kind.NUMBER:
            form: Value = _number(value, place)
        case Kind.FLAG:
            form = _flag(value, place)
        case Kind.LIST:
            form = [_text(one, each, place, told) for each in _sequence(value, place)]
        case Kind.NAMES:
            form = _names([_text(one, each, place, told) for each in _sequence(value, place)])
        case Kind.NUMBERS:
            form = sorted({_number(each, place) for each in _sequence(value, place)})
        case Kind.RECORD:
            form = normal(one.of, mapping(value, place), place, told=told)
        case Kind.RECORDS:
            records = [normal(one.of, mapping(each, place), place, told=told) for each in _sequence(value, place)]
            form = _keyed(one, records if told else _complete(one, records, place), place)
        case _:
            form = _text(one, value, place, told)
    return form


def _names(texts: Sequence[str]) -> list[Value]:
    first = {caseless(text): text for text in reversed(texts)}
    return [first[name] for name in sorted(first)]


def _keyed(one: Property, records: Sequence[Values], where: str) -> list[Value]:
    """Records in the order of their keys. Raises RenderError for one without a key, and for two with one key."""
    if any(one.key not in record for record in records):
        raise RenderError(f"each of them needs its {one.key}", where=where)
    found: dict[object, Values] = {}
    for record in records:
        name = _identity(one, record)
        if name in found:
            raise RenderError(f"two of them have the {one.key} {record[one.key]}", where=where)
        found[name] = record
    return [found[name] for name in sorted(found, key=lambda name: (isinstance(name, str), name))]


def _complete(one: Property, records: Sequence[Values], where: str) -> Sequence[Values]:
    for record in records:
        missing = [each.name for each in one.of if each.required and each.name not in record]
        if missing:
            raise RenderError(f"{record.get(one.key)} needs its {', '.join(missing)}", where=where)
    return records


def _identity(one: Property, record: Values) -> object:
    keyed = next(each for each in one.of if each.name == one.key)
    return folded(keyed, record.get(one.key))


def _text(one: Property, value: object, where: str, told: bool) -> str:  # noqa: FBT001 - as `normal` has it
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RenderError(f"{value!r} is not a text", where=where)
    text = str(value)
    if one.choices:
        word = next((each for each in one.choices if caseless(each) == caseless(text)), None)
        if word is None and not told:
            raise RenderError(f"{text!r} is none of {', '.join(one.choices)}", where=where)
        return word or text
    if one.kind is Kind.PATH:
        return _path(text)
    if one.kind is Kind.MAC:
        return "".join(each for each in text.upper() if each not in "-:.")
    return text


def _path(text: str) -> str:
    r"""A path with backslashes and none at its end.  Before: `d:/VMs/`, `C:/`.  After: `d:\VMs`, `C:\`."""
    bare = text.replace("/", "\\").rstrip("\\")
    return f"{bare}\\" if bare.endswith(":") or (text and not bare) else bare


_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_BROKEN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


def _number(value: object, where: str) -> int | float:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, str) and _BROKEN.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RenderError(f"{value!r} is not a number", where=where)
    return int(value) if isinstance(value, int) or value.is_integer() else float(value)


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


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return the value if it is a mapping. Raises RenderError."""
    if not isinstance(value, Mapping):
        raise RenderError(f"{value!r} is not a mapping", where=where)
    return cast("Mapping[str, object]", value)


def caseless(text: str) -> str:
    """Return a text by which Windows tells names apart: letter by letter in upper case, never longer than it was.

    Python's own `casefold` holds `ss` and the German sharp s to be the same; Windows does not.
    Source: learn.microsoft.com, "StringComparer.OrdinalIgnoreCase".
    """
    return "".join(upper if len(upper := each.upper()) == 1 else each for each in text)


def folded(one: Property, value: Value) -> object:
    """Return what two values of this property are compared by; what is not told is the same as what is empty.

    Before: NAMES ["NIC2", "nic1"].  After: frozenset({"NIC1", "NIC2"}).
    """
    match one.kind:
        case Kind.NAME | Kind.PATH:
            form: object = caseless(str(value or ""))
        case Kind.NAMES:
            form = frozenset(caseless(str(each)) for each in _sequence(value or (), one.name))
        case Kind.NUMBERS:
            form = frozenset(_sequence(value or (), one.name))
        case Kind.LIST:
            form = tuple(str(each) for each in _sequence(value or (), one.name))
        case Kind.RECORD:
            form = _folded_all(one.of, cast("Values", value or {}))
        case Kind.RECORDS:
            form = frozenset(_folded_all(one.of, record) for record in cast("Sequence[Values]", value or ()))
        case Kind.TEXT | Kind.MAC:
            form = value or ""
        case Kind.NUMBER | Kind.FLAG:
            form = value
    return form


def _folded_all(of: Sequence[Property], values: Values) -> tuple[object, ...]:
    return tuple(folded(each, values.get(each.name)) for each in of if not each.secret)


def reached(one: Property, want: Value, have: Value) -> Value:
    """Return what the property is once it was set: what is wanted, and of a set or records what is kept beside it.

    What is the same to Windows keeps the host's spelling, so that only what changes shows as changed.

    Before: want ["nic1"], have ["NIC1", "NIC2"], not exact.   After: ["NIC1", "NIC2"].
    """
    if have is None or want is None:
        return want
    form: Value = want
    match one.kind:
        case Kind.NAMES:
            form = _merged(one, cast("Sequence[str]", want), cast("Sequence[str]", have))
        case Kind.NUMBERS if not one.exact:
            form = sorted({*cast("Sequence[int]", want), *cast("Sequence[int]", have)})
        case Kind.RECORD:
            form = reached_all(one.of, cast("Values", want), cast("Values", have))
        case Kind.RECORDS:
            form = _records(one, cast("Sequence[Values]", want), cast("Sequence[Values]", have))
        case _ if folded(one, want) == folded(one, have):
            form = have
        case _:
            pass
    return form


def reached_all(of: Sequence[Property], want: Values, have: Values | None) -> dict[str, Value]:
    """Return every property as it is once what is wanted was set: what nobody speaks of stays as it is."""
    have = have or {}
    found = {one.name: reached(one, want.get(one.name), have.get(one.name)) for one in of}
    return {name: have.get(name) if value is None else value for name, value in found.items() if name in {*want, *have}}


def _merged(one: Property, want: Sequence[str], have: Sequence[str]) -> list[Value]:
    mine = {caseless(each) for each in want}
    return _names([*(each for each in have if not one.exact or caseless(each) in mine), *want])


def _records(one: Property, want: Sequence[Values], have: Sequence[Values]) -> list[Value]:
    there = {_identity(one, record): record for record in have}
    mine = {_identity(one, record): record for record in want}
    kept = [record for name, record in there.items() if name not in mine and not one.exact]
    made = [reached_all(one.of, record, there.get(name)) for name, record in mine.items()]
    return _keyed(one, [*kept, *made], one.name)


def without_secrets(of: Sequence[Property], values: Values) -> dict[str, Value]:
    """Return the properties that may be shown."""
    found: dict[str, Value] = {}
    for one in of:
        if one.name not in values or one.secret:
            continue
        value = values[one.name]
        if one.kind is Kind.RECORD:
            value = without_secrets(one.of, cast("Values", value))
        elif one.kind is Kind.RECORDS:
            value = [without_secrets(one.of, each) for each in cast("Sequence[Values]", value)]
        found[one.name] = value
    return found
