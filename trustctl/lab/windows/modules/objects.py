"""microsoft.ad.ou, group and object 1.10.0, which share module_utils/_ADObject.psm1.

A diff shows a set property as a list and the one it had as a value, as there. An enumeration before a change is its
number (ConvertTo-Json writes it so; unverified).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from trustctl.lab.windows.directory import Directory, Entry, split
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler, items
from trustctl.lab.windows.parts import System

_NO_GUID = "00000000-0000-0000-0000-000000000000"
_UNHANDLED = "Unhandled exception while executing module: "
_NO_CMDLET = (
    "The term 'Get-ADRootDSE' is not recognized as the name of a cmdlet, function, script file, or operable program. "
    "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
)
_NO_SERVER = "Unable to find a default server with Active Directory Web Services running."
_REJECTED = "The server has rejected the client credentials."


@dataclass(frozen=True, slots=True)
class _Property:
    """An option that is a property: its attribute, and how it is compared."""

    option: str
    attribute: str
    folded: bool = False
    names: bool = False
    """Its values are objects, given by any of their names."""
    numbers: tuple[str, ...] = ()
    """Its values as an enumeration, in the order of their numbers."""


_COMMON = (
    _Property("description", "description"),
    _Property("display_name", "displayname"),
    _Property("protect_from_deletion", "protectedfromaccidentaldeletion"),
)
_OU = (
    _Property("city", "l"),
    _Property("country", "c"),
    _Property("managed_by", "managedby", names=True),
    _Property("postal_code", "postalcode"),
    _Property("state_province", "st"),
    _Property("street", "streetaddress"),
    *_COMMON,
)
_GROUP = (
    _Property("category", "groupcategory", folded=True, numbers=("distribution", "security")),
    _Property("homepage", "wwwhomepage"),
    _Property("managed_by", "managedby", names=True),
    _Property("members", "member", names=True),
    _Property("sam_account_name", "samaccountname"),
    _Property("scope", "groupscope", folded=True, numbers=("domainlocal", "global", "universal")),
    *_COMMON,
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of object: its cmdlets' noun, its properties, and how a new one is named."""

    noun: str
    kind: str
    properties: tuple[_Property, ...]
    prefix: str = "CN"
    container: str = ""
    """Where a new one stands, below the domain, unless a path is given."""


@handler("microsoft.ad.ou")
def ou(host: Machine, args: Args, check: bool) -> Result:
    """Keep an organisational unit. A new one is protected from deletion unless it shall not be."""
    return _Work(_Kind("ADOrganizationalUnit", "organizationalUnit", _OU, "OU"), host, args, check=check).run()


@handler("microsoft.ad.group")
def group(host: Machine, args: Args, check: bool) -> Result:
    """Keep a group."""
    work = _Work(_Kind("ADGroup", "group", _GROUP, container="CN=Users"), host, args, check=check)
    if args.text("state") == "present" and not args.text("scope") and work.entry is None:
        raise RefusedError("scope must be set when state=present and the group does not exist", **work.result)
    result = work.run()
    if args.text("state") == "present":
        result["sid"] = work.entry.sid if work.entry else "S-1-5-0000"
    return result


@handler("microsoft.ad.object")
def object_(host: Machine, args: Args, check: bool) -> Result:
    """Keep an object of any type; one that is there keeps its type."""
    kind = args.text("type")
    if args.text("state") == "present" and not kind:
        raise RefusedError("state is present but all of the following are missing: type")
    prefix = "OU" if kind == "organizationalUnit" else "CN"
    work = _Work(_Kind("ADObject", kind, _COMMON, prefix), host, args, check=check)
    if work.entry is not None and kind and work.entry.kind != kind:
        raise RefusedError(
            f"Cannot change object type {work.entry.kind} of existing object {work.entry.dn} to {kind}", **work.result
        )
    return work.run()


