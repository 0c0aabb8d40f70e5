"""SMB, audit policy, event logs, power, BitLocker, Defender, firewall profiles of a simulated server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import ask, facts, put, read, server
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.registry import Firewall
from trustctl.lab.windows.spec import DirectorySpec, DomainGroupSpec, WindowsSpec
from trustctl.lab.windows.world import World

SMB = {
    "smb1": False,
    "sign": False,
    "require_signing": False,
    "encrypt": False,
    "reject_unencrypted": True,
    "audit_smb1": False,
}
PROFILE = {
    "enabled": True,
    "inbound": "block",
    "outbound": "allow",
    "notify": False,
    "log_file": r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log",
    "log_kilobytes": 4096,
    "log_allowed": False,
    "log_blocked": False,
}
DEFENDER: dict[str, Any] = {
    "realtime": True,
    "behaviour": True,
    "downloads": True,
    "scripts": True,
    "archives": True,
    "cloud": "advanced",
    "cloud_block": "default",
    "samples": "safe",
    "unwanted": "disabled",
    "network_protection": "disabled",
    "network_protection_on_server": False,
    "signature_hours": 0,
    "scan": "quick",
    "scan_day": "everyday",
    "scan_time": "02:00",
    "scan_percent": 50,
    "exclusion_paths": [],
    "exclusion_processes": [],
    "exclusion_extensions": [],
}
OTHER: dict[str, Any] = {
    "cloud": "basic",
    "cloud_block": "high",
    "samples": "all",
    "unwanted": "enabled",
    "network_protection": "audit",
    "signature_hours": 4,
    "scan": "full",
    "scan_day": "sunday",
    "scan_time": "03:30",
    "scan_percent": 20,
    "exclusion_paths": [r"D:\VMs"],
    "exclusion_processes": ["vmms.exe"],
    "exclusion_extensions": ["vhdx"],
}
LOG = {"max_bytes": 20 * 1024**2, "mode": "overwrite", "enabled": True}
TABLE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    *[("trust_smb_server", {}, SMB, {name: not value}) for name, value in SMB.items()],
    *[("trust_defender", {}, DEFENDER, {name: OTHER.get(name, not value)}) for name, value in DEFENDER.items()],
    *[
        ("trust_firewall_profile", {"name": name}, PROFILE, change)
        for name in ("Domain", "Private", "Public")
        for change in (
            {"enabled": False},
            {"inbound": "allow"},
            {"outbound": "block"},
            {"notify": True},
            {"log_file": r"D:\fw.log"},
            {"log_kilobytes": 32767},
            {"log_allowed": True, "log_blocked": True},
        )
    ],
    *[("trust_event_log", {"name": "Security"}, LOG, one) for one in ({"max_bytes": 1024**3}, {"mode": "archive"})],
    (
        "trust_event_log",
        {"name": "Microsoft-Windows-PowerShell/Operational"},
        LOG | {"max_bytes": 15 * 1024**2},
        {"enabled": False},
    ),
    ("trust_audit_policy", {"name": "Logon"}, {"success": True, "failure": True}, {"failure": False}),
    ("trust_audit_policy", {"name": "Process Creation"}, {"success": False, "failure": False}, {"success": True}),
    ("trust_power_plan", {}, {"plan": "balanced"}, {"plan": "high_performance"}),
]


@pytest.mark.parametrize(("module", "key", "delivered", "change"), TABLE)
def test_a_setting_changes(module: str, key: dict[str, Any], delivered: dict[str, Any], change: dict[str, Any]) -> None:
    """As delivered, changed, and set once more to what it is."""
    host = server()
    assert read(host, module, **key) == delivered
    for _ in range(2):
        put(host, module, **key, **change)
        assert read(host, module, **key) == delivered | change
    assert not host.cut_off


def test_a_controller_signs() -> None:
    """The Default Domain Controllers Policy."""
    told = read(server(directory=DirectorySpec("ad.example", "AD")), "trust_smb_server")
    assert told["sign"]
    assert told["require_signing"]


def test_sizes_of_a_log_are_rounded() -> None:
    """Wevtutil: at least 1 MB, in steps of 64 KB."""
    host = server()
    for asked, told in ((1, 1024**2), (1024**2 + 1, 1024**2 + 65536)):
        put(host, "trust_event_log", name="System", max_bytes=asked)
        assert read(host, "trust_event_log", name="System")["max_bytes"] == told


def test_a_log_that_there_is_not() -> None:
    """Absent reads as null; a classic log is never switched off."""
    host = server(state={"EventLogs": {"names": ["Trust/Operational"]}})
    assert read(host, "trust_event_log", name="Nothing") is None
    assert read(host, "trust_event_log", name="trust/operational") is not None
    with pytest.raises(RefusedError, match="channel could not be found"):
        put(host, "trust_event_log", name="Nothing", mode="keep")
    with pytest.raises(RefusedError, match="parameter is incorrect"):
        put(host, "trust_event_log", name="Application", enabled=False)


def test_a_power_plan_that_there_is_not() -> None:
    """By GUID, if the server has it."""
    other = "00000000-0000-0000-0000-000000000001"
    with pytest.raises(RefusedError, match="power scheme, subgroup or setting specified does not exist"):
        put(server(), "trust_power_plan", plan=other)
    host = server(state={"Power": {"plans": [other]}})
    put(host, "trust_power_plan", plan=other.upper())
    assert read(host, "trust_power_plan") == {"plan": other}


def test_bitlocker_is_read_where_it_is_installed() -> None:
    """Without the feature nothing is protected; null for a volume that there is not."""
    seed = {"protected": True, "percent": 100, "method": "XtsAes256", "protectors": ["RecoveryPassword", "Tpm"]}
    state = {"BitLocker": {"volumes": {"C:": seed}}}
    assert read(server(state=state), "trust_bitlocker", name="C:") == {"installed": False, "protected": False}
    host = server(state=state, features=("BitLocker",))
    assert read(host, "trust_bitlocker", name="c:") == seed | {"installed": True, "locked": False}
    assert read(host, "trust_bitlocker", name="Q:") is None
    with pytest.raises(RefusedError, match="only reads"):
        put(host, "trust_bitlocker", name="C:")


def test_exclusions_are_a_whole_list() -> None:
    """Add- and Remove-MpPreference; none stands there twice."""
    host = server()
    put(host, "trust_defender", exclusion_paths=[r"D:\VMs"])
    put(host, "trust_defender", exclusion_paths=[r"d:\vms", r"C:\ClusterStorage"])
    assert read(host, "trust_defender")["exclusion_paths"] == [r"C:\ClusterStorage", r"D:\VMs"]
    put(host, "trust_defender", exclusion_paths=[])
    assert read(host, "trust_defender")["exclusion_paths"] == []


def test_tamper_protection_ignores_what_would_weaken_defender() -> None:
    """Without an error: only a second reading shows it."""
    host = server(state={"Defender": {"tamper_protection": True}})
    assert facts(host, "trust_defender") == {"tamper_protected": True}
    put(host, "trust_defender", realtime=False, scan_percent=20)
    assert read(host, "trust_defender") == DEFENDER | {"scan_percent": 20}


def test_without_defender_there_is_nothing() -> None:
    """The feature can be absent."""
    host = server(state={"Features": {"without": ["Windows-Defender"]}})
    assert read(host, "trust_defender") is None
    with pytest.raises(RefusedError, match="Defender is not installed"):
        put(host, "trust_defender", realtime=True)


@pytest.mark.parametrize(
    ("module", "bad"),
    [
        ("trust_defender", {"scan_percent": 101}),
        ("trust_defender", {"signature_hours": 25}),
        ("trust_firewall_profile", {"name": "Domain", "log_kilobytes": 32768}),
        ("trust_firewall_profile", {"name": "Domain", "log_kilobytes": 0}),
    ],
)
def test_a_number_out_of_range(module: str, bad: dict[str, Any]) -> None:
    """The ranges are the cmdlets' own."""
    with pytest.raises(RefusedError, match="out of range"):
        put(server(), module, **bad)


