"""The trust's Active Directory: whether a server can join it, a school's site, and what its own IT may do.

Names of rights and of inheritance are .NET's (ActiveDirectoryRights, ActiveDirectorySecurityInheritance).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from trustctl.windows.powershell import command, literal
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Values

# --- whether a server can join ------------------------------------------------------------------------------------


def _reach_refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    name, member = str(facts.get("name", "")), str((have or {}).get("member_of", ""))
    resolvers = _said(cast("Sequence[str]", (have or {}).get("resolvers") or ()))
    if "." not in name:
        yield f"{name} is no DNS name of a domain. Give the whole name, as corp.example"
    elif member:
        yield (
            f"the server is a member of {member} already and is never moved to {name}. "
            f"Take it out of {member} by hand if it shall move"
        )
    elif not facts.get("controllers"):
        yield (
            f"the server asks {resolvers} and finds no domain controller of {name} there. "
            f"Point its DNS at servers that know the domain, or check the domain's name"
        )
    elif not facts.get("answering"):
        controllers = _said(cast("Sequence[str]", facts["controllers"]))
        yield (
            f"no domain controller of {name} takes a connection on TCP 88 and 389 from the server; DNS names "
            f"{controllers}. Check routing and firewalls between this VLAN and theirs"
        )


def _said(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "no DNS server"


def _reach(name: str, found: Difference) -> Sequence[str]:
    return ()


REACH = ResourceType(
    "trust_domain_reach",
    "way to the domain",
    (
        Property("ready", Kind.FLAG, fixed=True),
        Property("member_of", Kind.NAME, fixed=True),
        Property("resolvers", Kind.LIST, fixed=True),
    ),
    _reach,
    refuse=lambda want, have, facts: tuple(_reach_refused(want, have, facts)),
)

# --- sites ----------------------------------------------------------------------------------------------------------


def _site_refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    if want is None:
        return
    yield from _subnets_refused(_records(want, "subnets"), _records(facts, "subnets"))
    links = cast("Sequence[str]", want.get("links") or ())
    known = cast("Sequence[str]", facts.get("links") or ())
    for link in links:
        if "links" in facts and link.casefold() not in {one.casefold() for one in known}:
            yield f"there is no site link {link}; there are {', '.join(known) or 'none'}. Name one, or make it first"
    if have is None and not links:
        yield "a new site must stand in a site link, or its domain controllers never replicate. Name one"


def _subnets_refused(wanted: Sequence[Values], others: Sequence[Values]) -> Iterator[str]:
    elsewhere = {str(one["prefix"]): str(one.get("site", "")) for one in others}
    for subnet in wanted:
        prefix = str(subnet["prefix"])
        try:
            ipaddress.ip_network(prefix)
        except ValueError as error:
            yield f"{prefix} is no subnet: {error}. Write it as 10.11.0.0/16"
        if elsewhere.get(prefix):
            yield (
                f"the subnet {prefix} belongs to the site {elsewhere[prefix]}. "
                f"Move it by hand if that site has given it up: whoever uses it now signs in there"
            )


def _site(name: str, found: Difference) -> Sequence[str]:
    before, after = found.before or {}, found.after or {}
    lines = [] if found.before is not None else [command("New-ADReplicationSite", {"Name": name})]
    texts = {key: after[key] for key in ("description", "location") if after.get(key, "") != before.get(key, "")}
    if texts:
        gone = [key for key, value in texts.items() if not value]
        kept = {key: value for key, value in texts.items() if value}
        given = {"Identity": name, "Replace": kept or None, "Clear": gone or None}
        lines.append(command("Set-ADReplicationSite", given))
    there = {str(one["prefix"]): one for one in _records(before, "subnets")}
    for subnet in _records(after, "subnets"):
        prefix = str(subnet["prefix"])
        if subnet == there.get(prefix):
            continue
        verb = "Set-ADReplicationSubnet" if prefix in there else "New-ADReplicationSubnet"
        key = "Identity" if prefix in there else "Name"
        texts = {"Description": subnet.get("description"), "Location": subnet.get("location")}
        lines.append(command(verb, {key: prefix, "Site": name, **texts}))
    stands = {str(one).casefold() for one in cast("Sequence[str]", before.get("links") or ())}
    lines += [
        command("Set-ADReplicationSiteLink", {"Identity": link, "SitesIncluded": {"Add": name}})
        for link in cast("Sequence[str]", after.get("links") or ())
        if link.casefold() not in stands
    ]
    return lines


SITE = ResourceType(
    "trust_ad_site",
    "Active Directory site",
    (
        Property("description"),
        Property("location"),
        Property(
            "subnets",
            Kind.RECORDS,
            of=(Property("prefix", Kind.NAME), Property("description"), Property("location")),
            key="prefix",
            stays=True,
        ),
        Property("links", Kind.NAMES, stays=True),
    ),
    _site,
    refuse=lambda want, have, facts: tuple(_site_refused(want, have, facts)),
)

# --- delegation -----------------------------------------------------------------------------------------------------

RIGHTS = frozenset(
    (
        *("CreateChild", "DeleteChild", "ListChildren", "Self", "ReadProperty", "WriteProperty", "DeleteTree"),
        *("ListObject", "ExtendedRight", "Delete", "ReadControl", "WriteDacl", "WriteOwner", "GenericAll"),
    )
)
INHERITANCE = frozenset(("None", "All", "Descendents", "SelfAndChildren", "Children"))
EVERYBODY = frozenset(
    (
        *("everyone", "authenticated users", "nt authority\\authenticated users", "domain users", "domain guests"),
        *("builtin\\users", "builtin\\guests", "s-1-1-0", "s-1-5-11", "s-1-5-7"),
    )
)
"""Names and SIDs of whoever has an account, or none ("Well-known SIDs")."""
_FIELDS = 4


def _delegation_refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    if want is None:
        return
    for principal, entry in _new(want, have):
        if principal.casefold() in EVERYBODY:
            yield f"{principal} is everybody: nothing may be delegated to it. Name a group of the people who need it"
        elif reason := _entry_refused(entry):
            yield f"{principal}, {entry}: {reason}"
    if want.get("laps_self") is False and (have or {}).get("laps_self"):
        yield "laps_self is so, and no right is ever taken away. Leave it out, or take it away by hand"
    if want.get("laps_self") and facts.get("laps_schema") is False:
        yield (
            "the forest's schema has no attributes of Windows LAPS, so no right to write them can be given. "
            "Extend the schema first, in a run of its own: laps_schema: extended, topic Directory schema alone"
        )


def _entry_refused(entry: str) -> str:
    fields = re.split(r";\s*", entry)
    if len(fields) != _FIELDS:
        return "it is not four fields: a right; what it is for; inheritance; by what kind of object"
    right, target, inheritance, inherited = fields
    if right not in RIGHTS:
        return f"there is no single right {right}. Write one of {', '.join(sorted(RIGHTS))}"
    if inheritance not in INHERITANCE:
        return f"there is no inheritance {inheritance}. Write one of {', '.join(sorted(INHERITANCE))}"
    if right in {"WriteDacl", "WriteOwner"}:
        return f"whoever has {right} can take every other right. Name the rights that are needed"
    if right == "GenericAll" and target == inherited == "*":
        return "it is full control of everything in the OU. Name the rights, or the kind of object, that are needed"
    return ""


def _new(want: Values, have: Values | None) -> Iterator[tuple[str, str]]:
    """(principal, entry) of each entry that is wanted and not there."""
    there = {
        (str(grant["principal"]).casefold(), str(entry).casefold())
        for grant in _records(have or {}, "grants")
        for entry in cast("Sequence[str]", grant.get("entries") or ())
    }
    for grant in _records(want, "grants"):
        for entry in cast("Sequence[str]", grant.get("entries") or ()):
            if (str(grant["principal"]).casefold(), str(entry).casefold()) not in there:
                yield str(grant["principal"]), str(entry)


def _delegation(name: str, found: Difference) -> Sequence[str]:
    added = [f"# {principal}: {entry}" for principal, entry in _new(found.after or {}, found.before)]
    lines: list[str] = []
    if added:
        unit = command("Get-ADOrganizationalUnit", {"Identity": name, "Properties": "nTSecurityDescriptor"})
        replace = (
            f"Set-ADObject -Identity {literal(name)} -Replace @{{ nTSecurityDescriptor = $unit.nTSecurityDescriptor }}"
        )
        lines += [f"$unit = {unit}", *added, "# each by $unit.nTSecurityDescriptor.AddAccessRule(...)", replace]
    if (found.after or {}).get("laps_self") and not (found.before or {}).get("laps_self"):
        lines.append(command("Set-LapsADComputerSelfPermission", {"Identity": name}))
    return lines


DELEGATION = ResourceType(
    "trust_ad_delegation",
    "delegation",
    (
        Property(
            "grants",
            Kind.RECORDS,
            of=(Property("principal", Kind.NAME), Property("entries", Kind.NAMES, stays=True)),
            key="principal",
            stays=True,
        ),
        Property("laps_self", Kind.FLAG),
    ),
    _delegation,
    lasting=True,
    refuse=lambda want, have, facts: tuple(_delegation_refused(want, have, facts)),
)

# --- the schema of Windows LAPS ---------------------------------------------------------------------------------------


def _schema_refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    if want is None or not want.get("extended"):
        yield "a schema is never taken back. extended can only be true"
        return
    if facts.get("cmdlet") is False:
        yield "this server has no Update-LapsADSchema, which came with the updates of April 2023. Install them"
    if facts.get("schema_admin") is False:
        yield (
            f"the login is not one of Schema Admins. Add it for the time of this change; "
            f"the schema is written on {facts.get('schema_master') or 'the schema master'}"
        )
    if facts.get("problem"):
        yield (
            f"the schema master {facts.get('schema_master')} refuses this login, as it reaches it from here: "
            f"{facts['problem']}. Extend the schema there by hand: Update-LapsADSchema"
        )


def _schema(name: str, found: Difference) -> Sequence[str]:
    return (command("Update-LapsADSchema", {}),)


SCHEMA = ResourceType(
    "trust_laps_schema",
    "schema of Windows LAPS",
    (Property("extended", Kind.FLAG),),
    _schema,
    key="",
    lasting=True,
    refuse=lambda want, have, facts: tuple(_schema_refused(want, have, facts)),
)


def _records(values: Values, name: str) -> Sequence[Values]:
    return tuple(cast("Iterable[Values]", values.get(name) or ()))


register(REACH, SITE, DELEGATION, SCHEMA)
