"""Ansible's screen for trustctl: one JSON line per event, to the descriptor that TRUSTCTL_EVENTS names.

Ansible loads this file by its path, in its own process; nothing of trustctl imports it. It holds back what a task
hides (`no_log`); what else is secret the reader masks, who knows the values. Facts about results, tasks and items are
measured on ansible-core 2.19.14.
"""

# ruff: noqa: INP001, SLF001, TID251 - no package: Ansible loads it by path; what is needed is private there; the
# environment of that process is what we gave it
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateUsage=false, reportAttributeAccessIssue=false
# Ansible ships no types

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from typing import Any

from ansible.parsing.ajson import AnsibleJSONEncoder  # type: ignore[import-untyped]  # Ansible ships no types
from ansible.plugins.callback import CallbackBase  # type: ignore[import-untyped]  # as above

DOCUMENTATION = """
name: trustctl_json
type: stdout
short_description: One JSON line per event, for trustctl
description:
  - Writes what each task asked for and found to an inherited file descriptor.
"""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOUD = ("changed", "skipped", "diff", "msg", "reboot_required", "trust_resource", "skip_reason", "rc")
"""Of a result: what the reader needs."""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible ships no types
    """Writes events."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "trustctl_json"

    def __init__(self) -> None:
        super().__init__()
        self._out = os.fdopen(int(os.environ.pop("TRUSTCTL_EVENTS")), "w", encoding="utf-8")
        self._items: Counter[tuple[str, str]] = Counter()
        self._say("started")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins."""
        self._say("play", name=play.get_name())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: Any) -> None:
        """A task begins on its hosts."""
        self._say("task", name=task.get_name(), place=task.get_path())

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """A handler begins on its hosts."""
        self._say("task", name=task.get_name(), place=task.get_path())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Everything is over."""
        self._say("stats", hosts={host: stats.summarize(host) for host in stats.processed})

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task went well on one host; of a loop each item was told already."""
        if not self._looped(result):
            self._result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: Any = None) -> None:
        """A task failed on one host."""
        self._result("failed", result, ignored=bool(ignore_errors), whole=self._looped(result))

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task was not carried out on one host."""
        if not self._looped(result):
            self._result("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host does not answer, or no longer."""
        self._result("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """One item of a loop went well."""
        self._item("ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """One item of a loop failed; that the task did is told behind the last."""
        self._item("failed", result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """One item of a loop was not carried out."""
        self._item("skipped", result)

    def _item(self, event: str, result: Any) -> None:
        key = (result.host.get_name(), result.task._uuid)
        number, self._items[key] = self._items[key], self._items[key] + 1
        self._result(event, result, item=number)

    @staticmethod
    def _looped(result: Any) -> bool:
        return bool(result.task.loop) and isinstance(result.result.get("results"), list)

    def _result(self, event: str, result: Any, **more: Any) -> None:
        task, fields, found = result.task, result.task_fields, result.result
        hidden = bool(found.get("_ansible_no_log") or fields.get("no_log") or task.no_log)
        role = task._role.get_name(include_role_fqcn=False) if task._role else ""
        told = {key: found[key] for key in _LOUD if key in found and (not hidden or key in {"changed", "skipped"})}
        self._say(
            event,
            host=result.host.get_name(),
            role=role,
            name=task.name or task.get_name(),
            place=task.get_path(),
            module=getattr(task, "resolved_action", None) or task.action,
            check=bool(fields.get("check_mode", task.check_mode)),
            no_log=hidden,
            args={} if hidden else self._args(result, item="item" in more),
            names=_names(_sources(task), role),
            loop=_names(task.loop, role),
            **told,
            **more,
        )

    @staticmethod
    def _args(result: Any, *, item: bool) -> dict[str, Any]:
        """The arguments as the task sent them: an item's stand in the task, a plain task's in its fields."""
        given = result.task.args if item else result.task_fields.get("args")
        return {key: value for key, value in (given or {}).items() if not key.startswith("_ansible")}

    def _say(self, event: str, **words: Any) -> None:
        line = json.dumps({"event": event, **words}, cls=AnsibleJSONEncoder, ensure_ascii=True)
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except OSError:
            # nobody listens any more: no further task is begun, and nothing goes on unheard
            os.killpg(os.getpgrp(), signal.SIGKILL)


def _sources(task: Any) -> Any:
    """What a task takes its arguments from: everything that is written in it but the name for what comes out."""
    return {key: value for key, value in (task.get_ds() or {}).items() if key != "register"}


def _names(written: Any, role: str) -> list[str]:
    """The variables of its role that something in a task names."""
    text = json.dumps(written, default=str)
    return sorted({name for name in _NAME.findall(text) if role and name.startswith(role + "_")})
