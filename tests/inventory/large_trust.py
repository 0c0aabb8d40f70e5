"""A made-up trust of any size, for speed figures: schools of 30 switches, 48 ports each in four entries."""

from __future__ import annotations

import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "inventory"


def write_trust(root: Path, schools: int, switches: int) -> Path:
    """Write an inventory below `root` and return its folder."""
    folder = root / "inventory"
    shutil.copytree(EXAMPLE / "baseline", folder / "baseline")
    shutil.copy(EXAMPLE / "trust.yml", folder / "trust.yml")
    for number in range(schools):
        code = "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0))
        school = folder / "schools" / f"s{code}"
        school.mkdir(parents=True)
        (school / "school.yml").write_text(_school(code, number), encoding="utf-8")
        (school / "switches.yml").write_text(_switches(code, switches), encoding="utf-8")
    return folder


def _school(code: str, number: int) -> str:
    return (
        f"slug: s{code}\nname: School {code}\ncode: {code}\nphase: {'primary' if number % 2 else 'secondary'}\n"
        f"site: {number + 1}\nstage: ensure\n"
        "overrides:\n  - path: vlans.student-wifi.size\n    value: 23\n    reason: Measured need.\n"
        f"legacy:\n  - {{vlan: 2, name: OLD, prefix: 172.16.{number}.0/24, purpose: Old network,"
        f" gateway: 172.16.{number}.1}}\n"
    )


def _switches(code: str, switches: int) -> str:
    text = f"""switches:
  {code}-sw-core-01:
    platform: cisco_ios
    model: C9300-48P
    role: core
"""
    for number in range(1, switches):
        text += f"""  {code}-sw-x{number}-01:
    platform: cisco_ios
    model: WS-C2960X-48FPS-L
    role: access
    position: {number}
    location: Block {number}, floor 1
    ports:
      - {{ports: 1/0/1-20, profile: staff}}
      - {{ports: 1/0/21-36, profile: student}}
      - {{ports: 1/0/37-40, profile: access-point, description: AP {number}}}
      - {{ports: "1/0/41,1/0/43", profile: printer, legacy_vlan: 2}}
    rest: unused
"""
    text += "links:\n" + "".join(
        f"  - {{a: {code}-sw-core-01 1/0/{number}, b: {code}-sw-x{number}-01 1/0/49}}\n"
        for number in range(1, switches)
    )
    return text
