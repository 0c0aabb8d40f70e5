"""community.windows.win_firewall_rule 3.1.0. It reads its arguments by Legacy.psm1 and compares COM properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.modules.settings import look
from trustctl.lab.windows.registry import ALL_PROFILES, Firewall, Rule

_PROPERTIES = {
    "Description": ("description", "description"),
    "Direction": ("direction", "direction"),
    "Action": ("action", "action"),
    "ApplicationName": ("program", "application"),
    "Grouping": ("group", "grouping"),
    "ServiceName": ("service", "service"),
    "Enabled": ("enabled", "enabled"),
    "Profiles": ("profiles", "profiles"),
    "LocalAddresses": ("localip", "local_addresses"),
    "RemoteAddresses": ("remoteip", "remote_addresses"),
    "LocalPorts": ("localport", "local_ports"),
    "RemotePorts": ("remoteport", "remote_ports"),
    "Protocol": ("protocol", "protocol"),
    "InterfaceTypes": ("", "interface_types"),
    "EdgeTraversalOptions": ("", "edge"),
    "SecureFlags": ("", "secure"),
    "IcmpTypesAndCodes": ("icmp_type_code", "icmp"),
}
"""The COM property, in the module's order: its option ("" where none is documented) and its field of `Rule`."""
_PROTOCOLS = {"tcp": 6, "udp": 17, "icmpv4": 1, "icmpv6": 58, "any": 256}
_PROFILES = {"domain": 1, "private": 2, "public": 4}
_EVERY = 7
_TCP, _UDP = 6, 17


@handler("community.windows.win_firewall_rule")
def win_firewall_rule(host: Machine, args: Args, check: bool) -> Result:
    """Keep the rules of a name, or of a group. A host whose rules let nobody in is cut off."""
    result = _kept(host, args, check=check)
    if result["changed"] and not check:
        look(host)
    return result


def _kept(host: Machine, args: Args, *, check: bool) -> Result:
    name, group = args.text("name"), args.text("group")
    if not name and not group:
        raise RefusedError("Either name or group must be specified")
    firewall = host.part(Firewall)
    wanted = _wanted(args)
    found = [
        one
        for one in firewall.rules
        if (one.name.casefold() == name.casefold() if name else one.grouping.casefold() == group.casefold())
    ]
    if args.text("state") == "absent":
        return _absent(firewall, found, name, group, check=check)
    if found:
        return _changed(found, wanted, args, check=check)
    if not name:
        return {"changed": False, "diff": {"prepared": ""}}
    _check(wanted)
    lines = [f"+[{name}]", *(f"+{one}='{_shown(wanted, one)}'" for one in _PROPERTIES)]
    if not check:
        firewall.rules.append(wanted)
    return {
        "changed": True,
        "msg": f"Firewall rule '{name}' created.",
        "diff": {"prepared": "".join(line + "\n" for line in lines)},
    }


def _absent(firewall: Firewall, found: list[Rule], name: str, group: str, *, check: bool) -> Result:
    if not found:
        what = f"Firewall rule '{name}' does not exist." if name else f"No firewall rules in group '{group}' exist."
        return {"changed": False, "msg": what, "diff": {"prepared": ""}}
    lines: list[str] = []
    for one in found:
        lines += [f"-[{one.name}]", *(f"-{prop}='{_shown(one, prop)}'" for prop in _PROPERTIES)]
    if not check:
        firewall.rules = [one for one in firewall.rules if all(one is not each for each in found)]
    names = "', '".join(one.name for one in found)
    return {
        "changed": True,
        "msg": f"Firewall rule(s) '{names}' removed.",
        "diff": {"prepared": "".join(line + "\n" for line in lines)},
    }


