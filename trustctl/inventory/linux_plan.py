"""The Linux servers of one school, resolved: what each is, what it does, and the baseline that it is held to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, collapse_addresses

from trustctl.inventory.file_linux import BackupFile, DirectoryFile, LinuxFile
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_servers import LinuxServerFile as ServerFile
from trustctl.inventory.file_servers import OneServer
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.layers import Settings
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import Vlan
from trustctl.model.levels import Stage
from trustctl.model.linux import (
    ROLES,
    SSH_PORT,
    Administrator,
    AptSource,
    Asset,
    Backup,
    Certificate,
    Collector,
    Directory,
    Jump,
    Linux,
    LinuxHost,
    OfflineCopy,
    OpenPort,
    OwnCertificate,
    PasswordRules,
    Sftp,
    System,
    Updates,
)
from trustctl.model.school import Server
from trustctl.model.secret import SecretRef
from trustctl.model.switch import Device, Login, Svi

PLATFORM = "linux"


def linux_of(file: LinuxFile) -> Linux:
    """The baseline of every Linux server of a school."""
    return Linux(
        systems=tuple(file.systems),
        locale=file.locale,
        administrators=tuple(_administrators(file)),
        sources=tuple(_sources(file)),
        directory=_directory(file.directory) if file.directory else None,
        backup=_backup(file.backup) if file.backup else None,
        updates=Updates(file.updates.automatic, file.updates.reboot, file.updates.reboot_at),
        passwords=PasswordRules(file.passwords.minimum, file.passwords.attempts, file.passwords.lock_minutes),
        monitors=tuple(file.monitors),
        syslog_port=file.syslog_port,
        syslog_ca=_lines(file.syslog_ca),
        syslog_clients=file.syslog_clients,
        radius_signed=file.radius_signed,
        jump=Jump(tuple(file.jump.hosts), file.jump.second_factor) if file.jump else None,
        certificates=tuple(Certificate(name, _lines(text)) for name, text in file.certificates.items()),
    )


def _administrators(file: LinuxFile) -> Iterable[Administrator]:
    for name, one in file.administrators.items():
        yield Administrator(name, one.title, tuple(one.keys), SecretRef(one.password) if one.password else None)


def _sources(file: LinuxFile) -> Iterable[AptSource]:
    for name, one in file.sources.items():
        places = tuple(one.uris), tuple(one.suites), tuple(one.components)
        yield AptSource(name, *places, one.signed_by, tuple(one.systems))


def _directory(file: DirectoryFile) -> Directory:
    return Directory(
        file.realm,
        tuple(file.servers),
        file.unit,
        file.user,
        SecretRef(file.password),
        tuple(file.groups),
        tuple(file.administrators),
    )


def _backup(file: BackupFile) -> Backup:
    offline = file.offline
    return Backup(
        file.repository,
        SecretRef(file.password),
        tuple(file.paths),
        file.at,
        file.keep_daily,
        file.keep_weekly,
        file.keep_monthly,
        _sftp(file),
        OfflineCopy(offline.kept, offline.checked, offline.days) if offline else None,
    )


_SFTP = re.compile(
    r"sftp:(?://(?:[^@/:]+@)?(?P<host>[^@/:]+)(?::(?P<port>\d{1,5}))?/.+|(?:[^@/:]+@)?(?P<short>[^@/:]+):.+)"
)
"""Both forms that restic knows (its manual, "Preparing a new repository"): a URL with a port, or as scp has it."""


def _sftp(file: BackupFile) -> Sftp | None:
    found = _SFTP.fullmatch(file.repository)
    if file.sftp is None or found is None:
        return None
    server, port = found["host"] or found["short"], int(found["port"] or SSH_PORT)
    return Sftp(server, port, SecretRef(file.sftp.key), tuple(file.sftp.host_keys))


def backup_problems(settings: Settings) -> list[Problem]:
    """What is wrong with where a school's backups go."""
    file = settings.values.linux.backup
    trouble = _trouble(file) if file is not None else None
    if trouble is None:
        return []
    place = settings.source(("linux", "backup"))
    return [place.document.problem((*place.at, "repository"), "backup_place", *trouble)]


