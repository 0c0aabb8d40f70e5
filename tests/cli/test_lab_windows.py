"""Which Windows hosts the lab is told to start for the example trust, and as what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trustctl.cli.lab_windows import known_as, lab_names, libraries, startable, windows_specs
from trustctl.cli.workspace import Workspace
from trustctl.lab.windows.documents import installed
from trustctl.lab.windows.spec import WindowsSpec, specs_of

_INVENTORY = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The example trust with its made-up passwords."""
    secrets = tmp_path / "secrets.yml"
    shutil.copy(_INVENTORY / "lab-secrets.example.yml", secrets)
    secrets.chmod(0o600)
    return Workspace(_INVENTORY, secrets)


def test_a_school_has_its_hosts_and_the_domains_controllers(workspace: Workspace) -> None:
    """As they are delivered: in a workgroup, with nothing installed; the controllers as they run."""
    found = {spec.name: spec for spec in windows_specs(workspace, ("oak",))}
    assert set(found) == {"OAK-HV-01", "OAK-FS-01", "KV-DC-01", "KV-DC-02"}
    host = found["OAK-HV-01"]
    assert (host.domain, host.features, host.edition) == ("", (), "core")
    assert host.adapters[0].addresses == ("10.11.20.11/24",)
    assert host.adapters[0].gateway == "10.11.20.1"
    assert host.adapters[0].management
    assert host.memory_bytes == 128 * 1024**3
    assert len({card.mac for spec in found.values() for card in spec.adapters}) == 5
    controller = found["KV-DC-01"]
    assert controller.directory is not None
    assert "DHCP" in controller.features
    assert next(one for one in controller.directory.accounts if one.name == "svc-join").joins == ("OU=Schools",)


def test_what_it_is_told_can_be_written_and_read(workspace: Workspace) -> None:
    """It goes to the background process as a file."""
    specs = windows_specs(workspace, ())
    assert specs_of([one.as_json() for one in specs]) == specs


def test_the_trusts_server_is_one_host_for_all_schools(workspace: Workspace) -> None:
    """Each school's view of it leads there."""
    names = lab_names(workspace, ())
    assert names["KV-DC-01.oak"] == names["KV-DC-01.ash"] == "KV-DC-01"
    assert names["OAK-HV-01"] == "OAK-HV-01"


@pytest.mark.parametrize(
    ("name", "found"), [("KV-DC-01.oak", "KV-DC-01"), ("OAK-HV-01", "OAK-HV-01"), ("other.oak", "other.oak")]
)
def test_a_fault_reaches_the_host_behind_a_name(name: str, found: str) -> None:
    """`trustctl lab break KV-DC-01.oak off`."""
    assert known_as(name, {"KV-DC-01", "OAK-HV-01"}) == found


def test_every_role_with_modules_of_its_own_is_handed_over(workspace: Workspace) -> None:
    """So that the lab can tell a script from another."""
    modules = {path.stem for folder in libraries(workspace) for path in folder.glob("*.ps1")}
    assert {"trust_vm", "trust_network", "trust_dhcp_scope"} <= modules


def test_without_the_extra_they_are_left_out_and_the_rest_of_the_lab_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the name of the extra."""
    specs = (WindowsSpec("OAK-01"),)
    assert startable(specs) == (specs, {})
    installed.cache_clear()
    monkeypatch.setattr("sys.path", [])
    left, why = startable(specs)
    installed.cache_clear()
    assert left == ()
    assert "trustctl[windows]" in why["OAK-01"]
