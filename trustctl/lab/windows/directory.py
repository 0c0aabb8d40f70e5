"""One Active Directory domain, shared by all machines of a lab: its objects, its accounts, who joins it."""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.parts import machine_sid
from trustctl.lab.windows.spec import DirectorySpec

_FIRST_RID = 1103
_WELL_KNOWN = {"Domain Admins": 512, "Domain Users": 513, "Domain Guests": 514, "Domain Computers": 515}
"""Relative ids of a domain's groups: "Well-known SIDs" (learn.microsoft.com, security identifiers)."""

_CREATOR = "ms-ds-creatorsid"

NOT_CONTACTED = "The specified domain either does not exist or could not be contacted."
WRONG_PASSWORD = "The user name or password is incorrect."  # noqa: S105 - Windows' words
LOCKED_OUT = "The referenced account is currently locked out and may not be logged on to."
NO_FILE = "The system cannot find the file specified."
DENIED = "Access is denied."
REUSE_BLOCKED = (
    "An account with the same name exists in Active Directory. "
    "Re-using the account was blocked by security policy."  # codespell:ignore
)
"""System error codes 1355, 1326, 1909, 2, 5 and 2732 (learn.microsoft.com, System Error Codes; the last: KB5020276)."""


@dataclass
class Entry:
    """An object. `attributes` by name in lower case; a list for those with several values."""

    dn: str
    kind: str
    guid: str
    sid: str = ""
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """Its own name."""
        return split(self.dn)[0].partition("=")[2].replace("\\,", ",")

    @property
    def path(self) -> str:
        """What it stands in."""
        return ",".join(split(self.dn)[1:])


@dataclass
class Login:
    """An account of the domain that can sign in."""

    name: str
    password: str = field(repr=False)
    admin: bool = False
    joins: tuple[str, ...] = ()
    """Units below which it may make computer accounts."""


def split(dn: str) -> list[str]:
    """The parts of a distinguished name."""
    return [one.strip() for one in re.split(r"(?<!\\),", dn)]


def _within(dn: str, unit: str) -> bool:
    """Whether an object is a unit, or stands below it."""
    return f",{','.join(split(dn))}".casefold().endswith(f",{','.join(split(unit))}".casefold())


