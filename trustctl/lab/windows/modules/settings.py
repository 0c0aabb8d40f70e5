"""The modules of one setting each.

SMB server, firewall profile, audit policy, event log, power plan, BitLocker, Defender.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.defender import Defender
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.model.server import (
    LOG_SIZES,
    PLANS,
    AuditPolicy,
    BitLocker,
    EventLogs,
    Power,
    Profiles,
    SmbServer,
)
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.registry import Firewall

CHANGED: Result = {"changed": True}


def reads(args: Args) -> bool:
    """Whether the module is only asked what there is."""
    return args.text("operation") == "read"


def given(args: Args, names: tuple[str, ...]) -> dict[str, Any]:
    """The options that are spoken of."""
    return {name: args[name] for name in names if args[name] is not None}


@handler("trust_smb_server")
def trust_smb_server(host: Machine, args: Args, check: bool) -> Result:
    """Get- and Set-SmbServerConfiguration."""
    mine = host.part(SmbServer)
    if reads(args):
        return {"changed": False, "value": asdict(mine)}
    for name, value in given(args, tuple(asdict(mine))).items():
        setattr(mine, name, value)
    return dict(CHANGED)


@handler("trust_audit_policy")
def trust_audit_policy(host: Machine, args: Args, check: bool) -> Result:
    """Auditpol of one subcategory."""
    mine = host.part(AuditPolicy).settings.get(args.text("name"))
    if reads(args):
        return {"changed": False, "value": None if mine is None else {"success": mine[0], "failure": mine[1]}}
    if mine is None:
        raise RefusedError("The parameter is incorrect.")
    for at, name in enumerate(("success", "failure")):
        if args[name] is not None:
            mine[at] = bool(args.flag(name))
    return dict(CHANGED)


@handler("trust_event_log")
def trust_event_log(host: Machine, args: Args, check: bool) -> Result:
    """A log's size, what it does when it is full, and whether it is written."""
    logs, name = host.part(EventLogs), args.text("name")
    if reads(args):
        found = logs.logs.get(name.casefold())
        value = None if found is None else {"max_bytes": found.size, "mode": found.mode, "enabled": found.enabled}
        facts = {"classic": found is not None and found.classic}
        return {"changed": False, "value": value, "facts": facts}
    mine = logs.needed(name)
    if mine.classic and args.flag("enabled") is False:
        raise RefusedError("The parameter is incorrect.")
    if args["max_bytes"] is not None:
        mine.set_size(args.number("max_bytes") or 0)
    if args["mode"] is not None:
        mine.mode = args.text("mode")
    if args["enabled"] is not None:
        mine.enabled = bool(args.flag("enabled"))
    return dict(CHANGED)


@handler("trust_power_plan")
def trust_power_plan(host: Machine, args: Args, check: bool) -> Result:
    """The plan in force, by its short name if it has one."""
    mine = host.part(Power)
    if reads(args):
        names = {guid: name for name, guid in PLANS.items()}
        return {"changed": False, "value": {"plan": names.get(mine.active, mine.active)}}
    if args["plan"] is not None:
        mine.activate(args.text("plan"))
    return dict(CHANGED)


@handler("trust_bitlocker")
def trust_bitlocker(host: Machine, args: Args, check: bool) -> Result:
    """A volume, where the feature is installed."""
    if not reads(args):
        raise RefusedError("Nothing is encrypted or decrypted here: trust_bitlocker only reads.")
    found = host.part(BitLocker).volumes.get(args.text("name").rstrip("\\").upper())
    if found is None or not alive(host, "BitLocker"):
        return {"changed": False, "value": found and {"installed": False, "protected": False}}
    return {"changed": False, "value": {"installed": True, **asdict(found)}}


_EXCLUSIONS = ("exclusion_paths", "exclusion_processes", "exclusion_extensions")


@handler("trust_defender")
def trust_defender(host: Machine, args: Args, check: bool) -> Result:
    """Preferences of Microsoft Defender, where it is installed. The list of exclusions is whole."""
    mine = host.part(Defender)
    values = asdict(mine)
    tampered = values.pop("tamper_protection")
    there = alive(host, "Windows-Defender")
    if reads(args):
        facts = {"tamper_protected": tampered and there}
        return {"changed": False, "value": values if there else None, "facts": facts}
    if not there:
        raise RefusedError("Defender is not installed: the feature Windows-Defender brings its cmdlets.")
    for name, value in given(args, tuple(values)).items():
        if name in _EXCLUSIONS:
            mine.exclude(name, [str(one) for one in value])
        else:
            mine.set(name, value)
    return dict(CHANGED)


_PROFILE = ("enabled", "inbound", "outbound", "notify", "log_file", "log_kilobytes", "log_allowed", "log_blocked")
WINRM = 5986
INBOUND, ALLOW, TCP, ANY_PROTOCOL = 1, 1, 6, 256
PROFILE_BITS = {"Domain": 1, "Private": 2, "Public": 4}
"""NET_FW_RULE_DIRECTION, NET_FW_ACTION, NET_FW_IP_PROTOCOL and NET_FW_PROFILE_TYPE2 of icftypes.h."""


@handler("trust_firewall_profile")
def trust_firewall_profile(host: Machine, args: Args, check: bool) -> Result:
    """A profile of the firewall."""
    profiles, name = host.part(Profiles), args.text("name")
    mine, ruled = profiles.profiles[name], profiles.policy.get(name, [])
    if reads(args):
        return {
            "changed": False,
            "value": asdict(mine),
            "facts": {"way_in": [WINRM], "open_ports": open_ports(host, name), "policy": sorted(ruled)},
        }
    size = args.number("log_kilobytes")
    if size is not None and size not in LOG_SIZES:
        raise RefusedError(words.NUMBER_RANGE.format(name="LogMaxSizeKilobytes", value=size, least=1, most=32767))
    for option, value in given(args, tuple(one for one in _PROFILE if one not in ruled)).items():
        setattr(mine, option, value)
    look(host)
    return dict(CHANGED)


def look(host: Machine) -> None:
    """Cut the host off if its firewall lets nobody in any more: what a profile or a rule did."""
    name = host.part(Profiles).active
    mine = host.part(Profiles).profiles[name]
    if mine.enabled and mine.inbound == "block" and not lets_in(open_ports(host, name)):
        host.cut(f"the firewall's profile {name} blocks port {WINRM} and no rule opens it")


def open_ports(host: Machine, profile: str) -> list[str]:
    """Local TCP ports that enabled inbound allow rules of a profile open, as the rules write them."""
    found: set[str] = set()
    for one in host.part(Firewall).rules:
        inbound = one.direction == INBOUND and one.action == ALLOW and one.enabled
        if inbound and one.profiles & PROFILE_BITS[profile] and one.protocol in {TCP, ANY_PROTOCOL}:
            found.update(each.strip() for each in (one.local_ports or "*").split(","))
    return sorted("Any" if one == "*" else one for one in found)


def lets_in(ports: list[str]) -> bool:
    """Whether one of these is, or spans, the port of WinRM over HTTPS."""
    for one in ports:
        low, _, high = one.partition("-")
        if one == "Any" or (low.isdigit() and int(low) <= WINRM <= int(high or low)):
            return True
    return False
