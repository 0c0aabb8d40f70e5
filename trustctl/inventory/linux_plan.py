"""The Linux servers of one school, resolved: what each is, what it does, and the baseline that it is held to."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv4Network

from trustctl.inventory.file_linux import LinuxFile
from trustctl.inventory.file_school import SchoolFile, ServerFile
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import Vlan
from trustctl.model.levels import Stage
from trustctl.model.linux import (
    ROLES,
    Administrator,
    AptSource,
    Backup,
    Certificate,
    Directory,
    Linux,
    LinuxHost,
    OpenPort,
    PasswordRules,
    Updates,
)
from trustctl.model.school import Server
from trustctl.model.secret import SecretRef
from trustctl.model.switch import Login, Svi

PLATFORM = "linux"


def linux_of(file: LinuxFile) -> Linux:
    """The baseline of every Linux server of a school."""
    directory, backup = file.directory, file.backup
    return Linux(
        systems=tuple(file.systems),
        locale=file.locale,
        administrators=tuple(
            Administrator(name, one.title, tuple(one.keys)) for name, one in file.administrators.items()
        ),
        sources=tuple(
            AptSource(
                name,
                tuple(one.uris),
                tuple(one.suites),
                tuple(one.components),
                one.signed_by,
                tuple(one.systems),
            )
            for name, one in file.sources.items()
        ),
        directory=Directory(
            directory.realm,
            tuple(directory.servers),
            directory.unit,
            directory.user,
            SecretRef(directory.password),
            tuple(directory.groups),
            tuple(directory.administrators),
        )
        if directory
        else None,
        backup=Backup(
            backup.repository,
            SecretRef(backup.password),
            tuple(backup.paths),
            backup.at,
            backup.keep_daily,
            backup.keep_weekly,
            backup.keep_monthly,
        )
        if backup
        else None,
        updates=Updates(file.updates.automatic, file.updates.reboot, file.updates.reboot_at),
        passwords=PasswordRules(file.passwords.minimum, file.passwords.attempts, file.passwords.lock_minutes),
        monitors=tuple(file.monitors),
        syslog_port=file.syslog_port,
        syslog_ca=_lines(file.syslog_ca),
        certificates=tuple(Certificate(name, _lines(text)) for name, text in file.certificates.items()),
    )


def _lines(pem: str | None) -> tuple[str, ...]:
    return tuple(pem.strip().split("\n")) if pem else ()


class LinuxHosts:
    """Makes the Linux servers of one school, collecting problems."""

    def __init__(self, document: Document, school: SchoolFile, vlans: SchoolVlans, login: LoginFile) -> None:
        self._document, self._school, self._vlans, self._login = document, school, vlans, login
        self.problems: list[Problem] = []

    def host(self, server: Server, file: ServerFile, linux: Linux) -> LinuxHost:
        """One server that has a usable address. An unknown role is a problem, and is left out."""
        at = ("servers", server.name)
        login = file.login or self._login
        vlan = self._vlans.vlans[server.vlan_role]
        return LinuxHost(
            name=server.name,
            hostname=server.name,
            school=server.school,
            platform=PLATFORM,
            model=self._system(file, linux, at),
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
            roles=tuple(self._roles(file, at)),
            open_ports=tuple(self._open(file, at)),
            networks=tuple(one.prefix for one in self._vlans.vlans.values() if one.prefix is not None),
            switch_ports=server.switch_ports,
        )

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

    def _roles(self, file: ServerFile, at: tuple[str | int, ...]) -> Iterable[str]:
        for index, role in enumerate(file.roles):
            if role in ROLES:
                yield role
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
