r"""A Windows host's resources as one text that a person can read and compare line by line, and parse without loss.

    trust_vswitch Trust
        adapters: ["NIC1", "NIC2"]
        management[Management].vlan: 10
    ansible.windows.win_regedit "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa LmCompatibilityLevel"
        data: 5
    trust_vm OAK-DC-01
        absent
    trust_bitlocker "C:"
        untold because "access is denied"

A line at the margin begins a resource: its module and its name, quoted as JSON if it has more than plain characters.
Each line below is one property: its path, dots between, and its value as JSON. Records stand under their key.
Nothing in it is a character that a terminal, or `str.splitlines`, would obey.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from trustctl.errors import LosslessError, RenderError
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES
from trustctl.windows.values import Value, Values, normal

INDENT = "    "
ABSENT, UNTOLD = "absent", "untold because "
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_OWN = re.compile(r"[a-z][a-z0-9_]*")

Key = tuple[str, str]
"""Module and name."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a host. `values` None: it is not there. `untold`: why it could not be read."""

    module: str
    name: str
    values: Values | None
    untold: str = ""

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return (self.module, self.name)

    @property
    def lines(self) -> tuple[str, ...]:
        """All its lines, as `parse` reads them."""
        head = f"{self.module} {_quoted(self.name)}" if self.name else self.module
        if self.untold:
            return (head, f"{INDENT}{UNTOLD}{_json(self.untold)}")
        if self.values is None:
            return (head, f"{INDENT}{ABSENT}")
        return (head, *(f"{INDENT}{line}" for line in flat(self.module, self.values)))


def _json(value: object) -> str:
    r"""A value as JSON in which every letter can be read, and whatever cannot is written `\uXXXX`."""
    return shown_text(json.dumps(value, ensure_ascii=False))


def shown_text(text: str) -> str:
    """Return a text of one line in which whatever a terminal would obey is written as JSON writes it."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _json(text)


def flat(module: str, values: Values) -> tuple[str, ...]:
    """Return properties as lines, `path: JSON`, in the type's order; those of an unknown module in their own."""
    kind = TYPES.get(module)
    if kind is None:
        return tuple(f"{name if _OWN.fullmatch(name) else _json(name)}: {_json(values[name])}" for name in values)
    return tuple(f"{path}: {_json(value)}" for path, value in _flat(values, kind.properties))


def _flat(values: Values, of: Sequence[Property], prefix: str = "") -> Iterable[tuple[str, Value]]:
    for one in of:
        value = values.get(one.name)
        if value is None:
            continue
        if one.kind is Kind.RECORD:
            yield from _flat(cast("Values", value), one.of, f"{prefix}{one.name}.")
        elif one.kind is Kind.RECORDS and value:
            for record in cast("Sequence[Values]", value):
                label = f"{prefix}{one.name}[{_quoted(str(record[one.key]))}]"
                rest = {key: each for key, each in record.items() if key != one.key}
                yield from tuple(_flat(rest, one.of, f"{label}.")) or ((label, {}),)
        else:
            yield f"{prefix}{one.name}", value


def write(resources: Iterable[Resource]) -> str:
    """Return the resources as one text."""
    return "".join(f"{line}\n" for one in resources for line in one.lines)


def text_lines(text: str) -> list[str]:
    r"""Return the lines of a text that `write` made: at `\n` only."""
    return text.removesuffix("\n").split("\n") if text else []


_STRING = r'"(?:[^"\\]|\\.)*"'
_HEAD = re.compile(rf"(?P<module>[a-z][a-z0-9_.]*)(?: (?P<name>{_STRING}|[A-Za-z0-9_.-]+))?")
_ONE_STEP = rf"(?:[a-z][a-z0-9_]*(?:\[(?:{_STRING}|[A-Za-z0-9_.-]+)\])?)"
_LINE = re.compile(rf"(?P<path>{_STRING}|{_ONE_STEP}(?:\.{_ONE_STEP})*): (?P<value>.*)")
_STEP = re.compile(rf"(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<key>{_STRING}|[A-Za-z0-9_.-]+)\])?(?:\.|$)")


def parse(lines: Sequence[str], where: str = "") -> dict[Key, Resource]:
    """Read a text that `write` made. Raises LosslessError with the line for anything else, or a resource twice."""
    found: dict[Key, Resource] = {}
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and lines[end].startswith(INDENT):
            end += 1
        one = _one(lines, at, end, where)
        if one.key in found:
            raise _error(f"{one.module} {one.name} stands in it twice", where, at)
        found[one.key] = one
        at = end
    return found


