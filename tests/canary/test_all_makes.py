"""The whole canary story on a device of every make, with what takes its time."""

from __future__ import annotations

from pathlib import Path

import pytest
from canary_site import open_story
from story import go_wrong, go_wrong_slowly, tell

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

DEVICES = {
    "cisco_ios": "oak-sw-b1-01",
    "aruba_aos_s": "eld-sw-b1-01",
    "aruba_aos_cx": "eld-sw-art-01",
    "aruba_instant": "eld-wlc-01",
    "cisco_9800": "oak-wlc-01",
}


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_nothing_holds_a_secret(device: str, tmp_path: Path) -> None:
    """0 hits in every artefact, and the device was sent the RADIUS key and let us in."""
    with open_story(tmp_path, (device,)) as told:
        run = tell(told)
        go_wrong(told, run)
        go_wrong_slowly(told)
        sent = "\n".join(entry.line for entry in told.field.lab.log(device))
        assert told.values["radius/shared-key"] in sent
        assert told.field.lab.counters(device)["logins"] > 5
        leaks, artefacts = told.leaks()
    print(f"{device}: {len(told.values)} canaries, {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert leaks == []
