"""What the action plugins of the roles do: read, compare, show, and outside check mode set and read again.

A plugin is four lines (`roles/*/action_plugins`): it hands Ansible's own base class to `action`, so that nothing here
imports Ansible. One round trip to the host for a check, three for a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from trustctl.errors import TrustctlError
from trustctl.windows.resource import (
    TYPES,
    Difference,
    Facts,
    ResourceType,
    difference,
    exactly,
    needs_restart,
    to_set,
    unchangeable,
)
from trustctl.windows.text import as_text, changed
from trustctl.windows.values import Value, Values, mapping, without_secrets

Result = dict[str, Any]
"""What Ansible takes and gives as a task's result."""

RESOURCE = "trust_resource"
"""The key of a result under which the engine finds what the task wanted and found, as data:

`module`, `name`; `want` and `have` (null: shall not be, is not there), without secrets; `cmdlets`, none where it is
refused; `going`, `coming` and `below`, the names of others of its type that go or come along (`resource.Facts`); after
a set `now`, what it reads back as; `waits`, the lines that will show only after a restart.
"""

EXACTLY = "trust_exactly"
"""The variable of a play that takes back: if true, nothing is kept of a set beside what its tasks ask for."""


class Host(Protocol):
    """The one host that a task is for: runs a module's read or set half on it."""

    def run(self, module: str, args: Mapping[str, object]) -> Result:
        """Run a module and return its result as it came."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """What one task asks for."""

    kind: ResourceType
    args: Mapping[str, object]
    check_mode: bool
    reached_at: str = ""
    """The address of the host as the inventory has it; empty if it is not told."""


class _NotDoneError(Exception):
    """The task fails with this result."""

    def __init__(self, msg: str, **more: Any) -> None:
        super().__init__(msg)
        self.result: Result = {"failed": True, "changed": False, "msg": msg} | more


def carry_out(task: Task, host: Host) -> Result:
    """Return the task's result. Never raises for anything that the host or the task's arguments did."""
    try:
        return _Work(task, host).result()
    except _NotDoneError as error:
        return error.result
    except TrustctlError as error:
        return {"failed": True, "changed": False, "msg": _sentence(error)}


def _sentence(error: TrustctlError) -> str:
    return f"{error.problem}{f' ({error.where})' if error.where else ''}. {error.remedy}".strip()


class _Work:
    def __init__(self, task: Task, host: Host) -> None:
        self._kind, self._host, self._check = task.kind, host, task.check_mode
        self._reached = task.reached_at
        self._name = _name(task)
        self._want = None if _absent(task) else task.kind.wanted(task.args)

    def result(self) -> Result:
        have, facts = self._read()
        found = difference(self._kind, self._want, have)
        if found is None:
            return {"changed": False, RESOURCE: self._told(None, have)}
        why = tuple(self._kind.refuse(self._want, have, facts))
        if not (self._kind.reads_only and why):
            why = (*unchangeable(self._kind, found), *why)
        if why:
            raise _NotDoneError(". ".join(one.rstrip(".") for one in why), **{RESOURCE: self._told(None, have)})
        said = self._said(found, have)
        said = {**said, RESOURCE: {**said[RESOURCE], **_along(facts)}}
        return said if self._check else self._set(found, said)

    def _read(self) -> tuple[Values | None, Mapping[str, Value]]:
        told = {name: value for name, value in (self._want or {}).items() if name in self._kind.reads_with}
        reply = self._ask({"operation": "read", **told})
        if "value" not in reply:
            raise _NotDoneError(f"{self._kind.module} gave no value for what it read: {sorted(reply)}")
        value = reply["value"]
        try:
            have = None if value is None else self._kind.read(mapping(value, self._kind.module))
        except TrustctlError as error:
            raise _NotDoneError(f"what {self._kind.module} read cannot be used: {_sentence(error)}") from None
        return have, {"reached_at": self._reached, **(reply.get("facts") or {})}

    def _set(self, found: Difference, said: Result) -> Result:
        """Set, read again and compare again: what was not put in force is told, never taken on trust."""
        asked = {"state": "absent"} if self._want is None else to_set(self._kind, self._want, found.before)
        try:
            reply = self._ask({"operation": "set", **asked})
        except _NotDoneError as error:
            raise self._halfway(error, found) from None
        now, _ = self._read()
        told = {**said[RESOURCE], "now": now}
        left = difference(self._kind, self._want, now)
        restart = bool(reply.get("reboot_required", needs_restart(self._kind, found)))
        if left is None:
            return {**said, "reboot_required": restart, RESOURCE: told}
        is_now, should = changed(self._kind.module, left.before, left.after)
        if reply.get("reboot_required") or _only_restarts(self._kind, left):
            return {**said, "reboot_required": True, RESOURCE: {**told, "waits": list(should or is_now)}}
        raise _NotDoneError(
            f"{self._title} was set and reads back otherwise: is {'; '.join(is_now) or 'absent'}, "
            f"should be {'; '.join(should) or 'absent'}",
            changed=now != found.before,
            **{RESOURCE: told},
        )

    def _halfway(self, error: _NotDoneError, found: Difference) -> _NotDoneError:
        """The failure of a set, with what the host has now: part of it may have been put in force."""
        rest = {key: value for key, value in error.result.items() if key not in {"msg", "changed"}}
        try:
            now, _ = self._read()
        except _NotDoneError:
            return _NotDoneError(f"{error}. What {self._title} is now could not be read", **rest, changed=True)
        was, became = changed(self._kind.module, found.before, now)
        moved = now != found.before
        part = f". Part of it was done: was {'; '.join(was) or 'absent'}, is {'; '.join(became) or 'absent'}"
        told = {**self._told(found, found.before), "now": now}
        return _NotDoneError(f"{error}{part if moved else ''}", **rest, changed=moved, **{RESOURCE: told})

    def _ask(self, args: Mapping[str, object]) -> Result:
        named = {self._kind.key: self._name} if self._kind.key else {}
        reply = self._host.run(self._kind.module, {**named, **args})
        if reply.get("failed") or reply.get("unreachable"):
            rest = {key: value for key, value in reply.items() if key != "msg"}
            raise _NotDoneError(str(reply.get("msg") or f"{self._kind.module} failed and does not say why"), **rest)
        return reply

    @property
    def _title(self) -> str:
        return f"{self._kind.title} {self._name}".strip()

    def _said(self, found: Difference, have: Values | None) -> Result:
        diff = {
            "before": as_text(self._kind.module, found.before),
            "after": as_text(self._kind.module, found.after),
            "before_header": self._title if found.before is not None else f"{self._title} (absent)",
            "after_header": self._title if found.after is not None else f"{self._title} (absent)",
        }
        return {
            "changed": True,
            "diff": diff,
            "reboot_required": needs_restart(self._kind, found),
            RESOURCE: self._told(found, have),
        }

    def _told(self, found: Difference | None, have: Values | None) -> Result:
        want = None if self._want is None else without_secrets(self._kind.properties, self._want)
        return {
            "module": self._kind.module,
            "name": self._name,
            "want": want,
            "have": have,
            "cmdlets": list(self._kind.cmdlets(self._name, found)) if found else [],
        }


def _along(facts: Facts) -> dict[str, list[str]]:
    """What the host says that goes or comes along, as names, whatever it says."""
    told = {side: facts.get(side) for side in ("going", "coming", "below")}
    return {side: [str(one) for one in names] for side, names in told.items() if isinstance(names, list) and names}


def _name(task: Task) -> str:
    kind, name = task.kind, ""
    if kind.key:
        name = str(task.args.get(kind.key) or "")
        if not name:
            raise _NotDoneError(f"{kind.module} needs {kind.key}: which {kind.title} it is about")
    return name


def _absent(task: Task) -> bool:
    kind, state = task.kind, task.args.get("state", "present")
    if task.args.get("operation", "set") != "set":
        raise _NotDoneError("operation is for the action plugin: leave it out of the task")
    if state not in {"present", "absent"}:
        raise _NotDoneError(f"state is present or absent, not {state!r}")
    if state == "absent" and not kind.removable:
        raise _NotDoneError(f"a {kind.title} is never taken away: state may not be absent")
    return state == "absent"


def _only_restarts(kind: ResourceType, left: Difference) -> bool:
    """Whether nothing is left but what a restart puts in force, or a whole resource that only then shows."""
    if left.before is None or left.after is None:
        return needs_restart(kind, left)
    return all(one.restart for one in kind.properties if one.name in left.names)


def action(base: type[Any], module: str) -> type[Any]:
    """Return the action plugin of one module, made on Ansible's `ActionBase`, which the plugin's file hands in."""
    kind = TYPES[module]

    class _Host:
        def __init__(self, plugin: Any, task_vars: Mapping[str, Any]) -> None:
            self._plugin, self._vars = plugin, task_vars

        def run(self, module: str, args: Mapping[str, object]) -> Result:
            found: Result = self._plugin._execute_module(  # noqa: SLF001 - Ansible's own way for action plugins
                module_name=module, module_args=dict(args), task_vars=self._vars
            )
            return found

    def run(self: Any, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> Result:
        result: Result = base.run(self, tmp, task_vars)
        given = task_vars or {}
        mine = exactly(kind) if given.get(EXACTLY) is True else kind
        reached = str(given.get("ansible_host") or "")
        task = Task(mine, dict(self._task.args), bool(self._task.check_mode), reached)
        return result | carry_out(task, _Host(self, given))

    members = {"run": run, "_supports_check_mode": True, "_supports_async": False}
    return type("ActionModule", (base,), members)
