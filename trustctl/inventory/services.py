"""Services and wireless networks of one school as the other rooms know them."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.inventory.file_baseline import SsidFile
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_trust import ServicesFile, SnmpFile
from trustctl.inventory.layers import SettingsFile
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.model.secret import SecretRef
from trustctl.model.service import Dot1x, Hardening, LocalUser, RadiusServer, Services, Snmp, SnmpUser, Ssid

_FIRST_NUMBERS = (101, 201)
"""Of the trust's networks, and of those that only a school has, so that none moves when the trust's list grows. A
controller that joins has its own networks at the low numbers, which stay taken until those are gone."""


def services_of(domain: str, school: str, settings: SettingsFile) -> Services:
    """The services of a school; the SNMP location is the school's name unless one is given."""
    file = settings.services
    return Services(
        domain=domain,
        dns=tuple(file.dns),
        ntp=tuple(file.ntp),
        timezone=file.timezone,
        syslog=tuple(file.syslog),
        dhcp_relay=tuple(file.dhcp_relay),
        radius=_radius(file),
        radius_group=file.radius.group,
        snmp=_snmp(file.snmp, school),
        local_user=LocalUser(file.local_user.name, SecretRef(file.local_user.secret), file.local_user.privilege),
        enable_secret=SecretRef(file.enable_secret) if file.enable_secret else None,
        dot1x=Dot1x(file.dot1x.mode, file.dot1x.reauthenticate_seconds),
        hardening=_hardening(settings),
        banner=tuple(file.banner.split("\n")),
        spanning_tree_mode=file.spanning_tree_mode,
    )


def _radius(file: ServicesFile) -> tuple[RadiusServer, ...]:
    return tuple(
        RadiusServer(name, server.address, SecretRef(server.key), server.auth_port, server.acct_port)
        for name, server in file.radius.servers.items()
    )


def _snmp(file: SnmpFile, school: str) -> Snmp:
    users = tuple(
        SnmpUser(
            name,
            file.group,
            SecretRef(user.auth),
            SecretRef(user.privacy),
            user.auth_protocol,
            user.privacy_protocol,
        )
        for name, user in file.users.items()
    )
    return Snmp(file.group, users, tuple(file.hosts), file.contact, file.location or school)


def _hardening(settings: SettingsFile) -> Hardening:
    file = settings.hardening
    return Hardening(
        storm_broadcast_percent=file.storm_broadcast_percent,
        storm_multicast_percent=file.storm_multicast_percent,
        dhcp_snooping_rate=file.dhcp_snooping_rate,
        errdisable_recovery_seconds=file.errdisable_recovery_seconds,
        ssh_timeout_seconds=file.ssh_timeout_seconds,
        exec_timeout_minutes=file.exec_timeout_minutes,
        archive_maximum=file.archive_maximum,
        logging_buffer_bytes=file.logging_buffer_bytes,
        logging_level=file.logging_level,
        management_networks=tuple(file.management_networks),
    )


def ssid_numbers(trusts: Mapping[str, SsidFile], schools: Mapping[str, SsidFile] | None = None) -> dict[str, int]:
    """The number of each wireless network: its own, or its place in the whole list, whichever a school carries."""
    each = zip(_FIRST_NUMBERS, (trusts, schools or {}), strict=True)
    return {key: file.number or at for first, files in each for at, (key, file) in enumerate(files.items(), first)}


def ssids_of(settings: SettingsFile, school: SchoolFile, vlans: SchoolVlans) -> tuple[Ssid, ...]:
    """The wireless networks whose VLAN the school carries, the trust's first."""
    files: dict[str, SsidFile] = {**settings.ssids, **school.extra.ssids}
    numbers = ssid_numbers(settings.ssids, school.extra.ssids)
    return tuple(
        Ssid(
            name=file.name,
            purpose=file.purpose,
            security=file.security,
            vlan_role=file.vlan,
            isolation=file.isolation,
            psk=SecretRef(file.psk) if file.psk else None,
            key=key,
            vlan=vlans.vlans[file.vlan].id,
            wpa=file.wpa,
            accounting=file.accounting,
            hidden=file.hidden,
            bands=tuple(file.bands),
            number=numbers[key],
        )
        for key, file in files.items()
        if file.vlan in vlans.vlans
    )
