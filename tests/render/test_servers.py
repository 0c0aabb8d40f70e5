"""Servers of every system that `os` may name: each has a whole description, in the words of its own system."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from render_estate import SHIPPED

from trustctl.hosts import Description, parse
from trustctl.inventory import load
from trustctl.inventory.file_linux import System
from trustctl.inventory.remarks import remarks
from trustctl.inventory.system_file import systems
from trustctl.render import Renderer

SYSTEMS = get_args(System)
DEBIAN = re.compile(r"\bapt\b|apt-|dpkg|pam-auth-update|/usr/share/pam-configs|unattended|apparmor", re.IGNORECASE)
"""What only systems with apt have."""


def described(name: str, folder: Path) -> tuple[Description, str]:
    """The description of Ash's server if it ran this system, with every role that the system can have, and as text."""
    root = folder / "inventory"
    shutil.copytree(SHIPPED.parent / "inventory", root)
    lacks = dict(systems([SHIPPED])[name].lacks)
    roles = ", ".join(role for role in ("dhcp", "dns", "radius", "syslog") if role not in lacks)
    for path, old, new in (
        ("schools/ash/servers.yml", "os: debian-12", f"os: {name}"),
        ("schools/ash/servers.yml", "roles: [dhcp, dns, radius, syslog]", f"roles: [{roles}]"),
        ("baseline/linux.yml", "systems: [", f"systems: [{name}, " if name not in SYSTEMS[:4] else "systems: ["),
    ):
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    trust = load(root, today=date(2026, 11, 22))
    host = trust.schools["ash"].hosts["ash-srv-01"]
    assert any(name in one.text for one in remarks(trust)) is not host.system.tested
    intended = Renderer([SHIPPED]).render(trust, trust.schools["ash"], host)
    lines = [line.text for line in intended.lines]
    return parse(lines), "\n".join(lines)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_server_of_each_system_is_described(name: str, tmp_path: Path) -> None:
    """The parts that it can have are there; a system without apt is told nothing of apt's world."""
    want, text = described(name, tmp_path)
    lacks = dict(systems([SHIPPED])[name].lacks)
    parts = {one.topic.role for one in want.values()}
    assert {"base", "access", "firewall", "hardening", "updates", "dns", "radius", "syslog"} <= parts
    assert parts.isdisjoint(lacks)
    family = "rhel" if name.partition("-")[0] in {"rhel", "rocky", "almalinux"} else "apt"
    assert bool(DEBIAN.search(text)) is (family == "apt")
    assert (("package", "dnf-automatic") in want) is (family == "rhel")
