"""Preparing and carrying out resources by their pyinfra operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trustctl.engines.linux.border import OperationMeta, carry_out, executing, on, prepared
from trustctl.engines.linux.child.faults import failed
from trustctl.engines.linux.child.sessions import Session, Sessions
from trustctl.engines.linux.facts import observed
from trustctl.engines.linux.operations import OPERATIONS, together
from trustctl.engines.linux.operations.current import forgetting, seeing
from trustctl.engines.linux.operations.packages import SECONDS as PACKAGE_SECONDS
from trustctl.errors import DeviceError
from trustctl.hosts import Key, Resource
from trustctl.hosts.kinds import ABSENT

_TAIL = 20
"""Lines of a step's output that are handed back."""


def read(session: Session, want: Sequence[Resource]) -> dict[Key, Resource]:
    """Return what the host has of the wanted resources."""
    return observed(session.host, want, _sudo=True)


def prepare(
    sessions: Sessions, session: Session, want: Sequence[Resource], have: Mapping[Key, Resource]
) -> list[dict[str, Any]]:
    """Say for each resource whether its operation would change something, and by which commands. Changes nothing."""
    changing: set[str] = set()
    found: list[dict[str, Any]] = []
    with on(session.host):
        seeing(session.host, have.values())
        try:
            for one in want:
                meta = _operation(session, one)
                if meta.will_change:
                    changing.add(one.name)
                commands = _commands(sessions, session, meta) if meta.will_change else []
                reads = {*one.values("restart"), *one.values("reload")} if one.kind == "service" else set[str]()
                conditional = bool(reads & changing) and not meta.will_change
                found.append({"will_change": meta.will_change, "conditional": conditional, "commands": commands})
        finally:
            forgetting(session.host)
    return found


def run(sessions: Sessions, session: Session, steps: Sequence[Resource]) -> dict[str, Any]:
    """Carry out one step, or several packages in one transaction. Raises DeviceError with the host's own words."""
    executing(sessions.state)
    have = {one.key: unlike(one) for one in steps} if all(map(same_anyway, steps)) else read(session, steps)
    with on(session.host):
        seeing(session.host, have.values())
        try:
            meta = _operation(session, steps[0]) if len(steps) == 1 else _together(session, steps)
            if not meta.will_change:
                return {"changed": False, "commands": [], "tail": []}
            done, commands = carry_out(sessions.state, session.host, meta)
        finally:
            forgetting(session.host)
    if not done:
        raise failed(session.spec.name, steps[0], meta.stdout_lines, meta.stderr_lines)
    return {"changed": True, "commands": commands, "tail": meta.stdout_lines[-_TAIL:]}


SAME_ANYWAY = frozenset({"file", "directory", "link", "sysctl", "hostname", "timezone"})
"""Kinds whose commands are the same whatever the host has: it need not be asked before a step of the plan.

Taking one away is told by whether it is there, which no other step of the same plan changes."""


def same_anyway(step: Resource) -> bool:
    """Whether a step's commands are the same whatever the host has of it."""
    return bool(step.get("do")) or (step.kind in SAME_ANYWAY and not step.absent)


def unlike(step: Resource) -> Resource:
    """Something that differs from the step, whatever may be left out on some hosts."""
    return step.having(value="?") if step.get("value") else Resource(step.kind, step.name, (("state", ABSENT),))


def _operation(session: Session, step: Resource) -> OperationMeta:
    """Call the kind's operation in pyinfra's way. Each has a name, so that no argument becomes a label (P7)."""
    return OPERATIONS[step.kind](step, name=f"{step.kind} {step.name}", **_arguments(step))


def _together(session: Session, steps: Sequence[Resource]) -> OperationMeta:
    if any(step.kind != "package" for step in steps):
        raise DeviceError("only packages are carried out several at a time", where=session.spec.name)
    return together(steps, name=f"packages {' '.join(step.name for step in steps)}", **_arguments(steps[0]))


def _arguments(step: Resource) -> dict[str, Any]:
    arguments: dict[str, Any] = {"_sudo": True, "_timeout": seconds_of(step)}
    if step.kind == "package":
        arguments["_env"] = {"NEEDRESTART_SUSPEND": "1", "DEBIAN_FRONTEND": "noninteractive"}
    return arguments


def seconds_of(step: Resource) -> int:
    """How long a step may take."""
    return {"package": PACKAGE_SECONDS, "command": 600, "service": 180}.get(step.kind, 60)


def _commands(sessions: Sessions, session: Session, meta: OperationMeta) -> list[str]:
    """Return the native commands of an operation that will change something, hidden values masked."""
    return [str(one) for one in prepared(sessions.state, session.host, meta)]
