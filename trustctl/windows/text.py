"""A Windows host's resources as one text that a person can read and compare line by line, and parse without loss.

    trust_vswitch Trust
        adapters: ["NIC1", "NIC2"]
        management.Management.vlan: 10
    ansible.windows.win_regedit "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa LmCompatibilityLevel"
        data: 5
    trust_vm OAK-DC-01
        state: "absent"

A line at the margin begins a resource: its module and its name, quoted as JSON if it has more than plain characters.
Each line below is one property: its path, dots between, and its value as JSON. Records stand under their key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from trustctl.errors import LosslessError
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES
from trustctl.windows.values import Value, Values, normal

INDENT = "    "
ABSENT, UNTOLD = "absent", "untold"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")

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
        head = f"{self.module} {_quoted(self.name)}".rstrip()
        if self.untold:
            return (head, f'{INDENT}state: "{UNTOLD}"', f"{INDENT}why: {json.dumps(self.untold)}")
        if self.values is None:
            return (head, f'{INDENT}state: "{ABSENT}"')
        return (head, *(f"{INDENT}{line}" for line in flat(self.module, self.values)))


def _quoted(text: str) -> str:
    return text if not text or _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def flat(module: str, values: Values) -> tuple[str, ...]:
    """Return properties as lines, `path: JSON`, in the type's order; those of an unknown module in their own."""
    kind = TYPES.get(module)
    return tuple(
        f"{path}: {json.dumps(value, ensure_ascii=False)}" for path, value in _flat(values, kind and kind.properties)
    )


def _flat(values: Values, of: Sequence[Property] | None, prefix: str = "") -> Iterable[tuple[str, Value]]:
    order = {one.name: one for one in of or ()}
    for name in sorted(values, key=lambda name: list(order).index(name) if name in order else len(order)):
        one, value = order.get(name), values[name]
        if one is not None and one.kind is Kind.RECORD:
            yield from _flat(cast("Values", value), one.of, f"{prefix}{name}.")
        elif one is not None and one.kind is Kind.RECORDS and value:
            for record in sorted(cast("Sequence[Values]", value), key=lambda each: str(each.get(one.key)).casefold()):
                rest = {key: each for key, each in record.items() if key != one.key}
                label = f"{prefix}{name}[{_quoted(str(record[one.key]))}]"
                inner = tuple(_flat(rest, one.of, f"{label}."))
                yield from inner or ((label, {}),)
        else:
            yield f"{prefix}{name}", value


def write(resources: Iterable[Resource]) -> str:
    """Return the resources as one text."""
    return "".join(f"{line}\n" for one in resources for line in one.lines)


_HEAD = re.compile(r'(?P<module>[a-z][a-z0-9_.]*)(?: (?P<name>"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.-]+))?')
_STEP = re.compile(r'(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<key>"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.-]+)\])?(?:\.|$)')


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
    values: dict[str, object] = {}
    for number in range(at + 1, end):
        path, colon, text = lines[number][len(INDENT) :].partition(": ")
        while colon and not _whole(path):
            more, colon, text = text.partition(": ")
            path = f"{path}: {more}"
        if not colon:
            raise _error("expected: PROPERTY: JSON", where, number)
        try:
            _put(values, head["module"], path, json.loads(text))
        except (ValueError, KeyError) as error:
            raise _error(f"not a property with its JSON value: {error}", where, number) from None
    name = json.loads(head["name"]) if (head["name"] or "").startswith('"') else head["name"] or ""
    state = values.get("state")
    if state == UNTOLD:
        return Resource(head["module"], name, None, str(values.get("why", "")) or "it could not be read")
    if state == ABSENT and len(values) == 1:
        return Resource(head["module"], name, None)
    kind = TYPES.get(head["module"])
    mine = cast("Values", values) if kind is None else normal(kind.properties, values, where)
    return Resource(head["module"], name, mine)


def _whole(path: str) -> bool:
    """Whether a path is complete: a key in brackets may itself hold a colon."""
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return False
        at = step.end()
    return True


def _put(values: dict[str, object], module: str, path: str, value: object) -> None:
    kind = TYPES.get(module)
    of: Sequence[Property] = kind.properties if kind else ()
    at, here = 0, values
    if kind is None:
        values[path] = value
        return
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise ValueError(path)
        at = step.end()
        one = next((each for each in of if each.name == step["name"]), None)
        if one is None and step["name"] not in {"state", "why"}:
            raise KeyError(step["name"])
        if step["key"] is not None and one is not None:
            here, of = _record(here, one, step["key"]), one.of
        elif at < len(path) and one is not None:
            here, of = cast("dict[str, object]", here.setdefault(step["name"], {})), one.of
        else:
            here[step["name"]] = value


def _record(here: dict[str, object], one: Property, quoted: str) -> dict[str, object]:
    key = json.loads(quoted) if quoted.startswith('"') else quoted
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
