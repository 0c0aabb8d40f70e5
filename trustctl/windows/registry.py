r"""The registry values of the baseline: what a setting of the role `windows_baseline` is in Windows' registry.

    Before: {"lm_level": 5, "lm_hash": False}, "authentication".
    After:  two values of HKLM:\SYSTEM\CurrentControlSet\Control\Lsa: LmCompatibilityLevel 5, NoLMHash 1, each a dword.

Each table names the page of learn.microsoft.com that its values stand on. Setting them, and telling what they are now,
is `ansible.windows.win_regedit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from trustctl.errors import RenderError
from trustctl.windows.values import Value, Values

Data = str | int
DWORD, STRING = "dword", "string"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value that one option stands for."""

    option: str
    path: str
    name: str
    data: Callable[[Value], Data]
    type: str = DWORD

    def of(self, value: Value) -> dict[str, Data]:
        """The options of `win_regedit`."""
        return {"path": self.path, "name": self.name, "data": self.data(value), "type": self.type}


def _yes(value: Value) -> Data:
    return 1 if value else 0


def _no(value: Value) -> Data:
    return 0 if value else 1


def _number(value: Value) -> Data:
    return int(cast("int", value))


def _text(value: Value) -> Data:
    return str(value)


def _word(words: Mapping[str, Data]) -> Callable[[Value], Data]:
    def one(value: Value) -> Data:
        if str(value) not in words:
            raise RenderError(f"{value!r} is none of {', '.join(words)}")
        return words[str(value)]

    return one


def _either(yes: int, no: int) -> Callable[[Value], Data]:
    return lambda value: yes if value else no


_W32TIME = r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters"
_LSA = r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa"
_WORKSTATION = r"HKLM:\SYSTEM\CurrentControlSet\Services\LanmanWorkstation\Parameters"
_DOTNET = (
    r"HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319",
    r"HKLM:\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\v4.0.30319",
)
_TERMINAL = r"HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server"
_RDP = rf"{_TERMINAL}\WinStations\RDP-Tcp"
_LAPS = r"HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS"
_FORWARDING = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\EventLog\EventForwarding\SubscriptionManager"
_UPDATE = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
_AU = rf"{_UPDATE}\AU"

