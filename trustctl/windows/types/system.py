"""What a Windows server is as a machine: its identity, its features, its power plan."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustctl.windows.powershell import command, literal
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Values

EDITIONS = ("core", "desktop")
RESTARTS = ("computer_name", "file_rename", "servicing", "windows_update")
"""Where Windows notes that something waits for a restart (roles/windows_facts/library/trust_identity.ps1)."""


def nothing(name: str, found: Difference) -> Sequence[str]:
    """There is no cmdlet: the type is only read."""
    return ()


IDENTITY = ResourceType(
    module="trust_identity",
    title="server",
    properties=(
        Property("uuid", Kind.NAME, fixed=True),
        Property("hostname", Kind.NAME, fixed=True),
        Property("domain", Kind.NAME, fixed=True),
        Property("os", fixed=True),
        Property("version", fixed=True),
        Property("edition", fixed=True, choices=EDITIONS),
        Property("powershell", fixed=True),
        Property("memory_bytes", Kind.NUMBER, fixed=True),
        Property("processors", Kind.NUMBER, fixed=True),
        Property("pending_restart", Kind.NAMES, exact=True, fixed=True, choices=RESTARTS),
        Property("last_boot", fixed=True),
    ),
    cmdlets=nothing,
    key="",
)


def _feature_cmdlets(name: str, found: Difference) -> Sequence[str]:
    verb = "Install" if (found.after or {}).get("installed") else "Uninstall"
    return (command(f"{verb}-WindowsFeature", {"Name": name}),)


def _feature_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if have is not None and (want or {}).get("installed") and facts.get("removed"):
        remedy = "Bring them back first (Install-WindowsFeature with -Source), then plan again"
        return (f"its files are not on the server's disk any more (InstallState Removed). {remedy}",)
    if have is not None:
        return ()
    remedy = "Take the name that Get-WindowsFeature gives it, or leave it out for this server"
    return (f"this Windows has no feature of that name. {remedy}",)


FEATURE = ResourceType(
    module="trust_feature",
    title="feature",
    properties=(Property("installed", Kind.FLAG, restart=True),),
    cmdlets=_feature_cmdlets,
    lasting=True,
    refuse=_feature_refuse,
    reads_with=("installed",),
)

PLANS = {
    "balanced": "381b4222-f694-41f0-9685-ff5bb260df2e",
    "high_performance": "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c",
    "power_saver": "a1841308-3541-4fab-bc81-f71556f20b4a",
}
"""The plans that Windows brings (learn.microsoft.com, "Power Policy Settings", GUID_MIN_POWER_SAVINGS and so on)."""


_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _power_cmdlets(name: str, found: Difference) -> Sequence[str]:
    plan = str((found.after or {}).get("plan"))
    return (f"powercfg.exe /setactive {literal(PLANS.get(plan, plan))}",)


def _power_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    plan = str((want or {}).get("plan", "balanced"))
    if plan in PLANS or _GUID.fullmatch(plan):
        return ()
    return (f"{plan!r} is no power plan. Take one of {', '.join(PLANS)}, or a plan's GUID (powercfg /list)",)


POWER_PLAN = ResourceType(
    module="trust_power_plan",
    title="power plan",
    properties=(Property("plan", Kind.NAME),),
    cmdlets=_power_cmdlets,
    key="",
    refuse=_power_refuse,
)

register(IDENTITY, FEATURE, POWER_PLAN)
