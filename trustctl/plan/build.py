"""Observed and Intended -> DevicePlan -> Plan. One device's trouble is its own: it never stops the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from trustctl.config import Comparison, Config, Scope, compare, digest, loses_login, mask, read, read_intended
from trustctl.config.scope import SecretVerifier
from trustctl.config.syntax import UNTOLD, Wholeness
from trustctl.errors import TrustctlError, UnreachableError
from trustctl.model.console import NO_WAY_BACK, console_remedy
from trustctl.model.levels import Stage
from trustctl.model.overdue import overdue
from trustctl.model.plan import (
    Action,
    DevicePlan,
    Flag,
    Intended,
    Observed,
    Plan,
    Rule,
    Severity,
    Tier,
)
from trustctl.model.rotation import Rotation
from trustctl.model.school import School, Trust
from trustctl.model.secret import SECRET_TOKEN
from trustctl.model.switch import Device
from trustctl.plan.blank import without
from trustctl.plan.document import with_digest
from trustctl.plan.hosts import HostInput, plan_host
from trustctl.plan.leaks import without_values
from trustctl.plan.links import Compared, with_link_flags
from trustctl.plan.most import too_many
from trustctl.plan.windows import WindowsInput, plan_windows
from trustctl.platforms import Platform, device_facts, tier_of, way_back_of
from trustctl.platforms.spec import SafeChange

_LOSES_LOGIN = (
    "it takes away the account {user!r} that trustctl signs in with. Name the account that stays as the login of the "
    "school or device, or override services.local_user.name with {user!r} there until the login has moved"
)
_NEVER_WRITTEN = (
    "platform.yml of its platform names no way to take a change back that it has (`safe_change`), and does not allow "
    "to do without (`off_box`): nothing is ever written to it"
)
_NAMES_OURS = (
    "a line on the device itself holds <secret:{}>, which stands for a secret in ours: the device would be sent its "
    "value. Take that line out by hand, and ask who wrote it"
)
_ROTATING = (
    "{0} is being rotated, and this plan would set its present value: finish that first (trustctl plan --rotate {0}), "
    "or leave the topic out with --only"
)
LIFETIME = timedelta(days=14)
"""How long a plan may be applied. The digests decide whether it still fits; this only keeps forgotten files away."""


@dataclass(frozen=True, slots=True)
class DeviceInput:
    """What one device's part of a plan is made from. An error in place of a value is that device's result."""

    switch: Device
    school: School
    platform: Platform
    intended: Intended | TrustctlError
    observed: Observed | TrustctlError
    scope: Scope | None = None
    """How far the comparison may go, where it is not the device's own (`scope_of`): a step of a rotation."""


AnyInput = DeviceInput | HostInput | WindowsInput


@dataclass(frozen=True, slots=True)
class PlanHead:
    """What a plan is bound to besides its devices."""

    created: datetime
    inventory_commit: str
    tool_version: str
    against: str = ""
    only: tuple[str, ...] = ()
    rotation: Rotation | None = None
    notes: tuple[str, ...] = ()
    """Said before what the inventory's exceptions say."""
    rotating: frozenset[str] = frozenset()
    """Secrets that are being rotated: an ordinary plan sends none of them."""


def scope_of(
    switch: Device, school: School, platform: Platform, verifier: SecretVerifier | None, only: tuple[str, ...] = ()
) -> Scope:
    """Return how far the comparison of this device may go.

    At stage `observe` the comparison is made as for `ensure`, so that the plan shows what joining would mean; such a
    plan is shown and never applied. `only` limits it to these topics.
    """
    stage = Stage.ENSURE if switch.stage is Stage.OBSERVE else switch.stage
    return Scope(
        stage=stage,
        ownership=dict(switch.ownership),
        facts=device_facts(school, switch, platform.notation),
        secrets=verifier,
        only=frozenset(only),
    )