def _changed(found: list[Rule], wanted: Rule, args: Args, *, check: bool) -> Result:
    lines: list[str] = []
    moved: list[str] = []
    stayed: list[str] = []
    for one in found:
        lines.append(f"[{one.name}]")
        differ = [
            prop for prop, (option, _) in _PROPERTIES.items() if option in args.given and not _same(one, wanted, prop)
        ]
        for prop in differ:
            lines += [f"-{prop}='{_shown(one, prop)}'", f"+{prop}='{_shown(wanted, prop)}'"]
        after = replace(one, **{_PROPERTIES[prop][1]: getattr(wanted, _PROPERTIES[prop][1]) for prop in differ})
        _check(after)
        if not check:
            for prop in differ:
                setattr(one, _PROPERTIES[prop][1], getattr(after, _PROPERTIES[prop][1]))
        (moved if differ else stayed).append(one.name)
    said = "Firewall rule(s) changed '{}' - unchanged '{}'".format("', '".join(moved), "', '".join(stayed))
    return {"changed": bool(moved), "msg": said, "diff": {"prepared": "".join(line + "\n" for line in lines)}}


def _same(have: Rule, want: Rule, prop: str) -> bool:
    field = _PROPERTIES[prop][1]
    old, new = getattr(have, field), getattr(want, field)
    if isinstance(old, str) and isinstance(new, str):
        if prop.endswith("Addresses"):
            return sorted(old.casefold().split(",")) == sorted(new.casefold().split(","))
        return old.casefold() == new.casefold()
    return bool(old == new)


def _shown(rule: Rule, prop: str) -> str:
    value = getattr(rule, _PROPERTIES[prop][1])
    return "True" if value is True else "False" if value is False else str(value)


def _wanted(args: Args) -> Rule:
    """A new rule with what was given, as HNetCfg.FWRule takes it. Raises RefusedError."""
    texts = {
        option: "" if args.text(option) == "any" else args.text(option)
        for option in ("program", "service", "localport", "remoteport", "localip", "remoteip")
    }
    rule = Rule(args.text("name"), args.text("description"), grouping=args.text("group"))
    rule.enabled = args.flag("enabled") is not False
    rule.application = texts["program"].replace("%SystemRoot%", r"C:\Windows").replace("%SystemDrive%", "C:")
    rule.service = texts["service"]
    rule.protocol = _protocol(args.text("protocol"))
    if rule.protocol in {_TCP, _UDP}:
        # INetFwRule.LocalPorts of a new TCP or UDP rule reads "*"
        rule.local_ports = rule.remote_ports = "*"
    rule.local_ports = texts["localport"] or rule.local_ports
    rule.remote_ports = texts["remoteport"] or rule.remote_ports
    rule.local_addresses = _addresses(texts["localip"])
    rule.remote_addresses = _addresses(texts["remoteip"])
    rule.direction = 2 if args.text("direction") == "out" else 1
    rule.action = 0 if args.text("action") == "block" else 1
    rule.profiles = _profiles(args.listed("profiles"))
    codes = args.listed("icmp_type_code")
    rule.icmp = ",".join(str(one) for one in codes) if codes else ""
    return rule


def _addresses(text: str) -> str:
    """Addresses as the firewall gives them back: a network with its mask written out, an address alone as it is."""
    return ",".join(_address(one.strip()) for one in text.split(",")) if text else "*"


def _address(text: str) -> str:
    network, slash, bits = text.partition("/")
    if not slash or not bits.isdigit() or ":" in network:
        return text
    mask = (0xFFFFFFFF << (32 - int(bits))) & 0xFFFFFFFF
    return f"{network}/{'.'.join(str(mask >> at & 0xFF) for at in (24, 16, 8, 0))}"


def _protocol(text: str) -> int:
    if not text:
        return _PROTOCOLS["any"]
    if text.isdigit():
        return int(text)
    if text.lower() not in _PROTOCOLS:
        raise RefusedError(f"Unknown protocol '{text}'.")
    return _PROTOCOLS[text.lower()]


def _profiles(listed: list[Any] | None) -> int:
    if not listed:
        return ALL_PROFILES
    total = 0
    for one in dict.fromkeys(str(each).strip() for each in listed):
        if one.lower() not in _PROFILES:
            raise RefusedError(f"Unknown profile '{one}'.")
        total += _PROFILES[one.lower()]
    return ALL_PROFILES if total == _EVERY else total


def _check(rule: Rule) -> None:
    """What the firewall refuses: ports of a protocol that has none. Raises RefusedError in COM's words."""
    if (rule.local_ports or rule.remote_ports) and rule.protocol not in {_TCP, _UDP}:
        raise RefusedError("Value does not fall within the expected range.")
