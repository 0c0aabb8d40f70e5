"""From devices to a plan: render, observe (live or captured), compare."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trustctl import __version__
from trustctl.cli.dialling import Dial
from trustctl.cli.events import EVENTS
from trustctl.cli.screen import Progress, note
from trustctl.cli.select import Chosen
from trustctl.cli.workspace import Workspace
from trustctl.engines.protocol import Reading, Target
from trustctl.errors import (
    DeviceError,
    ExitCode,
    MissingSecretError,
    RenderError,
    SecretError,
    StoreUnavailableError,
    TrustctlError,
    UnreachableError,
    UsageError,
    WrongDeviceError,
)
from trustctl.model.linux import LinuxHost
from trustctl.model.plan import Action, Intended, Observed, Plan
from trustctl.model.school import School
from trustctl.model.secret import SECRET_TOKEN
from trustctl.model.switch import Device
from trustctl.model.windows import WindowsHost
from trustctl.plan.build import AnyInput, DeviceInput, PlanHead, make_plan
from trustctl.plan.captured import find, read_captured
from trustctl.plan.document import with_digest
from trustctl.plan.hosts import HostInput, wanted
from trustctl.plan.tags import says_rotated, with_tags
from trustctl.plan.windows import WindowsInput
from trustctl.render import Renderer
from trustctl.secrets.trust_keys import tagger
from trustctl.secrets.verify import coming

if TYPE_CHECKING:
    from trustctl.engines.windows.engine import Wanted

GROUPS = {"windows": ("windows",), "hyperv": ("windows", "hyperv"), "directory": ("directory",)}
"""Of Ansible's inventory, by the kind of a Windows host: which plays are about it."""
_MOST_NAMES = 12
"""Of missing secrets that a plan's head names."""

Seen = Mapping[str, Observed | TrustctlError]
"""What each device says it has, or why nobody knows."""


def rendered(workspace: Workspace, chosen: Chosen) -> dict[str, Intended | TrustctlError]:
    """The intended configuration of every device; a template that misses a value is that device's result.

    Starts one process for all; call it before threads are started.
    """
    renderer = Renderer(workspace.template_roots)
    results: dict[str, Intended | TrustctlError] = {}
    rest = list(chosen)
    while rest:
        try:
            for intended in renderer.render_all(workspace.trust, rest):
                results[intended.device] = intended
                rest = rest[1:]
        except RenderError as error:
            results[rest[0][1].name] = error
            rest = rest[1:]
    for school, device in chosen:
        meant = results[device.name]
        if isinstance(device, LinuxHost) and isinstance(meant, Intended):
            try:
                workspace.wants[device.name] = tuple(wanted(meant).values())
            except RenderError as error:
                results[device.name] = error
        if isinstance(device, WindowsHost) and isinstance(meant, Intended):
            try:
                workspace.windows[device.name] = _wanted_of(workspace, school, device, meant)
            except RenderError as error:
                results[device.name] = error
    return results


def _wanted_of(workspace: Workspace, school: School, host: WindowsHost, meant: Intended) -> Wanted:
    """What a Windows host's roles are told, and how it is reached. Raises RenderError."""
    from trustctl.engines.windows.engine import wanted as roles_told  # noqa: PLC0415 - no switch waits for its imports

    ca = str(workspace.inventory / host.connection.ca) if host.connection.ca else ""
    groups, way = (school.slug, *GROUPS[host.kind]), host.connection
    return roles_told(groups, meant.text, way.auth, ca, delegate=way.delegate)


def observe_live(workspace: Workspace, chosen: Chosen, dial: Dial) -> Seen:
    """Read every device, many at a time, and keep each text as a private backup (for rehearse and rollback)."""
    targets: list[Target] = []
    seen: dict[str, Observed | TrustctlError] = {}
    _described(workspace, chosen)
    _ = workspace.secrets  # a file that was named and cannot be used is said once, not for each device
    for _, switch in chosen:
        try:
            targets.append(dial.adopted(workspace, switch))
        except (SecretError, UnreachableError, WrongDeviceError) as error:
            seen[switch.name] = error
    with Progress("reading", len(targets)) as progress:

        def done(reading: Reading) -> None:
            EVENTS.add(
                "device read", device=reading.device, error=type(reading.error).__name__ if reading.error else None
            )
            progress.step(reading.device)

        readings = workspace.connector.observe_many(targets, taken=workspace.clock.now(), done=done)
    for reading in readings:
        if reading.observed is not None:
            workspace.backups.store(reading.device, reading.observed.running)
            seen[reading.device] = reading.observed
        else:
            seen[reading.device] = reading.error or DeviceError("nothing was read", where=reading.device)
    return seen


