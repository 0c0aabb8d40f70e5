"""Ansible's `cisco.ios` collection against the lab: facts, a change with and without check mode, saving."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec

pytest.importorskip("ansible")
pytestmark = [pytest.mark.peers, pytest.mark.timeout(600)]

NAME = "elder-sw-01"
BOOT = (Path(__file__).parents[1] / "lab" / "data" / "access.cfg").read_text()
FACTS = """
- hosts: all
  gather_facts: false
  tasks:
    - cisco.ios.ios_facts:
        gather_subset: [min, hardware, interfaces, config]
"""
CHANGE = """
- hosts: all
  gather_facts: false
  tasks:
    - cisco.ios.ios_config:
        parents: interface GigabitEthernet1/0/2
        lines:
          - description from a playbook
          - switchport access vlan 10
        save_when: modified
"""
Play = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One access switch for the whole module: each play takes seconds."""
    with Lab([DeviceSpec(NAME, "cisco_ios", serial="FOC1111A111", boot=BOOT, attachment="Gi1/0/48")]) as running:
        yield running


@pytest.fixture
def play(lab: Lab, tmp_path: Path) -> Play:
    """Runs a playbook in a process of its own; the result of its first task."""
    host, port = lab.endpoints[NAME]
    inventory = tmp_path / "hosts.json"
    variables = {
        "ansible_host": host,
        "ansible_port": port,
        "ansible_user": "admin",
        "ansible_password": "correct-horse",
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_network_cli_ssh_type": "paramiko",
        "ansible_host_key_checking": False,
        "ansible_become": True,
        "ansible_become_method": "enable",
    }
    inventory.write_text(json.dumps({"all": {"hosts": {NAME: variables}}}))
    environment = {
        **os.environ,
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(tmp_path / "pc"),
        "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "5",
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "LC_ALL": "C.UTF-8",
    }

    def run(text: str, *options: str) -> dict[str, object]:
        book = tmp_path / "book.yml"
        book.write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), str(book), *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout[done.stdout.index("{") :])
        return report["plays"][0]["tasks"][0]["hosts"][NAME]

    return run


def test_facts(lab: Lab, play: Play) -> None:
    """Serial, model, version, interfaces and the configuration are found."""
    facts = play(FACTS)["ansible_facts"]
    assert facts["ansible_net_hostname"] == NAME
    assert facts["ansible_net_serialnum"] == "FOC1111A111"
    assert facts["ansible_net_model"] == "WS-C2960X-48FPS-L"
    assert facts["ansible_net_version"] == "15.2(7)E8"
    assert "GigabitEthernet1/0/48" in facts["ansible_net_interfaces"]
    assert "vlan 99" in facts["ansible_net_config"]


def test_check_mode_then_change_then_nothing(lab: Lab, play: Play) -> None:
    """Check mode changes nothing and says it would; the change is made and saved; the second run changes nothing."""
    before = lab.running(NAME)
    assert play(CHANGE, "--check")["changed"]
    assert lab.running(NAME) == before
    assert play(CHANGE)["changed"]
    assert "interface GigabitEthernet1/0/2\n description from a playbook\n switchport access vlan 10\n" in lab.running(
        NAME
    )
    assert lab.startup(NAME) == lab.running(NAME)
    assert not play(CHANGE)["changed"]
