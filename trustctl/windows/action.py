"""What the action plugins of the roles do: read, compare, show, and outside check mode set and read again.

A plugin is four lines (`roles/*/action_plugins`): it hands Ansible's own base class to `action`, so that nothing here
imports Ansible. One round trip to the host for a check, three for a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from trustctl.errors import TrustctlError
from trustctl.windows.resource import TYPES, Difference, ResourceType, difference, needs_restart, unchangeable
from trustctl.windows.text import as_text, changed
from trustctl.windows.values import Value, Values

Result = dict[str, Any]
"""What Ansible takes and gives as a task's result."""

RESOURCE = "trust_resource"
"""The key of a result under which the engine finds what the task wanted and found, as data."""


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


class _NotDoneError(Exception):
    """The task fails with this result."""

    def __init__(self, msg: str, **more: Any) -> None:
        super().__init__(msg)
        self.result: Result = {"failed": True, "changed": False, "msg": msg, **more}


def carry_out(task: Task, host: Host) -> Result:
    """Return the task's result. Never raises for anything that the host or the task's arguments did."""
    try:
        return _Work(task, host).result()
    except _NotDoneError as error:
        return error.result
    except TrustctlError as error:
        return {"failed": True, "changed": False, "msg": f"{error.problem} ({error.where}). {error.remedy}".strip()}


class _Work:
    def __init__(self, task: Task, host: Host) -> None:
        self._kind, self._host, self._check = task.kind, host, task.check_mode
        self._name = str(task.args[task.kind.key]) if task.kind.key else ""
        self._absent = task.args.get("state") == "absent"
        if self._absent and not task.kind.removable:
            raise _NotDoneError(f"a {task.kind.title} is never taken away: state may not be absent")
        self._want = None if self._absent else task.kind.wanted(task.args)

    def result(self) -> Result:
        have, facts = self._read()
        found = difference(self._kind, self._want, have)
        if found is None:
            return self._said(None, have)
        why = (*unchangeable(self._kind, found), *self._kind.refuse(self._want, have, facts))
        if why:
            raise _NotDoneError(". ".join(why), **{RESOURCE: self._told(found, have)})
        said = self._said(found, have)
        return said if self._check else said | self._set(found)

    def _read(self) -> tuple[Values | None, Mapping[str, Value]]:
        reply = self._ask({"operation": "read"})
        if "value" not in reply:
            raise _NotDoneError(f"{self._kind.module} gave no value for what it read", reply=reply)
        value = reply["value"]
        return None if value is None else self._kind.read(value), reply.get("facts") or {}

    def _set(self, found: Difference) -> Result:
        """Set, read again and compare again: what was not put in force is told, never taken on trust."""
        after = found.after
        asked = (
            {"state": "absent"} if after is None else {name: after[name] for name in self._want or () if name in after}
        )
        reply = self._ask({"operation": "set", **asked})
        restart = bool(reply.get("reboot_required")) or needs_restart(self._kind, found)
        now, _ = self._read()
        left = difference(self._kind, self._want, now)
        if left is not None and not restart:
            before, then = changed(self._kind.module, left.before, left.after)
            raise _NotDoneError(
                f"the {self._kind.title} {self._name} was set and reads back otherwise: is {'; '.join(before) or 'absent'}, "
                f"should be {'; '.join(then) or 'absent'}",
                **{RESOURCE: self._told(left, now)},
            ) from None
        return {"reboot_required": restart}

    def _ask(self, args: Mapping[str, object]) -> Result:
        named = {self._kind.key: self._name} if self._kind.key else {}
        reply = self._host.run(self._kind.module, {**named, **args})
        if reply.get("failed") or reply.get("unreachable"):
            raise _NotDoneError(
                str(reply.get("msg", "")), **{key: value for key, value in reply.items() if key != "msg"}
            )
        return reply

    def _said(self, found: Difference | None, have: Values | None) -> Result:
        told = self._told(found, have)
        if found is None:
            return {"changed": False, RESOURCE: told}
        head = f"{self._kind.title} {self._name}".strip()
        diff = {
            "before": as_text(self._kind.module, found.before),
            "after": as_text(self._kind.module, found.after),
            "before_header": head if found.before is not None else f"{head} (absent)",
            "after_header": head if found.after is not None else f"{head} (absent)",
        }
        return {
            "changed": True,
            "diff": diff,
            "reboot_required": needs_restart(self._kind, found),
            RESOURCE: told,
        }

    def _told(self, found: Difference | None, have: Values | None) -> Result:
        return {
            "module": self._kind.module,
            "name": self._name,
            "want": self._want,
            "have": have,
            "cmdlets": list(self._kind.cmdlets(self._name, found)) if found else [],
        }


def action(base: type[Any], module: str) -> type[Any]:
    """Return the action plugin of one module, made on Ansible's `ActionBase`, which the plugin's file hands in."""
    import trustctl.windows.types  # noqa: F401, PLC0415 - fills TYPES; it imports from here

    kind = TYPES[module]

    class _Host:
        def __init__(self, plugin: Any, task_vars: Mapping[str, Any]) -> None:
            self._plugin, self._vars = plugin, task_vars

        def run(self, module: str, args: Mapping[str, object]) -> Result:
            found: Result = self._plugin._execute_module(  # noqa: SLF001 - Ansible's own way for action plugins
                module_name=module, module_args=dict(args), task_vars=self._vars
            )
            return found

    class ActionModule(base):  # type: ignore[misc]  # the base class is Ansible's and known only where it runs
        """Reads, compares, and sets outside check mode."""

        _supports_check_mode = True
        _supports_async = False

        def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> Result:
            result: Result = super().run(tmp, task_vars)
            task = Task(kind, dict(self._task.args), bool(self._task.check_mode))
            return result | carry_out(task, _Host(self, task_vars or {}))

    return ActionModule
