"""Wireless networks have numbers of their own: two in one VLAN are two networks on a controller that numbers them."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

from trustctl.inventory import load
from trustctl.render import Renderer

REPO = Path(__file__).parents[2]
MINIMAL = REPO / "tests/inventory/minimal"
NETWORK = "  student: {name: trust-student, purpose: Students, security: 802.1x, vlan: student-wifi}\n"
CONTROLLER = "controllers:\n  oak-wlc-01: {platform: cisco_9800, model: C9800-L-F-K9, position: 20}\n"


def _numbers(folder: Path, networks: str) -> list[tuple[str, str]]:
    """Name and number of each network as the controller is told."""
    shutil.copytree(MINIMAL, folder)
    baseline = folder / "baseline/all.yml"
    text = baseline.read_text(encoding="utf-8")
    assert NETWORK in text
    baseline.write_text(text.replace(NETWORK, networks), encoding="utf-8")
    (folder / "schools/oak/wireless.yml").write_text(CONTROLLER, encoding="utf-8")
    trust = load(folder, today=date(2026, 9, 1))
    school = trust.schools["oak"]
    text = Renderer([REPO / "templates"]).render(trust, school, school.controllers["oak-wlc-01"]).text
    return re.findall(r'^wlan "(\S+)" (\d+) ', text, re.MULTILINE)


def test_two_networks_in_one_vlan_have_two_numbers(tmp_path: Path) -> None:
    """The VLAN is no number of a network: what is one place in the list is one number."""
    second = NETWORK.replace("student:", "exam:").replace("trust-student", "trust-exam")
    assert _numbers(tmp_path / "a", NETWORK + second) == [("trust-student", "101"), ("trust-exam", "102")]


def test_a_written_number_stays_when_the_list_changes(tmp_path: Path) -> None:
    """With its number written down a network keeps it, whatever stands before it."""
    written = NETWORK.replace("student-wifi}", "student-wifi, number: 107}")
    first = NETWORK.replace("student:", "exam:").replace("trust-student", "trust-exam")
    assert ("trust-student", "107") in _numbers(tmp_path / "a", written)
    assert ("trust-student", "107") in _numbers(tmp_path / "b", first + written)
