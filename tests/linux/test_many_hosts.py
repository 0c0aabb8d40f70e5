"""Twenty servers of which three fail: one clear outcome for each, the others are done, and exit 5."""

from __future__ import annotations

import re

import pytest
from engineer import Engineer
from linux_hosts import StartHosts
from school_servers import open_school, outcomes

from trustctl.lab.faults import Fault

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]

NAMES = tuple(f"oak-srv-{number:02}" for number in range(1, 21))
FAULTS = {
    "oak-srv-03": ("refuse", "unchanged", "refuses the connection|no SSH session"),
    "oak-srv-11": ("disk-full", "refused", "are free on /"),
    "oak-srv-20": ("wrong-password", "refused", "refuses the login of"),
}


def twenty(engineer: Engineer) -> None:
    """Nineteen more servers beside the first."""
    with (engineer.inventory / "schools/oak/servers.yml").open("a", encoding="utf-8") as file:
        for number, name in enumerate(NAMES[1:], 22):
            file.write(f"  {name}:\n    kind: linux\n    os: debian-12\n    position: {number}\n    roles: []\n")


def test_three_of_twenty_fail_and_the_others_are_done(
    start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Trouble comes between the plan and its apply; afterwards the healed ones take what they missed."""
    school = open_school("oak", start_hosts, tmp_path_factory.mktemp("twenty"), twenty)
    planned = school.plan("--only", "Banner")
    assert planned.code == 0, str(planned)
    for name, (fault, _, _) in FAULTS.items():
        school.lab.break_(name, Fault.parse(fault))
    done = school.apply()
    assert done.code == 5, str(done)
    shall = {name: FAULTS[name][1] if name in FAULTS else "applied" for name in NAMES}
    assert outcomes(done) == shall, str(done)
    assert isinstance(done.json, dict)
    said = {one["device"]: one["detail"] for one in done.json["outcomes"]}
    for name, (_, _, told) in FAULTS.items():
        assert re.search(told, said[name]), said[name]
        school.lab.heal(name)
    assert school.plan("--only", "Banner").code == 0
    again = school.apply()
    assert outcomes(again) == dict.fromkeys(FAULTS, "applied"), str(again)
