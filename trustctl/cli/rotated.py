"""What a step of a rotation gave to a device, and how `apply` sees the devices of such a step."""

from __future__ import annotations

from trustctl.cli.planning import rendered
from trustctl.cli.select import Chosen
from trustctl.cli.workspace import Workspace
from trustctl.config import Config, Scope, read
from trustctl.errors import MissingSecretError, StalePlanError, TrustctlError
from trustctl.journal import Phase
from trustctl.model.linux import LinuxHost
from trustctl.model.plan import Intended
from trustctl.model.rotation import Rotation
from trustctl.model.run import Outcome, Run
from trustctl.model.secret import SECRET_TOKEN, next_name
from trustctl.model.switch import Device
from trustctl.plan.files import loads
from trustctl.plan.hosts import HostScope, wanted
from trustctl.plan.places import filled, held_values, marked, places_only, resending
from trustctl.plan.rotation import Key
from trustctl.secrets.mark import coming_mark


def given_before(workspace: Workspace, device: Device, secret: str, place: str, now: tuple[Config, Intended]) -> bool:
    """Whether the last thing that was done to this place was a step that gave it the coming value, as it still stands.

    For a value that nobody can compare: the journal says what was sent, and the text that the device printed right
    after is compared with what it prints now. Raises StorageError, LosslessError.
    """
    for run in workspace.journal.runs():
        outcome = next((one for one in run.outcomes if one.device == device.name), None)
        if outcome is None or outcome.outcome in {Outcome.REFUSED, Outcome.UNCHANGED, Outcome.ROLLED_BACK}:
            continue
        if run.kind != "apply" or outcome.outcome is not Outcome.APPLIED:
            return False
        plan = loads(workspace.journal.plan_of(run.id), where=run.id)
        rotation = plan.rotation
        if rotation is not None:
            # a step sends to its own places alone
            if rotation.secret != secret or place not in rotation.places.get(device.name, ()):
                continue
            ours = rotation.key == Key.NEXT.value and rotation.mark == coming_mark(workspace.secrets, secret)
            return ours and _as_then(workspace, run, device, (secret, place), now)
        sent = next((one.commands for one in plan.devices if one.name == device.name), ())
        if {secret, next_name(secret)}.intersection(name for line in sent for name in SECRET_TOKEN.findall(line)):
            return False
    return False


def _as_then(
    workspace: Workspace, run: Run, device: Device, what: tuple[str, str], now: tuple[Config, Intended]
) -> bool:
    config, intended = now
    steps = [step for _, step in workspace.journal.records(run.id) if step.device == device.name]
    read_back = [step.detail.get("sha256") for step in steps if step.phase is Phase.VERIFY and step.kind == "result"]
    if not read_back:
        return False
    rulebook = workspace.platform(device.platform).rulebook
    then = read(workspace.backups.load(device.name, str(read_back[-1])), rulebook, where=device.name)
    secret, place = what
    return held_values(then, intended, secret, place, rulebook) == held_values(
        config, intended, secret, place, rulebook
    )


def check_coming(workspace: Workspace, rotation: Rotation) -> None:
    """Compare the coming value with the one that a step was planned with.

    With another one the devices would get a value that their server has not got. Raises StalePlanError if it is another
    now, or there is none any more; SecretError if the store cannot say.
    """
    try:
        same = coming_mark(workspace.secrets, rotation.secret) == rotation.mark
    except MissingSecretError:
        same = False
    if not same:
        raise StalePlanError(
            f"the coming value of {rotation.secret} is not the one that this step was planned with",
            where=next_name(rotation.secret),
            remedy=f"plan the step again: trustctl plan --rotate {rotation.secret}",
        )


def as_planned(workspace: Workspace, chosen: Chosen, rotation: Rotation) -> dict[str, Intended | TrustctlError]:
    """The lines of the step for each device, from today's inventory."""
    found = rendered(workspace, tuple((marked(school, rotation.secret), device) for school, device in chosen))
    for _, device in chosen:
        meant = found[device.name]
        if isinstance(meant, TrustctlError):
            continue
        keys = dict.fromkeys(rotation.places.get(device.name, ()), Key(rotation.key))
        host = isinstance(device, LinuxHost)
        found[device.name] = lines = filled(meant, rotation.secret, keys, whole=host)
        if host:
            workspace.wants[device.name] = tuple(wanted(lines).values())
    return found


def narrowed(scope: Scope, rotation: Rotation | None) -> Scope:
    """How far a change of a switch may go: as planned, if it is a step of a rotation."""
    return scope if rotation is None else resending(scope, rotation.secret, Key(rotation.key))


def narrowed_host(scope: HostScope, rotation: Rotation | None, intended: Intended) -> HostScope:
    """How far a change of a Linux server may go."""
    return scope if rotation is None else places_only(scope, intended, rotation.secret)
