"""What the role `windows_baseline` refuses before it asks a server anything: most of it would lock everybody out.

What can be told only with what a server is now stands with the types (`ResourceType.refuse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from trustctl.windows.types.network import address_faults, covers, unreachable
from trustctl.windows.values import Value, Values

LONGEST_NAME = 15
"""Characters of a NetBIOS name (learn.microsoft.com, "Naming conventions in Active Directory for computers...")."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
WINRM_PORT = 5986


def refusals(wanted: Values, port: int = WINRM_PORT) -> list[str]:
    """Return why the role's variables must not be carried out, one sentence each with its remedy; empty: go ahead.

    `wanted` has the variables by what stands after `windows_baseline_`; one that is None or missing is not spoken of.
    `port` is the one that the server is reached on.
    """
    return [
        *_hostname(wanted.get("hostname")),
        *_time(cast("Values", wanted.get("time") or {})),
        *_networks(_records(wanted, "networks")),
        *_services(_records(wanted, "services")),
        *_rules(_records(wanted, "firewall_rules"), port),
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


def _services(services: Sequence[Values]) -> Iterator[str]:
    for service in services:
        lost = service.get("start_mode") in {"disabled", "manual"} or service.get("state") == "stopped"
        if str(service.get("name")).casefold() == "winrm" and lost:
            yield "without the service WinRM the server cannot be reached any more. Leave it started and automatic"


def _rules(rules: Sequence[Values], port: int) -> Iterator[str]:
    for rule in rules:
        if rule.get("action") != "block" or rule.get("state") == "absent" or rule.get("enabled") is False:
            continue
        everybody = str(rule.get("remoteip") or "any").casefold() in {"any", "*"}
        ours = str(rule.get("protocol") or "any").casefold() in {"any", "tcp", "6"}
        ports = str(rule.get("localport") or "any").split(",")
        if rule.get("direction") != "out" and everybody and ours and any(covers(one.strip(), port) for one in ports):
            name = rule.get("name")
            yield f"the firewall rule {name} blocks port {port}, by which the server is reached. Name other ports"


def _tls(tls: Values) -> Iterator[str]:
    wanted = {str(each.get("name")): each.get("enabled") for each in _records(tls, "protocols")}
    if wanted.get("TLS 1.2") is False and wanted.get("TLS 1.3") is not True:
        yield "without TLS 1.2 and TLS 1.3 nobody can reach the server over HTTPS. Leave one of them enabled"


def _groups(groups: Sequence[Values]) -> Iterator[str]:
    for group in groups:
        if group.get("members") is not None and group.get("ensured") is not None:
            yield f"the local group {group.get('name')} has both members and ensured. Say one of them"
