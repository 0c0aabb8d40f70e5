"""What refers to which secret, and what a new value of it must look like."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import cast

from trustctl.errors import UsageError
from trustctl.inventory.passphrases import LONGEST, SHORTEST
from trustctl.model.school import School, Trust
from trustctl.model.secret import SecretRef
from trustctl.report.words import count
from trustctl.secrets.trust_keys import BACKUP_KEY, TAG_KEY

OWN = {
    TAG_KEY: "tells in plans and logs whether two secrets are the same",
    BACKUP_KEY: "seals the configurations that trustctl keeps",
}
"""Secrets of trustctl itself, and what each is for."""
WITHOUT_OWN = {
    TAG_KEY: "tags of plans and logs until now fit none that are made later",
    BACKUP_KEY: "backups that it sealed can never be opened, so no earlier run can be rolled back",
}
"""What is lost with each."""
_DEVICES = ("switches", "controllers", "hosts")
"""Fields of a school that hold its devices."""
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another on a console: 0 and O, 1, l and I, o."""
_LENGTH = 24
"""139 bits; short enough for every make's RADIUS key (AOS-S takes 32) and local password."""
_PHRASE_LENGTH = 20
"""116 bits; somebody will type it into a thing without a keyboard."""
_KEY_BYTES = 32
_PAIRS = ("sftp.key", "certificate.key")
"""Fields that hold half of a key pair, which is made by the program that uses it."""


@dataclass(frozen=True, slots=True)
class Use:
    """One field of the inventory that refers to a secret. `device` is empty where a whole school uses it."""

    field: str
    school: str
    device: str = ""


def uses(trust: Trust) -> dict[str, list[Use]]:
    """By name of a secret: what refers to it."""
    found: dict[str, list[Use]] = {}
    for school in trust.schools.values():
        for name, use in _of_school(school):
            known = found.setdefault(name, [])
            if use not in known:
                known.append(use)
    return dict(sorted(found.items()))


def _of_school(school: School) -> Iterator[tuple[str, Use]]:
    shared: set[str] = set()
    for field in fields(school):
        if field.name not in _DEVICES:
            for name, path in _walk(getattr(school, field.name), field.name):
                shared.add(name)
                yield name, Use(path, school.slug)
    for device in school.devices.values():
        yield device.login.password, Use("login.password", school.slug, device.name)
        if device.login.enable:
            yield device.login.enable, Use("login.enable", school.slug, device.name)
        for name, path in _walk(device, ""):
            if name not in shared:
                yield name, Use(path, school.slug, device.name)


def _walk(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Each reference in a value, with the path of fields to it; the place in a list does not matter."""
    if isinstance(value, SecretRef):
        yield value.name, path
    elif is_dataclass(value):
        for field in fields(value):
            yield from _walk(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for one in cast("Mapping[object, object]", value).values():
            yield from _walk(one, path)
    elif isinstance(value, tuple):
        for one in cast("tuple[object, ...]", value):
            yield from _walk(one, path)


def used_by(found: list[Use]) -> str:
    """In words.  Before: 12 uses.  After: `services.radius.key (4 schools), login.password (8 devices of ash)`."""
    parts: list[str] = []
    for field in dict.fromkeys(use.field for use in found):
        mine = [use for use in found if use.field == field]
        schools, devices = {use.school for use in mine}, {use.device for use in mine if use.device}
        of = min(schools) if len(schools) == 1 else count(len(schools), "school")
        if devices:
            parts.append(f"{field} ({next(iter(devices)) if len(devices) == 1 else f'{len(devices)} devices of {of}'})")
        else:
            parts.append(f"{field} ({of})")
    return ", ".join(parts)


def strong_value(name: str, found: list[Use]) -> str:
    """A new random value that every field which refers to it takes.

    Raises UsageError for one that trustctl cannot make: half of a key pair.
    """
    if name in OWN:
        return randomness.token_urlsafe(_KEY_BYTES)
    for use in found:
        if use.field.endswith(_PAIRS):
            raise UsageError(
                f"{name} is a private key ({use.field}), which trustctl does not make",
                remedy=f"make a pair with ssh-keygen or openssl, and: trustctl secret set {name} < FILE",
            )
    length = _PHRASE_LENGTH if any(use.field.endswith("psk") for use in found) else _LENGTH
    while True:
        made = "".join(randomness.choice(_LETTERS) for _ in range(length))
        if any(c.islower() for c in made) and any(c.isupper() for c in made) and any(c.isdigit() for c in made):
            return made


def check_fits(name: str, value: str, found: list[Use]) -> None:
    """Refuse a value that a field which refers to it does not take. Raises UsageError, without the value."""
    phrase = next((use for use in found if use.field.endswith("psk")), None)
    if phrase is not None and not SHORTEST <= len(value) <= LONGEST:
        raise UsageError(
            f"{name} is a wireless passphrase ({phrase.field}) and has {len(value)} characters",
            remedy=f"WPA wants {SHORTEST} to {LONGEST}",
        )