def _planned(given: DeviceInput, verifier: SecretVerifier | None, only: tuple[str, ...]) -> Compared:
    """Return one device's plan with the configurations behind it."""
    observed: Config | None = None
    if isinstance(given.observed, TrustctlError):
        unreachable = isinstance(given.observed, UnreachableError)
        action = Action.UNREACHABLE if unreachable else Action.REFUSED
        return Compared(without(given.switch, "network", action, given.observed), given.platform)
    try:
        observed = read(given.observed.running, given.platform.rulebook, where=given.observed.source)
        if isinstance(given.intended, TrustctlError):
            raise given.intended
        intended = read_intended(given.intended, given.platform.rulebook)
        scope = given.scope or scope_of(given.switch, given.school, given.platform, verifier, only)
        comparison = compare(observed, intended, scope)
    except TrustctlError as error:
        return Compared(without(given.switch, "network", Action.REFUSED, error), given.platform, observed)
    plan = _compared(given, given.observed, observed, intended, comparison)
    return Compared(plan, given.platform, observed, comparison.target)


def _untold(source: Observed, observed: Config) -> tuple[Flag, ...]:
    """A flag where a captured text may have been cut; of a live one the prompt behind it told."""
    if observed.whole is not Wholeness.UNTOLD or source.live:
        return ()
    return (Flag(Rule.UNPARSED, Severity.MEDIUM, UNTOLD),)


def _compared(
    given: DeviceInput, source: Observed, observed: Config, intended: Config, comparison: Comparison
) -> DevicePlan:
    switch = given.switch
    observed_digest = digest(observed)
    way = way_back_of(given.platform, source)
    tier = tier_of(way)
    action, reason = _action(given, observed, comparison, way)
    return DevicePlan(
        name=switch.name,
        school=given.school.slug,
        kind=given.switch.kind,
        platform=given.platform.name,
        engine="network",
        stage=switch.stage,
        tier=tier,
        restarts=way is not None and way.restarts,
        action=action,
        reason=reason,
        address=str(switch.address),
        serial=source.serial or switch.serial,
        observed_source=source.source,
        observed_digest=observed_digest,
        intended_digest=digest(intended),
        target_digest=digest(comparison.target) if comparison.commands else observed_digest,
        changes=comparison.changes,
        commands=comparison.commands,
        undo=comparison.undo,
        untouched=comparison.untouched,
        flags=_weighed((*comparison.flags, *_untold(source, observed)), changes=bool(comparison.changes)),
        observed_lines=mask(observed) if comparison.commands else (),
    )


def _action(given: DeviceInput, observed: Config, comparison: Comparison, way: SafeChange | None) -> tuple[Action, str]:
    """Return what the plan does with a device, and why where that is not plainly its change."""
    action = Action.CHANGE if comparison.commands else Action.NONE
    reason = ""
    if action is Action.CHANGE and given.switch.stage is Stage.OBSERVE:
        reason = "stage observe: shown, never applied"
    if action is Action.CHANGE and way is None and given.platform.spec.off_box is None and not reason:
        action, reason = Action.REFUSED, _NEVER_WRITTEN
    if action is Action.CHANGE and tier_of(way) is Tier.C and comparison.lock_out:
        action, reason = _cut_off(given, reason)
    if action is not Action.NONE and loses_login(observed, comparison.target, given.switch.login.username):
        action, reason = Action.REFUSED, _LOSES_LOGIN.format(user=given.switch.login.username)
    if action is Action.CHANGE and (limit := too_many(given.platform, comparison.target)):
        action, reason = Action.REFUSED, limit
    if action is not Action.NONE and (name := _named_by_device(given, comparison)):
        action, reason = Action.REFUSED, _NAMES_OURS.format(name)
    return action, reason


def _named_by_device(given: DeviceInput, comparison: Comparison) -> str:
    """The first secret that only the device's own text names: where that is sent, the value would go to it."""
    ours = SECRET_TOKEN.findall(given.intended.text) if isinstance(given.intended, Intended) else []
    sent = (name for line in (*comparison.commands, *comparison.undo) for name in SECRET_TOKEN.findall(line))
    return next((name for name in sent if name not in ours), "")


