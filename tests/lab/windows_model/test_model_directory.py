"""Sites, delegation, the schema, zones and the reach of a domain, on simulated controllers of a trust."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import facts, put, read, server
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError
from trustctl.lab.windows.registry import DnsServer, Record
from trustctl.lab.windows.spec import AdapterSpec, DirectorySpec, DomainGroupSpec, WindowsSpec
from trustctl.lab.windows.world import World

UNIT = "OU=OAK,OU=Schools,DC=ad,DC=example"
DIRECTORY = DirectorySpec(
    "ad.example",
    "AD",
    units=("OU=Schools", "OU=OAK,OU=Schools", "OU=PCs,OU=OAK,OU=Schools"),
    groups=(DomainGroupSpec("OAK-Admins"),),
    subnets={"10.12.0.0/16": "Default-First-Site-Name"},
)


def controller(**more: Any) -> Machine:
    """A domain controller with the cmdlets of Active Directory."""
    features = ("AD-Domain-Services", "RSAT-AD-PowerShell")
    return server(**{"directory": DIRECTORY, "features": features, **more})


def test_a_site_gains_subnets_and_links() -> None:
    """What is there and not named stays."""
    host = controller(state={"Forest": {"links": {"OAK-HUB": []}}})
    assert read(host, "trust_ad_site", name="OAK") is None
    subnet = {"prefix": "10.11.0.0/16", "description": "Oak", "location": "Kestrelvale/Oak"}
    put(host, "trust_ad_site", name="OAK", description="Oak School", subnets=[subnet], links=["oak-hub"])
    whole = {"description": "Oak School", "location": "", "subnets": [subnet], "links": ["OAK-HUB"]}
    assert read(host, "trust_ad_site", name="oak") == whole
    put(host, "trust_ad_site", name="OAK", subnets=[{"prefix": "10.12.0.0/16"}], links=[])
    told = read(host, "trust_ad_site", name="OAK")
    assert [one["prefix"] for one in told["subnets"]] == ["10.11.0.0/16", "10.12.0.0/16"]
    assert told["links"] == ["OAK-HUB"]
    assert facts(host, "trust_ad_site", name="ELM")["subnets"][0] == {"prefix": "10.12.0.0/16", "site": "OAK"}


SITES: list[tuple[dict[str, Any], str]] = [
    ({"name": "Oak School"}, "bad syntax"),
    ({"name": "OAK", "subnets": [{"prefix": "10.11.0.1/16"}]}, "bad syntax"),
    ({"name": "OAK", "links": ["NOWHERE"]}, "Cannot find an object with identity: 'NOWHERE'"),
]


@pytest.mark.parametrize(("bad", "said"), SITES)
def test_windows_refuses_a_site(bad: dict[str, Any], said: str) -> None:
    """Bad input."""
    with pytest.raises(RefusedError, match=said):
        put(controller(), "trust_ad_site", **bad)


LOCKOUT = "WriteProperty; lockoutTime; Descendents; user"


def granted(host: Machine, principal: str = "OAK-Admins") -> list[str]:
    """The entries of one principal."""
    grants = read(host, "trust_ad_delegation", name=UNIT)["grants"]
    return next((one["entries"] for one in grants if one["principal"] == principal), [])


def test_delegation_adds() -> None:
    """One entry for each right; asking again adds nothing."""
    host = controller()
    assert read(host, "trust_ad_delegation", name="OU=Nowhere,DC=ad,DC=example") is None
    assert granted(host) == []
    assert granted(host, "Domain Admins") == ["GenericAll; *; None; *"]
    read_too = "ReadProperty; lockoutTime; Descendents; user"
    for entries in ([LOCKOUT], [LOCKOUT, read_too], [LOCKOUT]):
        put(host, "trust_ad_delegation", name=UNIT, grants=[{"principal": "OAK-Admins", "entries": entries}])
    assert granted(host) == [read_too, LOCKOUT]
    assert granted(host, "Domain Admins") == ["GenericAll; *; None; *"]


DELEGATIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"name": "OU=Nowhere,DC=ad,DC=example"}, RefusedError, "there is no OU"),
    ({"grants": [{"principal": "Nobody", "entries": [LOCKOUT]}]}, RefusedError, "identity references"),
    ({"grants": [{"principal": "OAK-Admins", "entries": ["Rule; *; All; *"]}]}, RefusedError, "ActiveDirectoryRights"),
    ({"grants": [{"principal": "OAK-Admins", "entries": ["Delete; *; Some; *"]}]}, RefusedError, "SecurityInheritance"),
    ({"grants": [{"principal": "OAK-Admins", "entries": ["Delete; *; All; ship"]}]}, NotModelledError, "ship"),
    (
        {"grants": [{"principal": "OAK-Admins", "entries": ["ReadProperty; msLAPS-Password; Descendents; computer"]}]},
        RefusedError,
        "no class, attribute or right named msLAPS-Password",
    ),
    ({"laps_self": True}, RefusedError, "schema has not been extended"),
]


@pytest.mark.parametrize(("bad", "kind", "said"), DELEGATIONS)
def test_windows_refuses_a_delegation(bad: dict[str, Any], kind: type[Exception], said: str) -> None:
    """Bad input; what the lab's schema does not know is the lab's fault."""
    with pytest.raises(kind, match=said):
        put(controller(), "trust_ad_delegation", **({"name": UNIT} | bad))


def test_computers_write_their_password_once_the_schema_can() -> None:
    """Update-LapsADSchema, then the OU; what stands below inherits it."""
    host = controller()
    assert read(host, "trust_laps_schema") == {"extended": False}
    assert facts(host, "trust_laps_schema") == {
        "cmdlet": True,
        "schema_admin": True,
        "schema_master": "oak-srv-01.ad.example",
        "problem": "",
    }
    put(host, "trust_laps_schema", extended=True)
    assert read(host, "trust_laps_schema") == {"extended": True}
    put(host, "trust_ad_delegation", name=UNIT, laps_self=True)
    assert read(host, "trust_ad_delegation", name=f"OU=PCs,{UNIT}")["laps_self"] is True
    assert read(host, "trust_ad_delegation", name="OU=Schools,DC=ad,DC=example")["laps_self"] is False


def test_who_may_extend_the_schema() -> None:
    """A schema administrator, on a server with the update of April 2023."""
    with pytest.raises(RefusedError, match="insufficient access rights"):
        put(controller(state={"Forest": {"schema_admin": False}}), "trust_laps_schema", extended=True)
    with pytest.raises(RefusedError, match="Update-LapsADSchema"):
        put(controller(build="20348.1607"), "trust_laps_schema", extended=True)


@pytest.mark.parametrize("module", ["trust_ad_site", "trust_ad_delegation", "trust_laps_schema"])
def test_without_its_cmdlets_there_is_no_directory(module: str) -> None:
    """RSAT-AD-PowerShell brings them."""
    host, key = controller(features=("AD-Domain-Services",)), {} if module == "trust_laps_schema" else {"name": UNIT}
    assert read(host, module, **key) is None
    with pytest.raises(RefusedError, match="RSAT-AD-PowerShell is missing"):
        put(host, module, **key)


def test_a_controller_keeps_its_role() -> None:
    """It must be demoted first."""
    with pytest.raises(RefusedError, match="domain controller needs to be demoted before"):
        put(controller(), "trust_feature", name="AD-Domain-Services", installed=False)


def test_controllers_that_answer() -> None:
    """DNS names all of them."""
    address = (AdapterSpec("Ethernet", addresses=("10.250.20.11/24",)),)
    first = WindowsSpec("KV-DC-01", adapters=address, directory=DIRECTORY)
    second = WindowsSpec("KV-DC-02", directory=DIRECTORY)
    host = WindowsSpec("OAK-SRV-01", adapters=(AdapterSpec("Ethernet", dns=("10.250.20.11",)),))
    machines = list(World([first, second, host]).machines.values())
    machines[1].cut("its own network")
    told = facts(machines[2], "trust_domain_reach", name="ad.example")
    assert told["controllers"] == ["kv-dc-01.ad.example", "kv-dc-02.ad.example"]
    assert told["answering"] == ["kv-dc-01.ad.example"]


def test_whether_a_domain_can_be_joined() -> None:
    """A member, or a name server that knows the domain and a controller that answers."""
    dc = WindowsSpec(
        "KV-DC-01", adapters=(AdapterSpec("Ethernet", addresses=("10.250.20.11/24",)),), directory=DIRECTORY
    )

    def asked(**more: Any) -> tuple[Machine, Machine]:
        cards = (AdapterSpec("Ethernet", addresses=("10.11.10.5/24",), dns=("10.250.20.11",)),)
        found = World([dc, WindowsSpec("OAK-HV-01", **{"adapters": cards, **more})])
        first, second = found.machines.values()
        return first, second

    controllers, host = asked()
    told = facts(host, "trust_domain_reach", name="ad.example")
    assert told["controllers"] == told["answering"] == ["kv-dc-01.ad.example"]
    value = {"ready": True, "member_of": "", "resolvers": ["10.250.20.11"]}
    assert read(host, "trust_domain_reach", name="ad.example") == value
    assert read(host, "trust_domain_reach", name="other.example")["ready"] is False
    controllers.cut("off")
    assert read(host, "trust_domain_reach", name="ad.example")["ready"] is False
    assert (
        read(asked(adapters=(AdapterSpec("Ethernet"),))[1], "trust_domain_reach", name="ad.example")["ready"] is False
    )
    member = asked(domain="ad.example")[1]
    assert read(member, "trust_domain_reach", name="ad.example") == value | {"member_of": "ad.example"}
    with pytest.raises(RefusedError, match="only reads"):
        put(host, "trust_domain_reach", name="ad.example")


def test_controllers_and_members_see_one_directory() -> None:
    """What one controller was told the other knows, and a member that has the cmdlets."""
    features = ("AD-Domain-Services", "RSAT-AD-PowerShell")
    controllers = [WindowsSpec(name, directory=DIRECTORY, features=features) for name in ("KV-DC-01", "KV-DC-02")]
    member = WindowsSpec("KV-ADM-01", domain="ad.example", features=("RSAT-AD-PowerShell",))
    first, second, third = World([*controllers, member]).machines.values()
    put(second, "trust_ad_site", name="OAK", description="Oak School")
    put(third, "trust_ad_delegation", name=UNIT, grants=[{"principal": "OAK-Admins", "entries": [LOCKOUT]}])
    assert read(first, "trust_ad_site", name="OAK")["description"] == "Oak School"
    assert granted(first) == granted(second) == [LOCKOUT]
    with pytest.raises(RefusedError, match="Unable to find a default server"):
        read(server(features=("RSAT-AD-PowerShell",)), "trust_ad_site", name="OAK")


# --- zones ---

PRIMARY: dict[str, Any] = {
    "name": "11.10.in-addr.arpa",
    "type": "primary",
    "replication": "domain",
    "dynamic_update": "secure",
    "aging": True,
}
FORWARDER: dict[str, Any] = {
    "name": "else.example",
    "type": "forwarder",
    "replication": "forest",
    "masters": ["10.9.0.2", "10.9.0.1"],
}
ZONES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (PRIMARY, {}),
    (PRIMARY, {"replication": "forest"}),
    (PRIMARY, {"dynamic_update": "none"}),
    (PRIMARY, {"aging": False}),
    (FORWARDER, {}),
    (FORWARDER, {"masters": ["10.9.0.3"]}),
    (FORWARDER, {"replication": "domain"}),
]


def names() -> Machine:
    """A controller that serves DNS."""
    return controller(features=("DNS", "RSAT-DNS-Server"))


@pytest.mark.parametrize(("zone", "change"), ZONES)
def test_a_zone_changes(zone: dict[str, Any], change: dict[str, Any]) -> None:
    """Made, and changed."""
    host = names()
    assert read(host, "trust_dns_zone", name=zone["name"]) is None
    put(host, "trust_dns_zone", **zone)
    told = {name: value for name, value in zone.items() if name != "name"}
    assert read(host, "trust_dns_zone", name=f"{zone['name'].upper()}.") == told
    put(host, "trust_dns_zone", **(zone | change))
    assert read(host, "trust_dns_zone", name=zone["name"]) == told | change


BAD_ZONES: list[tuple[dict[str, Any], str]] = [
    (FORWARDER | {"masters": []}, "MasterServers"),
    (FORWARDER | {"masters": ["ns1"]}, "System.Net.IPAddress"),
    (PRIMARY | {"replication": None}, "ReplicationScope"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_ZONES)
def test_windows_refuses_a_zone(bad: dict[str, Any], said: str) -> None:
    """Bad input."""
    with pytest.raises(RefusedError, match=said):
        put(names(), "trust_dns_zone", **bad)


def test_a_zone_in_the_directory_needs_a_controller() -> None:
    """And its cmdlets, and the role."""
    with pytest.raises(RefusedError, match="directory service is unavailable"):
        put(server(features=("DNS", "RSAT-DNS-Server")), "trust_dns_zone", **PRIMARY)
    with pytest.raises(RefusedError, match="RSAT-DNS-Server are missing"):
        put(server(), "trust_dns_zone", **PRIMARY)
    with pytest.raises(RefusedError, match="Failed to get information for the DNS server"):
        read(server(features=("RSAT-DNS-Server",)), "trust_dns_zone", name="x.example")
    assert read(server(), "trust_dns_zone", name="x.example") is None


def test_names_that_a_zone_would_hide() -> None:
    """Those of the zone above, but for its own NS and SOA."""
    host = names()
    above = host.part(DnsServer).zones["ad.example"]
    above.records += [
        Record("oak", "NS", "x"),
        Record("oak", "SOA", "x"),
        Record("www.oak", "A", "10.1.1.1"),
        Record("elm", "A", "10.1.1.2"),
    ]
    told = facts(host, "trust_dns_zone", name="oak.ad.example")
    assert told == {"name": "oak.ad.example", "parent": "ad.example", "hidden": 1}
    assert facts(host, "trust_dns_zone", name="else.example")["parent"] == ""
