"""Virtual switches of a Hyper-V host, with the host's own adapters on them (`trust_vswitch`).

Sources: learn.microsoft.com, module Hyper-V: New-VMSwitch, Set-VMSwitch, Set-VMSwitchTeam, Add-VMNetworkAdapter,
Set-VMNetworkAdapterVlan, Set-VMNetworkAdapter; "Switch Embedded Teaming (SET)" for the number of adapters of a team.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from trustctl.windows.powershell import command
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, pairs, register
from trustctl.windows.values import Value, Values, caseless

TEAM = 8
"""Most adapters of a team."""
VLANS = range(4095)
"""VLANs that an adapter may be in; 0 is untagged."""
WEIGHTS = range(101)

MANAGEMENT = Property(
    "management_adapters",
    Kind.RECORDS,
    of=(
        Property("name", Kind.NAME),
        Property("vlan", Kind.NUMBER),
        Property("bandwidth_weight", Kind.NUMBER),
        Property("host_address", Kind.FLAG),
    ),
    key="name",
    exact=True,
)


def names_in(values: Values | None, name: str) -> list[str]:
    """Return a property or fact that is a list of names; empty if it is not told."""
    return [str(each) for each in cast("Sequence[Value]", (values or {}).get(name) or ())]


def records_in(values: Values | None, name: str) -> list[Values]:
    """Return a property or fact that is a list of records; empty if it is not told."""
    return list(cast("Sequence[Values]", (values or {}).get(name) or ()))


def _refused(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if want is None:
        return tuple(_kept(have or {}, facts))
    both = {**(have or {}), **want}
    return (
        *_made(want, have),
        *_shape(both, have),
        *_adapters(want, have, facts),
        *_bandwidth(want, both),
        *_management(want, both),
        *_way_in(want, have, facts),
    )


def _kept(have: Values, facts: Facts) -> Iterator[str]:
    """Yield why a switch cannot be taken away."""
    if connected := names_in(facts, "connected"):
        yield f"machines are on it: {', '.join(connected)}. Put them on another switch first"
    for record in records_in(have, MANAGEMENT.name):
        if record.get("host_address"):
            yield f"its adapter {record['name']} has the address by which the host is reached: do it at the console"


def _made(want: Values, have: Values | None) -> Iterator[str]:
    """Yield what is missing to make a switch, and what cannot be changed of one that is made."""
    if have is None and "type" not in want:
        yield "type is needed to make a switch"
    fixed = ("type", "embedded_teaming", "bandwidth_mode", "sriov")
    changed = [name for name in fixed if have is not None and name in want and want[name] != have.get(name)]
    if changed:
        yield (
            f"{', '.join(changed)} cannot change on a switch that is there: take it away and make it anew by hand, at "
            "the console, while the machines on it can be without network"
        )


def _shape(both: Values, have: Values | None) -> Iterator[str]:
    """Yield what does not go together in a switch as it would be."""
    kind, adapters, teaming = both.get("type"), names_in(both, "adapters"), bool(both.get("embedded_teaming"))
    if kind == "External" and not adapters:
        yield "an external switch needs adapters"
    if kind in {"Internal", "Private"} and (adapters or teaming):
        yield f"a switch of type {kind} has no adapters and no team: leave both out, or make it External"
    if len(adapters) > 1 and not teaming:
        yield f"{len(adapters)} adapters ({', '.join(adapters)}) need embedded_teaming: true"
    if len(adapters) > TEAM:
        yield f"a team has at most {TEAM} adapters, not {len(adapters)}"
    if both.get("load_balancing") and not teaming:
        yield "load_balancing is for a switch with embedded_teaming: leave it out"
    own = both.get(MANAGEMENT.name)
    if kind == "Private" and own:
        yield "a private switch does not reach the host: leave management_adapters out, or make it Internal"
    if kind == "Internal" and own is not None and not own:
        yield "an internal switch reaches the host: give it a management adapter, or make it Private"


def _adapters(want: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    """Yield what is wrong with the network adapters, as the host has them."""
    mine = {caseless(each) for each in names_in(have, "adapters")}
    there = {caseless(str(each["name"])): each for each in records_in(facts, "adapters")}
    for name in names_in(want, "adapters"):
        if facts.get("adapters") is not None and caseless(name) not in there:
            known = ", ".join(str(each["name"]) for each in there.values()) or "none"
            yield f"the host has no network adapter {name} (it has {known}): write its name as Get-NetAdapter gives it"
        for switch in records_in(facts, "switches"):
            bound = {caseless(each) for each in names_in(switch, "adapters")}
            if caseless(name) in bound and caseless(name) not in mine:
                yield f"the network adapter {name} is on the switch {switch['name']}: an adapter is on one switch only"


def _bandwidth(want: Values, both: Values) -> Iterator[str]:
    """Yield what is wrong with shares of bandwidth. A switch made without a mode has Weight, or None with SR-IOV."""
    mode = both.get("bandwidth_mode") or ("None" if both.get("sriov") else "Weight")
    weight = want.get("default_weight")
    if weight is not None and (weight not in WEIGHTS or weight == 0):
        yield f"default_weight is {weight}: it is 1 to 100"
    given = [
        f"{each['name']}'s bandwidth_weight"
        for each in records_in(want, MANAGEMENT.name)
        if each.get("bandwidth_weight")
    ]
    if mode != "Weight" and (named := [*(["default_weight"] if weight is not None else []), *given]):
        yield f"{', '.join(named)} needs bandwidth_mode Weight, and it is {mode}"


def _management(want: Values, both: Values) -> Iterator[str]:
    """Yield what is wrong with the host's own adapters in themselves."""
    for record in records_in(want, MANAGEMENT.name):
        name, vlan, weight = record["name"], record.get("vlan", 0), record.get("bandwidth_weight", 0)
        if vlan not in VLANS:
            yield f"the management adapter {name} is in VLAN {vlan}: a VLAN is 1 to 4094, 0 is untagged"
        if weight not in WEIGHTS:
            yield f"the management adapter {name} has the bandwidth_weight {weight}: it is 0 to 100"
    if len(carriers := _carriers(want)) > 1:
        yield f"only one management adapter has the host's address: {', '.join(sorted(carriers.values()))} say so"


