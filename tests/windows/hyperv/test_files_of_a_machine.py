"""A virtual machine that goes leaves the files of its disks: plan and way back name them."""

from __future__ import annotations

from pathlib import Path

from trustctl.model.plan import Rule
from trustctl.windows.asked import Asked
from trustctl.windows.changes import changes
from trustctl.windows.reading import way_back
from trustctl.windows.text import Resource
from trustctl.windows.topics import load_topics

DISKS = [r"D:\Disks\OAK-FS-01.vhdx", r"E:\Shares\OAK-FS-01-data.vhdx"]
THERE = Resource("trust_vm", "OAK-FS-01", {"generation": 2, "disks": [{"path": one} for one in DISKS], "power": "Off"})
BARE = Resource("trust_vm", "OAK-FS-01", {"generation": 2, "disks": [], "power": "Off"})
GONE = Resource("trust_vm", "OAK-FS-01", None)


def _deletes(have: Resource) -> list[str]:
    asked = Asked(
        GONE, have, True, "Virtual machines", "Make them", "hyperv_vm", "roles/hyperv_vm/tasks/machines.yml:2"
    )
    (change,) = changes([asked], load_topics([Path(__file__).parents[3] / "templates"]), lambda _: ())
    return [flag.why for flag in change.flags if "today" in flag.why and flag.rule is Rule.DELETE]


def test_a_plan_names_the_files_that_a_removed_machine_leaves() -> None:
    """Remove-VM takes the machine alone; somebody has to know what still fills the disk."""
    (why,) = _deletes(THERE)
    assert why.endswith(f". Its files stay on the host: {', '.join(DISKS)}")
    (why,) = _deletes(BARE)
    assert "files" not in why


def test_a_way_back_names_where_the_disks_of_the_removed_machine_are() -> None:
    """It makes no machine again, so whoever needs it finds its disks."""
    back = way_back({THERE.key: THERE}, {GONE.key: GONE})
    assert back.steps == ()
    assert back.lasting[0].endswith(f"Its files are still there: {', '.join(DISKS)}")
    back = way_back({BARE.key: BARE}, {GONE.key: GONE})
    assert "files" not in back.lasting[0]
