"""The section `windows` of a school's settings as templates read it, and the texts in it that name the school."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import cast

from trustctl.inventory.fields import FileModel
from trustctl.inventory.file_windows import DomainFile, WindowsFile
from trustctl.model.secret import SecretRef
from trustctl.model.windows import Controller, Domain, Setting

_APART = frozenset({"domain", "connection", "login", "servers", "systems"})
"""What hosts have themselves: it holds a secret, or is about how they are reached."""


def settings_of(file: WindowsFile, code: str) -> Mapping[str, Setting]:
    """Everything that templates read of the section, with the school's code filled in.

    Before: {"services": {"Spooler": {start_mode: disabled}}}, "oak".
    After:  {"services": {"Spooler": {"name": "Spooler", "start_mode": "disabled", "state": None}}}.
    """
    found = {name: _plain(getattr(file, name), code) for name in type(file).model_fields if name not in _APART}
    root = cast("Setting", domain_root(file.domain.name) if file.domain else "")
    return {**found, "root": root, "netbios": file.domain.netbios if file.domain else ""}


def _plain(value: object, code: str) -> Setting:
    if isinstance(value, FileModel):
        return {name: _plain(getattr(value, name), code) for name in type(value).model_fields}
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _named(filled(key, code), item, code) for key, item in entries.items()}
    if isinstance(value, list):
        return tuple(_plain(item, code) for item in cast("list[object]", value))
    if isinstance(value, str):
        return filled(value, code)
    if value is None or isinstance(value, bool | int | IPv4Address | IPv4Network):
        return value
    raise TypeError(f"{type(value).__name__} in the settings of Windows hosts")


def _named(name: str, item: object, code: str) -> Setting:
    """An entry that stands under a key; what is no record becomes one."""
    inside = _plain(item, code)
    return {"name": name, **inside} if isinstance(inside, Mapping) else {"name": name, "value": inside}


def filled(text: str, code: str) -> str:
    """Before: `OU={CODE},OU=Schools`, `oak`.  After: `OU=OAK,OU=Schools`."""
    return text.replace("{code}", code).replace("{CODE}", code.upper())


def domain_root(name: str) -> str:
    """Before: `ad.kestrelvale.example`.  After: `DC=ad,DC=kestrelvale,DC=example`."""
    return ",".join(f"DC={label}" for label in name.split("."))


def domain_of(file: WindowsFile, unit: str, code: str) -> Domain | None:
    """The domain as a host of a school joins it; None if the trust has none."""
    one: DomainFile | None = file.domain
    if one is None:
        return None
    controllers = tuple(
        Controller(name, file.servers[name].address) for name in one.controllers if name in file.servers
    )
    whole = f"{filled(unit or one.unit, code)},{domain_root(one.name)}"
    return Domain(one.name, one.netbios, controllers, whole, one.user, SecretRef(one.password))
