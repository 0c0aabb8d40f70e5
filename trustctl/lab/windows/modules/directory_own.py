"""trust_ad_site, trust_ad_delegation, trust_laps_schema and trust_domain_reach."""

from __future__ import annotations

from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.directory import Forest, names_of
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.model.network import Network
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.parts import System

MISSING = "the cmdlets of Active Directory are not on this server: the feature RSAT-AD-PowerShell is missing"


def _cmdlets(host: Machine) -> bool:
    return alive(host, "RSAT-AD-PowerShell")


@handler("trust_ad_site")
def trust_ad_site(host: Machine, args: Args, check: bool) -> Result:
    """A site with its subnets and links; of those it only adds."""
    name, reads = args.text("name"), args.text("operation") == "read"
    if not _cmdlets(host):
        if reads:
            return {"changed": False, "value": None, "facts": {"links": [], "subnets": []}}
        raise RefusedError(MISSING)
    forest = forest_of(host)
    if reads:
        return {"changed": False, "value": _site(forest, name), "facts": _site_facts(forest, name)}
    site = forest.sites.get(name.casefold()) or forest.add_site(name)
    for option in ("description", "location"):
        if args[option] is not None:
            setattr(site, option, args.text(option))
    for one in args.listed("subnets") or ():
        subnet = forest.put_subnet(str(one["prefix"]), site.name)
        for option in ("description", "location"):
            if one.get(option) is not None:
                setattr(subnet, option, str(one[option]))
    for link in args.listed("links") or ():
        forest.link(str(link), site.name)
    return {"changed": True}


def _site(forest: Forest, name: str) -> dict[str, Any] | None:
    site = forest.sites.get(name.casefold())
    if site is None:
        return None
    mine = sorted((one for one in forest.subnets.values() if one.site == site.name), key=lambda one: one.prefix)
    return {
        "description": site.description,
        "location": site.location,
        "subnets": [{"prefix": one.prefix, "description": one.description, "location": one.location} for one in mine],
        "links": sorted(key for key, sites in forest.links.items() if site.name in sites),
    }


def _site_facts(forest: Forest, name: str) -> dict[str, Any]:
    others = [one for one in forest.subnets.values() if one.site.casefold() != name.casefold() or not one.site]
    return {
        "links": sorted(forest.links),
        "subnets": [{"prefix": one.prefix, "site": one.site} for one in others],
    }


@handler("trust_ad_delegation")
def trust_ad_delegation(host: Machine, args: Args, check: bool) -> Result:
    """Who may do what on an OU; it only adds."""
    unit, reads = args.text("name"), args.text("operation") == "read"
    if not _cmdlets(host):
        if reads:
            return {"changed": False, "value": None, "facts": {}}
        raise RefusedError(MISSING)
    forest = forest_of(host)
    if reads:
        value = _delegation(forest, unit) if has_unit(host, unit) else None
        return {"changed": False, "value": value, "facts": {"laps_schema": forest.laps_schema}}
    if not has_unit(host, unit):
        raise RefusedError(f"there is no OU {unit}")
    for grant in args.listed("grants") or ():
        principal = str(grant["principal"])
        has = {entry.casefold() for entry in _entries(forest, unit, principal)}
        missing = [one for one in grant.get("entries") or () if str(one).casefold() not in has]
        if missing and not has_principal(host, principal):
            raise RefusedError("Some or all identity references could not be translated.")
        for entry in missing:
            forest.grant(unit, principal, str(entry))
    if args.flag("laps_self") and not forest.writes_laps(unit):
        forest.allow_laps(unit)
    return {"changed": True}


def _entries(forest: Forest, unit: str, principal: str) -> list[str]:
    grants = forest.grants_of(unit)
    mine = {
        about: one
        for name, its in grants.items()
        if name.casefold() == principal.casefold()
        for about, one in its.items()
    }
    return sorted(f"{name}; {about}" for about, rights in mine.items() for name in names_of(rights))


def _delegation(forest: Forest, unit: str) -> dict[str, Any]:
    names = sorted(forest.grants_of(unit), key=str.casefold)
    return {
        "grants": [{"principal": name, "entries": _entries(forest, unit, name)} for name in names],
        "laps_self": forest.laps_schema and forest.writes_laps(unit),
    }


