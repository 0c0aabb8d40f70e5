"""What the well-kept modules of Ansible's collections were asked for, and what they found, from arguments and diff.

They tell `changed` for themselves, which is taken as it is: a diff only says what was there before. Each shape was read
in the module's source (ansible.windows 3.3.0, community.windows 3.1.0, microsoft.ad 1.10.0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from trustctl.windows.resource import TYPES
from trustctl.windows.types import wellkept
from trustctl.windows.types.wellkept import split_registry
from trustctl.windows.values import Value, Values

Args = Mapping[str, Any]
Before = Callable[[Args, Any], Values | None]
"""(arguments, diff) -> the properties before the task; None: it was not there."""


@dataclass(frozen=True, slots=True)
class Known:
    """How one module's arguments and diff are read. `renamed`: option -> property, where they are called otherwise."""

    name: Callable[[Args], str]
    before: Before
    keys: Callable[[str], dict[str, Any]]
    """The options that name a resource, from its name."""
    renamed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One resource as a task asked for it, and as it was. None: it shall not be there, or was not."""

    name: str
    want: Values | None
    have: Values | None


def found(module: str, args: Args, diff: Any, *, changed: bool) -> Found | None:
    """Return what a task of a well-kept module asked for and found; None for a module that is not known.

    `have` is what is wanted where nothing changes. Raises RenderError, ValueError, TypeError, KeyError or LookupError
    for a diff of another shape than was read: the caller shows it as it stands.
    """
    known = KNOWN.get(module)
    if known is None:
        return None
    kind = TYPES[module]
    names = {one.name for one in kind.properties}
    want = wanted(module, args)
    if not changed:
        return Found(known.name(args), want, want)
    before = known.before(args, diff)
    if before is None:
        return Found(known.name(args), want, None)
    told = {known.renamed.get(key, key): value for key, value in before.items()}
    mine = {name: _plain(value) for name, value in told.items() if name in names and (want is None or name in want)}
    return Found(known.name(args), want, kind.read(mine))


def wanted(module: str, args: Args) -> Values | None:
    """Return what a task of a well-kept module asks for; None: that it shall not be there. Raises as `found`."""
    known, kind = KNOWN[module], TYPES[module]
    if kind.removable and args.get("state") == "absent":
        return None
    names = {one.name for one in kind.properties}
    asked = {known.renamed.get(key, key): value for key, value in args.items()}
    return kind.wanted({name: _plain(asked[name]) for name in asked if name in names})


def name_of(module: str, args: Args) -> str | None:
    """Return the name of what a task of a well-kept module asks for; None where its arguments do not say."""
    try:
        return KNOWN[module].name(args)
    except KeyError:
        return None


def arguments(module: str, name: str, values: Values | None) -> dict[str, Any] | None:
    """Return the arguments of a task that sets a resource to these values; None if this module cannot go back."""
    kind = TYPES.get(module)
    if kind is None:
        return None
    if values is None and not kind.removable:
        return None
    known = KNOWN.get(module)
    if known is None:
        named = {kind.key: name} if kind.key else {}
        return {**named, "state": "absent"} if values is None else {**named, **values}
    back = {property_: option for option, property_ in known.renamed.items()}
    given = {back.get(key, key): value for key, value in (values or {}).items()}
    if module == wellkept.GROUP and "members" in given:
        given["members"] = {"add": given["members"]}  # who was put in since stays: only what was asked for is read
    return {**known.keys(name), **({"state": "absent"} if values is None else {}), **given}


def _plain(value: Any) -> Any:
    """One form for a value of a diff: a mapping of what is added to a list is that list."""
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        return [*(parts.get("set") or ()), *(parts.get("add") or ())]
    return value


def _mapping(_args: Args, diff: Any) -> Values | None:
    """A diff whose `before` is a mapping of properties, empty where there was nothing."""
    before = diff["before"]
    return cast("Values", dict(before)) if before else None


def _text(name: str) -> Before:
    def before(_args: Args, diff: Any) -> Values | None:
        return {name: str(diff["before"]).strip()}

    return before


def _directory(_args: Args, diff: Any) -> Values | None:
    before = diff["before"]
    if not before:
        return None
    return cast("Values", {key: value for key, value in before.items() if key not in {"attributes", "name", "path"}})


_HEX = re.compile(r"0x[0-9a-fA-F]+")


def _registry(_args: Args, diff: Any) -> Values | None:
    """Before: {KEY: {"Name": {"type": "DWord", "value": "0x00000005"}}}.  After: {"data": "5", "type": "dword"}."""
    keys = list(dict(diff["before"] or {}).values())
    values = list(dict(keys[0] or {}).values()) if keys else []
    if not values:
        return None
    one = values[0]
    return {"data": _data(one["value"]), "type": str(one["type"]).lower()}


def _data(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(each) for each in cast("list[object]", value))
    text = str(value)
    return str(int(text, 16)) if _HEX.fullmatch(text) else text


def _registry_keys(name: str) -> dict[str, Any]:
    path, value = split_registry(name)
    return {"path": path, "name": value}


_RULE_LINE = re.compile(r"(?P<sign>[+-])(?P<name>\w+)='(?P<value>.*)'")
_RULE_NAMES = {
    "Description": "description",
    "Direction": "direction",
    "Action": "action",
    "ApplicationName": "program",
    "Grouping": "group",
    "ServiceName": "service",
    "Enabled": "enabled",
    "Profiles": "profiles",
    "LocalAddresses": "localip",
    "RemoteAddresses": "remoteip",
    "LocalPorts": "localport",
    "RemotePorts": "remoteport",
    "Protocol": "protocol",
}
_RULE_WORDS: Mapping[str, Mapping[str, Value]] = {
    "direction": {"1": "in", "2": "out"},
    "action": {"0": "block", "1": "allow"},
    "protocol": {"6": "tcp", "17": "udp", "1": "icmpv4", "58": "icmpv6", "256": "any"},
    "enabled": {"True": True, "False": False},
}
"""The COM interface's numbers (learn.microsoft.com, INetFwRule: NET_FW_RULE_DIRECTION, NET_FW_ACTION, Protocol)."""
_PROFILES = {1: "domain", 2: "private", 4: "public"}


