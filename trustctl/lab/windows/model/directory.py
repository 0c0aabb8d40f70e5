"""What a domain controller knows of sites, of who may do what on an OU, and of the schema.

Pages: New-ADReplicationSite, New-ADReplicationSubnet, Set-ADReplicationSiteLink (windows-powershell-docs,
activedirectory); Update-LapsADSchema, Set-LapsADComputerSelfPermission (laps); ActiveDirectoryRights,
ActiveDirectorySecurityInheritance and DirectoryObjectSecurity.AddAccessRule of .NET; [MS-ADSC] for an OU's first
entries. The wording of what is refused here is unverified.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError
from trustctl.lab.windows.spec import WindowsSpec

RIGHTS = {
    "CreateChild": 1,
    "DeleteChild": 2,
    "ListChildren": 4,
    "Self": 8,
    "ReadProperty": 16,
    "WriteProperty": 32,
    "DeleteTree": 64,
    "ListObject": 128,
    "ExtendedRight": 256,
    "Delete": 65536,
    "ReadControl": 131072,
    "GenericExecute": 131076,
    "GenericWrite": 131112,
    "GenericRead": 131220,
    "WriteDacl": 262144,
    "WriteOwner": 524288,
    "GenericAll": 983551,
    "Synchronize": 1048576,
    "AccessSystemSecurity": 16777216,
}
"""ActiveDirectoryRights."""
INHERITANCE = ("None", "All", "Descendents", "SelfAndChildren", "Children")
CLASSES = frozenset({"user", "group", "computer", "contact", "inetOrgPerson", "organizationalUnit", "printQueue"})
LAPS = frozenset({"msLAPS-Password", "msLAPS-PasswordExpirationTime", "msLAPS-EncryptedPassword"})
NAMES = CLASSES | {
    "*",
    "accountExpires",
    "description",
    "displayName",
    "dNSHostName",
    "gPLink",
    "gPOptions",
    "lockoutTime",
    "mail",
    "member",
    "msFVE-RecoveryInformation",
    "msFVE-RecoveryPassword",
    "pwdLastSet",
    "servicePrincipalName",
    "userAccountControl",
    "Account-Restrictions",
    "DNS-Host-Name-Attributes",
    "General-Information",
    "Personal-Information",
    "User-Account-Restrictions",
    "User-Change-Password",
    "User-Force-Change-Password",
    "Validated-DNS-Host-Name",
    "Validated-SPN",
}
"""Classes, attributes and rights that the lab knows of a schema's several thousand."""
_ALL, _READ, _CHILDREN = RIGHTS["GenericAll"], RIGHTS["GenericRead"], RIGHTS["CreateChild"] | RIGHTS["DeleteChild"]
_FIRST: dict[str, dict[str, int]] = {
    "Domain Admins": {"*; None; *": _ALL},
    "NT AUTHORITY\\SYSTEM": {"*; None; *": _ALL},
    "NT AUTHORITY\\Authenticated Users": {"*; None; *": _READ},
    "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS": {"*; None; *": _READ},
    "BUILTIN\\Account Operators": {f"{one}; None; *": _CHILDREN for one in ("group", "inetOrgPerson", "user")},
    "BUILTIN\\Print Operators": {"printQueue; None; *": _CHILDREN},
}
"""Of an OU that was just made: defaultSecurityDescriptor of its class."""
WITH_LAPS = {20348: 1668, 17763: 4252, 25398: 0, 26100: 0}
"""The updates of April 2023 brought Windows LAPS to Windows Server 2019 and 2022: build -> least revision."""


@dataclass(slots=True)
class Site:
    """A site."""

    name: str
    description: str = ""
    location: str = ""


@dataclass(slots=True)
class Subnet:
    """A subnet and its site; empty: it has none."""

    prefix: str
    site: str = ""
    description: str = ""
    location: str = ""


