"""The places of a school's configurations that hold one secret, and what each device has there.

A device is rendered once, with a mark in each place. From that come the lines that give a place the present or the
coming value, and nothing else of the device: a step of a rotation sends no other change along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trustctl.config import Config, Rulebook, Scope, compare, read_intended
from trustctl.hosts import Description, Resource, SecretVerifier, parse
from trustctl.hosts.secretlines import known, right_password
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import ChangeKind, Intended, IntendedLine, Rule
from trustctl.model.school import School
from trustctl.model.secret import SECRET_TOKEN, SecretRef, next_name
from trustctl.model.service import Services
from trustctl.plan.hosts import EVERYTHING, HostScope
from trustctl.plan.rotation import Key

_MARK = "rotating."


def radius_place(number: int) -> str:
    """The place of the key of a school's RADIUS server.  Before: 0.  After: `radius.0`."""
    return f"radius.{number}"


ACCOUNT, ENABLE = "account", "enable"


def marked(school: School, secret: str) -> School:
    """The school with a mark in each place of this secret."""
    return replace(school, services=_marked(school.services, secret))


def _marked(services: Services, secret: str) -> Services:
    def mark(held: SecretRef, place: str) -> SecretRef:
        return SecretRef(_name(secret, place)) if held.name == secret else held

    servers = (replace(one, key=mark(one.key, radius_place(at))) for at, one in enumerate(services.radius))
    return replace(
        services,
        radius=tuple(servers),
        local_user=replace(services.local_user, secret=mark(services.local_user.secret, ACCOUNT)),
        enable_secret=mark(services.enable_secret, ENABLE) if services.enable_secret else None,
    )


def _name(secret: str, place: str) -> str:
    return f"{secret.partition('#')[0]}#{_MARK}{place}"


def places_of(intended: Intended) -> tuple[str, ...]:
    """The places that this device has, in the order of its lines."""
    found = (place for line in intended.lines for place in _places(line.text))
    return tuple(dict.fromkeys(found))


def _places(text: str) -> list[str]:
    names = SECRET_TOKEN.findall(text)
    return [name.partition("#")[2].removeprefix(_MARK) for name in names if f"#{_MARK}" in name]


def filled(intended: Intended, secret: str, keys: Mapping[str, Key], *, whole: bool = False) -> Intended:
    """The lines that give these places these values, with the sections that they stand in; or all lines.

    A place that `keys` does not name has the present value.
    """
    kept = intended.lines if whole else _kept(intended.lines, frozenset(keys))
    return replace(intended, lines=tuple(replace(line, text=_valued(line.text, secret, keys)) for line in kept))


def _valued(text: str, secret: str, keys: Mapping[str, Key]) -> str:
    for place in _places(text):
        name = next_name(secret) if keys.get(place) is Key.NEXT else secret
        text = text.replace(f"<secret:{_name(secret, place)}>", f"<secret:{name}>")
    return text


def _kept(lines: tuple[IntendedLine, ...], places: frozenset[str]) -> tuple[IntendedLine, ...]:
    above: list[IntendedLine] = []
    kept: list[IntendedLine] = []
    for line in lines:
        while above and _depth(above[-1]) >= _depth(line):
            above.pop()
        if places.intersection(_places(line.text)):
            kept += [header for header in above if header not in kept]
            kept.append(line)
        above.append(line)
    return tuple(kept)


def _depth(line: IntendedLine) -> int:
    return len(line.text) - len(line.text.lstrip(" "))


@dataclass(frozen=True, slots=True)
class Held:
    """What a device has in a place. `sure` is False where nobody can tell the value from another."""

    key: Key
    sure: bool = True


