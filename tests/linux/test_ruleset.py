"""Live firewall rules that name an interface by its number (`iif`), which must exist where the file is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine_hosts import description, engine, now, target
from linux_hosts import StartHosts, server

from trustctl.engines.linux.session import LinuxSession
from trustctl.hosts import Key, Resource
from trustctl.lab.hosts.lab import HostLab

ONE = "oak-srv-01"
RULES = ("ruleset", "nftables")


def rules(interface: str) -> dict[Key, Resource]:
    """Rules that speak of one interface."""
    return description(
        f"""\
topic Firewall role=firewall armed=yes
file /etc/nftables.conf owner=root group=root mode=0644
    flush ruleset
    table inet filter {{
      chain input {{ type filter hook input priority 0; policy accept; iif "{interface}" tcp dport 22 accept; }}
    }}
ruleset nftables file=/etc/nftables.conf
"""
    )


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """A host with nftables."""
    return start_hosts(server(1, nopasswd=True, packages=("nftables",)))


@pytest.fixture(scope="module")
def interface(lab: HostLab) -> str:
    """The name of the host's own interface."""
    names = lab.run(ONE, ["ls", "/sys/class/net"]).stdout.split()
    return next(name for name in names if name != "lo")


def opened(lab: HostLab, interface: str) -> Iterator[tuple[LinuxSession, dict[Key, Resource]]]:
    """A session that reads the rules of one interface."""
    want = rules(interface)
    made = engine(want.values())
    try:
        yield made.open(target(lab, ONE)), want
    finally:
        made.close()


def test_rules_of_an_interface_of_the_host_are_read(lab: HostLab, interface: str) -> None:
    """Not loaded, loaded, and changed by hand."""
    for session, want in opened(lab, interface):
        assert now(session)[RULES].get("loaded") == "no"
        for one in want.values():
            session.push(one.lines)
        assert now(session)[RULES].get("loaded") == "yes"
        lab.run(ONE, ["nft", "add", "rule", "inet", "filter", "input", "tcp", "dport", "23", "accept"])
        assert now(session)[RULES].get("loaded") == "no"
    assert interface not in lab.run(ONE, ["ip", "-o", "link", "show", "type", "bridge"]).stdout


def test_rules_of_an_interface_that_is_not_there_are_untold(lab: HostLab) -> None:
    """And the reason says what to write instead."""
    for session, _ in opened(lab, "nosuch0"):
        found = now(session)[RULES]
        assert found.untold
        assert "use `iifname`" in found.get("why")