def test_a_firewall_without_a_way_in_cuts_the_host_off() -> None:
    """Only the profile in force, only if it blocks and no rule lets WinRM over HTTPS in."""
    host = server()
    assert facts(host, "trust_firewall_profile", name="Public")["open_ports"] == ["5985", "5986"]
    assert facts(host, "trust_firewall_profile", name="Public")["way_in"] == [5986]
    put(host, "trust_firewall_profile", name="Public", inbound="allow")
    for rule in host.part(Firewall).rules:
        rule.enabled = rule.enabled and rule.local_ports != "5986"
    put(host, "trust_firewall_profile", name="Domain", inbound="block")
    put(host, "trust_firewall_profile", name="Public", enabled=False, inbound="block")
    assert not host.cut_off
    put(host, "trust_firewall_profile", name="Public", enabled=True)
    assert "5986" in host.cut_off


def test_what_a_group_policy_sets_of_a_profile_stays() -> None:
    """Set on the server it is not in force; the rest is."""
    host = server(state={"Profiles": {"policy": {"Domain": ["inbound"]}}})
    assert [facts(host, "trust_firewall_profile", name=name)["policy"] for name in ("Domain", "Public")] == [
        ["inbound"],
        [],
    ]
    put(host, "trust_firewall_profile", name="Domain", inbound="allow", log_blocked=True)
    told = read(host, "trust_firewall_profile", name="Domain")
    assert (told["inbound"], told["log_blocked"]) == ("block", True)