def _one(lines: Sequence[str], at: int, end: int, where: str) -> Resource:
    head = _HEAD.fullmatch(lines[at])
    if head is None:
        raise _error("expected: MODULE NAME", where, at)
    try:
        module, name = head["module"], _unquoted(head["name"] or "")
        body = [line[len(INDENT) :] for line in lines[at + 1 : end]]
        if body == [ABSENT]:
            return Resource(module, name, None)
        if len(body) == 1 and body[0].startswith(UNTOLD):
            return Resource(module, name, None, str(json.loads(body[0].removeprefix(UNTOLD))))
    except (ValueError, RecursionError) as error:
        raise _error(f"not a resource: {error}", where, at) from None
    values: dict[str, object] = {}
    for number, line in enumerate(body, at + 1):
        _read_line(values, TYPES[module].properties if module in TYPES else None, line, (where, number))
    if module not in TYPES:
        return Resource(module, name, cast("Values", values))
    try:
        return Resource(module, name, normal(TYPES[module].properties, values, told=True))
    except RenderError as error:
        raise _error(f"{error.where}: {error.problem}" if error.where else error.problem, where, at) from None


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text


def _read_line(values: dict[str, object], of: Sequence[Property] | None, line: str, where: tuple[str, int]) -> None:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _error("expected: PROPERTY: JSON", *where)
    try:
        value = json.loads(found["value"], parse_constant=_no_number)
        if of is None:
            _new(values, _unquoted(found["path"]), value)
        else:
            _put(values, of, found["path"], value)
    except (ValueError, RecursionError) as error:
        raise _error(f"not a property with its JSON value: {error}", *where) from None


def _no_number(word: str) -> object:
    """`NaN` and `Infinity`, which Python takes for JSON: no reading would ever be the same as another."""
    raise ValueError(f"{word} is no value")


def _put(values: dict[str, object], of: Sequence[Property], path: str, value: object) -> None:
    """Put a value where its path says. Raises ValueError for a path that the type has not, or that has a value."""
    at, here = 0, values
    while step := _STEP.match(path, at):
        at = step.end()
        one = next((each for each in of if each.name == step["name"]), None)
        if one is None:
            raise ValueError(f"there is no property {step['name']}")
        if step["key"] is not None and one.kind is Kind.RECORDS:
            here, of = _record(here, one, _unquoted(step["key"])), one.of
        elif step["key"] is None and one.kind is Kind.RECORD and at < len(path):
            here, of = cast("dict[str, object]", here.setdefault(one.name, {})), one.of
        elif step["key"] is None and _leaf(one, value) and at == len(path):
            _new(here, one.name, value)
            return
        else:
            break
    if at != len(path) or not path.endswith("]") or value != {}:
        raise ValueError(path)


def _leaf(one: Property, value: object) -> bool:
    """Whether the value of a property stands in one line: of records only that there are none."""
    return one.kind is not Kind.RECORD and (one.kind is not Kind.RECORDS or value == [])


def _new(values: dict[str, object], name: str, value: object) -> None:
    if name in values:
        raise ValueError(f"{name} stands in it twice")
    values[name] = value


def _record(here: dict[str, object], one: Property, key: str) -> dict[str, object]:
    records = cast("list[dict[str, object]]", here.setdefault(one.name, []))
    for record in records:
        if str(record[one.key]) == key:
            return record
    records.append({one.key: key})
    return records[-1]


def changed(module: str, before: Values | None, after: Values | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines that only one of the two has: (before, after).

    Before: {"notes": "a", "memory": 1}, {"notes": "b", "memory": 1}.   After: ('notes: "a"',), ('notes: "b"',).
    """
    mine = flat(module, before) if before is not None else ()
    then = flat(module, after) if after is not None else ()
    return tuple(line for line in mine if line not in then), tuple(line for line in then if line not in mine)


def as_text(module: str, values: Values | None) -> str:
    """Return the properties as Ansible's diff shows them; empty for what is not there."""
    return "".join(f"{line}\n" for line in flat(module, values)) if values is not None else ""


def _error(problem: str, where: str, at: int) -> LosslessError:
    return LosslessError(problem, where=f"{where}:{at + 1}" if where else f"line {at + 1}")


def by_key(resources: Iterable[Resource]) -> Mapping[Key, Resource]:
    """Return resources by what tells them apart."""
    return {one.key: one for one in resources}