class _Work:
    """One run of Invoke-AnsibleADObject."""

    def __init__(self, kind: _Kind, host: Machine, args: Args, *, check: bool) -> None:
        if not args.given & {"identity", "name"}:
            raise RefusedError("one of the following is required: identity, name")
        if args["domain_credentials"]:
            raise NotModelledError("domain_credentials of microsoft.ad")
        self._kind, self._args, self._check = kind, args, check
        self._directory = _reached(host, args)
        root = self._directory.root
        self._home = f"{kind.container},{root}" if kind.container else root
        name = args.text("name").replace(",", "\\,")
        path = args.text("path")
        self._place = path if path and path != "microsoft.ad.default_path" else self._home
        self.entry = self._directory.identify(args.text("identity") or f"{kind.prefix}={name},{self._place}")
        self.result: Result = {"changed": False, "distinguished_name": None, "object_guid": None}
        self._warnings: list[str] = []
        before: dict[str, Any] | None = None
        if self.entry is not None:
            self.result |= {"distinguished_name": self.entry.dn, "object_guid": self.entry.guid}
            before = {"attributes": None, "name": self.entry.name, "path": self.entry.path}
            for one in kind.properties:
                if args[one.option] is not None:
                    before[one.option] = _shown(one, self.entry.attributes.get(one.attribute))
        self.result["diff"] = {"before": before, "after": None}

    def run(self) -> Result:
        """Do it, and return the result. Raises RefusedError."""
        if self._args.text("state") == "absent":
            self._remove()
        elif self.entry is None:
            self._create()
        else:
            self._change(self.entry)
        if self._warnings:
            self.result["warnings"] = self._warnings
        return self.result

    def _remove(self) -> None:
        if self.entry is not None:
            self.result["changed"] = True
            if not self._check:
                self._directory.remove(self.entry.dn)

    def _create(self) -> None:
        args, kind = self._args, self._kind
        name = args.text("name") or args.text("identity")
        after: dict[str, Any] = {"attributes": {}, "name": name, "path": self._place}
        values: dict[str, Any] = {}
        for one in kind.properties:
            wanted = args[one.option]
            if wanted is None or wanted in ({}, ""):
                continue
            values[one.attribute] = after[one.option] = self._new_value(one, wanted)
        free = self._free_attributes({}, after)
        self.result["diff"]["after"] = after
        dn = f"{kind.prefix}={name.replace(',', chr(92) + ',')},{self._place}"
        if not self._check:
            try:
                self.entry = self._made(dn, values | free)
            except RefusedError as error:
                raise RefusedError(f"New-{kind.noun} failed: {error.message}", **self.result) from None
        guid = self.entry.guid if self.entry else _NO_GUID
        self.result |= {"changed": True, "distinguished_name": dn, "object_guid": guid}

    def _made(self, dn: str, values: dict[str, Any]) -> Entry:
        made = self._directory.add(dn, self._kind.kind, sid=self._kind.kind in {"group", "user", "computer"})
        if self._kind.kind == "organizationalUnit" and self._kind.noun != "ADObject":
            made.attributes["protectedfromaccidentaldeletion"] = True
        if self._kind.kind == "group":
            made.attributes |= {"samaccountname": made.name, "groupcategory": "security", "member": []}
        made.attributes |= values
        return made

    def _change(self, entry: Entry) -> None:
        args = self._args
        before = self.result["diff"]["before"]
        before["attributes"] = {}
        after: dict[str, Any] = {"attributes": {}, "name": entry.name, "path": entry.path}
        values: dict[str, Any] = {}
        for one in self._kind.properties:
            if args[one.option] is None:
                continue
            have = entry.attributes.get(one.attribute)
            new, changed = self._compared(one, have, args[one.option])
            after[one.option] = new or None
            if changed:
                values[one.attribute] = (
                    new if isinstance(have, list) or one.attribute == "member" else (new or [None])[0]
                )
        values |= self._free_attributes(entry.attributes, after, before)
        if self._kind.noun == "ADObject" and args.text("type"):
            before["type"] = after["type"] = entry.kind
        dn = self._moved(entry, after)
        self.result["diff"]["after"] = after
        self.result["changed"] = bool(values) or dn != entry.dn
        if not self._check:
            entry.attributes |= values
            if dn != entry.dn:
                self._directory.move(entry, dn)
        self.result |= {"distinguished_name": dn, "object_guid": entry.guid}

    def _moved(self, entry: Entry, after: dict[str, Any]) -> str:
        """The distinguished name that it shall have."""
        name, path = self._args.text("name"), self._args.text("path")
        first, *rest = split(entry.dn)
        if name and name != entry.name:
            after["name"] = name
            first = f"{self._kind.prefix}={name}"
        if path and self._place.casefold() != entry.path.casefold():
            after["path"] = self._place
            rest = split(self._place)
        return ",".join([first, *rest])

    def _new_value(self, one: _Property, wanted: Any) -> Any:
        if isinstance(wanted, dict):
            asked = cast("dict[str, Any]", wanted)
            named = [each for key in ("add", "set") for each in items(asked.get(key) or [])]
            return sorted(set(self._names(one, named, "add", asked))) if one.names else named
        return self._names(one, [wanted], "", {})[0] if one.names else wanted

    def _compared(self, one: _Property, have: Any, wanted: Any) -> tuple[list[Any], bool]:
        """The values that it will have, and whether they are others than now."""
        now = [] if have is None else items(have) if isinstance(have, list) else [have]
        fold = one.folded or one.names
        folded = {_folded(each, fold=fold) for each in now}
        if not isinstance(wanted, dict):
            new = [] if not str(wanted).strip() else self._names(one, [wanted], "", {}) if one.names else [wanted]
        else:
            asked = cast("dict[str, Any]", wanted)
            parts = {
                key: self._names(one, asked[key], key, asked) if one.names else list(asked[key])
                for key in ("add", "remove", "set")
                if asked.get(key) is not None
            }
            gone = {_folded(each, fold=fold) for each in parts.get("remove", [])}
            new = parts["set"] if "set" in parts else [each for each in now if _folded(each, fold=fold) not in gone]
            if "set" not in parts:
                new = [*new, *(each for each in parts.get("add", []) if _folded(each, fold=fold) not in folded)]
        changed = {_folded(each, fold=fold) for each in new} != folded
        return sorted(new, key=str), changed

    def _names(self, one: _Property, values: Sequence[Any], key: str, asked: dict[str, Any]) -> list[str]:
        """Distinguished names of objects given by any name. Raises RefusedError, or warns."""
        found: list[str] = []
        unknown: list[str] = []
        for value in values:
            identity = str(cast("dict[str, Any]", value).get("name")) if isinstance(value, dict) else str(value)
            entry = self._directory.identify(identity)
            if entry is None:
                unknown.append(identity)
            else:
                found.append(entry.dn)
        action = str(asked.get("lookup_failure_action") or "fail")
        if unknown and action != "ignore":
            place = f"{one.option}.{key}" if key else one.option
            said = "Failed to find the AD object DNs for {}. {}nvalid identities: '{}'"
            if action == "fail":
                raise RefusedError(said.format(place, "I", "', '".join(unknown)), **self.result)
            self._warnings.append(said.format(place, "Ignoring i", "', '".join(unknown)))
        return found

    def _free_attributes(
        self, have: dict[str, Any], after: dict[str, Any], before: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """What `attributes` asks for. Raises NotModelledError for values with a type of their own."""
        asked: dict[str, dict[str, Any]] = self._args["attributes"] or {}
        changed: dict[str, Any] = {}
        for name in dict.fromkeys(one for part in asked.values() for one in part or {}):
            parts = {key: _listed((asked.get(key) or {}).get(name)) for key in ("add", "remove", "set")}
            wanted = {key: value for key, value in parts.items() if value is not None}
            if any(isinstance(each, dict) for value in wanted.values() for each in value):
                raise NotModelledError(f"the attribute {name} with a type of its own")
            now = have.get(name.casefold())
            new, moved = self._compared(_Property(name, name.casefold()), now, wanted)
            if before is not None:
                before["attributes"][name] = now
            after["attributes"][name] = new or None
            if moved:
                changed[name.casefold()] = new
        return changed


def _reached(host: Machine, args: Args) -> Directory:
    """The domain that the cmdlets speak to. Raises RefusedError."""
    if not alive(host, "RSAT-AD-PowerShell"):
        raise RefusedError(f"{_UNHANDLED}{_NO_CMDLET}")
    own = host.spec.directory
    found = host.world.directory(own.domain if own else host.part(System).domain)
    if found is None:
        raise RefusedError(f"{_UNHANDLED}{_NO_SERVER}")
    if args["domain_username"] is not None:
        try:
            found.login(args.text("domain_username"), args.text("domain_password"))
        except RefusedError:
            raise RefusedError(f"{_UNHANDLED}{_REJECTED}") from None
    return found


def _listed(value: Any) -> list[Any] | None:
    if value is None:
        return None
    return items(value) if isinstance(value, list) else [value]


def _folded(value: Any, *, fold: bool) -> str:
    text = ("True" if value else "False") if isinstance(value, bool) else str(value)
    return text.casefold() if fold else text


def _shown(one: _Property, value: Any) -> Any:
    """A value before a change, in a diff."""
    if one.numbers and isinstance(value, str):
        return one.numbers.index(value.casefold())
    return sorted(items(value), key=str) if isinstance(value, list) else value
