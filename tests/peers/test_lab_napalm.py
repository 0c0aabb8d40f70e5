"""NAPALM's `ios` driver against the lab, by SCP and inline, with the state on the switch checked afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec

napalm = pytest.importorskip("napalm")
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

NAME = "elder-sw-01"
BOOT = (Path(__file__).parents[1] / "lab" / "data" / "access.cfg").read_text()
MERGE = "vlan 30\n name VOICE\ninterface GigabitEthernet1/0/1\n switchport voice vlan 30\nend\n"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One access switch."""
    with Lab(
        [DeviceSpec(NAME, "cisco_ios", serial="FOC1111A111", boot=BOOT, attachment="Gi1/0/48")], minute_seconds=0.5
    ) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["scp", "inline"])
def driver(lab: Lab, request: pytest.FixtureRequest) -> Iterator[object]:
    """A NAPALM connection, once for each way to bring a file over."""
    host, port = lab.endpoints[NAME]
    options = {"port": port, "inline_transfer": request.param}
    opened = napalm.get_network_driver("ios")(host, "admin", "correct-horse", optional_args=options)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def reader(lab: Lab) -> Iterator[object]:
    """A NAPALM connection that moves no files."""
    host, port = lab.endpoints[NAME]
    opened = napalm.get_network_driver("ios")(host, "admin", "correct-horse", optional_args={"port": port})
    opened.open()
    yield opened
    opened.close()


def test_reading(lab: Lab, reader) -> None:
    """Configurations and facts come back whole."""
    got = reader.get_config()
    assert lab.running(NAME).strip() in got["running"]
    assert "hostname elder-sw-01" in got["startup"]
    facts = reader.get_facts()
    assert facts["hostname"] == NAME
    assert facts["serial_number"] == "FOC1111A111"
    assert facts["model"] == "WS-C2960X-48FPS-L"
    assert facts["os_version"].startswith("C2960X Software")
    assert facts["fqdn"] == f"{NAME}.elder.example"
    assert "GigabitEthernet1/0/48" in facts["interface_list"]


def test_merge(lab: Lab, driver) -> None:
    """Load, compare, commit: the lines are in running and in startup."""
    driver.load_merge_candidate(config=MERGE)
    assert lab.file(NAME, "flash:/merge_config.txt").decode().rstrip() == MERGE.rstrip()
    diff = driver.compare_config()
    assert "+vlan 30" in diff
    assert "+ switchport voice vlan 30" in diff
    assert "vlan 30" not in lab.running(NAME)
    driver.commit_config()
    assert "\n switchport voice vlan 30\n" in lab.running(NAME)
    assert "\nvlan 30\n name VOICE\n" in (lab.startup(NAME) or "")
    driver.load_merge_candidate(config=MERGE)
    assert driver.compare_config() == ""


def test_discard(lab: Lab, reader) -> None:
    """Discarding leaves the configuration alone."""
    before = lab.running(NAME)
    reader.load_merge_candidate(config=MERGE)
    reader.discard_config()
    reader.close()
    assert lab.running(NAME) == before
    reader.open()


def test_replace_compare(lab: Lab, reader) -> None:
    """The contextual difference of a whole candidate shows both signs."""
    candidate = reader.get_config(retrieve="running")["running"]
    candidate = candidate[candidate.index("version") :].replace("desk in the office", "desk in the library")
    reader.load_replace_candidate(config=candidate)
    diff = reader.compare_config()
    assert "interface GigabitEthernet1/0/1" in diff
    assert " -description desk in the office" in diff
    assert " +description desk in the library" in diff
    reader.commit_config()
    assert "desk in the library" in lab.running(NAME)


def test_commit_confirm(lab: Lab, reader) -> None:
    """NAPALM sees its own pending commit, and confirms it."""
    reader.load_merge_candidate(config=MERGE)
    reader.commit_config(revert_in=600)
    assert reader.has_pending_commit()
    reader.confirm_commit()
    assert not reader.has_pending_commit()
    assert "vlan 30" in (lab.startup(NAME) or "")
