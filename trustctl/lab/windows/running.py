"""Runs a task's module on a machine, as Ansible would have it run on Windows, and says what came of it."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import cast

from trustctl.lab.faults import FaultKind
from trustctl.lab.windows.arguments import censored, secret_values, validated
from trustctl.lab.windows.commands import LostError, Output, command
from trustctl.lab.windows.documents import Library
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError
from trustctl.lab.windows.module import HANDLERS, Args, Result
from trustctl.lab.windows.payload import Task, decoded, is_bootstrap

_OF_DIRECTORIES = "microsoft.ad."


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs what comes down a pipeline on one machine."""

    machine: Machine
    library: Library

    def run(self, script: str, lines: Sequence[str]) -> Output:
        """Run a script of the management side. Raises LostError."""
        try:
            if not is_bootstrap(script):
                return command(self.machine, script)
            task = decoded(lines, self.library)
        except NotModelledError as error:
            return _told(self._loud("", error))
        try:
            return _told(self.module(task))
        except LostError:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of a handler is told where tests and people look
            where = "; ".join(f"{one.name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-3:])
            mistake = NotModelledError(f"that: a mistake of its own, {type(error).__name__}: {error} ({where})")
            return _told(self._loud(task.module.name, mistake))

    def module(self, task: Task) -> Result:
        """Run a module, faults of the machine included. Raises LostError."""
        faults = self.machine.faults
        if faults.hits_command(FaultKind.DROP_BEFORE, task.module.name):
            faults.clear(FaultKind.DROP_BEFORE)
            self.machine.drop()
            raise LostError
        later = faults.get(FaultKind.OUTLIVES)
        acts = not task.check and task.args.get("operation") != "read"
        if later is not None and acts and faults.hits_command(FaultKind.OUTLIVES, task.module.name):
            faults.clear(FaultKind.OUTLIVES)
            self.machine.outlive(lambda: self._answer(task), later.amount)
            raise LostError
        slow = faults.get(FaultKind.LATENCY)
        if slow is not None:
            time.sleep(slow.amount)
        result = self._answer(task)
        if faults.hits_command(FaultKind.DROP_AFTER, task.module.name):
            faults.clear(FaultKind.DROP_AFTER)
            self.machine.drop()
            raise LostError
        return result

    def _answer(self, task: Task) -> Result:
        secrets = secret_values(task.secrets, dict(task.args))
        args = Args({})
        try:
            args = validated(task.module, task.args)
            self._fails(task)
            result = self.call(task.module.name, args, check=task.check)
        except RefusedError as error:
            result = {"changed": False, **error.more, "failed": True, "msg": error.message}
        except NotModelledError as error:
            result = self._loud(task.module.name, error)
        if not args.diff:
            result.pop("diff", None)
        if not task.module.legacy:
            result.setdefault("invocation", {"module_args": dict(args)})
        found: Result = censored(result, secrets)
        return found

    def call(self, name: str, args: Args, *, check: bool) -> Result:
        """Call a module's handler. Raises RefusedError, NotModelledError."""
        if name not in HANDLERS:
            raise NotModelledError(f"the module {name}")
        if check and args.get("operation") == "set":
            raise NotModelledError(f"{name} that sets in check mode: a thin module refuses it")
        shared = name.startswith(_OF_DIRECTORIES)
        with self.machine.lock, self.machine.world.lock if shared else nullcontext():
            before = self.machine.frozen() if check else None
            directories = self.machine.world.snapshot() if check and shared else None
            try:
                return HANDLERS[name](self.machine, args, check)
            finally:
                moved = before is not None and self.machine.moved_since(before)
                if moved or (directories is not None and self.machine.world.snapshot() != directories):
                    self.machine.bugs.append(f"{name} changed the host in check mode")

    def _fails(self, task: Task) -> None:
        """Fail as a fault of the machine says: `module: message`, or a message for every module."""
        fault = self.machine.faults.get(FaultKind.MODULE)
        if fault is None:
            return
        name, _, message = fault.text.partition(": ")
        if not message or name in {task.module.name, task.module.name.rpartition(".")[2]}:
            raise RefusedError(message or name)

    def _loud(self, name: str, error: NotModelledError) -> Result:
        bug = f"{name}: {error}" if name else str(error)
        self.machine.bugs.append(bug)
        return {"failed": True, "changed": False, "msg": f"the lab does not model {error} ({self.machine.name} {name})"}


def _told(result: Result) -> Output:
    return Output((json.dumps(result, default=_plain),), 1 if result.get("failed") else 0)


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset | tuple):
        return sorted(str(one) for one in cast("Iterable[object]", value))
    raise TypeError(f"a handler returned a {type(value).__name__}")