def _rule(args: Args, diff: Any) -> Values | None:
    """A diff is `prepared`: `[name]`, then `-Property='old'` and `+Property='new'`; `+[name]` for a new rule."""
    lines = str(diff["prepared"]).splitlines()
    if lines and lines[0].startswith("+["):
        return None
    old = {
        _RULE_NAMES[hit["name"]]: hit["value"]
        for hit in map(_RULE_LINE.fullmatch, lines)
        if hit is not None and hit["sign"] == "-" and hit["name"] in _RULE_NAMES
    }
    kept = {name: args[name] for name in _RULE_NAMES.values() if args.get(name) is not None and name not in old}
    return cast("Values", {**kept, **{name: _rule_value(name, value) for name, value in old.items()}})


def _rule_value(name: str, value: str) -> Value:
    if name == "profiles":
        bits = int(value)
        return [word for bit, word in _PROFILES.items() if bits & bit]
    words: Mapping[str, Value] = _RULE_WORDS.get(name, {})
    return words.get(value, value)


_RECORD_LINE = re.compile(r"\[[^\]]+\] \S+ (?P<ttl>\d+) IN \S+ (?P<value>.+)")


def _record(_args: Args, diff: Any) -> Values | None:
    hits = [hit for hit in map(_RECORD_LINE.fullmatch, str(diff["before"] or "").splitlines()) if hit is not None]
    return {"value": [hit["value"] for hit in hits], "ttl": int(hits[0]["ttl"])} if hits else None


def _membership(_args: Args, diff: Any) -> Values | None:
    before = diff["before"]
    if before["state"] == "domain":
        return {"dns_domain_name": before["dns_domain_name"]}
    return {"workgroup_name": before["workgroup_name"], "dns_domain_name": ""}


def _named(option: str) -> dict[str, Any]:
    def name(args: Args) -> str:
        return str(args[option])

    def keys(name: str) -> dict[str, Any]:
        return {option: name}

    return {"name": name, "keys": keys}


def _alone() -> dict[str, Any]:
    def name(_args: Args) -> str:
        return ""

    def keys(_name: str) -> dict[str, Any]:
        return {}

    return {"name": name, "keys": keys}


def _distinguished(prefix: str) -> dict[str, Any]:
    def name(args: Args) -> str:
        if args.get("identity"):
            return str(args["identity"])
        path = f",{args['path']}" if args.get("path") else ""
        return f"{prefix}={args['name']}{path}"

    def keys(name: str) -> dict[str, Any]:
        head, _, path = name.partition(",")
        return {"name": head.partition("=")[2], **({"path": path} if path else {})}

    return {"name": name, "keys": keys}


def _record_keys(name: str) -> dict[str, Any]:
    zone, owner, kind = name.split(" ")
    return {"zone": zone, "name": owner, "type": kind}


KNOWN: Mapping[str, Known] = {
    wellkept.HOSTNAME: Known(**_alone(), before=_text("hostname"), renamed={"name": "hostname"}),
    wellkept.TIMEZONE: Known(**_alone(), before=_text("timezone"), renamed={}),
    wellkept.SERVICE: Known(**_named("name"), before=_mapping, renamed={"state": "running"}),
    wellkept.USER: Known(**_named("name"), before=_mapping, renamed={}),
    wellkept.REGEDIT: Known(
        name=lambda args: f"{args['path']} :: {args.get('name') or ''}",
        before=_registry,
        keys=_registry_keys,
        renamed={},
    ),
    wellkept.FIREWALL_RULE: Known(
        name=lambda args: str(args.get("name") or args.get("group")),
        before=_rule,
        keys=lambda name: {"name": name},
        renamed={},
    ),
    wellkept.DNS_ZONE: Known(**_named("name"), before=_mapping, renamed={}),
    wellkept.DNS_RECORD: Known(
        name=lambda args: f"{args['zone']} {args['name']} {args['type']}",
        before=_record,
        keys=_record_keys,
        renamed={},
    ),
    wellkept.MEMBERSHIP: Known(**_alone(), before=_membership, renamed={}),
    wellkept.UNIT: Known(**_distinguished("OU"), before=_directory, renamed={}),
    wellkept.GROUP: Known(**_distinguished("CN"), before=_directory, renamed={}),
    wellkept.OBJECT: Known(**_distinguished("CN"), before=_directory, renamed={}),
}
