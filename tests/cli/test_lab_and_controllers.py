"""What the lab cannot simulate, or has no endpoint, is that device's own trouble."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from trustctl.cli.dialling import Dial
from trustctl.cli.lab_files import boots
from trustctl.cli.planning import observe_live
from trustctl.cli.workspace import Workspace
from trustctl.engines.network import Pin, save_pins
from trustctl.errors import UnreachableError, WrongDeviceError
from trustctl.lab.makes import known

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The example trust with its made-up passwords."""
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "secrets.yml"
    store.write_text((ROOT / "inventory" / "lab-secrets.example.yml").read_text(encoding="utf-8"), encoding="utf-8")
    store.chmod(0o600)
    return Workspace(ROOT / "inventory", store)


def test_the_lab_boots_what_it_can_simulate(workspace: Workspace) -> None:
    """Every captured device of a mixed school whose make the lab has, and no other."""
    devices = workspace.trust.schools["elder"].devices.values()
    assert set(boots(workspace, ("elder",))) == {
        device.name for device in devices if device.captured and device.platform in known()
    }


def test_a_device_without_an_endpoint_is_unreachable_by_itself(workspace: Workspace) -> None:
    """The others would still be read."""
    school = workspace.trust.schools["oak"]
    switch = school.switches["oak-sw-a1-01"]
    with pytest.raises(UnreachableError, match="no endpoint"):
        Dial(contacts={}).target(workspace, switch)
    (found,) = observe_live(workspace, ((school, switch),), Dial(contacts={})).values()
    assert isinstance(found, UnreachableError)


def test_a_device_that_was_adopted_as_another_model_is_not_dialled(workspace: Workspace, tmp_path: Path) -> None:
    """The inventory's model decides what is written: it has to be the one that the device said."""
    copy = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", copy)
    pin = Pin("FOC0000A001", "ssh-ed25519 AAAA", "SHA256:" + "x" * 43, "C9300-24P", date(2026, 11, 22))
    save_pins(copy / "pins.yml", {"oak-sw-a1-01": pin})
    here = Workspace(copy, workspace.secrets_file)
    switch = here.trust.schools["oak"].switches["oak-sw-a1-01"]
    with pytest.raises(WrongDeviceError, match="adopted as a C9300-24P, the inventory has C9200L-24P-4G"):
        Dial().adopted(here, switch)
    save_pins(copy / "pins.yml", {"oak-sw-a1-01": replace(pin, model=switch.model)})
    assert Dial().adopted(Workspace(copy, workspace.secrets_file), switch).serial == pin.serial