def _described(workspace: Workspace, chosen: Chosen) -> None:
    """A server is read for what it shall have: render those that were not rendered yet."""
    missing = tuple(
        (school, device)
        for school, device in chosen
        if (isinstance(device, LinuxHost) and device.name not in workspace.wants)
        or (isinstance(device, WindowsHost) and device.name not in workspace.windows)
    )
    if missing:
        rendered(workspace, missing)


def observe_captured(workspace: Workspace, chosen: Chosen, folder: Path | None) -> Seen:
    """Read captured configurations: from `folder`, or (None) the files that the inventory names."""
    hostnames = {switch.hostname.lower(): switch.name for switch in workspace.trust.devices()}
    return {switch.name: _captured(workspace, school, switch, folder, hostnames) for school, switch in chosen}


def _captured(
    workspace: Workspace, school: School, switch: Device, folder: Path | None, hostnames: Mapping[str, str]
) -> Observed | TrustctlError:
    path = captured_file(workspace, school, switch, folder)
    if path is None:
        where = workspace.relative(folder) if folder else workspace.relative(workspace.inventory)
        how = "`trustctl backup` writes one" if isinstance(switch, LinuxHost) else "save its running configuration"
        remedy = f"{how} as {switch.name}.cfg" + (" there" if folder else " and name it")
        what = "description" if isinstance(switch, LinuxHost) else "configuration"
        return DeviceError(f"there is no captured {what} of this device", where=where, remedy=remedy)
    try:
        return read_captured(path, switch, shown_as=workspace.relative(path), hostnames=hostnames)
    except TrustctlError as error:
        return error


def _topics(workspace: Workspace, chosen: Chosen, words: tuple[str, ...]) -> tuple[str, ...]:
    """The topics as the rulebooks and descriptions of these devices spell them. Raises UsageError for another one.

    Call it when the devices are rendered.
    """
    names = {device.platform for _, device in chosen if not isinstance(device, LinuxHost | WindowsHost)}
    known = {topic.lower(): topic for name in names for topic in workspace.platform(name).rulebook.topics}
    hosts = (workspace.wants.get(device.name, ()) for _, device in chosen)
    known |= {one.topic.name.lower(): one.topic.name for resources in hosts for one in resources}
    if any(isinstance(device, WindowsHost) for _, device in chosen):
        known |= {name.lower(): name for name in workspace.topics}
    for word in words:
        if word.lower() not in known:
            raise UsageError(f"there is no topic {word!r}", remedy=f"topics: {', '.join(known.values())}")
    return tuple(known[word.lower()] for word in words)


def captured_file(workspace: Workspace, school: School, switch: Device, folder: Path | None) -> Path | None:
    """Where a device's captured configuration lies; None if there is none.

    In `folder` it may lie directly, under the school's slug, or under `captured/` there, so that `--against
    inventory/schools` finds every school's.
    """
    if folder is None:
        path = workspace.inventory / switch.captured if switch.captured else None
        return path if path is not None and path.is_file() else None
    places = (folder, folder / school.slug, folder / school.slug / "captured", folder / "captured")
    return next((found for place in places if (found := find(place, switch)) is not None), None)


def plan_for(
    workspace: Workspace,
    chosen: Chosen,
    seen: Seen,
    intended: Mapping[str, Intended | TrustctlError],
    *,
    against: str = "",
    compare_secrets: bool = True,
    only: tuple[str, ...] = (),
) -> Plan:
    """Compare what was seen with what is intended; in these topics only, if there are any."""
    inputs = tuple(_input(workspace, school, device, intended, seen) for school, device in chosen)
    verifier = workspace.verifier if compare_secrets else None
    head = PlanHead(
        workspace.clock.now(),
        workspace.commit(),
        __version__,
        against,
        only,
        rotating=being_rotated(workspace, intended.values()) if verifier else frozenset(),
    )
    plan = make_plan(workspace.trust, inputs, head, verifier)
    if verifier and says_rotated(plan) and (tag := tagger(workspace.secrets)) is not None:
        plan = with_tags(plan, lambda name: _tag(workspace, tag, name))
    return with_versions(workspace, plan, intended.values())


def _input(
    workspace: Workspace, school: School, device: Device, intended: Mapping[str, Intended | TrustctlError], seen: Seen
) -> AnyInput:
    meant, found = intended[device.name], seen[device.name]
    if isinstance(device, LinuxHost):
        return HostInput(device, school, meant, found)
    if isinstance(device, WindowsHost):
        return WindowsInput(device, school, meant, found, workspace.topics)
    return DeviceInput(device, school, workspace.platform(device.platform), meant, found)


def _tag(workspace: Workspace, tag: Callable[[str], str], name: str) -> str | None:
    """A secret's tag; None where the store does not give it: beside one that differs may stand one that is missing."""
    try:
        return tag(workspace.secrets.get(name))
    except (MissingSecretError, StoreUnavailableError):
        return None


