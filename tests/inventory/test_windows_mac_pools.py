"""Hyper-V hosts that would give the same hardware addresses; what is refused is the case `windows_mac_pools`."""

from __future__ import annotations

from pathlib import Path

from bad_cases import CASES, TODAY, lay_out, names_of

from trustctl.inventory import load
from trustctl.model.windows import HypervHost


def test_ranges_that_somebody_sets_by_hand_are_not_ours_to_hold_apart(tmp_path: Path) -> None:
    """The same hosts, and a baseline that gives none of them a range."""
    folder = lay_out(CASES / "windows_mac_pools", tmp_path)
    (folder / "baseline" / "windows.yml").write_text("windows: {hyperv: {mac_pool: false}}\n", encoding="utf-8")
    oak = load(folder, today=TODAY, names_of=names_of).schools["oak"]
    assert sum(isinstance(one, HypervHost) for one in oak.windows.values()) == 3
