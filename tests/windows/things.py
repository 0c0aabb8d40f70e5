"""One type of resource made for tests, with each property that has a rule of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trustctl.windows.action import Result, Task, carry_out
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, ResourceType
from trustctl.windows.text import Resource
from trustctl.windows.values import Value, Values


def _cmdlets(name: str, found: Difference) -> Sequence[str]:
    return (f"Set-Thing {name} {sorted(found.after or {})}",)


def _refuse(want: Values | None, have: Values | None, facts: Mapping[str, Value]) -> Sequence[str]:
    if want and want.get("adapter") not in {None, *(facts.get("adapters") or ["NIC1"])}:
        return (f"there is no adapter {want['adapter']}. Name one of the host's.",)
    return ()


NICS = Property(
    "nics",
    Kind.RECORDS,
    of=(
        Property("name", Kind.NAME),
        Property("vlan", Kind.NUMBER),
        Property("mac", Kind.MAC, fixed=True),
        Property("token", secret=True),
    ),
    key="name",
)
_PATH = Property("path", Kind.PATH)
THING = ResourceType(
    "trust_thing",
    "thing",
    (
        Property("notes"),
        Property("adapter", Kind.NAME),
        Property("memory_bytes", Kind.NUMBER),
        Property("generation", Kind.NUMBER, fixed=True),
        Property("installed", Kind.FLAG, restart=True),
        Property("mode", choices=("Core", "Desktop")),
        Property("admins", Kind.NAMES, exact=True),
        Property("password", secret=True),
        NICS,
        Property("disks", Kind.RECORDS, of=(_PATH, Property("size_bytes", Kind.NUMBER, required=True)), key="path"),
    ),
    _cmdlets,
    removable=True,
    refuse=_refuse,
)
ONLY_ONE = ResourceType("trust_only_one", "Hyper-V settings", (Property("path", Kind.PATH),), _cmdlets, key="")


class Scripted:
    """A host that gives these replies, one for each call; an exception is raised."""

    def __init__(self, *replies: Result) -> None:
        self.replies, self.asked = list(replies), list[Mapping[str, object]]()

    def run(self, module: str, args: Mapping[str, object]) -> Result:
        """Give the next reply."""
        self.asked.append(args)
        return self.replies.pop(0)


def value(of: Mapping[str, Any] | None, **facts: Any) -> Result:
    """The reply to a read."""
    return {"changed": False, "value": of, **({"facts": facts} if facts else {})}


def done(*replies: Result, check: bool = False, kind: ResourceType = THING, **args: Any) -> tuple[Result, Scripted]:
    """The result of a task with these arguments on a host that gives these replies; all must be used up."""
    host = Scripted(*replies)
    named = {kind.key: "T1"} if kind.key else {}
    result = carry_out(Task(kind, {**named, **args}, check), host)
    assert not host.replies, "the host was asked less than was expected"
    return result, host


def reading(*values: Any, module: str = THING.module) -> dict[tuple[str, str], Resource]:
    """Resources T0, T1... of one module with these values, by key; one that is a resource already is taken as it is."""
    found = [one if isinstance(one, Resource) else Resource(module, f"T{at}", one) for at, one in enumerate(values)]
    return {one.key: one for one in found}