def with_versions(workspace: Workspace, plan: Plan, intended: Iterable[Intended | TrustctlError]) -> Plan:
    """The plan with the versions of the secrets that it compared or sets, and a word on those that it lacked."""
    store = workspace.store
    if store is None:
        return plan
    set_here = {name for device in plan.devices for line in device.commands for name in SECRET_TOKEN.findall(line)}
    for name in sorted(set_here):
        with contextlib.suppress(SecretError):
            store.held(name)
    named = _names(intended)
    versions = {name: version for name, version in sorted(store.versions.items()) if name in named}
    notes = plan.notes
    if store.closed is not None:
        where = f" ({store.closed.where})" if store.closed.where else ""
        notes = (*notes, f"secrets could not be compared: {store.closed.problem}{where}")
    if missing := sorted(store.missing & named):
        notes = (*notes, _missing(missing))
    return with_digest(replace(plan, secrets=versions, notes=notes)) if versions or notes != plan.notes else plan


def _missing(names: Sequence[str]) -> str:
    """What a plan says of secrets that are not in the store."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    said = "1 secret is" if len(names) == 1 else f"{len(names)} secrets are"
    return (
        f"{said} not in the store, so could not be compared: {', '.join(names[:_MOST_NAMES])}{more}. "
        "Set each: trustctl secret set NAME; until then apply refuses a device that would be sent one"
    )


def _names(intended: Iterable[Intended | TrustctlError]) -> set[str]:
    """The secrets that these lines name."""
    lines = (line.text for one in intended if isinstance(one, Intended) for line in one.lines)
    return {name for line in lines for name in SECRET_TOKEN.findall(line)}


def being_rotated(workspace: Workspace, intended: Iterable[Intended | TrustctlError]) -> frozenset[str]:
    """The secrets of these lines that have a coming value.

    One of which the store does not say it is not among them: no device that needs it is compared, so none is sent it.
    """
    found: set[str] = set()
    for name in _names(intended):
        with contextlib.suppress(SecretError):
            if coming(workspace.secrets, name) is not None:
                found.add(name)
    return frozenset(found)


def _captured_ones(workspace: Workspace, chosen: Chosen, folder: Path | None) -> Chosen:
    """Without the servers that nobody described: few people keep such a text, and a plan shows the rest as well.

    And without Windows hosts: what their roles would do only the hosts themselves tell.
    """
    kept = tuple(
        (school, device)
        for school, device in chosen
        if not isinstance(device, WindowsHost)
        and (not isinstance(device, LinuxHost) or captured_file(workspace, school, device, folder) is not None)
    )
    left = [(school, device) for school, device in chosen if (school, device) not in kept]
    if left and kept:
        names = ",".join(device.name for _, device in left)
        schools = " ".join(dict.fromkeys(school.slug for school, _ in left))
        note(f"left out, as nothing captured says what they have: {names.replace(',', ', ')}")
        note(f"  to see them, ask them: trustctl plan {schools} --limit {names}")
    return kept or chosen


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, and the exit code for what could not be planned (DONE if everything was)."""

    plan: Plan
    trouble: ExitCode


def make(
    workspace: Workspace,
    chosen: Chosen,
    dial: Dial,
    *,
    against: Path | None = None,
    captured: bool = False,
    compare_secrets: bool = True,
    only: tuple[str, ...] = (),
) -> Made:
    """Plan these devices: against captured files if asked, else against the devices themselves.

    A server without a captured description is left out of a plan against captured files, and named.
    """
    if captured or against is not None:
        chosen = _captured_ones(workspace, chosen, against)
    if not captured and against is None and any(isinstance(device, LinuxHost) for _, device in chosen):
        workspace.connector.linux.begin()  # its imports take as long as the rendering
    intended = rendered(workspace, chosen)
    only = _topics(workspace, chosen, only) if only else ()
    shown = ""
    if captured or against is not None:
        seen = observe_captured(workspace, chosen, against)
        shown = workspace.relative(against) if against else workspace.relative(workspace.inventory)
    else:
        seen = observe_live(workspace, chosen, dial)
    plan = plan_for(workspace, chosen, seen, intended, against=shown, compare_secrets=compare_secrets, only=only)
    known = {name: found for name, found in (*intended.items(), *seen.items()) if isinstance(found, TrustctlError)}
    lost = {
        device.name: known.get(device.name, DeviceError(device.reason))
        for device in plan.devices
        if device.action in {Action.REFUSED, Action.UNREACHABLE}
    }
    return Made(plan, trouble_of(lost, len(plan.devices)))


def trouble_of(failed: Mapping[str, TrustctlError], total: int) -> ExitCode:
    """The exit code of a reading in which some devices failed.

    Trust first (another box or another key answers), then: all failed alike, or only some.
    """
    codes = {error.exit_code for error in failed.values()}
    if not codes:
        return ExitCode.DONE
    if ExitCode.TRUST in codes:
        return ExitCode.TRUST
    if len(failed) < total:
        return ExitCode.PARTIAL
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED_UNCHANGED
