"""The lab definition file: which devices an estate has, what they boot with, and how they are wired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml

from trustctl.errors import UsageError
from trustctl.lab.hosts.spec import HostSpec
from trustctl.lab.makes import known
from trustctl.lab.spec import Account, DeviceSpec, Link
from trustctl.lab.windows.spec import WindowsSpec, specs_of

_TOP = frozenset({"devices", "links", "hosts", "cache", "dns", "minute_seconds", "cut", "seed", "windows", "libraries"})
_TEXTS = ("model", "serial", "base_mac", "version", "station", "management_address", "attachment")
_SETS = ("gateways", "dark_ports", "radius_servers")
_DEVICE = frozenset(
    {"name", "platform", "boot", "port", "members", "accounts", "local_accounts", "features", "vlans", *_TEXTS, *_SETS}
)
_HOST = frozenset(
    {
        "name",
        "address",
        "prefix",
        "gateway",
        "user",
        "password",
        "authorized_key",
        "nopasswd",
        "sudo_password",
        "packages",
        "os",
        "domain",
    }
)
_CUTS = frozenset({"abort", "hang"})


@dataclass(frozen=True, slots=True)
class Estate:
    """What a definition file says: see `estate.Lab` for the meaning of each."""

    specs: tuple[DeviceSpec, ...]
    links: tuple[Link, ...] = ()
    ports: Mapping[str, int] = field(default_factory=dict[str, int])
    minute_seconds: float = 60.0
    cut: str = "abort"
    seed: str = "lab"
    hosts: tuple[HostSpec, ...] = ()
    cache: Path = Path("cache")
    dns: tuple[str, ...] = ()
    windows: tuple[WindowsSpec, ...] = ()
    libraries: tuple[Path, ...] = ()


def read_estate(path: Path) -> Estate:
    """Read a definition file (YAML or JSON); boot files are looked up beside it.

    Keys: `devices` (list of `name`, `platform`, `boot`, and the fields of DeviceSpec; `accounts` are its RADIUS
    accounts, `port` its TCP port), `links` (lists of four: device, port, device, port), `minute_seconds`, `cut`,
    `seed`; for Linux hosts `hosts` (list of the fields of HostSpec), `cache` (the folder of what they are made of) and
    `dns` (addresses at which the lab answers their questions); for Windows hosts `windows` (list of the fields of
    WindowsSpec) and `libraries` (folders of roles' own modules). Raises UsageError with file and key for
    anything that is not so.
    """
    try:
        loaded: object = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"the lab definition cannot be read: {error}", where=str(path)) from error
    top = _mapping(loaded, path, "")
    _only(top, _TOP, path, "")
    hosts = _list(top.get("hosts", []), path, "hosts")
    entries = _list(top.get("devices"), path, "devices")
    specs: list[DeviceSpec] = []
    ports: dict[str, int] = {}
    for at, entry in enumerate(entries):
        key = f"devices[{at}]"
        values = _mapping(entry, path, key)
        _only(values, _DEVICE, path, key)
        spec = _spec(values, path, key)
        specs.append(spec)
        ports[spec.name] = int(_number(values.get("port", 0), path, f"{key}.port"))
    cut = _text(top.get("cut", "abort"), path, "cut")
    if cut not in _CUTS:
        raise UsageError(f"{cut!r} is no way to cut a session", where=f"{path}: cut", remedy="write abort or hang")
    return Estate(
        tuple(specs),
        tuple(
            _link(entry, path, f"links[{at}]") for at, entry in enumerate(_list(top.get("links", []), path, "links"))
        ),
        {name: port for name, port in ports.items() if port},
        float(_number(top.get("minute_seconds", 60), path, "minute_seconds")),
        cut,
        _text(top.get("seed", "lab"), path, "seed"),
        tuple(_host(entry, path, f"hosts[{at}]") for at, entry in enumerate(hosts)),
        path.parent / _text(top.get("cache", "cache"), path, "cache"),
        tuple(_texts(top.get("dns", []), path, "dns")),
        specs_of(_list(top.get("windows", []), path, "windows"), f"{path}: windows"),
        tuple(path.parent / one for one in _texts(top.get("libraries", []), path, "libraries")),
    )


def _spec(values: Mapping[str, object], path: Path, key: str) -> DeviceSpec:
    fields: dict[str, object] = {
        name: _text(values[name], path, f"{key}.{name}") for name in _TEXTS if values.get(name) is not None
    }
    for name in _SETS:
        fields[name] = frozenset(_texts(values.get(name, []), path, f"{key}.{name}"))
    fields["members"] = tuple(_texts(values.get("members", []), path, f"{key}.members"))
    fields["radius_accounts"] = _accounts(values, "accounts", path, key)
    fields["local_accounts"] = _accounts(values, "local_accounts", path, key)
    features = _mapping(values.get("features", {}), path, f"{key}.features")
    fields["features"] = {name: bool(there) for name, there in features.items()}
    if values.get("vlans") is not None:
        database = _mapping(values["vlans"], path, f"{key}.vlans")
        fields["vlans"] = {int(number): str(name) for number, name in database.items()}
    fields["boot"] = _boot(values.get("boot"), path, f"{key}.boot")
    name = _text(values.get("name"), path, f"{key}.name")
    platform = _text(values.get("platform"), path, f"{key}.platform")
    if platform not in known():
        remedy = f"the lab simulates: {', '.join(known())}"
        raise UsageError(f"the lab does not simulate {platform!r}", where=f"{path}: {key}.platform", remedy=remedy)
    return DeviceSpec(name, platform, **fields)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - each is checked above


def _host(entry: object, path: Path, key: str) -> HostSpec:
    values = _mapping(entry, path, key)
    _only(values, _HOST, path, key)

    def text(name: str, usual: str | None = None) -> str:
        return _text(values.get(name, usual), path, f"{key}.{name}")

    return HostSpec(
        name=text("name"),
        address=text("address"),
        prefix=int(_number(values.get("prefix"), path, f"{key}.prefix")),
        gateway=text("gateway"),
        user=text("user"),
        password=text("password"),
        authorized_key=text("authorized_key", ""),
        nopasswd=values.get("nopasswd") is True,
        sudo_password=text("sudo_password", ""),
        packages=tuple(_texts(values.get("packages", []), path, f"{key}.packages")),
        os=text("os", "debian-12"),
        domain=text("domain", ""),
    )


def _boot(value: object, path: Path, key: str) -> str:
    if value is None:
        return ""
    boot = path.parent / _text(value, path, key)
    try:
        return boot.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"the boot configuration cannot be read: {error}", where=f"{path}: {key}") from error


def _accounts(values: Mapping[str, object], name: str, path: Path, key: str) -> tuple[Account, ...]:
    entries = _list(values.get(name, []), path, f"{key}.{name}")
    return tuple(_account(entry, path, f"{key}.{name}[{at}]") for at, entry in enumerate(entries))


def _account(entry: object, path: Path, key: str) -> Account:
    values = _mapping(entry, path, key)
    _only(values, frozenset({"user", "password", "privilege"}), path, key)
    privilege = int(_number(values.get("privilege", 15), path, f"{key}.privilege"))
    return Account(
        _text(values.get("user"), path, f"{key}.user"),
        _text(values.get("password"), path, f"{key}.password"),
        privilege,
    )


def _link(entry: object, path: Path, key: str) -> Link:
    ends = _texts(entry, path, key)
    if len(ends) != 4:  # noqa: PLR2004 - switch, port, switch, port
        raise UsageError("a link has four parts", where=f"{path}: {key}", remedy="write [device, port, device, port]")
    return Link(*ends)


def _only(values: Mapping[str, object], names: frozenset[str], path: Path, key: str) -> None:
    unknown = sorted(set(values) - names)
    if unknown:
        raise UsageError(
            f"unknown key {unknown[0]!r}", where=f"{path}: {key}", remedy=f"known: {', '.join(sorted(names))}"
        )


def _mapping(value: object, path: Path, key: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UsageError("a mapping is needed here", where=f"{path}: {key}")
    return {str(name): each for name, each in cast("dict[object, object]", value).items()}


def _list(value: object, path: Path, key: str) -> list[object]:
    if not isinstance(value, list):
        raise UsageError("a list is needed here", where=f"{path}: {key}")
    return cast("list[object]", value)


def _texts(value: object, path: Path, key: str) -> list[str]:
    return [_text(each, path, key) for each in _list(value, path, key)]


def _text(value: object, path: Path, key: str) -> str:
    if not isinstance(value, str):
        raise UsageError("a text is needed here", where=f"{path}: {key}", remedy="put it in quotes")
    return value


def _number(value: object, path: Path, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError("a number is needed here", where=f"{path}: {key}")
    return value
