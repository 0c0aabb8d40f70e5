"""What protects a Windows server: its file server, its local groups, its audit policy, Defender, BitLocker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from trustctl.windows.powershell import command, literal
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.types.system import nothing
from trustctl.windows.values import Value, Values

_SMB_PARAMETERS = {
    "smb1": "EnableSMB1Protocol",
    "sign": "EnableSecuritySignature",
    "require_signing": "RequireSecuritySignature",
    "encrypt": "EncryptData",
    "reject_unencrypted": "RejectUnencryptedAccess",
    "audit_smb1": "AuditSmb1Access",
}


def _renamed(parameters: Mapping[str, str], found: Difference) -> dict[str, Value]:
    """What differs, by the cmdlet's own names of parameters."""
    after = found.after or {}
    return {parameters[name]: after.get(name) for name in found.names or after if name in parameters}


def _smb_cmdlets(name: str, found: Difference) -> Sequence[str]:
    return (command("Set-SmbServerConfiguration", _renamed(_SMB_PARAMETERS, found), ["Force"]),)


SMB_SERVER = ResourceType(
    module="trust_smb_server",
    title="SMB server",
    properties=tuple(Property(name, Kind.FLAG) for name in _SMB_PARAMETERS),
    cmdlets=_smb_cmdlets,
    key="",
)


def _names(values: Values | None, name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in cast("Sequence[Value]", (values or {}).get(name) or ()))


def _members(values: Values | None) -> dict[str, str]:
    """A group's members by their name without case: `members` and `ensured` read the same."""
    return {each.casefold(): each for each in (*_names(values, "ensured"), *_names(values, "members"))}


def _group_cmdlets(name: str, found: Difference) -> Sequence[str]:
    option = "members" if "members" in found.names else "ensured"
    before = _members(found.before)
    after = _members({option: (found.after or {}).get(option)}) if found.names else _members(found.after)
    new = [member for key, member in after.items() if key not in before]
    gone = [member for key, member in before.items() if key not in after] if option == "members" else []
    return (
        *((command("New-LocalGroup", {"Name": name}),) if found.before is None else ()),
        *((command("Add-LocalGroupMember", {"Group": name, "Member": new}),) if new else ()),
        *((command("Remove-LocalGroupMember", {"Group": name, "Member": gone}),) if gone else ()),
    )


def _group_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if want is None or want.get("members") is None or not facts.get("administrators"):
        return ()
    ways = {each.casefold() for each in (str(facts.get("account") or ""), *_names(facts, "account_groups")) if each}
    before, after = set(_members(have)), {each.casefold() for each in _names(want, "members")}
    if not ways & before or ways & after:
        return ()
    groups = ", ".join(_names(facts, "account_groups")) or "it has none"
    why = f"{facts.get('account')}, by which this server is reached, would no longer be one of its administrators"
    return (f"{why}. Put it among the members, or one of its groups ({groups})",)


LOCAL_GROUP = ResourceType(
    module="trust_local_group",
    title="local group",
    properties=(Property("members", Kind.NAMES, exact=True), Property("ensured", Kind.NAMES)),
    cmdlets=_group_cmdlets,
    refuse=_group_refuse,
)


def _audit_cmdlets(name: str, found: Difference) -> Sequence[str]:
    after = found.after or {}
    said = " ".join(
        f"/{option}:{'enable' if after[option] else 'disable'}"
        for option in ("success", "failure")
        if option in (found.names or after)
    )
    return (f"auditpol.exe /set {literal(f'/subcategory:{name}')} {said}",)


def _audit_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    return () if have is not None else ("this Windows has no such audit subcategory. Leave it out for this server",)


AUDIT_POLICY = ResourceType(
    module="trust_audit_policy",
    title="audit subcategory",
    properties=(Property("success", Kind.FLAG), Property("failure", Kind.FLAG)),
    cmdlets=_audit_cmdlets,
    refuse=_audit_refuse,
)

_SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
_PROTOCOL_WORDS = ("enabled", "disabled", "default")


def _protocol_cmdlets(name: str, found: Difference) -> Sequence[str]:
    after, lines = found.after or {}, list[str]()
    for option in found.names or tuple(after):
        key, on = literal(rf"{_SCHANNEL}\{name}\{option.capitalize()}"), int(after.get(option) == "enabled")
        for value, data in (("Enabled", on), ("DisabledByDefault", 1 - on)):
            if after.get(option) == "default":
                lines.append(f"reg.exe delete {key} /v {value} /f")
            else:
                lines.append(f"reg.exe add {key} /v {value} /t REG_DWORD /d {data} /f")
    return lines


WITH_TLS_13 = 20348
"""Build of Windows Server 2022, the first whose Schannel speaks TLS 1.3; before it the values switch on an experiment
(learn.microsoft.com, "TLS protocol version support in Schannel")."""


def _protocol_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    build = facts.get("build")
    wanted = facts.get("name") == "TLS 1.3" and "enabled" in (want or {}).values()
    if not wanted or not isinstance(build, int) or build >= WITH_TLS_13:
        return ()
    return (f"this Windows (build {build}) has no TLS 1.3 that may be used; Windows Server 2022 has. Leave it out",)


TLS_PROTOCOL = ResourceType(
    module="trust_tls_protocol",
    title="Schannel protocol",
    properties=tuple(Property(side, restart=True, choices=_PROTOCOL_WORDS) for side in ("server", "client")),
    cmdlets=_protocol_cmdlets,
    refuse=_protocol_refuse,
)

