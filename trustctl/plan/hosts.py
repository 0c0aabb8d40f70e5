"""A Linux server's part of a plan: what it has against what it shall have, resource by resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trustctl.errors import DeviceError, LosslessError, RenderError, TrustctlError, UnreachableError
from trustctl.hosts import (
    Comparison,
    Description,
    Difference,
    Key,
    Resource,
    SecretVerifier,
    changes,
    compare,
    digest,
    masked,
    observed,
    parse,
)
from trustctl.model.levels import Ownership, Stage
from trustctl.model.linux import LinuxHost
from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Action, DevicePlan, Flag, Intended, Observed, Rule, Severity, Tier, Untouched
from trustctl.model.school import School
from trustctl.model.secret import SECRET_TOKEN
from trustctl.plan.blank import blank, without

ENGINE = "linux"
EVERYTHING = "*"
"""The key of a server's ownership that holds where no other does."""

_REMOVES_NOTHING = "stage ensure removes nothing"
_IGNORED = "the school's own"
_NO_STORE = "{}: a secret in it could not be compared, as the secret store was not opened; it is left as it is"
_MISSING = (
    "{}: a secret in it could not be compared, as it is not in the secret store; it is left as it is. Set it there: "
    "trustctl secret set {}"
)
_UNTOLD = (
    "{}: a password in it cannot be compared: this computer's C library does not know the kind of its hash, or its "
    "cost is too high. It is left as it is; if it must change, set it on the server by hand"
)


@dataclass(frozen=True, slots=True)
class HostScope:
    """How far the comparison of one server may go. `ownership` is by `kind name`, by topic, or `*`."""

    stage: Stage
    ownership: Mapping[str, Ownership] = field(default_factory=dict[str, Ownership])
    only: frozenset[str] = frozenset()

    def ignores(self, resource: Resource) -> bool:
        """Whether the resource is not ours to touch."""
        if self.only and resource.topic.name not in self.only:
            return True
        keys = (f"{resource.kind} {resource.name}", resource.topic.name, EVERYTHING)
        owner = next((self.ownership[key] for key in keys if key in self.ownership), Ownership.OWNED)
        return owner is Ownership.IGNORED

    def keeps(self, one: Difference) -> bool:
        """Whether it is a removal that this stage does not make; what a package of ours displaces (`for`) goes."""
        return one.after.absent and not one.step.get("for") and self.stage is not Stage.OWN


@dataclass(frozen=True, slots=True)
class HostInput:
    """What one server's part of a plan is made from. An error in place of a value is that server's result."""

    host: LinuxHost
    school: School
    intended: Intended | TrustctlError
    observed: Observed | TrustctlError
    scope: HostScope | None = None
    """How far the comparison may go, where it is not the server's own (`host_scope`): a step of a rotation."""


def host_scope(host: LinuxHost, only: Sequence[str] = ()) -> HostScope:
    """Return how far the comparison of this server may go; at stage `observe` it is made as for `ensure`."""
    stage = Stage.ENSURE if host.stage is Stage.OBSERVE else host.stage
    return HostScope(stage, dict(host.ownership), frozenset(only))


def wanted(intended: Intended) -> dict[Key, Resource]:
    """Return the description that a server's templates wrote. Raises RenderError with the template's line."""
    try:
        return parse([line.text for line in intended.lines])
    except LosslessError as error:
        line = intended.lines[int(error.where.removeprefix("line ")) - 1]
        raise RenderError(error.problem, where=str(line.origin.template), remedy=line.text[:90]) from error


def observed_of(source: Observed) -> dict[Key, Resource]:
    """Return the description that a server gave of itself. Raises LosslessError, DeviceError."""
    return observed(source.running, source.source)


@dataclass(frozen=True, slots=True)
class Limited:
    """The differences that may be put right at this stage, and those that are left alone with the reason."""

    differences: tuple[Difference, ...]
    untouched: tuple[Untouched, ...]
    unsure: tuple[Resource, ...] = ()


def limited(found: Comparison, scope: HostScope) -> Limited:
    """Return what of a comparison this scope puts right. A restart stays only if something that it is for stays."""
    kept: list[Difference] = []
    left: list[Untouched] = []
    for one in found.differences:
        if one.because:
            continue
        why = _IGNORED if scope.ignores(one.step) else _REMOVES_NOTHING if scope.keeps(one) else ""
        if why:
            left.append(Untouched((one.step.topic.name,), (f"{one.step.kind} {one.step.name}",), why))
        else:
            kept.append(one)
    keys = {one.step.key for one in kept}
    order = [one for one in found.differences if one in kept or keys.intersection(one.because)]
    return Limited(tuple(order), tuple(left), found.unsure)


def plan_host(given: HostInput, verifier: SecretVerifier | None, only: Sequence[str] = ()) -> DevicePlan:
    """Return one server's plan. Never raises for anything that the server or its templates did."""
    if isinstance(given.observed, TrustctlError):
        unreachable = isinstance(given.observed, UnreachableError)
        return without(given.host, ENGINE, Action.UNREACHABLE if unreachable else Action.REFUSED, given.observed)
    try:
        if isinstance(given.intended, TrustctlError):
            raise given.intended
        if given.observed.model not in {None, "", given.host.model}:
            raise DeviceError(
                f"it runs {given.observed.model}, the inventory says {given.host.model}",
                where=given.host.name,
                remedy="Correct `os` in servers.yml; what is written for one system does not fit another.",
            )
        want, have = wanted(given.intended), observed_of(given.observed)
        found = limited(compare(want, have, verifier), given.scope or host_scope(given.host, only))
    except TrustctlError as error:
        return without(given.host, ENGINE, Action.REFUSED, error)
    return _planned(given, given.observed, given.intended, found, (want, have, verifier))


def _planned(
    given: HostInput,
    source: Observed,
    intended: Intended,
    found: Limited,
    read: tuple[Description, Description, SecretVerifier | None],
) -> DevicePlan:
    want, have, verifier = read
    host = given.host
    made = changes(found.differences, want, have, lambda one: _origins(intended, one), source.native)
    observing = bool(made) and host.stage is Stage.OBSERVE
    plan = blank(host, ENGINE, Action.CHANGE if made else Action.NONE)
    return replace(
        plan,
        tier=Tier.C if source.archive is False else Tier.A,
        reason="stage observe: shown, never applied" if observing else "",
        serial=source.serial or host.serial,
        observed_source=source.source,
        observed_digest=digest(have),
        intended_digest=digest(want),
        target_digest=digest(want) if made else digest(have),
        changes=made,
        commands=tuple(line for change in made for line in change.commands),
        undo=tuple(line for change in reversed(made) for line in change.undo),
        untouched=found.untouched,
        flags=tuple(Flag(Rule.SECRET, Severity.LOW, _untold(one, verifier)) for one in found.unsure),
        observed_lines=masked(have, want, verifier) if made else (),
    )


def _untold(one: Resource, verifier: SecretVerifier | None) -> str:
    """Why a secret of a resource could not be compared, and what would help."""
    names = [name for text in one.lines for name in SECRET_TOKEN.findall(text)]
    if verifier is None or any(verifier.closed(name) for name in names):
        return _NO_STORE.format(one.name)
    missing = next((name for name in names if verifier.missing(name)), "")
    return _MISSING.format(one.name, missing) if missing else _UNTOLD.format(one.name)


def _origins(intended: Intended, resource: Resource) -> tuple[LineOrigin, ...]:
    """Where the lines of a resource come from, each source once."""
    lines = intended.lines[resource.at : resource.at + len(resource.lines)]
    return tuple(dict.fromkeys(line.origin for line in lines))
