"""Windows hosts: the role variables that the inventory gives them, each with its place; no role refuses one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from render_estate import SHIPPED
from role_specs import faults, options

from trustctl.config.names import PartNames
from trustctl.engines.windows.inventory import role_variables
from trustctl.inventory import InventoryInvalid, load
from trustctl.model.plan import Intended
from trustctl.model.school import Trust
from trustctl.model.secret import SecretRef
from trustctl.platforms import platform
from trustctl.render import Renderer
from trustctl.render.formats import pool_first, pool_last, quoted

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
import documents

INVENTORY = SHIPPED.parent / "inventory"
GB = 1024**3
Rendered = Mapping[str, tuple[Intended, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def trust() -> Trust:
    """The example trust."""
    return load(INVENTORY, today=date(2026, 11, 22))


@pytest.fixture(scope="module")
def rendered(trust: Trust) -> Rendered:
    """Every Windows host's intent, and the variables in it."""
    jobs = [(school, host) for school in trust.schools.values() for host in school.windows.values()]
    found = Renderer([SHIPPED]).render_all(trust, jobs)
    return {one.device: (one, role_variables(one.text)) for one in found}


def test_no_role_refuses_what_a_host_is_told(rendered: Rendered) -> None:
    """Every variable is one that a role takes, of its type and among its choices."""
    assert [fault for _, variables in rendered.values() for fault in faults(variables)] == []
    assert len(rendered) == 5


def test_no_role_refuses_anything_that_the_inventory_can_say(tmp_path: Path) -> None:
    """The inventory that docs/inventory.md writes out uses every key; each ends in a variable that a role takes."""
    for name, text in documents.named_files(documents.ROOT / "docs" / "inventory.md").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "schools/fir/captured").mkdir()
    (tmp_path / "schools/fir/captured/fir-sw-core-01.cfg").write_text("end\n", encoding="utf-8")
    trust = load(
        tmp_path, today=date(2026, 11, 22), names_of=lambda name: PartNames(platform(name, [SHIPPED]).rulebook)
    )
    fir = trust.schools["fir"]
    found = Renderer([SHIPPED]).render_all(trust, [(fir, host) for host in fir.windows.values()])
    variables: dict[str, Any] = {one.device: role_variables(one.text) for one in found}
    assert {name: faults(mine) for name, mine in variables.items()} == {
        "FIR-HV-01": [],
        "FIR-FS-01": [],
        "LS-DC-01.fir": [],
    }
    managed = {name for mine in variables.values() for name in mine}
    assert {name for name in options() if name.startswith("windows_baseline_")} - managed == set()
    switch = variables["FIR-HV-01"]["hyperv_host_switches"][0]
    assert (switch["adapters"], switch["management_adapters"][0]["bandwidth_weight"]) == (["NIC1", "NIC2"], 10)


def test_a_school_replaces_a_default_with_a_reason(tmp_path: Path) -> None:
    """The ring of its updates, told at its line; what is locked stays."""
    folder = Path(shutil.copytree(INVENTORY, tmp_path / "inventory"))
    file = folder / "schools/oak/school.yml"
    with file.open("a", encoding="utf-8") as school:
        school.write("overrides:\n  - {path: windows.updates.ring, value: Pilots, reason: It tries updates first.}\n")
    trust = load(folder, today=date(2026, 11, 22))
    oak = trust.schools["oak"]
    intended = Renderer([SHIPPED]).render(trust, oak, oak.windows["OAK-FS-01"])
    line = next(line for line in intended.lines if line.text == '  ring: "Pilots"')
    origin = dict(line.origin.values)["windows.updates.ring"]
    assert (origin.place and Path(origin.place.file).name, origin.place and origin.place.line) == ("school.yml", 11)
    with file.open("a", encoding="utf-8") as school:
        school.write("  - {path: windows.smb.smb1, value: true, reason: An old scanner.}\n")
    with pytest.raises(InventoryInvalid, match="problem"):
        load(folder, today=date(2026, 11, 22))


def test_each_line_has_its_template_and_its_value_its_place(rendered: Rendered) -> None:
    """A machine's memory is the host's own, its processors are its kind's; both lines name where that stands."""
    intended, _ = rendered["OAK-HV-01"]
    at = next(number for number, line in enumerate(intended.lines) if line.text == '  - name: "OAK-FS-01"')
    own = {line.text.strip().partition(":")[0]: line.origin for line in intended.lines[at : at + 8]}
    places = {
        key: {Path(str(origin.place.file)).name for _, origin in own[key].values if origin.place is not None}
        for key in ("processors", "startup_bytes")
    }
    assert places == {"processors": {"windows.yml"}, "startup_bytes": {"servers.yml"}}
    assert all(line.origin.template.file.startswith("templates/windows/") for line in intended.lines)


