"""Each option of the directory's own modules on simulated servers: new, same, changed, back; planned and applied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab_host import LabHost

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.spec import AccountSpec, AdapterSpec, DirectorySpec, DomainGroupSpec, WindowsSpec
from trustctl.lab.windows.world import World
from trustctl.windows import types
from trustctl.windows.action import RESOURCE, Result, Task, carry_out
from trustctl.windows.resource import TYPES, exactly

assert types.__all__, "importing it makes the types known"
CASES: dict[str, dict[str, Any]] = {
    case["module"]: case
    for case in (
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in (Path(__file__).parent / "cases").glob("*.yml")
    )
}
MADE = ["trust_ad_delegation", "trust_ad_site", "trust_dhcp_scope", "trust_dns_zone"]
CHANGES = [
    (module, name)
    for module in MADE
    for name in CASES[module]["other"]
    if name not in CASES[module].get("refused_as_other", ())
]


def _spec(name: str, address: str, partner: str) -> WindowsSpec:
    return WindowsSpec(
        name,
        domain="kestrelvale.example",
        features=(*("AD-Domain-Services", "RSAT-AD-PowerShell", "DNS", "RSAT-DNS-Server", "DHCP", "RSAT-DHCP"),),
        adapters=(AdapterSpec("Ethernet", management=True, addresses=(f"{address}/24",), dns=(address,)),),
        directory=DirectorySpec(
            "kestrelvale.example",
            "KESTREL",
            (AccountSpec("kv-admin", "made-up", admin=True),),
            ("OU=Schools", "OU=Oak,OU=Schools"),
            (DomainGroupSpec("OAK-IT"),),
        ),
        state={
            "DhcpServer": {"failovers": {"KV-DHCP": {"partner": partner, "scopes": []}}},
            "Forest": {"laps_schema": True, "links": {"KV-WAN": [], "KV-BACKUP": []}},
        },
    )


@pytest.fixture
def controller() -> Machine:
    """One of two controllers, which are DHCP servers in failover, too."""
    world = World([_spec("KV-DC-01", "10.250.20.21", "KV-DC-02"), _spec("KV-DC-02", "10.250.20.22", "KV-DC-01")])
    return world.machines["kv-dc-01"]


def done(machine: Machine, module: str, args: Mapping[str, Any], *, check: bool, back: bool = False) -> Result:
    """What a task comes to. One that did not go well fails the test; so does a dry run that changes something."""
    kind = exactly(TYPES[module]) if back else TYPES[module]
    before = machine.snapshot()
    named = {kind.key: CASES[module]["name"]}
    result = carry_out(Task(kind, named | dict(args), check), LabHost(machine, check=check))
    assert not result.get("failed"), result
    assert not check or machine.snapshot() == before
    return result


@pytest.mark.parametrize("module", MADE)
def test_a_new_one_is_planned_made_and_then_as_wanted(controller: Machine, module: str) -> None:
    """Four tasks: the dry run says so, the apply does it, and after it neither has anything to do."""
    whole = CASES[module]["whole"]
    changed = [done(controller, module, whole, check=check)["changed"] for check in (True, False, True, False)]
    assert changed == [True, True, False, False]


@pytest.mark.parametrize(("module", "name"), CHANGES)
def test_each_option_changes_by_itself(controller: Machine, module: str, name: str) -> None:
    """Planned, applied, and nothing left to do; no other option moves."""
    done(controller, module, CASES[module]["whole"], check=False)
    was = done(controller, module, {}, check=True)[RESOURCE]["have"]
    args = {name: CASES[module]["other"][name]}
    changed = [done(controller, module, args, check=check)["changed"] for check in (True, False, True)]
    assert changed == [True, True, False]
    now = done(controller, module, {}, check=True)[RESOURCE]["have"]
    assert {key for key in now if now[key] != was[key]} == {name}


@pytest.mark.parametrize(
    ("module", "name"), [(m, n) for m, n in CHANGES if m in {"trust_dhcp_scope", "trust_dns_zone"}]
)
def test_a_change_is_taken_back_exactly(controller: Machine, module: str, name: str) -> None:
    """As the way back does it: the whole resource as it was read, nothing kept beside it."""
    done(controller, module, CASES[module]["whole"], check=False)
    was = done(controller, module, {}, check=True)[RESOURCE]["have"]
    done(controller, module, {name: CASES[module]["other"][name]}, check=False)
    done(controller, module, was, check=False, back=True)
    assert done(controller, module, {}, check=True)[RESOURCE]["have"] == was


def test_a_larger_pool_with_exclusions_in_it_is_taken_back(controller: Machine) -> None:
    """The exclusion is outside of the former pool, so it goes before the range does."""
    module = "trust_dhcp_scope"
    done(controller, module, CASES[module]["whole"], check=False)
    was = done(controller, module, {}, check=True)[RESOURCE]["have"]
    done(
        controller,
        module,
        {"start": "10.11.30.20", "exclusions": [{"start": "10.11.30.20", "end": "10.11.30.29"}]},
        check=False,
    )
    done(controller, module, was, check=False, back=True)
    assert done(controller, module, {}, check=True)[RESOURCE]["have"] == was
