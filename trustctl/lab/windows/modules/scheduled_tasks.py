"""community.windows.win_scheduled_task 3.1.0, for tasks of each day. It compares COM properties.

A task that is to be made is, in check mode, shown with its actions only: what else it would have is looked at once it
is there (`we cannot configure a task that was created above in check mode`, read in its source).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import Machine, part
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler
from trustctl.lab.windows.spec import WindowsSpec

_ACTION = {"path": "Path", "arguments": "Arguments", "working_directory": "WorkingDirectory"}
_TRIGGER = {"start_boundary": "StartBoundary", "days_interval": "DaysInterval", "enabled": "Enabled"}
_PRINCIPAL = {"logon_type": "LogonType", "run_level": "RunLevel", "username": "UserId"}
_SETTINGS = {"enabled": "Enabled"}
_ABOUT = {"description": "Description"}
_OPTIONS = {"name", "path", "state", "actions", "triggers", "update_password"} | {*_PRINCIPAL, *_SETTINGS, *_ABOUT}
_ACCOUNTS = {"system": "NT AUTHORITY\\SYSTEM", "s-1-5-18": "NT AUTHORITY\\SYSTEM"}


@dataclass(slots=True)
class ScheduledTask:
    """A task of the scheduler: its actions and triggers in order, and what it has once, by the COM properties."""

    name: str
    actions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    triggers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    principal: dict[str, Any] = field(default_factory=dict[str, Any])
    settings: dict[str, Any] = field(default_factory=lambda: {"Enabled": True})
    about: dict[str, Any] = field(default_factory=dict[str, Any])


@part
@dataclass
class Scheduler:
    """The scheduler's tasks by their path, in lower case."""

    tasks: dict[str, ScheduledTask] = field(default_factory=dict[str, ScheduledTask])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Scheduler:
        """A delivered host has none that anybody here asks about."""
        return cls()

    def started(self) -> None:
        """Tasks outlive restarts."""


@handler("community.windows.win_scheduled_task")
def win_scheduled_task(host: Machine, args: Args, check: bool) -> Result:
    """Keep one task of the scheduler."""
    unknown = {name for name in args.given if args[name] is not None} - _OPTIONS
    if unknown:
        raise NotModelledError(f"{', '.join(sorted(unknown))} of a scheduled task")
    name = args.text("path").rstrip("\\") + "\\" + args.text("name")
    tasks = host.part(Scheduler).tasks
    found = tasks.get(name.casefold())
    if args.text("state") == "absent":
        if found is not None and not check:
            del tasks[name.casefold()]
        return {"changed": found is not None, "diff": {"prepared": f"-[Task]\n-{name}\n"} if found else {}}
    made = "" if found else _new(name, args)
    if found is None:
        if check:
            return {"changed": True, "diff": {"prepared": made}}
        found = ScheduledTask(name, actions=_parts(args.listed("actions") or (), _ACTION))
    after, lines = _changed(found, args)
    if not check:
        tasks[name.casefold()] = after
    told = {"prepared": f"{made}\n{lines}".strip()} if made or lines else {}
    return {"changed": bool(told), "diff": told}


def _new(name: str, args: Args) -> str:
    actions = args.listed("actions")
    if not actions:
        raise RefusedError("cannot create a task with no actions, set at least one action with a path to an executable")
    text = f"+[Task]\n+{name}\n\n[Actions]\n"
    for one in actions:
        text += "+action[0] = {\n  +Type=TASK_ACTION_EXEC,\n"
        text += "".join(f"  +{prop}={one[option]}\n" for option, prop in _ACTION.items() if one.get(option) is not None)
        text += "+}\n"
    return text


def _parts(wanted: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{prop: one[option] for option, prop in names.items() if one.get(option) is not None} for one in wanted]


def _changed(have: ScheduledTask, args: Args) -> tuple[ScheduledTask, str]:
    """The task as it would be, and the differences as the module writes them."""
    sections: list[str] = []
    lists: dict[str, list[dict[str, Any]]] = {"actions": have.actions, "triggers": have.triggers}
    for option, names, word in (("actions", _ACTION, "action"), ("triggers", _TRIGGER, "trigger")):
        wanted = args.listed(option)
        if wanted is None:
            continue
        if option == "triggers" and any(one.get("type") != "daily" for one in wanted):
            raise NotModelledError("a trigger of a scheduled task that is not daily")
        parts = _parts(wanted, names)
        if parts != lists[option]:
            sections.append(f"[{option.capitalize()}]\n{_listed(word, lists[option], parts)}")
        lists[option] = parts
    once: list[dict[str, Any]] = []
    for title, names, old in (
        ("Principal", _PRINCIPAL, have.principal),
        ("Registration Info", _ABOUT, have.about),
        ("Settings", _SETTINGS, have.settings),
    ):
        new = old | {prop: _value(option, args[option]) for option, prop in names.items() if args[option] is not None}
        if new != old:
            sections.append(f"[{title}]\n{_lines(old, new)}")
        once.append(new)
    after = ScheduledTask(have.name, lists["actions"], lists["triggers"], once[0], once[2], once[1])
    return after, "\n\n".join(sections)


def _value(option: str, value: Any) -> Any:
    return _ACCOUNTS.get(str(value).casefold(), value) if option == "username" else value


def _listed(word: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> str:
    texts: list[str] = []
    for at in range(max(len(old), len(new))):
        before, after = (dict(each[at]) if at < len(each) else {} for each in (old, new))
        if before != after:
            sign = "+" if at >= len(old) else "-" if at >= len(new) else ""
            texts.append(f"{sign}{word}[{at}] = {{\n{_lines(before, after)}\n{sign}}}")
    return "\n".join(texts)


def _lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for prop in dict.fromkeys([*old, *new]):
        if old.get(prop) != new.get(prop):
            lines += [f"-{prop}={old[prop]}"] if prop in old else []
            lines += [f"+{prop}={new[prop]}"] if prop in new else []
    return "\n".join(lines)