@part
@dataclass
class Forest:
    """What a controller has of its forest.

    `links` are site links with their sites; `entries` are rights by OU, principal and what they are about.
    """

    sites: dict[str, Site] = field(default_factory=dict[str, Site])
    subnets: dict[str, Subnet] = field(default_factory=dict[str, Subnet])
    links: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    entries: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict[str, dict[str, dict[str, int]]])
    laps_self: list[str] = field(default_factory=list[str])
    laps_schema: bool = False
    laps_cmdlets: bool = False
    schema_admin: bool = True

    @classmethod
    def of(cls, spec: WindowsSpec) -> Forest:
        """`state: {Forest: {links: {...}, laps_schema, schema_admin}}` beside the specification's own directory."""
        mine: dict[str, Any] = dict(spec.state.get("Forest", {}))
        build, _, revision = spec.build.partition(".")
        has = int(build) in WITH_LAPS and int(revision or 0) >= WITH_LAPS[int(build)]
        found = cls(laps_schema=bool(mine.get("laps_schema")), laps_cmdlets=has)
        found.schema_admin = bool(mine.get("schema_admin", True))
        if spec.directory is None:
            return found
        found.sites = {one.casefold(): Site(one) for one in spec.directory.sites}
        found.subnets = {key: Subnet(key, site) for key, site in spec.directory.subnets.items()}
        found.links = {"DEFAULTIPSITELINK": list(spec.directory.sites), **mine.get("links", {})}
        return found

    def started(self) -> None:
        """They outlive restarts."""

    # --- sites ------------------------------------------------------------------------------------------------------

    def add_site(self, name: str) -> Site:
        """New-ADReplicationSite. Raises RefusedError for a name that no site can have."""
        if not name or any(one in name for one in ' .,+"\\<>;=/[]:|*?') or len(name.encode()) > 63:  # noqa: PLR2004 - RFC 1035: a label
            raise RefusedError(f"The object name has bad syntax: {name}")
        made = Site(name)
        self.sites[name.casefold()] = made
        return made

    def put_subnet(self, prefix: str, site: str) -> Subnet:
        """New- or Set-ADReplicationSubnet -Site. Raises RefusedError for what is no subnet."""
        try:
            ip_network(prefix)
        except ValueError:
            raise RefusedError(f"The object name has bad syntax: {prefix}") from None
        mine = self.subnets.setdefault(prefix, Subnet(prefix))
        mine.site = site
        return mine

    def link(self, name: str, site: str) -> None:
        """Set-ADReplicationSiteLink -SitesIncluded @{Add=…}. Raises RefusedError for a link that there is not."""
        found = next((key for key in self.links if key.casefold() == name.casefold()), None)
        if found is None:
            raise RefusedError(f"Cannot find an object with identity: '{name}'.")
        if site not in self.links[found]:
            self.links[found].append(site)

    # --- entries ----------------------------------------------------------------------------------------------------

    def grants_of(self, unit: str) -> dict[str, dict[str, int]]:
        """What stands on an OU itself, for reading."""
        return self.entries.get(unit.casefold(), _FIRST)

    def grants(self, unit: str) -> dict[str, dict[str, int]]:
        """What stands on an OU itself, rights by what they are about; a new one has its class's own entries."""
        return self.entries.setdefault(unit.casefold(), {name: dict(about) for name, about in _FIRST.items()})

    def grant(self, unit: str, principal: str, entry: str) -> None:
        """AddAccessRule: an entry for the same things and the same heirs is one with it afterwards."""
        rights, about = parsed(entry, laps=self.laps_schema)
        mine = self.grants(unit)
        key = next((one for one in mine if one.casefold() == principal.casefold()), principal)
        there = mine.setdefault(key, {})
        there[about] = there.get(about, 0) | rights

    def allow_laps(self, unit: str) -> None:
        """Set-LapsADComputerSelfPermission. Raises RefusedError where the schema knows nothing of LAPS."""
        if not self.laps_schema:
            raise RefusedError("The AD schema has not been extended with the Windows LAPS attributes.")
        if unit.casefold() not in self.laps_self:
            self.laps_self.append(unit.casefold())

    def writes_laps(self, unit: str) -> bool:
        """Whether computers may write their password: by this OU's entry or one that it inherits."""
        return any(unit.casefold() == one or unit.casefold().endswith(f",{one}") for one in self.laps_self)

    def extend(self) -> None:
        """Update-LapsADSchema.

        Raises RefusedError for a login that is no schema administrator.
        """
        if not self.schema_admin:
            raise RefusedError("The user has insufficient access rights.")
        self.laps_schema = True


def parsed(entry: str, *, laps: bool) -> tuple[int, str]:
    """An entry's rights as a number, and what they are about. Raises RefusedError, NotModelledError."""
    fields = [one.strip() for one in entry.split(";")]
    if len(fields) != 4:  # noqa: PLR2004 - rights; object; inheritance; inheriting class
        raise NotModelledError(f"an entry of {len(fields)} fields: {entry}")
    rights, about, inheritance, heirs = fields
    number = 0
    for one in rights.split(","):
        if one.strip() not in RIGHTS:
            raise RefusedError(
                f'Cannot convert value "{rights}" to type "System.DirectoryServices.ActiveDirectoryRights".'
            )
        number |= RIGHTS[one.strip()]
    if inheritance not in INHERITANCE:
        raise RefusedError(
            f'Cannot convert value "{inheritance}" to type '
            '"System.DirectoryServices.ActiveDirectorySecurityInheritance".'
        )
    for name in (about, heirs):
        if name in LAPS and not laps:
            raise RefusedError(f"the forest's schema has no class, attribute or right named {name}")
        if name not in NAMES | LAPS:
            raise NotModelledError(f"the schema's {name}")
    return number, f"{about}; {inheritance}; {heirs}"


def names_of(rights: int) -> list[str]:
    """The rights that a number stands for, one by one; all together have a name of their own."""
    if rights & RIGHTS["GenericAll"] == RIGHTS["GenericAll"]:
        return ["GenericAll"]
    return [name for name, value in RIGHTS.items() if value.bit_count() == 1 and rights & value]