def held_on_device(
    observed: Config, intended: Intended, secret: str, place: str, scope: Scope, rulebook: Rulebook
) -> Held:
    """What a switch or controller has in this place, by a verifier that takes no coming value for a present one.

    Raises LosslessError, RenderError, SecretError.
    """
    for key in (Key.NEXT, Key.NOW):
        wanted = read_intended(filled(intended, secret, {place: key}), rulebook)
        found = compare(observed, wanted, scope)
        if not found.commands:
            sure = not any(flag.rule is Rule.SECRET for flag in found.flags)
            return Held(key if sure else Key.NOW, sure)
        if all(change.kind is ChangeKind.ADD for change in found.changes):
            return Held(Key.NONE)
    return Held(Key.OTHER)


def held_values(observed: Config, intended: Intended, secret: str, place: str, rulebook: Rulebook) -> tuple[str, ...]:
    """What the device prints in this place, encrypted or not: never shown, only compared with an earlier reading."""
    wanted = read_intended(filled(intended, secret, {place: Key.NOW}), rulebook)
    found: list[str] = []
    for section in wanted.walk():
        have = next((one for one in observed.walk() if one.path == section.path), None)
        statements = have.statements if have else {}
        found += [one.value for key in section.statements if key in statements for one in statements[key].secrets]
    return tuple(found)


def held_on_host(have: Description, intended: Intended, secret: str, verifier: SecretVerifier) -> Held:
    """What a Linux server has in all its places taken together. Raises LosslessError, SecretError."""
    told: list[Key | None] = []
    for key in (Key.NEXT, Key.NOW):
        wanted = filled(intended, secret, dict.fromkeys(places_of(intended), key), whole=True)
        name = next_name(secret) if key is Key.NEXT else secret
        for resource in parse([line.text for line in wanted.lines]).values():
            said = _has(have.get(resource.key), resource, f"<secret:{name}>", verifier)
            told += [None] if said is None else [key] if said else []
    if not told:
        there = any(_speaks(have.get(one.key)) for one in _resources(intended))
        return Held(Key.OTHER if there else Key.NONE)
    if None in told:
        return Held(Key.NOW, sure=False)
    kinds = set(told)
    return Held(kinds.pop() or Key.OTHER) if len(kinds) == 1 else Held(Key.OTHER)


def _resources(intended: Intended) -> list[Resource]:
    found = parse([line.text for line in intended.lines]).values()
    return [one for one in found if any(_places(line) for line in one.lines)]


def _speaks(have: Resource | None) -> bool:
    """Whether there is anything in which a secret could stand."""
    return have is not None and not have.absent and (have.content is not None or have.get("hash").startswith("$"))


def _has(have: Resource | None, want: Resource, token: str, verifier: SecretVerifier) -> bool | None:
    """Whether a resource has this value where it wants it; None if nobody can tell; False as well if it has no such."""
    if have is None or have.absent or not any(token in line for line in want.lines):
        return False
    if want.get("password") == token:
        return right_password(token, have.get("hash"), verifier)
    shown = known(have.content or (), want.content or (), want.get("mask"), verifier)
    return any(token in line for line in shown.lines)


def resending(scope: Scope, secret: str, key: Key) -> Scope:
    """How a step of a rotation compares a switch: nothing is removed, and what nobody can tell is set."""
    names = frozenset({next_name(secret) if key is Key.NEXT else secret})
    return replace(scope, stage=Stage.ENSURE, resend=names)


def places_only(scope: HostScope, intended: Intended, secret: str) -> HostScope:
    """How a step of a rotation compares a Linux server: only what holds the secret, and the service that reads it."""
    tokens = {str(SecretRef(secret)), str(SecretRef(next_name(secret)))}
    found = parse([line.text for line in intended.lines]).values()
    holds = [one for one in found if any(token in line for line in one.lines for token in tokens)]
    names = {one.name for one in holds}
    readers = [one for one in found if names.intersection((*one.values("restart"), *one.values("reload")))]
    keys = [f"{one.kind} {one.name}" for one in (*holds, *readers)]
    ours = {key: scope.ownership.get(key, Ownership.OWNED) for key in keys}
    return replace(scope, ownership={EVERYTHING: Ownership.IGNORED, **ours})
