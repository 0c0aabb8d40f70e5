"""DHCP scopes of simulated servers of a trust."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import facts, put, read, server
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.lab.windows.world import World

DHCP = ("DHCP", "RSAT-DHCP")
SECOND = 2
SCOPE: dict[str, Any] = {
    "scope_id": "10.11.30.0",
    "mask": "255.255.255.0",
    "name": "Oak students",
    "start": "10.11.30.20",
    "end": "10.11.30.250",
    "lease_seconds": 28800,
    "routers": ["10.11.30.1"],
    "dns_servers": ["10.250.20.12", "10.250.20.11"],
    "active": True,
}
WHOLE: dict[str, Any] = {name: value for name, value in SCOPE.items() if name != "scope_id"} | {
    "description": "",
    "exclusions": [],
    "domain_name": "",
    "ntp_servers": [],
    "options": [],
    "failover": "",
}
EXCLUSION = {"start": "10.11.30.40", "end": "10.11.30.49"}
CHANGES: list[dict[str, Any]] = [
    {},
    {"name": "Oak pupils"},
    {"description": "Year 7"},
    {"start": "10.11.30.10", "end": "10.11.30.200"},
    {"lease_seconds": 0},
    {"exclusions": [EXCLUSION]},
    {"routers": ["10.11.30.254"]},
    {"routers": []},
    {"dns_servers": ["10.250.20.11"]},
    {"domain_name": "oak.example"},
    {"ntp_servers": ["10.250.20.11"]},
    {"options": [{"id": 66, "values": ["boot.example"]}, {"id": 67, "values": ["boot.efi"]}]},
    {"active": False},
]


@pytest.fixture
def dhcp() -> Machine:
    """A DHCP server."""
    return server(features=DHCP)


def scope(host: Machine, **more: Any) -> None:
    """Set the scope, or what differs from it."""
    put(host, "trust_dhcp_scope", **{**SCOPE, **more})


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: ",".join(one) or "nothing")
def test_a_scope_changes(dhcp: Machine, change: dict[str, Any]) -> None:
    """Made, changed, and back again."""
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0") is None
    scope(dhcp)
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0") == WHOLE
    scope(dhcp, **change)
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0") == WHOLE | change
    scope(dhcp, **{name: WHOLE[name] for name in change})
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0") == WHOLE


def test_a_new_scope_gives_out_nothing(dhcp: Machine) -> None:
    """It is made inactive."""
    scope(dhcp, active=None)
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0")["active"] is False


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("range outside", {"end": "10.11.31.5"}, "is not valid"),
    ("range upside down", {"start": "10.11.30.250", "end": "10.11.30.20"}, "is not valid"),
    ("network's own address", {"start": "10.11.30.0"}, "is not valid"),
    ("broadcast address", {"end": "10.11.30.255"}, "is not valid"),
    ("no mask", {"mask": "255.0.255.0"}, "subnet mask"),
    ("number of another network", {"scope_id": "10.11.31.0"}, "10.11.31.0"),
    ("exclusion outside", {"exclusions": [{"start": "10.11.30.5", "end": "10.11.30.30"}]}, "20023"),
    (
        "exclusions across",
        {"exclusions": [EXCLUSION, {"start": "10.11.30.45", "end": "10.11.30.60"}]},
        "20023",
    ),
    ("undefined option", {"options": [{"id": 252, "values": ["http://wpad"]}]}, "252"),
    ("router that is no address", {"routers": ["gw"]}, "System.Net.IPAddress"),
    ("no such failover", {"failover": "oak-fo"}, "oak-fo"),
]


@pytest.mark.parametrize(("bad", "said"), [one[1:] for one in BAD], ids=[one[0] for one in BAD])
def test_windows_refuses_a_scope(dhcp: Machine, bad: dict[str, Any], said: str) -> None:
    """Bad input."""
    with pytest.raises(RefusedError, match=said):
        scope(dhcp, **bad)


def test_scopes_do_not_overlap(dhcp: Machine) -> None:
    """A second scope in the same network, whatever its mask."""
    scope(dhcp)
    with pytest.raises(RefusedError, match="exists already"):
        scope(dhcp, scope_id="10.11.0.0", mask="255.255.0.0", start="10.11.40.1", end="10.11.40.9")


def test_without_its_cmdlets_there_is_no_scope() -> None:
    """RSAT-DHCP brings them; without the role nobody answers them."""
    bare = server()
    assert read(bare, "trust_dhcp_scope", scope_id="10.11.30.0") is None
    assert facts(bare, "trust_dhcp_scope", scope_id="10.11.30.0") == {"scope_id": "10.11.30.0"}
    with pytest.raises(RefusedError, match="RSAT-DHCP are missing"):
        scope(bare)
    with pytest.raises(RefusedError, match="Failed to get version of the DHCP server"):
        read(server(features=("RSAT-DHCP",)), "trust_dhcp_scope", scope_id="10.11.30.0")


def pair(scopes: dict[str, Any] | None = None) -> tuple[Machine, Machine]:
    """Two DHCP servers with a failover relationship; the second has these scopes besides."""
    specs = [
        WindowsSpec(
            f"KV-DHCP-0{mine}",
            features=DHCP,
            state={
                "DhcpServer": {
                    "failovers": {"trust-fo": {"partner": f"KV-DHCP-0{other}.ad.example"}},
                    "scopes": (scopes or {}) if mine == SECOND else {},
                }
            },
        )
        for mine, other in ((1, SECOND), (SECOND, 1))
    ]
    first, second = World(specs).machines.values()
    return first, second


def test_a_scope_in_failover_is_on_both() -> None:
    """The partner gets a copy, and another each time it is set."""
    first, second = pair()
    scope(first, failover="TRUST-FO")
    assert read(first, "trust_dhcp_scope", scope_id="10.11.30.0")["failover"] == "trust-fo"
    scope(first, routers=["10.11.30.2"])
    assert read(second, "trust_dhcp_scope", scope_id="10.11.30.0")["routers"] == ["10.11.30.2"]


def test_a_partner_that_does_not_answer() -> None:
    """The scope is set here, and the module fails; what is told of the partner says why before."""
    first, second = pair()
    scope(first, failover="trust-fo")
    assert partner_of(first)["problem"] == ""
    second.cut("nobody reaches it")
    assert partner_of(first)["problem"] == "Failed to get version of the DHCP server KV-DHCP-02.ad.example."
    with pytest.raises(RefusedError, match=r"KV-DHCP-02\.ad\.example"):
        scope(first, failover="trust-fo", routers=["10.11.30.2"])
    assert read(first, "trust_dhcp_scope", scope_id="10.11.30.0")["routers"] == ["10.11.30.2"]


def partner_of(host: Machine) -> dict[str, Any]:
    """What is told of the partner's copy of the scope."""
    told: dict[str, Any] = facts(host, "trust_dhcp_scope", scope_id="10.11.30.0")["partners"][0]
    return told


