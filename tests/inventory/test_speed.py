"""How fast a large trust loads: reported, never asserted on the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bad_cases import TODAY
from large_trust import write_trust

from trustctl.inventory import load


def test_a_large_trust_loads_and_its_time_is_reported(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """100 schools with 3,000 switches resolve; the wall time goes to the report (aim: under 3 s)."""
    folder = write_trust(tmp_path, schools=100, switches=30)
    started = time.perf_counter()
    trust = load(folder, today=TODAY)
    record_testsuite_property("inventory_3000_devices_seconds", round(time.perf_counter() - started, 2))
    switches = trust.switches()
    assert len(trust.schools) == 100
    assert len(switches) == 3000
    assert len({switch.address for switch in switches}) == 3000
    access = trust.schools["saab"].switches["aab-sw-x7-01"]
    assert access.stage == "ensure"
    assert len(access.ports) == 52