def _carriers(values: Values | None) -> dict[str, str]:
    """Management adapters that have, or shall have, the host's address."""
    mine = [str(each["name"]) for each in records_in(values, MANAGEMENT.name) if each.get("host_address")]
    return {caseless(name): name for name in mine}


def _way_in(want: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    """Yield how the change would lose the address by which the host is reached."""
    before = {caseless(each) for each in names_in(have, "adapters")}
    gained = [each for each in names_in(want, "adapters") if caseless(each) not in before]
    carrying = {caseless(each) for each in names_in(facts, "management")}
    taken = [each for each in gained if caseless(each) in carrying]
    wanted, there = _carriers(want), _carriers(have)
    if taken and have is not None:
        yield f"the network adapter {taken[0]} has the address by which the host is reached: give that to another first"
    if taken and have is None and not wanted:
        yield (
            f"the network adapter {taken[0]} has the address by which the host is reached, and no management adapter "
            "takes it over: make the switch with one that has host_address: true"
        )
    if have is None and wanted and facts.get("management") is not None and not taken:
        held = ", ".join(names_in(facts, "management")) or "none known"
        name = next(iter(wanted.values()))
        yield f"{name} cannot take the host's address: the switch's network adapters do not have it ({held})"
    if have is not None and MANAGEMENT.name in want:
        yield from _moved(want, wanted, there)


def _moved(want: Values, wanted: dict[str, str], there: dict[str, str]) -> Iterator[str]:
    mine = {caseless(str(each["name"])): each for each in records_in(want, MANAGEMENT.name)}
    for key, name in there.items():
        if key not in mine:
            yield f"the management adapter {name} has the host's address, and would go: do it at the console"
        elif mine[key].get("host_address") is False:
            yield f"the management adapter {name} has the host's address, and that does not move: set it by hand"
    for key, name in wanted.items():
        if key not in there:
            held = ", ".join(there.values()) or "none of this switch's adapters"
            yield f"the host's address is on {held}, not on {name}: it moves only when a switch is made; set it by hand"


def _cmdlets(name: str, found: Difference) -> Sequence[str]:
    after, before = found.after, found.before
    if after is None:
        return (command("Remove-VMSwitch", {"Name": name}, ["Force"]),)
    if before is None:
        return (*_new(name, after), *_own(name, {MANAGEMENT.name: _given(name, after)}, after, found))
    return (*_set(name, found), *_own(name, before, after, found))


def _given(name: str, after: Values) -> list[Values]:
    """The adapter that Windows makes with the switch, under the name of the one that is to have it."""
    mine = records_in(after, MANAGEMENT.name)
    if not mine:
        return []
    carrier = next((each for each in mine if each.get("host_address")), None)
    named = next((each for each in mine if caseless(str(each["name"])) == caseless(name)), None)
    return [{"name": str((carrier or named or mine[0])["name"])}]


def _new(name: str, after: Values) -> Iterator[str]:
    own = after.get(MANAGEMENT.name)
    external = after.get("type") == "External"
    parameters: dict[str, Value] = {
        "Name": name,
        "SwitchType": None if external else after.get("type"),
        "NetAdapterName": after.get("adapters") if external else None,
        "EnableEmbeddedTeaming": after.get("embedded_teaming"),
        "MinimumBandwidthMode": after.get("bandwidth_mode"),
        "EnableIov": after.get("sriov"),
        "AllowManagementOS": bool(own) if external and own is not None else None,
        "Notes": after.get("notes"),
    }
    yield command("New-VMSwitch", parameters)
    if "load_balancing" in after:
        yield command("Set-VMSwitchTeam", {"Name": name, "LoadBalancingAlgorithm": after["load_balancing"]})
    if "default_weight" in after:
        yield command("Set-VMSwitch", {"Name": name, "DefaultFlowMinimumBandwidthWeight": after["default_weight"]})
    if (given := _given(name, after)) and caseless(str(given[0]["name"])) != caseless(name):
        yield command("Rename-VMNetworkAdapter", {"Name": name, "NewName": given[0]["name"]}, ["ManagementOS"])


def _set(name: str, found: Difference) -> Iterator[str]:
    after = found.after or {}
    changed = {each: after.get(each) for each in found.names}
    teaming = bool(after.get("embedded_teaming"))
    team: dict[str, Value] = {
        "NetAdapterName": changed.get("adapters") if teaming else None,
        "LoadBalancingAlgorithm": changed.get("load_balancing"),
    }
    switch: dict[str, Value] = {
        "NetAdapterName": changed.get("adapters") if not teaming else None,
        "AllowManagementOS": bool(after.get(MANAGEMENT.name)) if not teaming and "adapters" in changed else None,
        "DefaultFlowMinimumBandwidthWeight": changed.get("default_weight"),
        "Notes": changed.get("notes"),
    }
    for cmdlet, parameters in (("Set-VMSwitchTeam", team), ("Set-VMSwitch", switch)):
        if any(value is not None for value in parameters.values()):
            yield command(cmdlet, {"Name": name, **parameters})


def _own(name: str, before: Values, after: Values, found: Difference) -> Iterator[str]:
    """Yield the commands of the host's own adapters."""
    if found.names and MANAGEMENT.name not in found.names:
        return
    for adapter, was, now in pairs(MANAGEMENT, before.get(MANAGEMENT.name), after.get(MANAGEMENT.name)):
        if now is None:
            yield command("Remove-VMNetworkAdapter", {"Name": adapter, "SwitchName": name}, ["ManagementOS"])
            continue
        if was is None:
            yield command("Add-VMNetworkAdapter", {"Name": adapter, "SwitchName": name}, ["ManagementOS"])
        old = was or {}
        if "vlan" in now and now["vlan"] != old.get("vlan"):
            yield vlan_command({"VMNetworkAdapterName": adapter}, ["ManagementOS"], now["vlan"])
        if "bandwidth_weight" in now and now["bandwidth_weight"] != old.get("bandwidth_weight"):
            weight = {"Name": adapter, "MinimumBandwidthWeight": now["bandwidth_weight"]}
            yield command("Set-VMNetworkAdapter", weight, ["ManagementOS"])


def vlan_command(who: Values, switches: Sequence[str], vlan: Value, trunk: Sequence[int] = ()) -> str:
    """Return the command that puts an adapter in a VLAN: access, untagged, or a trunk with this native VLAN."""
    if trunk:
        allowed = ",".join(str(each) for each in trunk)
        return command(
            "Set-VMNetworkAdapterVlan",
            {**who, "NativeVlanId": vlan, "AllowedVlanIdList": allowed},
            [*switches, "Trunk"],
        )
    if not vlan:
        return command("Set-VMNetworkAdapterVlan", who, [*switches, "Untagged"])
    return command("Set-VMNetworkAdapterVlan", {**who, "VlanId": vlan}, [*switches, "Access"])


SWITCH = ResourceType(
    module="trust_vswitch",
    title="virtual switch",
    properties=(
        Property("type", Kind.NAME, fixed=True, choices=("External", "Internal", "Private")),
        Property("adapters", Kind.NAMES, exact=True),
        Property("embedded_teaming", Kind.FLAG, fixed=True),
        Property("load_balancing", Kind.NAME, choices=("HyperVPort", "Dynamic")),
        Property("bandwidth_mode", Kind.NAME, fixed=True, choices=("Weight", "Absolute", "None")),
        Property("default_weight", Kind.NUMBER),
        Property("sriov", Kind.FLAG, fixed=True),
        MANAGEMENT,
        Property("notes"),
    ),
    cmdlets=_cmdlets,
    removable=True,
    holds="the connection of every virtual machine that is on it",
    refuse=_refused,
)

register(SWITCH)