@handler("trust_laps_schema")
def trust_laps_schema(host: Machine, args: Args, check: bool) -> Result:
    """The attributes of Windows LAPS in the forest's schema."""
    there = _cmdlets(host)
    mine = host.part(Forest)
    if args.text("operation") == "read":
        facts = {"cmdlet": mine.laps_cmdlets, "schema_admin": False, "schema_master": "", "problem": ""}
        if not there:
            return {"changed": False, "value": None, "facts": facts}
        forest, master = forest_of(host), _controllers(host, domain_of(host))[0]
        facts |= {
            "schema_admin": forest.schema_admin,
            "schema_master": _full_name(master),
            "problem": "Unable to contact the server." if master is not host and master.cut_off else "",
        }
        return {"changed": False, "value": {"extended": forest.laps_schema}, "facts": facts}
    if not there:
        raise RefusedError(MISSING)
    if args.flag("extended"):
        if not mine.laps_cmdlets:
            raise RefusedError(words.CMDLET_MISSING.format(cmdlet="Update-LapsADSchema"))
        forest_of(host).extend()
    return {"changed": True}


def _full_name(host: Machine) -> str:
    domain = domain_of(host)
    return f"{host.part(System).name}.{domain}".lower() if domain else host.part(System).name


def domain_of(host: Machine) -> str:
    """The domain that a host is a controller or a member of."""
    return host.spec.directory.domain if host.spec.directory else host.part(System).domain


def forest_of(host: Machine) -> Forest:
    """What the domain's controllers share: the lab keeps it at the first of them. Raises RefusedError without one."""
    controllers = [one for one in _controllers(host, domain_of(host)) if one.spec.directory]
    if not controllers:
        raise RefusedError("Unable to find a default server with Active Directory Web Services running.")
    return controllers[0].part(Forest)


def has_unit(host: Machine, name: str) -> bool:
    """Whether the domain has an OU of this distinguished name."""
    directory = host.world.directory(domain_of(host))
    found = directory.find(name) if directory else None
    return found is not None and found.kind == "organizationalUnit"


def has_principal(host: Machine, name: str) -> bool:
    """Whether the domain has an account or group of this name."""
    directory = host.world.directory(domain_of(host))
    return directory is not None and directory.identify(name) is not None


@handler("trust_domain_reach")
def trust_domain_reach(host: Machine, args: Args, check: bool) -> Result:
    """Whether the host is a member, or its name servers know controllers of the domain of which one answers."""
    if args.text("operation") == "set":
        raise RefusedError("trust_domain_reach only reads: it cannot make a domain reachable")
    name, member = args.text("name"), host.part(System).domain
    resolvers: list[str] = []
    for one in host.part(Network).interfaces.values():
        resolvers.extend(each for each in one.dns if each not in resolvers)
    controllers: list[Machine] = []
    if member.casefold() != name.casefold() and any(_resolves(host, one, name) for one in resolvers):
        controllers = _controllers(host, name)
    names = sorted(_full_name(one) for one in controllers)
    answering = sorted(_full_name(one) for one in controllers if not one.cut_off and not one.down)
    ready = member.casefold() == name.casefold() or bool(answering)
    return {
        "changed": False,
        "value": {"ready": ready, "member_of": member, "resolvers": resolvers},
        "facts": {"name": name, "resolvers": resolvers, "controllers": names, "answering": answering},
    }


def _controllers(host: Machine, domain: str) -> list[Machine]:
    found = [one for one in host.world.machines.values() if one.spec.directory is not None]
    return [one for one in found if one.spec.directory and one.spec.directory.domain.casefold() == domain.casefold()]


def _resolves(host: Machine, address: str, domain: str) -> bool:
    """Whether there is a name server at an address that knows a domain: its controllers do, if they are up."""
    mine = _controllers(host, domain)
    return any(
        address in interface.hosts
        for one in mine
        if not one.cut_off
        for interface in one.part(Network).interfaces.values()
    )