DAYS = ("everyday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "never")
_SWITCHES = {
    "realtime": "DisableRealtimeMonitoring",
    "behaviour": "DisableBehaviorMonitoring",
    "downloads": "DisableIOAVProtection",
    "scripts": "DisableScriptScanning",
    "archives": "DisableArchiveScanning",
}
"""What is on here is what Windows does not disable."""
_WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "cloud": ("MAPSReporting", {"disabled": "Disabled", "basic": "Basic", "advanced": "Advanced"}),
    "cloud_block": (
        "CloudBlockLevel",
        {
            "default": "Default",
            "moderate": "Moderate",
            "high": "High",
            "high_plus": "HighPlus",
            "zero_tolerance": "ZeroTolerance",
        },
    ),
    "samples": (
        "SubmitSamplesConsent",
        {"prompt": "AlwaysPrompt", "safe": "SendSafeSamples", "never": "NeverSend", "all": "SendAllSamples"},
    ),
    "unwanted": ("PUAProtection", {"disabled": "Disabled", "enabled": "Enabled", "audit": "AuditMode"}),
    "network_protection": (
        "EnableNetworkProtection",
        {"disabled": "Disabled", "enabled": "Enabled", "audit": "AuditMode"},
    ),
    "scan": ("ScanParameters", {"quick": "QuickScan", "full": "FullScan"}),
    "scan_day": ("ScanScheduleDay", {day: day.capitalize() for day in DAYS}),
}
_PLAIN = {
    "network_protection_on_server": "AllowNetworkProtectionOnWinServer",
    "signature_hours": "SignatureUpdateInterval",
    "scan_time": "ScanScheduleTime",
    "scan_percent": "ScanAvgCPULoadFactor",
}
_EXCLUSIONS = {
    "exclusion_paths": "ExclusionPath",
    "exclusion_processes": "ExclusionProcess",
    "exclusion_extensions": "ExclusionExtension",
}


def _defender_cmdlets(name: str, found: Difference) -> Sequence[str]:
    before, after = found.before or {}, found.after or {}
    said: dict[str, Value] = {}
    lines: list[str] = []
    for option in found.names:
        if option in _SWITCHES:
            said[_SWITCHES[option]] = not after[option]
        elif option in _WORDS:
            parameter, words = _WORDS[option]
            said[parameter] = words[str(after[option])]
        elif option in _PLAIN:
            said[_PLAIN[option]] = after[option]
    lines += [command("Set-MpPreference", said)] if said else []
    for option, parameter in _EXCLUSIONS.items():
        if option in found.names:
            has, shall = _names(before, option), _names(after, option)
            new, gone = [each for each in shall if each not in has], [each for each in has if each not in shall]
            lines += [command("Add-MpPreference", {parameter: new})] if new else []
            lines += [command("Remove-MpPreference", {parameter: gone})] if gone else []
    return lines


def _defender_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if want is None:
        return ()
    if have is None:
        return ("Defender is not installed. Add the feature Windows-Defender first, and restart the server",)
    percent = want.get("scan_percent")
    why: list[str] = []
    if hidden := [name for name in _EXCLUSIONS if name in want and name not in have]:
        policy = "a policy hides them from administrators (HideExclusionsFromLocalAdmins)"
        why.append(f"{', '.join(hidden)} cannot be compared: {policy}. Leave them out, or take that policy away")
    if isinstance(percent, int) and percent and not 5 <= percent <= 100:  # noqa: PLR2004 - Set-MpPreference's own bounds
        why.append(f"scan_percent is {percent}; Windows takes 5 to 100, or 0 for all. Correct it")
    if facts.get("tamper_protected"):
        why.append("tamper protection is on, so Windows ignores what is set here. Set it where Defender is managed")
    return why


DEFENDER = ResourceType(
    module="trust_defender",
    title="Defender settings",
    properties=(
        *(Property(name, Kind.FLAG) for name in _SWITCHES),
        *(Property(name, choices=tuple(words)) for name, (_, words) in _WORDS.items() if not name.startswith("scan")),
        Property("network_protection_on_server", Kind.FLAG),
        Property("signature_hours", Kind.NUMBER),
        Property("scan", choices=tuple(_WORDS["scan"][1])),
        Property("scan_day", choices=DAYS),
        Property("scan_time"),
        Property("scan_percent", Kind.NUMBER),
        *(Property(name, Kind.NAMES) for name in _EXCLUSIONS),
    ),
    cmdlets=_defender_cmdlets,
    key="",
    refuse=_defender_refuse,
)


def _volume_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    return () if have is not None else ("there is no volume at that mount point. Leave it out for this server",)


BITLOCKER = ResourceType(
    module="trust_bitlocker",
    title="volume",
    properties=(
        Property("installed", Kind.FLAG, fixed=True),
        Property("protected", Kind.FLAG, fixed=True),
        Property("percent", Kind.NUMBER, fixed=True),
        Property("method", Kind.NAME, fixed=True),
        Property("locked", Kind.FLAG, fixed=True),
        Property("protectors", Kind.NAMES, exact=True, fixed=True),
    ),
    cmdlets=nothing,
    refuse=_volume_refuse,
)

register(SMB_SERVER, LOCAL_GROUP, AUDIT_POLICY, TLS_PROTOCOL, DEFENDER, BITLOCKER)
