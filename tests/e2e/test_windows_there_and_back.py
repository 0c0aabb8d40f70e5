"""The Windows hosts of a school from delivery to standard and back, as an engineer types it, on the lab.

What is said is held to what the lab's hosts hold: it knows neither plan nor journal. Nothing of it is seen on Windows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from engineer import Done, Engineer, example_trust, one_clear_error
from windows_site import (
    CONTROLLER,
    HYPERVISOR,
    LONG,
    SERVER,
    applied,
    edited,
    holds,
    lab,
    moved,
    planned,
    report,
    rolled_back,
    runs,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * LONG)]

HOSTS = (HYPERVISOR, SERVER, CONTROLLER)
ATTENDED = (HYPERVISOR, SERVER)
MEMBERS = f"/({HYPERVISOR}|{SERVER}) "
STAYS = {
    rf"{MEMBERS}(System/domain|Accounts/groups/users/members)$": "the membership of a domain",
    rf"{MEMBERS}Features/(alive|installed)$": "the feature (2): ",
    rf"/{HYPERVISOR} VmHost/": "the Hyper-V settings",
    rf"/{HYPERVISOR} (Machines/machines|Disks)/": "the virtual machine (2): OAK-DC-01; OAK-FS-01",
    rf"/{HYPERVISOR} (Switches/switches/trust|Network/adapters/nic[12]/switch)$": "the virtual switch: TRUST",
    rf"/{HYPERVISOR} Network/interfaces/": "the network adapter: vEthernet (Management)",
    r"/KV-DC-01.oak DhcpServer/": "the DHCP scope (15): ",
    r"/KV-DC-01.oak DnsServer/": "the DNS zone (2): ",
    r"/KV-DC-01.oak Forest/laps_self$": "the delegation (3): ",
    r"/KV-DC-01.oak Forest/(entries|links|sites|subnets)/": "the Active Directory site: OAK",
    r"/[^/]* directories/": "the organizational unit (6): ",
}
"""Where the lab's hosts are not as before the run, and what says so. A registry key that was made stays, empty."""
_KEY = re.compile(r"/[^/]* Registry/keys/")
_STARTED = re.compile(r" (Machines/machines/[^/]*/state|VmHost/numa_active)$")
"""What another restart of a Hyper-V host moves by itself."""