class Directory:
    """A domain. The caller holds the world's lock."""

    def __init__(self, spec: DirectorySpec) -> None:
        self.spec = spec
        self.root = spec.root
        self.sid = machine_sid(spec.domain)
        self.entries: dict[str, Entry] = {}
        self.logins = {
            one.name.casefold(): Login(
                one.name, one.password, one.admin, tuple(f"{unit},{self.root}" for unit in one.joins)
            )
            for one in spec.accounts
        }
        self._rid = _FIRST_RID
        self.add(self.root, "domainDNS")
        for dn in ("CN=Users", "CN=Computers", "CN=Builtin"):
            self.add(f"{dn},{self.root}", "container")
        self.add(f"OU=Domain Controllers,{self.root}", "organizationalUnit")
        for name, rid in _WELL_KNOWN.items():
            self.add_group(name, f"CN=Users,{self.root}", "global").sid = f"{self.sid}-{rid}"
        for account in spec.accounts:
            made = self.add(f"CN={account.name},CN=Users,{self.root}", "user", sid=True)
            made.attributes["samaccountname"] = account.name
            if account.admin:
                self.lookup("Domain Admins").attributes["member"].append(made.dn)
        for unit in spec.units:
            self.add(f"{unit},{self.root}", "organizationalUnit").attributes["protectedfromaccidentaldeletion"] = True
        for group in spec.groups:
            one = self.add_group(group.name, group.path or f"CN=Users,{self.root}", group.scope)
            one.attributes["member"] = [self.lookup(each).dn for each in group.members]

    def snapshot(self) -> dict[str, Any]:
        """All of it as deep plain data."""
        return {"entries": {key: asdict(one) for key, one in self.entries.items()}, "next": self._rid}

    # --- objects ----------------------------------------------------------------------------------------------------

    def find(self, dn: str) -> Entry | None:
        """An object by its distinguished name."""
        return self.entries.get(",".join(split(dn)).casefold())

    def lookup(self, identity: str) -> Entry:
        """An object by any of its names. Raises KeyError."""
        found = self.identify(identity)
        if found is None:
            raise KeyError(identity)
        return found

    def identify(self, identity: str) -> Entry | None:
        r"""An object by GUID, SID, account name (`DOMAIN\name` too) or distinguished name, as Get-AnsibleADObject."""
        if "=" in identity:
            return self.find(identity)
        wanted = identity.rpartition("\\")[2].casefold()
        for one in self.entries.values():
            if wanted in {one.guid, one.sid.casefold(), str(one.attributes.get("samaccountname", "")).casefold()}:
                return one
        return None

    def add(self, dn: str, kind: str, *, sid: bool = False) -> Entry:
        """Make an object. Raises RefusedError if it is there, or what it stands in is not."""
        clean = ",".join(split(dn))
        if clean.casefold() in self.entries:
            raise RefusedError(
                "An attempt was made to add an object to the directory with a name that is already in use"
            )
        parent = ",".join(split(dn)[1:])
        if clean != self.root and parent.casefold() not in self.entries:
            raise RefusedError("Directory object not found")
        made = Entry(clean, kind, str(uuid.uuid5(uuid.NAMESPACE_X500, f"{clean}{self._rid}")))
        self._rid += 1
        if sid:
            made.sid = f"{self.sid}-{self._rid}"
        self.entries[clean.casefold()] = made
        return made

    def add_group(self, name: str, path: str, scope: str) -> Entry:
        """Make a security group. Raises RefusedError."""
        made = self.add(f"CN={name},{path}", "group", sid=True)
        made.attributes |= {"samaccountname": name, "groupscope": scope, "groupcategory": "security", "member": []}
        return made

    def below(self, dn: str) -> list[Entry]:
        """The object and all below it, the deepest first."""
        top = ",".join(split(dn)).casefold()
        found = [one for key, one in self.entries.items() if key == top or key.endswith("," + top)]
        return sorted(found, key=lambda one: len(one.dn), reverse=True)

    def remove(self, dn: str) -> None:
        """Remove an object, with all below it, from every group too."""
        for one in self.below(dn):
            self.entries.pop(one.dn.casefold())
            for each in self.entries.values():
                members = each.attributes.get("member")
                if members:
                    each.attributes["member"] = [name for name in members if name.casefold() != one.dn.casefold()]

    def move(self, entry: Entry, dn: str) -> None:
        """Give an object another name or place, with all below it. Raises RefusedError."""
        target = split(dn)
        if ",".join(target[1:]).casefold() not in self.entries:
            raise RefusedError("Directory object not found")
        old = entry.dn
        for one in self.below(old):
            self.entries.pop(one.dn.casefold())
            one.dn = one.dn[: len(one.dn) - len(old)] + ",".join(target)
            self.entries[one.dn.casefold()] = one

    # --- accounts ---------------------------------------------------------------------------------------------------

    def login(self, user: str, password: str, locked: frozenset[str] = frozenset()) -> Login:
        """The account that signs in. Raises RefusedError in Windows' words."""
        name = user.partition("@")[0].rpartition("\\")[2].casefold()
        domain = user.rpartition("\\")[0] if "\\" in user else user.partition("@")[2]
        mine = {"", self.spec.netbios.casefold(), self.spec.domain.casefold()}
        found = self.logins.get(name)
        if found is None or domain.casefold() not in mine or found.password != password:
            raise RefusedError(WRONG_PASSWORD)
        if name in locked:
            raise RefusedError(LOCKED_OUT)
        return found

    def groups_of(self, name: str) -> list[str]:
        """The groups that an account is in, through others too, as Windows shows them."""
        known = self.identify(name)
        found: list[Entry] = []
        waiting = [known] if known else []
        while waiting:
            dn = waiting.pop().dn.casefold()
            for one in self.entries.values():
                members: list[str] = one.attributes.get("member") or []
                if one not in found and dn in {each.casefold() for each in members}:
                    found.append(one)
                    waiting.append(one)
        return [f"{self.spec.netbios}\\{one.name}" for one in found]

    def join(self, computer: str, who: Login, unit: str) -> Entry:
        """Give a computer its account.

        An account that is no administrator has the default container, and the units that it may join below; rights
        from delegations are not asked. One that is there already stays where it is, and is taken over by its maker, by
        an administrator, or by anybody if an administrator made it (KB5020276, updates since October 2022).
        Raises RefusedError in Windows' words.
        """
        place = self.find(unit) if unit else self.find(f"CN=Computers,{self.root}")
        if place is None:
            raise RefusedError(NO_FILE)
        known = self.identify(f"{computer}$")
        allowed = not unit or who.admin or any(_within(place.dn, one) for one in who.joins)
        if not allowed:
            raise RefusedError(DENIED)
        if known is not None:
            if not who.admin and known.attributes.get(_CREATOR, who.name) != who.name:
                raise RefusedError(REUSE_BLOCKED)
            return known
        made = self.add(f"CN={computer.upper()},{place.dn}", "computer", sid=True)
        made.attributes |= {"samaccountname": f"{computer.upper()}$", "dnshostname": f"{computer}.{self.spec.domain}"}
        if not who.admin:  # as with ms-DS-CreatorSID, which an administrator's computers do not have
            made.attributes[_CREATOR] = who.name
        return made