_DAYS: Mapping[str, Data] = {
    day: number
    for number, day in enumerate(
        ("everyday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    )
}

NTLM_STRONG, NTLM_128 = 0x20080000, 0x20000000
"""NTLMv2 session security with 128-bit encryption, and Windows' own default of 128-bit encryption alone
("Network security: Minimum session security for NTLM SSP based (including secure RPC) clients")."""

ENTRIES: Mapping[str, Sequence[Entry]] = {
    # "Windows Time service tools and settings": Type is NT5DS or NTP. NtpServer is `_time`'s.
    "time": (Entry("source", _W32TIME, "Type", _word({"domain": "NT5DS", "servers": "NTP"}), STRING),),
    # "Microsoft network client: Digitally sign communications (always)".
    "smb": (Entry("client_require_signing", _WORKSTATION, "RequireSecuritySignature", _yes),),
    # "Network security: LAN Manager authentication level", "Network security: Do not store LAN Manager hash value on
    # next password change", "Network access: Do not allow anonymous enumeration of SAM accounts and shares".
    "authentication": (
        Entry("lm_level", _LSA, "LmCompatibilityLevel", _number),
        Entry("lm_hash", _LSA, "NoLMHash", _no),
        Entry("ntlm_strong", rf"{_LSA}\MSV1_0", "NTLMMinClientSec", _either(NTLM_STRONG, NTLM_128)),
        Entry("ntlm_strong", rf"{_LSA}\MSV1_0", "NTLMMinServerSec", _either(NTLM_STRONG, NTLM_128)),
        Entry("anonymous_accounts", _LSA, "RestrictAnonymous", _no),
        Entry("anonymous_accounts", _LSA, "RestrictAnonymousSAM", _no),
    ),
    # "Transport Layer Security (TLS) best practices with the .NET Framework". Protocols are `trust_tls_protocol`'s.
    "tls": tuple(
        Entry("dotnet_strong", path, name, _yes)
        for path in _DOTNET
        for name in ("SchUseStrongCrypto", "SystemDefaultTlsVersions")
    ),
    # Unattended setup: "fDenyTSConnections", "UserAuthentication", "SecurityLayer" (2: TLS, 1: negotiated).
    "remote_desktop": (
        Entry("enabled", _TERMINAL, "fDenyTSConnections", _no),
        Entry("nla", _RDP, "UserAuthentication", _yes),
        Entry("tls", _RDP, "SecurityLayer", _either(2, 1)),
    ),
    # "Configure policy settings for Windows LAPS": the root of its Group Policy, under the names of its settings.
    "laps": (
        Entry("backup", _LAPS, "BackupDirectory", _word({"none": 0, "entra": 1, "directory": 2})),
        Entry("age_days", _LAPS, "PasswordAgeDays", _number),
        Entry("length", _LAPS, "PasswordLength", _number),
        Entry("complexity", _LAPS, "PasswordComplexity", _number),
        Entry("account", _LAPS, "AdministratorAccountName", _text, STRING),
        Entry("encrypt", _LAPS, "ADPasswordEncryptionEnabled", _yes),
        Entry("readers", _LAPS, "ADPasswordEncryptionPrincipal", _text, STRING),
        Entry("history", _LAPS, "ADEncryptedPasswordHistorySize", _number),
        Entry("restore_mode", _LAPS, "ADBackupDSRMPassword", _yes),
        Entry("after_use_hours", _LAPS, "PostAuthenticationResetDelay", _number),
        Entry(
            "after_use",
            _LAPS,
            "PostAuthenticationActions",
            _word({"reset": 1, "reset_and_sign_out": 3, "reset_and_restart": 5}),
        ),
    ),
    # "Audit: Force audit policy subcategory settings to override audit policy category settings".
    "audit": (Entry("subcategories", _LSA, "SCENoApplyLegacyAuditPolicy", _yes),),
    # "Manage additional Windows Update settings" (AUOptions 5: the local administrator chooses). The server is
    # `_updates`'s.
    "updates": (
        Entry("ring", _UPDATE, "TargetGroup", _text, STRING),
        Entry("ring", _UPDATE, "TargetGroupEnabled", _yes),
        Entry("mode", _AU, "NoAutoUpdate", lambda value: 0),
        Entry("mode", _AU, "AUOptions", _word({"notify": 2, "download": 3, "install": 4, "local": 5})),
        Entry("day", _AU, "ScheduledInstallDay", _word(_DAYS)),
        Entry("hour", _AU, "ScheduledInstallTime", _number),
        Entry("restart_with_users", _AU, "NoAutoRebootWithLoggedOnUsers", _no),
        Entry("quality_days", _UPDATE, "DeferQualityUpdates", lambda value: 1 if value else 0),
        Entry("quality_days", _UPDATE, "DeferQualityUpdatesPeriodInDays", _number),
        Entry("drivers", _UPDATE, "ExcludeWUDriversInQualityUpdate", _no),
    ),
    "event_forwarding": (),
}


def _time(settings: Values) -> Iterator[dict[str, Data]]:
    """Peers in the order given; 0x8 asks as a client ("Windows Time service tools and settings", NtpServer)."""
    servers = cast("Sequence[Value]", settings.get("servers") or ())
    if settings.get("source") == "servers":
        peers = " ".join(f"{server},0x8" for server in servers)
        yield {"path": _W32TIME, "name": "NtpServer", "data": peers, "type": STRING}


REFRESH = 900
"""Seconds between two looks at a collector's subscriptions, unless the role says otherwise."""


def _event_forwarding(settings: Values) -> Iterator[dict[str, Data]]:
    """("Setting up a Source Initiated Subscription"): one numbered value for each collector."""
    secure, issuer = bool(settings.get("https")), settings.get("issuer")
    scheme, port = ("https", 5986) if secure else ("http", 5985)
    more = f",IssuerCA={issuer}" if secure and issuer else ""
    for number, collector in enumerate(cast("Sequence[Value]", settings.get("collectors") or ()), 1):
        address = f"Server={scheme}://{collector}:{port}/wsman/SubscriptionManager/WEC"
        data = f"{address},Refresh={settings.get('refresh_seconds') or REFRESH}{more}"
        yield {"path": _FORWARDING, "name": str(number), "data": data, "type": STRING}


def _updates(settings: Values) -> Iterator[dict[str, Data]]:
    """("Manage additional Windows Update settings", WUServer and WUStatusServer must be the same)."""
    server = settings.get("server")
    if server:
        for name in ("WUServer", "WUStatusServer"):
            yield {"path": _UPDATE, "name": name, "data": str(server), "type": STRING}
    if server is not None:
        yield {"path": _AU, "name": "UseWUServer", "data": _yes(server), "type": DWORD}


_MORE: Mapping[str, Callable[[Values], Iterator[dict[str, Data]]]] = {
    "time": _time,
    "event_forwarding": _event_forwarding,
    "updates": _updates,
}


def registry_values(settings: Values, subject: str) -> list[dict[str, Data]]:
    """Return the options of `win_regedit` for each value that the settings of a subject stand for.

    An option that is None or missing is not spoken of, and its value stays as it is. Raises RenderError for a subject
    that there is not, and for a word that an option does not know.
    """
    if subject not in ENTRIES:
        raise RenderError(f"there are no registry values of {subject!r}; there are of {', '.join(ENTRIES)}")
    mine = [one.of(settings[one.option]) for one in ENTRIES[subject] if settings.get(one.option) is not None]
    return [*mine, *(_MORE[subject](settings) if subject in _MORE else ())]