def _trouble(file: BackupFile) -> tuple[str, str] | None:
    reached = file.repository.startswith("sftp:")
    if reached and not _SFTP.fullmatch(file.repository):
        return f"'{file.repository}' names no host that SFTP could reach", "Write sftp:USER@HOST:/FOLDER."
    if reached and file.sftp is None:
        problem = "the repository is reached by SFTP, and nothing says with which key"
        return problem, "Add `sftp` with `key`, the name of a secret, and `host_keys`."
    if file.sftp is not None and not reached:
        return "`sftp` belongs to a repository that is reached by SFTP", "Write sftp:USER@HOST:/FOLDER, or remove it."
    return None


def _lines(pem: str | None) -> tuple[str, ...]:
    return tuple(pem.strip().split("\n")) if pem else ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of its school a server has to know."""

    networks: tuple[IPv4Network, ...]
    senders: tuple[IPv4Network, ...]
    beside_controllers: tuple[tuple[str, IPv4Network], ...]
    collectors: tuple[Collector, ...] = ()
    systems: Mapping[str, System] = field(default_factory=dict[str, System])
    """Those that servers may run, by name."""


_DEVICES = ("management", "access-points")
"""The VLAN roles of devices; access points speak from the second where a school carries it."""


def surroundings(
    vlans: SchoolVlans, switches: Iterable[Device], controllers: Iterable[Device], systems: Mapping[str, System]
) -> Surroundings:
    """What a school's servers serve, and from where its devices speak to them."""
    networks = tuple(one.prefix for one in vlans.vlans.values() if one.prefix is not None)
    own = {role: vlan.prefix for role in _DEVICES if (vlan := vlans.carried(role)) and vlan.prefix}
    points = [own["access-points"]] if "access-points" in own else []
    beside: dict[IPv4Network, str] = {}
    for device in controllers:
        stands = [device.management.address.network, *(one for one in networks if device.address in one)]
        for network in (*stands, *points):
            beside.setdefault(network, device.name)
    found = {IPv4Network(address) for device in (*switches, *controllers) for address in _addresses(device)}
    found.update(own.values())
    senders = tuple(collapse_addresses([*found, *beside]))
    controlled = tuple((name, network) for network, name in beside.items())
    return Surroundings(networks, senders, controlled, systems=systems)


def _addresses(device: Device) -> tuple[IPv4Address, IPv4Address]:
    """Where a device is, and where it will be."""
    return device.address, device.management.address.ip