def _weighed(flags: tuple[Flag, ...], *, changes: bool) -> tuple[Flag, ...]:
    """What could not be told of a device to which nothing is sent is a note (no severity): there is no risk in it."""
    return flags if changes else tuple(replace(flag, severity=Severity.NONE) for flag in flags)


def _cut_off(given: DeviceInput, reason: str) -> tuple[Action, str]:
    """What becomes of a change that could cut us off on a device that does not take it back by itself."""
    if given.platform.spec.off_box is None:
        return Action.REFUSED, NO_WAY_BACK
    return Action.CONSOLE, reason or f"refused: {NO_WAY_BACK}; {console_remedy(given.switch.name)}"


def make_plan(trust: Trust, inputs: tuple[AnyInput, ...], head: PlanHead, verifier: SecretVerifier | None) -> Plan:
    """Return the plan of these devices, with its digest."""
    schools = {given.school.slug: given.school for given in inputs}
    network = tuple(_planned(given, verifier, head.only) for given in inputs if isinstance(given, DeviceInput))
    made = {device.name: device for device in with_link_flags(network, schools)}
    made |= {one.host.name: plan_host(one, verifier, head.only) for one in inputs if isinstance(one, HostInput)}
    made |= {one.host.name: plan_windows(one, head.only) for one in inputs if isinstance(one, WindowsInput)}
    names = [given.switch.name if isinstance(given, DeviceInput) else given.host.name for given in inputs]
    devices = tuple(_held_back(without_values(made[name]), head.rotating) for name in names)
    plan = Plan(
        created=head.created,
        expires=head.created + LIFETIME,
        inventory_commit=head.inventory_commit,
        inventory_digest=trust.digest,
        tool_version=head.tool_version,
        devices=devices,
        against=head.against,
        only=head.only,
        notes=(*head.notes, *_notes(schools, head.created, frozenset(names))),
        rotation=head.rotation,
        overdue=tuple(one.text for school in schools.values() for one in overdue(school, head.created.date())),
    )
    return with_digest(plan)


def _held_back(device: DevicePlan, rotating: frozenset[str]) -> DevicePlan:
    """Refuse a change that would set the present value of a secret whose coming value is on its way."""
    added = (line for change in device.changes for line in change.diff if line.startswith("+"))
    sent = {name for line in (*device.commands, *added) for name in SECRET_TOKEN.findall(line)}
    names = ", ".join(sorted(sent & rotating))
    return (
        replace(device, action=Action.REFUSED, reason=_ROTATING.format(names)) if names and device.differs else device
    )


def _notes(schools: Mapping[str, School], created: datetime, planned: frozenset[str]) -> tuple[str, ...]:
    """Return what the head of a report says about exceptions: overrides, waivers with their days, untried systems."""
    notes: list[str] = []
    for slug, school in schools.items():
        notes += [
            f"{slug}: {item.path} is {item.value}{_instead(item.default)}{_until(item.expires)}: {item.reason}"
            for item in school.overrides
        ]
        notes += [
            f"{slug}: waiver for {item.path} ({item.reason}; {item.owner}), "
            f"{(item.expires - created.date()).days} days to run"
            for item in school.waivers
        ]
        said = {host.name: host.system.caution for host in school.hosts.values()}
        said |= {host.name: host.system.caution for host in school.windows.values() if host.name in planned}
        for caution in dict.fromkeys(filter(None, said.values())):
            names = ", ".join(name for name, words in said.items() if words == caution)
            notes.append(f"{slug}: {names}: {caution}")
    return tuple(notes)


def _until(day: date | None) -> str:
    """Before: 31 August 2027, None.  After: " until 31 Aug 2027", no words."""
    return f" until {day.day} {day:%b %Y}" if day else ""


def _instead(default: str) -> str:
    """What an override replaces.  Before: `20`, `not set`.  After: " instead of the trust's 20", no words."""
    return "" if default == "not set" else f" instead of the trust's {default}"
