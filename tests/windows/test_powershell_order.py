"""What a script does in which order, and what it calls things, where a school would feel it. None of it was run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from trustctl.inventory.file_windows import Service
from trustctl.lab.windows.model.machines import SERVICES

ROLES = Path(__file__).parents[2] / "roles"
VM = "hyperv_vm/library/trust_vm.ps1"
SCOPE = "dhcp_scopes/library/trust_dhcp_scope.ps1"
REPLICA = "hyperv_host/library/trust_replica.ps1"
NETWORK = "windows_facts/library/trust_network.ps1"
SWITCH = "hyperv_host/library/trust_vswitch.ps1"


def _text(script: str) -> str:
    """The script without its comments."""
    lines = (ROLES / script).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _body(script: str, function: str) -> str:
    """The text of one of its functions."""
    found = re.search(rf"^function {function} \{{\n(.*?)^\}}", _text(script), re.MULTILINE | re.DOTALL)
    assert found, f"{script} has no function {function}"
    return found[1]


ORDERS = [
    # an adapter that is new to a running machine would else be untagged for a moment: in the host's own network
    (VM, "Set-Adapter", ("Add-VMNetworkAdapter", "Set-VlanBefore", "Connect-Adapter", "Set-OneAdapter")),
    # nobody reaches a host whose address is on no adapter: it is kept before, and put back if it does not come
    (SWITCH, "Add-Switch", ("Get-TcpIp", "New-VMSwitch", "Set-Heir")),
    (SWITCH, "Set-Heir", ("Rename-VMNetworkAdapter", "Wait-Address", "Restore-Address")),
    # a lease that has not gone yet would pass for the address that is wanted
    (NETWORK, "", ("Set-NetIPInterface", "Clear-Lease", "Add-Address", "Set-Gateway", "Remove-Address")),
    # between the two somebody could lease the address of a printer
    (SCOPE, "Add-Exclusion", ("Test-Across", "Remove-DhcpServerv4ExclusionRange", "Add-DhcpServerv4ExclusionRange")),
    (SCOPE, "", ("Add-Exclusion", "Remove-Exclusion", "Set-DhcpServerv4Scope", "Add-Exclusion", "Remove-Exclusion")),
]


@pytest.mark.parametrize(("script", "function", "order"), ORDERS, ids=[each[1] or "set" for each in ORDERS])
def test_a_script_does_things_in_a_safe_order(script: str, function: str, order: tuple[str, ...]) -> None:
    """Each command stands behind the one before it; of what stands outside functions the part that sets."""
    text = _body(script, function) if function else _text(script).partition("if ($module.CheckMode)")[2]
    at = 0
    for command in order:
        found = re.compile(rf"(?<!function )\b{command}\b").search(text, at)
        assert found, f"{command} does not stand behind what comes before it"
        at = found.end()


def test_an_adapter_has_its_vlan_set_in_one_place() -> None:
    """Before it is connected and after: the same words."""
    assert "Set-AdapterVlan" in _body(VM, "Set-VlanBefore")
    assert "Set-AdapterVlan" in _body(VM, "Set-OneAdapter")
    assert "Set-VMNetworkAdapterVlan" not in _body(VM, "Set-OneAdapter")


def test_integration_services_are_known_by_their_ids() -> None:
    """Their names are in the language of Windows; inventory, lab and script know the same six."""
    pairs = re.findall(r"^    '([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})' = '([^']+)'$", _text(VM), re.MULTILINE)
    assert len({guid for guid, _ in pairs}) == len(pairs)
    assert sorted(name for _, name in pairs) == sorted(get_args(Service)) == sorted(SERVICES)
    assert _text(VM).count("Get-VMIntegrationService") == _text(VM).count("Get-ServiceName -Service $_")


def test_what_stands_for_every_server_is_no_server() -> None:
    """The entries are asked for in one place, which leaves it out."""
    assert _text(REPLICA).count("Get-VMReplicationAuthorizationEntry") == 1
    assert "-ne '*'" in _body(REPLICA, "Get-Entry")


@pytest.mark.parametrize("script", [NETWORK, SWITCH])
def test_the_way_in_is_found_by_the_listeners_ports(script: str) -> None:
    """Whatever port the server is reached at; nobody is told that there is no way in because it could not be read."""
    body = _body(script, "Get-WayIn")
    assert "winrm/config/listener" in body
    assert "SilentlyContinue" not in body
    assert not re.search(r"\b(?:22|5985|5986)\b", body)


def test_the_wait_for_hyper_v_is_the_same_in_each_script() -> None:
    """A module is sent alone and holds all that it needs, so the function stands in each; only the cmdlet differs."""
    scripts = [
        path for path in ROLES.glob("*/library/*.ps1") if "function Test-HyperV" in path.read_text(encoding="utf-8")
    ]
    bodies = {re.sub(r"-Name 'Get-VM\w*'", "", _body(str(path.relative_to(ROLES)), "Test-HyperV")) for path in scripts}
    assert (len(scripts), len(bodies)) == (4, 1)


def test_a_host_adapter_in_a_trunk_is_refused_with_what_to_do() -> None:
    """Read as one VLAN it would be taken out of the others without a word."""
    body = _body(SWITCH, "Get-ManagementAdapter")
    assert "put it in one, then plan again" in body
    assert body.index("throw") < body.index("host_address")