@pytest.mark.parametrize("asked", [{"state": "absent"}, {"enabled": False, "state": "present"}])
def test_a_rule_that_goes_cuts_the_host_off(asked: dict[str, Any]) -> None:
    """The one that lets WinRM over HTTPS in; in check mode it stays."""
    host = server()
    rule = {"name": "Windows Remote Management (HTTPS-In)", "direction": "in", "action": "allow", **asked}
    assert ask(host, "community.windows.win_firewall_rule", check=True, **rule)["changed"]
    assert not host.cut_off
    ask(host, "community.windows.win_firewall_rule", **rule)
    assert "5986" in host.cut_off


# --- local groups ---


def member() -> Machine:
    """A member of a domain with one controller."""
    directory = DirectorySpec("ad.example", "AD", groups=(DomainGroupSpec("OAK-Admins"),))
    specs = [WindowsSpec("KV-DC-01", directory=directory), WindowsSpec("OAK-SRV-01", domain="ad.example")]
    return list(World(specs).machines.values())[1]


GROUPS: list[tuple[dict[str, Any], list[str]]] = [
    ({"members": [r".\Administrator"]}, [r".\Administrator"]),
    ({"members": [r"ad\oak-admins", r".\administrator"]}, [r".\Administrator", r"AD\OAK-Admins"]),
    (
        {"members": [r"AD\Domain Admins", r"nt authority\network service"]},
        [r"AD\Domain Admins", r"NT AUTHORITY\NETWORK SERVICE"],
    ),
    ({"ensured": [r".\Administrator", "S-1-5-21-1-2-3-1104"]}, [r".\Administrator", "S-1-5-21-1-2-3-1104"]),
    ({"members": []}, []),
    ({}, [r".\Administrator"]),
]


@pytest.mark.parametrize(("wanted", "told"), GROUPS)
def test_members_of_a_group(wanted: dict[str, Any], told: list[str]) -> None:
    """The list that is given is whole."""
    host = member()
    assert read(host, "trust_local_group", name="Administrators")["members"] == [r".\Administrator"]
    put(host, "trust_local_group", name="Administrators", **wanted)
    assert read(host, "trust_local_group", name="administrators") == {"members": told, "ensured": told}


def test_a_group_is_made() -> None:
    """An absent group is null."""
    host = member()
    assert read(host, "trust_local_group", name="Trust") is None
    put(host, "trust_local_group", name="Trust", members=[r"AD\OAK-Admins"])
    assert read(host, "trust_local_group", name="Trust")["members"] == [r"AD\OAK-Admins"]
    assert facts(host, "trust_local_group", name="Trust")["administrators"] is False
    told = facts(host, "trust_local_group", name="Administrators")
    assert told == {"administrators": True, "account": r".\Administrator", "account_groups": ["Administrators"]}


@pytest.mark.parametrize("name", [r".\nobody", r"AD\Nobody", r"ELSE\OAK-Admins", "nobody"])
def test_nobody_joins_a_group(name: str) -> None:
    """Whoever is wanted must be known before anything is changed."""
    host = member()
    with pytest.raises(RefusedError, match="Windows knows no account or group"):
        put(host, "trust_local_group", name="Administrators", members=[name])
    assert read(host, "trust_local_group", name="Administrators")["members"] == [r".\Administrator"]