def test_a_partner_with_a_copy_of_its_own() -> None:
    """A scope that is there already is not added; replicating overwrites the partner's reservations."""
    mine = {"mask": "255.255.255.0", "name": "A", "start": "10.11.30.20", "end": "10.11.30.250"}
    first, second = pair({"10.11.30.0": {**mine, "reserved": {"10.11.30.77": "00-11-22-33-44-55"}}})
    scope(first)
    assert (partner_of(first)["scope"], partner_of(first)["alone"]) == (True, ["10.11.30.77"])
    with pytest.raises(RefusedError, match="exists on the failover partner"):
        scope(first, failover="trust-fo")
    assert partner_of(second)["alone"] == []


def test_a_number_is_told_in_decimal(dhcp: Machine) -> None:
    """Set by either, as the class of the option's definition has it."""
    scope(dhcp, options=[{"id": 46, "values": ["0x8"]}])
    assert read(dhcp, "trust_dhcp_scope", scope_id="10.11.30.0")["options"] == [{"id": 46, "values": ["8"]}]


def test_facts_of_a_scope() -> None:
    """Other scopes, relationships, and what is leased."""
    lease = {
        "mask": "255.255.255.0",
        "name": "A",
        "start": "10.9.0.1",
        "end": "10.9.0.99",
        "leases": ["10.9.0.20", "10.9.0.9"],
    }
    host = server(features=DHCP, state={"DhcpServer": {"scopes": {"10.9.0.0": lease}}})
    assert facts(host, "trust_dhcp_scope", scope_id="10.9.0.0")["leased"] == {"first": "10.9.0.9", "last": "10.9.0.20"}
    told = facts(host, "trust_dhcp_scope", scope_id="10.8.0.0")
    assert told["scopes"] == [{"scope_id": "10.9.0.0", "mask": "255.255.255.0", "name": "A"}]
