"""trust_network."""

from __future__ import annotations

from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.network import Interface, Network
from trustctl.lab.windows.model.switches import Fabric, Switches
from trustctl.lab.windows.module import Args, RefusedError, Result, handler


@handler("trust_network")
def trust_network(host: Machine, args: Args, check: bool) -> Result:
    """IPv4 and name servers of one connection. What takes the management address away takes the way in."""
    name, network = args.text("name"), host.part(Network)
    if args.text("operation") == "read":
        return {"changed": False, "value": _value(network, name), "facts": _facts(host, name)}
    try:
        _set(network, args)
    finally:
        Fabric(host).look()
    return {"changed": True}


def _set(network: Network, args: Args) -> None:
    name = args.text("name")
    mine = network.interface(name)
    if mine is None and network.adapter(name) is None:
        raise RefusedError(f"There is no network adapter {name} on this server.")
    if mine is None:
        raise RefusedError(f"The network adapter {name} does not speak IPv4; it may belong to a virtual switch.")
    _set_addresses(network, mine, args)
    if args["dns"] is not None:
        mine.dns = [str(one) for one in args.listed("dns") or ()]
    if args["dns_suffix"] is not None:
        mine.suffix = args.text("dns_suffix")
    if args["dns_register"] is not None:
        mine.register = bool(args.flag("dns_register"))


def _set_addresses(network: Network, mine: Interface, args: Args) -> None:
    """Addresses and gateway are those of DHCP where it is asked for."""
    if args.flag("dhcp"):
        if not mine.dhcp:
            network.ask_dhcp(mine.alias)
        return
    if args.flag("dhcp") is False:
        mine.dhcp = False
    addresses = args.listed("addresses")
    if addresses is not None:
        network.set_addresses(mine.alias, [str(one) for one in addresses])
    if args["gateway"] is not None:
        mine.gateway = args.text("gateway")


def _value(network: Network, name: str) -> dict[str, Any] | None:
    mine = network.interface(name)
    if mine is None:
        return None
    return {
        "dhcp": mine.dhcp,
        "addresses": sorted(mine.addresses),
        "gateway": mine.gateway,
        "dns": list(mine.dns),
        "dns_suffix": mine.suffix,
        "dns_register": mine.register,
    }


def _facts(host: Machine, name: str) -> dict[str, Any]:
    network = host.part(Network)
    virtual = [one.alias for each in host.part(Switches).switches.values() for one in each.vnics.values()]
    cards = [one.name for one in network.adapters.values()]
    return {
        "name": name,
        "adapters": sorted([*cards, *virtual], key=str.casefold),
        "way_in": [network.management] if network.management else [],
    }