@dataclass(frozen=True)
class Story:
    """How each command ended, and what the hosts held in between."""

    engineer: Engineer
    done: Mapping[str, Done]
    held: Mapping[str, dict[str, Any]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All of it, one command after another."""
    site = example_trust(tmp_path_factory.mktemp("windows") / "trust")
    done: dict[str, Done] = {}
    held: dict[str, dict[str, Any]] = {}
    with lab(site):
        held["delivered"] = holds(site, *HOSTS)
        done["plan"] = planned(site, *HOSTS, more=("--out", "school.json"))
        done["apply"] = applied(site, "school.json", *ATTENDED)
        held["standard"] = holds(site, *HOSTS)
        done["again"] = planned(site, *HOSTS, more=("--detailed-exitcode",))
        edited(site, SERVER, 'ansible.windows.win_timezone  timezone="UTC"')
        held["by hand"] = holds(site, *HOSTS)
        only = ("oak", "--lab", "--limit", SERVER)
        done["drift"] = site.run("drift", *only, "--detailed-exitcode", patience=LONG)
        done["heal plan"] = planned(site, SERVER, more=("--out", "heal.json"))
        done["heal"] = applied(site, "heal.json")
        held["healed"] = holds(site, *HOSTS)
        first, heal = reversed(runs(site))
        done["heal back"] = rolled_back(site, heal)
        held["heal back"] = holds(site, *HOSTS)
        done["heal forth"] = rolled_back(site, runs(site)[0])
        held["heal forth"] = holds(site, *HOSTS)
        done["nobody there"] = site.run("rollback", first, "--lab")
        held["nobody there"] = holds(site, *HOSTS)
        done["back"] = rolled_back(site, first, *ATTENDED)
        held["back"] = holds(site, *HOSTS)
        done["back again"] = rolled_back(site, first, *ATTENDED)
        done["after"] = planned(site, *HOSTS, more=("--out", "after.json"))
        done["forth"] = applied(site, "after.json", *ATTENDED)
        held["forth"] = holds(site, *HOSTS)
        done["status"] = site.run("lab", "status", "--json")
    return Story(site, done, held)


def test_the_school_is_brought_to_standard(story: Story) -> None:
    """Planned, applied and verified; a second plan is empty; the lab met nothing that it does not model."""
    assert story.done["plan"].code == 0, str(story.done["plan"])
    first = report(story.engineer, "school.json")
    assert [len(first[name]["changes"]) > least for name, least in zip(HOSTS, (50, 45, 30), strict=True)] == [True] * 3
    assert story.done["apply"].code == 0, str(story.done["apply"])
    assert "3 applied and verified" in story.done["apply"].out
    assert story.done["again"].code == 0, str(story.done["again"])
    assert '"bugs": [' in story.done["status"].out
    assert not re.search(r'"bugs": \[[^\]]', story.done["status"].out), story.done["status"].out


def test_a_change_by_hand_is_drift_and_is_put_back(story: Story) -> None:
    """Drift names what is and what should be; the next apply leaves nothing of it."""
    one_clear_error(story.done["drift"], 2, "drift on 1 of 1 device", 'is timezone: "UTC"', 'should timezone: "GMT')
    assert story.done["heal"].code == 0, str(story.done["heal"])
    assert moved(story.held["standard"], story.held["healed"]) == []


def test_a_run_is_taken_back_and_so_is_the_taking_back(story: Story) -> None:
    """Exactly what was there before it, by hand or not; a rollback is a run like any other."""
    for name in ("heal back", "heal forth"):
        one_clear_error(story.done[name], 0, "1 change taken back", "it reads back as before that run")
    assert moved(story.held["by hand"], story.held["heal back"]) == []
    assert moved(story.held["standard"], story.held["heal forth"]) == []


def test_without_somebody_at_the_console_nothing_is_sent(story: Story) -> None:
    """It is said before anything is asked, and there is nothing to ask then: failed, nothing changed (3)."""
    done = story.done["nobody there"]
    one_clear_error(done, 3, "1 unchanged; 2 refused, nothing sent", f"rollback with --console-present {SERVER} while")
    shown = " ".join(done.err.split())
    assert f"{SERVER} will be refused" in shown
    assert f"{CONTROLLER} 0 lines What stays, and why:" in shown
    assert "send these lines" not in shown
    assert moved(story.held["standard"], story.held["nobody there"]) == []


def test_the_rollback_says_of_each_host_what_stays(story: Story) -> None:
    """In part (5); of the controller nothing can be taken back, which is no success (`unchanged`)."""
    back = story.done["back"]
    one_clear_error(back, 5, "1 unchanged; 2 applied in part", f"{CONTROLLER} unchanged nothing that the run changed")
    assert max(map(len, back.out.splitlines())) <= 100
    parts = back.out.split(f"  {SERVER}  applied in part")
    for part in (parts[0].split(f"{CONTROLLER}  unchanged")[1], *parts[1].split(f"  {HYPERVISOR}  applied in part")):
        assert "What stays, and why:" in " ".join(part.split())
    assert len(re.findall(r"\d+ changes taken back without a timer", back.out)) == 2


def test_what_is_not_as_before_is_what_was_said_to_stay(story: Story) -> None:
    """The lab's hosts hold what they held, but for that; and of each thing that was said to stay something does."""
    said = " ".join(story.done["back"].out.split())
    left = moved(story.held["delivered"], story.held["back"])
    found = {path: words for path in left for pattern, words in STAYS.items() if re.match(pattern, path)}
    unsaid = [path for path in left if path not in found and not _emptied(story, path)]
    assert unsaid == []
    assert set(found.values()) == set(STAYS.values())
    assert [words for words in found.values() if words not in said] == []


def _emptied(story: Story, path: str) -> bool:
    """Whether this is a registry key that the run made, and that has no value any more."""
    part, _, key = path[1:].partition("/keys/")
    return bool(_KEY.match(path)) and not story.held["back"][part]["keys"][key]["values"]


def test_to_take_it_back_twice_changes_nothing(story: Story) -> None:
    """Each host says that it is done; nothing is sent."""
    again = story.done["back again"]
    one_clear_error(again, 5, "1 unchanged; 2 refused, nothing sent", "the host already has what it had before the run")
    assert "plan again, and review the new plan" not in again.out


def test_the_way_forth_is_open_again(story: Story) -> None:
    """A new plan asks for all that was taken back, and for nothing that stayed; applied, the hosts are as they were."""
    assert story.done["after"].code == 0, str(story.done["after"])
    first, after = (report(story.engineer, file) for file in ("school.json", "after.json"))
    stayed = {"Features", "Domain", "Hyper-V features", "Hyper-V host", "Virtual switches", "Virtual machines"}
    for name in (HYPERVISOR, SERVER):
        topics, left = ({one["topic"] for one in plan[name]["changes"]} for plan in (first, after))
        assert topics - left <= {*stayed, "Network"}
        assert not left & stayed
    assert after[CONTROLLER]["changes"] == []
    assert story.done["forth"].code == 0, str(story.done["forth"])
    left = moved(story.held["standard"], story.held["forth"])
    assert [path for path in left if not _STARTED.search(path)] == []
