"""Trouble in the middle of an apply to Windows hosts: one clear error each, nothing half done that is not told.

Afterwards a plan says where the host stands, and a second apply heals it. On the lab's hosts, whose own state is what
the words are held to. Nothing of it is seen on Windows.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from engineer import Engineer, example_trust, one_clear_error
from windows_site import (
    CONTROLLER,
    HYPERVISOR,
    LONG,
    SERVER,
    applied,
    applied_under,
    broken,
    holds,
    lab,
    moved,
    planned,
    report,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * LONG)]
FEATURES = f"{SERVER} Features"
DOMAIN = f"{SERVER} System"
_GONE = {CONTROLLER: "off", "KV-DC-02": "off"}
"""No controller of the domain has power."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engineer]:
    """The hosts as they are delivered, and the school's units in the directory; each test heals what it broke."""
    with lab(example_trust(tmp_path_factory.mktemp("windows") / "trust")) as engineer:
        _plan(engineer, CONTROLLER, "Directory")
        assert applied(engineer, "plan.json").code == 0
        yield engineer


def _plan(site: Engineer, devices: str, *topics: str, more: tuple[object, ...] = ()) -> Mapping[str, Any]:
    """Plan these topics of these hosts into `plan.json`; each host's changes, as text."""
    only = (word for topic in topics for word in ("--only", topic))
    done = planned(site, devices, more=(*only, "--out", "plan.json", *more))
    assert done.code == 0, str(done)
    return {name: [one["summary"] for one in host["changes"]] for name, host in report(site, "plan.json").items()}


def _empty_keys(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a host holds without registry keys that have no value: those stay, and change nothing."""
    return {
        part: {key: one for key, one in held["keys"].items() if one["values"]} if part.endswith(" Registry") else held
        for part, held in state.items()
    }


@pytest.mark.parametrize(
    ("fault", "topics", "task"),
    [
        ("drop-before=trust_power_plan", ("Audit policy", "Power"), "Power"),
        ("drop-after=ansible.windows.win_regedit", ("Updates", "Event logs"), "Updates"),
    ],
)
def test_a_connection_that_is_lost_in_one_of_two_hosts(
    site: Engineer, fault: str, topics: tuple[str, ...], task: str
) -> None:
    """It is set back and reads as before (4), whether or not the task was carried out; the other host is done (0)."""
    wanted = _plan(site, f"{SERVER},{HYPERVISOR}", *topics)
    assert wanted[SERVER]
    assert wanted[HYPERVISOR]
    before = holds(site, SERVER)
    done = applied_under(site, "plan.json", SERVER, {SERVER: fault})
    one_clear_error(
        done,
        5,
        f"{SERVER} rolled back and verified",
        f"the connection was lost in the middle of `{task} | ",
        f"{HYPERVISOR} applied and verified",
    )
    assert "HTTPSConnectionPool" not in done.out
    assert moved(_empty_keys(before), _empty_keys(holds(site, SERVER))) == []
    left = _plan(site, f"{SERVER},{HYPERVISOR}", *topics)
    assert left == {SERVER: wanted[SERVER], HYPERVISOR: []}
    again = applied(site, "plan.json")
    one_clear_error(again, 0, "1 applied and verified")
    assert _plan(site, SERVER, *topics)[SERVER] == []


def test_a_slow_task_that_goes_on_without_us_is_unknown_until_it_is_read(site: Engineer) -> None:
    """Two readings alike do not prove that Windows has given a feature up (6); the plan that follows reads it."""
    assert _plan(site, SERVER, "Features")[SERVER]
    done = applied_under(site, "plan.json", SERVER, {SERVER: "outlives=180:trust_feature"})
    one_clear_error(
        done,
        6,
        f"{SERVER} unknown",
        "the connection was lost in the middle of `Features | ",
        "was under way when the connection was lost, may take minutes, and may still be",
        "Plan again to see where it stands",
    )
    for _ in range(240):
        if "FS-FileServer" in holds(site, SERVER)[FEATURES]["installed"]:
            break
        time.sleep(1.0)
    assert _plan(site, SERVER, "Features")[SERVER] == ["change the feature FS-Resource-Manager: installed"]
    again = applied(site, "plan.json")
    assert again.code == 0, str(again)
    assert _plan(site, SERVER, "Features")[SERVER] == []


def test_joins_that_fail_and_the_one_that_follows(site: Engineer) -> None:
    """Windows says so at the join alone: what was done before it is set back (4), and the next apply joins it."""
    topics = ("Authentication", "Domain")
    wanted = _plan(site, SERVER, *topics)
    before = holds(site, SERVER)
    wrong = site.repository.parent / "wrong.yml"
    shutil.copy(site.secrets, wrong)
    known = yaml.safe_load(wrong.read_text(encoding="utf-8"))
    wrong.write_text(yaml.safe_dump({**known, "ad/join": "N0t-the-password"}), encoding="utf-8")
    by = ("--secrets", wrong)
    assert _plan(site, SERVER, *topics, more=by) == wanted
    refused = applied(site, "plan.json", SERVER, more=by)
    told = ("`Domain | Be a member of the domain` failed", "The user name or password is incorrect")
    one_clear_error(refused, 4, f"{SERVER} rolled back and verified", *told)
    assert "N0t-the-password" not in refused.out + refused.err
    assert _plan(site, SERVER, *topics) == wanted
    for who, fault in _GONE.items():
        broken(site, who, fault)
    try:
        alone = applied(site, "plan.json", SERVER)
    finally:
        for who in _GONE:
            broken(site, who, "heal")
    one_clear_error(alone, 4, f"{SERVER} rolled back and verified", "`Domain | ", "ad.kestrelvale.example")
    assert moved(_empty_keys(before), _empty_keys(holds(site, SERVER))) == []
    assert _plan(site, SERVER, *topics) == wanted
    joined = applied(site, "plan.json", SERVER)
    one_clear_error(joined, 0, "1 applied and verified", "with a restart of Windows")
    assert holds(site, SERVER)[DOMAIN]["domain"] == "ad.kestrelvale.example"