def test_a_machine_is_its_kind_with_what_it_has_otherwise(rendered: Rendered) -> None:
    """The file server of Oak: 12 GB of its own, and all the rest as file servers are."""
    machine = next(one for one in rendered["OAK-HV-01"][1]["hyperv_vm_machines"] if one["name"] == "OAK-FS-01")
    assert machine["memory"] == {
        "dynamic": True,
        "startup_bytes": 12 * GB,
        "minimum_bytes": 4 * GB,
        "maximum_bytes": 16 * GB,
    }
    assert machine["disks"][1] == {
        "path": "D:\\Hyper-V\\OAK-FS-01\\data.vhdx",
        "size_bytes": 2048 * GB,
        "type": "Dynamic",
    }
    assert machine["network_adapters"] == [
        {"name": "Network", "switch": "TRUST", "vlan": 20, "dhcp_guard": True, "router_guard": True}
    ]


def test_a_host_keeps_its_address_on_its_switch(rendered: Rendered, trust: Trust) -> None:
    """The team takes all adapters; one management adapter, in the host's own VLAN, has the address; of Ash 220."""
    switch = rendered["OAK-HV-01"][1]["hyperv_host_switches"][0]
    assert switch["adapters"] == ["NIC1", "NIC2"]
    assert switch["management_adapters"] == [
        {"name": "Management", "vlan": 20, "bandwidth_weight": 10, "host_address": True}
    ]
    networks = rendered["OAK-HV-01"][1]["hyperv_host_networks"]
    assert [(one["name"], one["addresses"]) for one in networks] == [("vEthernet (Management)", ["10.11.20.11/24"])]
    assert "windows_baseline_networks" not in rendered["OAK-HV-01"][1]
    ash = rendered["ASH-HV-01"][1]["hyperv_host_switches"][0]
    assert ash["management_adapters"][0]["vlan"] == trust.schools["ash"].vlans["servers"].id == 220


def test_the_trusts_server_has_what_is_the_schools(rendered: Rendered, trust: Trust) -> None:
    """A scope for each VLAN with clients, by the pool rule; all its networks in its site; names of its own devices."""
    oak, variables = trust.schools["oak"], rendered["KV-DC-01.oak"][1]
    clients = [vlan for vlan in oak.vlans.values() if vlan.dhcp and vlan.prefix and not vlan.legacy]
    assert [(one["scope_id"], one["start"], one["end"]) for one in variables["dhcp_scopes_scopes"]] == [
        (str(vlan.prefix.network_address), str(pool_first(vlan.prefix)), str(pool_last(vlan.prefix)))
        for vlan in clients
        if vlan.prefix
    ]
    subnets = {one["prefix"] for one in variables["ad_school_site"]["subnets"]}
    assert subnets == {str(vlan.prefix) for vlan in oak.vlans.values() if vlan.prefix}
    addresses = {one["name"]: one["value"] for one in variables["dns_zones_records"] if one["type"] == "A"}
    assert addresses["oak-sw-core-01"] == [str(oak.switches["oak-sw-core-01"].address)]
    assert not any(name.startswith(("oak-hv", "kv-dc")) for name in addresses)
    pointers = {one["name"] for one in variables["dns_zones_records"] if one["type"] == "PTR"}
    assert "21.20" in pointers


def test_a_school_with_its_own_dhcp_server_has_no_scopes_elsewhere(rendered: Rendered) -> None:
    """Ash's Linux server gives the addresses there."""
    assert "dhcp_scopes_scopes" not in rendered["KV-DC-01.ash"][1]


def test_a_secret_is_a_reference_by_itself(rendered: Rendered) -> None:
    """The password of the join is named, never there, and never within a longer text."""
    assert rendered["OAK-FS-01"][1]["domain_member_password"] == "<secret:ad/join>"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)) | st.integers() | st.booleans())
def test_a_quoted_value_is_read_back_as_itself(value: str | int | bool) -> None:
    """Whatever YAML would make of the bare text, `no`, `1e3`, `*x`, `a: b`, the value comes back, on one line."""
    line = f"key: {quoted(value)}"
    assert "\n" not in line
    assert yaml.safe_load(line) == {"key": value}


@pytest.mark.parametrize("value", ["a\nb", "caf\u00e9", "\x00", None, object(), 1.5])
def test_what_is_no_plain_value_is_refused(value: object) -> None:
    """Line breaks, other letters, nothing at all, and what is no single value."""
    with pytest.raises((TypeError, ValueError)):
        quoted(value)


def test_a_quoted_list_is_a_list() -> None:
    """In flow form, a secret among its texts."""
    assert yaml.safe_load(quoted(["a", SecretRef("x/y")])) == ["a", "<secret:x/y>"]