class LinuxHosts:
    """Makes the Linux servers of one school, collecting problems."""

    def __init__(
        self, document: Document, school: SchoolFile, vlans: SchoolVlans, login: LoginFile, around: Surroundings
    ) -> None:
        self._document, self._school, self._vlans, self._login = document, school, vlans, login
        self._around = around
        self.problems: list[Problem] = []

    def all(
        self, servers: Iterable[Server], files: Mapping[str, OneServer], linux: Linux, domain: str
    ) -> dict[str, LinuxHost]:
        """The Linux ones of a school's servers, each of which knows the others that collect logs."""
        hosts = {
            one.name: self.host(one, file, linux) for one in servers if isinstance(file := files[one.name], ServerFile)
        }
        collectors = tuple(
            Collector(one.name, one.address, f"{one.hostname.lower()}.{domain}")
            for one in hosts.values()
            if "syslog" in one.roles and one.certificate is not None and linux.syslog_ca
        )
        return {
            name: replace(host, collectors=tuple(one for one in collectors if one.name != name))
            for name, host in hosts.items()
        }

    def host(self, server: Server, file: ServerFile, linux: Linux) -> LinuxHost:
        """One server that has a usable address. An unknown role is a problem, and is left out."""
        at = ("servers", server.name)
        login = file.login or self._login
        vlan = self._vlans.vlans[server.vlan_role]
        self._certified(file, linux, at)
        name = self._system(file, linux, at)
        system = self._around.systems.get(name, System(name))
        return LinuxHost(
            name=server.name,
            hostname=server.name,
            school=server.school,
            platform=PLATFORM,
            model=name,
            role="server",
            stage=Stage(file.stage or self._school.stage),
            address=server.address,
            management=_management(vlan, server),
            gateway=vlan.gateway,
            # the trust's enable secret is the switches'; sudo asks for the user's own password
            login=Login(login.username, login.password, file.login.enable if file.login else None),
            ports=(),
            bundles=(),
            serial=file.serial,
            captured=f"schools/{self._school.slug}/{file.captured}" if file.captured else None,
            origin=server.origin,
            roles=tuple(self._roles(file, system, at)),
            open_ports=tuple(self._open(file, at)),
            networks=self._around.networks,
            senders=self._around.senders,
            beside_controllers=self._around.beside_controllers,
            switch_ports=server.switch_ports,
            certificate=_certificate(file),
            asset=_asset(file),
            system=system,
        )

    def _certified(self, file: ServerFile, linux: Linux, at: tuple[str | int, ...]) -> None:
        if file.certificate is not None and not linux.syslog_ca:
            problem = "a certificate that no other server could check: the trust names no authority"
            remedy = "Give linux.syslog_ca in the baseline, the certificate of the authority that signed it."
            self.problems.append(self._document.problem((*at, "certificate"), "authority_missing", problem, remedy))

    def _system(self, file: ServerFile, linux: Linux, at: tuple[str | int, ...]) -> str:
        if file.os is None:
            problem = "a Linux server without `os`"
            remedy = f"Say which it runs: {', '.join(linux.systems)}."
            self.problems.append(self._document.problem(at, "os_missing", problem, remedy, key=True))
        elif file.os not in linux.systems:
            problem = f"{file.os} is not among the trust's supported systems"
            remedy = f"Move it to one of {', '.join(linux.systems)}, or add it to linux.systems of the baseline."
            self.problems.append(self._document.problem((*at, "os"), "os_unsupported", problem, remedy))
        return file.os or ""

    def _roles(self, file: ServerFile, system: System, at: tuple[str | int, ...]) -> Iterable[str]:
        lacks = dict(system.lacks)
        for index, role in enumerate(file.roles):
            if role in ROLES and role not in lacks:
                yield role
                continue
            if role in ROLES:
                problem = f"the role '{role}' cannot be had on {system.name}: {lacks[role]}"
                able = [one.name for one in self._around.systems.values() if role not in dict(one.lacks)]
                remedy = f"Take the role away, or give it to a server with {', '.join(able) or 'another system'}."
                self.problems.append(self._document.problem((*at, "roles", index), "role_unsupported", problem, remedy))
                continue
            problem = f"there is no role '{role}' for a Linux server"
            remedy = did_you_mean(role, ROLES)
            self.problems.append(self._document.problem((*at, "roles", index), "role_unknown", problem, remedy))

    def _open(self, file: ServerFile, at: tuple[str | int, ...]) -> Iterable[OpenPort]:
        for index, one in enumerate(file.open):
            sources = tuple(self._sources(one.to, (*at, "open", index, "to")))
            if sources:
                yield OpenPort(one.port, one.protocol, sources, one.purpose)

    def _sources(self, roles: Iterable[str], at: tuple[str | int, ...]) -> Iterable[IPv4Network]:
        for index, role in enumerate(roles):
            vlan = self._vlans.carried(role)
            if vlan is not None and vlan.prefix is not None:
                yield vlan.prefix
                continue
            problem = f"the school carries no VLAN '{role}' with addresses"
            remedy = did_you_mean(role, self._vlans.vlans)
            self.problems.append(self._document.problem((*at, index), "vlan_unknown", problem, remedy))


def _management(vlan: Vlan, server: Server) -> Svi:
    length = vlan.prefix.prefixlen if vlan.prefix else 32
    return Svi(vlan.id, vlan.role, "Servers", IPv4Interface(f"{server.address}/{length}"), management=True)


def _certificate(file: ServerFile) -> OwnCertificate | None:
    one = file.certificate
    return OwnCertificate(_lines(one.chain), SecretRef(one.key)) if one else None


def _asset(file: ServerFile) -> Asset | None:
    return Asset(file.asset.tag, file.asset.supplier, file.asset.warranty) if file.asset else None
