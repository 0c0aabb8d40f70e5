"""What the role `windows_baseline` refuses before it asks a server anything: most of it would lock everybody out.

What can be told only with what a server is now stands with the types (`ResourceType.refuse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from trustctl.windows.types.network import address_faults, unreachable
from trustctl.windows.values import Value, Values
from trustctl.windows.way_in import firewall_faults

LONGEST_NAME = 15
"""Characters of a NetBIOS name (learn.microsoft.com, "Naming conventions in Active Directory for computers...")."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
WINRM_PORT = 5986
_NEEDED = {
    each.casefold(): each
    for each in ("BFE", "DcomLaunch", "HTTP", "MpsSvc", "Netlogon", "nsi", "RpcEptMapper", "RpcSs")
}
"""What PowerShell remoting stands on beside WinRM: HTTP.sys, RPC, the network store, who signs in, and the firewall.

That stopping MpsSvc is not how the firewall is turned off: learn.microsoft.com, "Windows Firewall overview".
"""


def refusals(wanted: Values, port: int = WINRM_PORT, sources: Sequence[str] = ()) -> list[str]:
    """Return why the role's variables must not be carried out, one sentence each with its remedy; empty: go ahead.

    `wanted` has the variables by what stands after `windows_baseline_`; one that is None or missing is not spoken of.
    `port` is the one that the server is reached on, `sources` the addresses that we come from, where they are known.
    """
    return [
        *_hostname(wanted.get("hostname")),
        *_time(cast("Values", wanted.get("time") or {})),
        *_networks(_records(wanted, "networks")),
        *_services(_records(wanted, "services"), _records(wanted, "networks")),
        *firewall_faults(_records(wanted, "firewall_rules"), port, sources),
        *_tls(cast("Values", wanted.get("tls") or {})),
        *_groups(_records(wanted, "local_groups")),
    ]


def _records(values: Values, name: str) -> Sequence[Values]:
    return cast("Sequence[Values]", values.get(name) or ())


def _hostname(value: Value) -> Iterator[str]:
    if value is None:
        return
    name = str(value)
    if len(name) > LONGEST_NAME:
        yield f"the name {name} has {len(name)} characters and Windows cuts it after {LONGEST_NAME}. Shorten it"
    elif not _NAME.fullmatch(name) or name.isdecimal():
        yield f"the name {name!r} is not letters, numbers and hyphens with a letter or hyphen among them. Correct it"


def _time(time: Values) -> Iterator[str]:
    if time.get("source") == "servers" and not time.get("servers"):
        yield "the clock is to be set from servers and none is named. Name them, or follow the domain"


def _networks(networks: Sequence[Values]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for network in networks:
        name = str(network.get("name"))
        why = list(address_faults(network)) or list(unreachable(network) if network.get("addresses") else ())
        yield from (f"network adapter {name}: {each}" for each in why)
        for address in cast("Sequence[Value]", network.get("addresses") or ()):
            host = str(address).partition("/")[0]
            if host in owners:
                yield f"the address {host} is given to {owners[host]} and to {name}. Take it from one of them"
            owners[host] = name
    if sum(1 for network in networks if network.get("gateway")) > 1:
        yield "more than one network adapter has a gateway, and Windows then takes either. Leave one"


def _services(services: Sequence[Values], networks: Sequence[Values]) -> Iterator[str]:
    needed = {**_NEEDED, **({"dhcp": "Dhcp"} if any(each.get("dhcp") for each in networks) else {})}
    for service in services:
        name, mode, state = str(service.get("name")), service.get("start_mode"), service.get("state")
        stops = state is not None and state not in {"started", "restarted"}
        if name.casefold() == "winrm" and (stops or mode not in {None, "auto", "delayed"}):
            yield "without the service WinRM the server cannot be reached any more. Leave it started and automatic"
        elif name.casefold() in needed and (stops or mode == "disabled"):
            yield (
                f"the service {needed[name.casefold()]} is needed for the connection by which the server is reached. "
                "Leave it running, and do not disable it"
            )


def _tls(tls: Values) -> Iterator[str]:
    wanted = {str(each.get("name")): each.get("enabled") for each in _records(tls, "protocols")}
    if wanted.get("TLS 1.2") is False and wanted.get("TLS 1.3") is not True:
        yield "without TLS 1.2 and TLS 1.3 nobody can reach the server over HTTPS. Leave one of them enabled"


def _groups(groups: Sequence[Values]) -> Iterator[str]:
    for group in groups:
        if group.get("members") is not None and group.get("ensured") is not None:
            yield f"the local group {group.get('name')} has both members and ensured. Say one of them"
