"""scrapli's IOS-XE driver against the lab, with the state on the switch checked afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec

driver = pytest.importorskip("scrapli.driver.core")
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

NAME = "elder-sw-01"
BOOT = (Path(__file__).parents[1] / "lab" / "data" / "access.cfg").read_text()


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One access switch."""
    with Lab([DeviceSpec(NAME, "cisco_ios", serial="FOC1111A111", boot=BOOT, attachment="Gi1/0/48")]) as running:
        yield running


@pytest.fixture(params=["paramiko", "system"])
def connection(lab: Lab, request: pytest.FixtureRequest) -> Iterator[object]:
    """A scrapli connection over each transport."""
    host, port = lab.endpoints[NAME]
    opened = driver.IOSXEDriver(
        host=host,
        port=port,
        auth_username="admin",
        auth_password="correct-horse",
        auth_strict_key=False,
        transport=request.param,
        ssh_config_file=False,
        ssh_known_hosts_file="/dev/null",
    )
    opened.open()
    yield opened
    # scrapli says `exit` and then closes its channel: the device may have closed the connection by then
    with contextlib.suppress(EOFError):
        opened.close()


def test_reading(lab: Lab, connection) -> None:
    """A command comes back whole, and a wrong one is marked as failed."""
    shown = connection.send_command("show running-config")
    assert not shown.failed
    assert lab.running(NAME).strip() in shown.result
    assert connection.send_command("show nonsense").failed


def test_changing(lab: Lab, connection) -> None:
    """Lines take effect, a refused one is marked, saving asks for the file name."""
    pushed = connection.send_configs(["vlan 30", " name VOICE", "interface Gi1/0/2", " switchport access vlan 30"])
    assert not pushed.failed
    assert "\nvlan 30\n name VOICE\n" in lab.running(NAME)
    assert connection.send_configs(["nonsense"]).failed
    saved = connection.send_interactive(
        [("copy running-config startup-config", "Destination filename [startup-config]?"), ("\n", f"{NAME}#")]
    )
    assert "[OK]" in saved.result
    assert lab.startup(NAME) == lab.running(NAME)
