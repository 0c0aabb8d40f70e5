"""A rehearsal: the plan on simulated twins of the very devices that it was made from."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trustctl.apply.fleet import Halt, Progress
from trustctl.apply.job import Pace
from trustctl.apply.run import DeviceContext, apply_plan
from trustctl.cli.applying import chosen_of, contexts, fleet
from trustctl.cli.dialling import Contact, Dial
from trustctl.cli.planning import captured_file, make
from trustctl.cli.twins import cables, twins
from trustctl.cli.workspace import Workspace
from trustctl.config import digest, read
from trustctl.errors import StalePlanError, TrustctlError
from trustctl.lab.estate import Lab
from trustctl.model.console import Console
from trustctl.model.levels import Stage
from trustctl.model.plan import DevicePlan, Plan
from trustctl.model.run import Run
from trustctl.plan.judge import PlanJudge

_NETWORK = "network"
"""The engine whose devices the lab can make twins of."""
_LINE_SECONDS = 0.1
"""What a line costs on a busy machine that plays the twins too: 550 lines took 22 ms each, four twins at once, on two
cores (measured), and somebody else may want the machine."""
_SHORTEST_MINUTE = 2.0
"""Seconds: a small plan need not wait long for a timer to run out."""


def minute_for(plan: Plan) -> float:
    """Seconds that a minute of a timer should last, so that the shortest timer outlasts the longest push of a plan.

    Before: 500 lines on one device.  After: 10, as the shortest timer is 5 minutes. A rehearsal that goes well waits
    for no timer, so a longer minute costs nothing but the time to see a rollback.
    """
    lines = max((len(device.commands) for device in plan.changed), default=0)
    return max(_SHORTEST_MINUTE, round(lines * _LINE_SECONDS / Pace().revert_minutes, 1))


def rehearsed(plan: Plan) -> tuple[DevicePlan, ...]:
    """The devices of a plan that have twins: a server's twin would be a server, so those are left out."""
    return tuple(device for device in plan.changed if device.changes and device.engine == _NETWORK)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What happened on the twins: the run, and what a second plan would still change (good: nothing)."""

    run: Run
    left: Plan


def rehearse(workspace: Workspace, plan: Plan, *, minute: float, progress: Progress | None = None) -> Rehearsal:
    """Boot a twin of every device with changes from what was observed, apply the plan to them, and plan again.

    Neither stage observe holds here nor the need of a person at a console, as nothing real is written to. Raises
    StalePlanError if what was observed is no longer at hand.
    """
    planned = (replace(device, stage=_written(device)) for device in rehearsed(plan))
    wanted = replace(plan, devices=tuple(planned))
    boots = {device.name: observed_text(workspace, device) for device in wanted.devices}
    chosen = chosen_of(workspace, boots)
    specs = twins(workspace, boots)
    lab = Lab(specs, links=cables(workspace, frozenset(boots)), started=workspace.clock.now(), minute_seconds=minute)
    with lab, tempfile.TemporaryDirectory(prefix="trustctl-rehearsal-") as folder:
        stage = _Stage(workspace, Path(folder))
        dial = Dial(_contacts(lab, {spec.name: spec.serial for spec in specs}), minute)
        known = contexts(stage, boots, dial).whole()
        network = {name: one for name, one in known.items() if isinstance(one, DeviceContext)}
        about = _as_planned(stage, wanted, boots, network)
        tools = fleet(stage, dial, Halt(), progress=progress)
        console = Console("the rehearsal", frozenset(boots))
        run = apply_plan(wanted, about, tools, workspace.secrets.get, kind="rehearsal", console=console)
        compared = any(one.scope.secrets for one in about.values())
        left = make(stage, chosen, dial, compare_secrets=compared, only=plan.only).plan
        stage.journal.close()
    return Rehearsal(run, left)


def _as_planned(
    workspace: Workspace, plan: Plan, boots: Mapping[str, str], about: Mapping[str, DeviceContext]
) -> Mapping[str, DeviceContext]:
    """The contexts, limited to the plan's topics, secrets compared as they were then: with the store, or without one.

    Raises StalePlanError with the lines if the inventory has moved since, either way.
    """
    about = {name: replace(one, scope=replace(one.scope, only=frozenset(plan.only))) for name, one in about.items()}
    blind = {name: replace(one, scope=replace(one.scope, secrets=None)) for name, one in about.items()}
    moved: dict[str, tuple[str, ...]] = {}
    for candidate in (about, blind):
        moved = {}
        for device in plan.devices:
            one = candidate[device.name]
            judge = PlanJudge(device, one.intended, one.rulebook, one.scope)
            if lines := judge.moved(boots[device.name]):
                moved[device.name] = lines
        if not moved:
            return candidate
    name, lines = next(iter(moved.items()))
    raise StalePlanError(
        "\n".join(["the inventory has changed since the plan was made:", *lines[:20]]),
        where=name,
        remedy="plan again, and rehearse the new plan",
    )


class _Stage(Workspace):
    """The same inventory and secrets with a state folder of its own: a rehearsal leaves no trace."""

    def __init__(self, real: Workspace, state: Path) -> None:
        super().__init__(real.inventory, real.secrets_file)
        self.store = real.store
        self.state = state


def _written(device: DevicePlan) -> Stage:
    return Stage.ENSURE if device.stage is Stage.OBSERVE else device.stage


def _contacts(lab: Lab, serials: Mapping[str, str]) -> Mapping[str, Contact]:
    return {
        name: Contact(host=host, port=port, host_key=lab.host_key(name), serial=serials[name])
        for name, (host, port) in lab.endpoints.items()
    }


def observed_text(workspace: Workspace, device: DevicePlan) -> str:
    """The configuration that the plan was made from: a captured file or one of our backups, told by its digest.

    Raises StalePlanError if neither is at hand.
    """
    school, switch = chosen_of(workspace, (device.name,))[0]
    rulebook = workspace.platform(device.platform).rulebook
    source = workspace.repository / device.observed_source
    captured = captured_file(workspace, school, switch, None)
    stored = sorted((workspace.state / "backups" / device.name).glob("*.cfg"), key=lambda path: -path.stat().st_mtime)
    for path in (*([source] if source.is_file() else []), *([captured] if captured else []), *stored):
        text = path.read_text(encoding="utf-8", errors="surrogateescape").replace("\r\n", "\n")
        try:
            if digest(read(text, rulebook, where=str(path))) == device.observed_digest:
                return text
        except TrustctlError:
            continue
    raise StalePlanError(
        "the configuration that this plan was made from is not on this machine",
        where=device.name,
        remedy="plan again here, then rehearse that plan",
    )
