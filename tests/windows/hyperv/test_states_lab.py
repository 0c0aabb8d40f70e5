"""Generated states of a Hyper-V host, put in force on a simulated one by what the roles' tasks do, without Ansible.

The host is the lab's: it knows Hyper-V from Microsoft's documentation, and nothing of how trustctl compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_host import LabHost, alone

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.spec import AdapterSpec, VolumeSpec, WindowsSpec
from trustctl.windows import TYPES
from trustctl.windows.action import RESOURCE, Result, Task, carry_out
from trustctl.windows.resource import exactly

sys.path.insert(0, str(Path(__file__).parent))

from hyperv_states import State, pairs_of_states

SPEC = WindowsSpec(
    "OAK-HV-01",
    features=("Hyper-V", "Hyper-V-PowerShell"),
    adapters=(
        AdapterSpec("NIC1", mac="00155D0A0101", addresses=("10.11.10.5/24",), gateway="10.11.10.1", management=True),
        AdapterSpec("NIC2", mac="00155D0A0102"),
        AdapterSpec("NIC3", mac="00155D0A0103"),
        AdapterSpec("NIC4", mac="00155D0A0104"),
    ),
    volumes=(VolumeSpec("C"), VolumeSpec("D", size=4000 * 1024**3, free=3500 * 1024**3)),
    state={"Replica": {"certificates": ["9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B"]}},
)
_QUIET = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=12
)
_MANY = settings(_QUIET, max_examples=250)


def _host() -> Machine:
    return alone(SPEC)


def _put(machine: Machine, state: State, *, check: bool) -> list[Result]:
    """The tasks of a state, one after the other."""
    found: list[Result] = []
    for module, name, args in state.tasks:
        kind = TYPES[module]
        named = {kind.key: name} if kind.key else {}
        found.append(carry_out(Task(kind, {**named, **args}, check), LabHost(machine, check=check)))
    return found


def _changed(results: list[Result]) -> list[object]:
    return [one.get(RESOURCE, one) for one in results if one["changed"]]


def _applies(states: tuple[State, State]) -> None:
    """From nothing, and from another state; and no check moves anything on the host."""
    machine = _host()
    for state in states:
        before = machine.snapshot()
        planned = _put(machine, state, check=True)
        assert machine.snapshot() == before, "a check changed the host"
        assert [one["msg"] for one in planned if one.get("failed")] == []
        done = _put(machine, state, check=False)
        assert [one["msg"] for one in done if one.get("failed")] == []
        assert [one["changed"] for one in done] == [one["changed"] for one in planned], "what was planned was done"
        assert _changed(_put(machine, state, check=True)) == []
    assert machine.bugs == []


def _goes_back(states: tuple[State, State]) -> None:
    """But for disks, which only grow: what a resource was is put back exactly, in the reverse order."""
    machine = _host()
    _put(machine, states[0], check=False)
    before = [_read(machine, module, name) for module, name, _ in states[0].tasks]
    _put(machine, states[1], check=False)
    for (module, name, _), was in reversed(list(zip(states[1].tasks, before, strict=True))):
        kind = exactly(TYPES[module])
        named = {kind.key: name} if kind.key else {}
        want = {each: value for each, value in was.items() if each != "disks"}
        result = carry_out(Task(kind, {**named, **want}, check_mode=False), LabHost(machine, check=False))
        assert not result.get("failed"), result["msg"]
    after = [_read(machine, module, name) for module, name, _ in states[0].tasks]
    grown = [{**one, "disks": None} for one in after]
    assert grown == [{**one, "disks": None} for one in before]


test_after_an_apply_the_plan_is_empty_whatever_was_there = _QUIET(given(pairs_of_states())(_applies))
test_a_change_is_taken_back_to_what_was_there = _QUIET(given(pairs_of_states())(_goes_back))
test_after_many_applies_the_plan_is_empty = pytest.mark.long(_MANY(given(pairs_of_states())(_applies)))
test_many_changes_are_taken_back = pytest.mark.long(_MANY(given(pairs_of_states())(_goes_back)))


def _read(machine: Machine, module: str, name: str) -> dict[str, Any]:
    kind = TYPES[module]
    named = {kind.key: name} if kind.key else {}
    value = LabHost(machine, check=True).run(module, {**named, "operation": "read"})["value"]
    return kind.read(value)


_ANY = st.dictionaries(
    st.sampled_from(["type", "adapters", "embedded_teaming", "management_adapters", "sriov", "default_weight"]),
    st.sampled_from(
        ["External", "Private", ["NIC1"], ["NIC2", "NIC3"], True, False, 7, [], [{"name": "M", "vlan": 5000}]]
    ),
)


@_QUIET
@given(_ANY)
def test_a_wish_that_makes_no_sense_changes_nothing_or_ends_in_an_empty_plan(want: dict[str, Any]) -> None:
    """Whatever is asked for: a check moves nothing, and what an apply did not refuse is so afterwards."""
    machine = _host()
    task = (("trust_vswitch", "Trust", want),)
    before = machine.snapshot()
    planned = _put(machine, State(task), check=True)[0]
    assert machine.snapshot() == before
    done = _put(machine, State(task), check=False)[0]
    if planned.get("failed"):
        assert done["failed"], "what a check refuses is refused in an apply"
        assert machine.snapshot() == before
    elif not done.get("failed"):
        assert not _put(machine, State(task), check=True)[0]["changed"]
    assert machine.bugs == []


_CASES = [
    pytest.param(subject, case, id=f"{subject['module']}: {case['what']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
    for subject in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for kind in ("refusals", "allowed", "commands")
    for case in subject[kind]
]
_ONLY_WHEN_DONE = (
    "there is no virtual switch Trust on this host",
    "is not there, and has no size_bytes",
)
"""What a dry run cannot know: the same run may make the switch before; a file on no machine is not read."""


@pytest.mark.parametrize(("subject", "case"), _CASES)
def test_what_a_check_lets_through_the_host_does(subject: dict[str, Any], case: dict[str, Any]) -> None:
    """Each case of the modules on a host that has the whole or nothing of it: no apply fails that was planned."""
    machine = _host()
    module, name = subject["module"], subject["name"]
    if case.get("have", True) is not None and module != "trust_vswitch":
        switch = ("trust_vswitch", "Trust", {"type": "Private"})
        there = State((*([switch] if module == "trust_vm" else []), (module, name, subject["whole"])))
        assert not any(one.get("failed") for one in _put(machine, there, check=False))
    task = State(((module, name, {"state": "absent"} if case.get("absent") else case["want"]),))
    before = machine.snapshot()
    planned = _put(machine, task, check=True)[0]
    assert machine.snapshot() == before
    done = _put(machine, task, check=False)[0]
    if planned.get("failed"):
        assert done["failed"]
        assert machine.snapshot() == before
    elif done.get("failed"):
        assert any(words in done["msg"] for words in _ONLY_WHEN_DONE), done["msg"]
        assert machine.snapshot() == before, "nothing is half done"
    else:
        assert not _put(machine, task, check=True)[0]["changed"]
    assert machine.bugs == []


def test_a_host_without_hyper_v_plans_everything_as_to_be_made() -> None:
    """A school that does not exist yet: settings, switch and machine are new, none of them is an error."""
    machine = alone(WindowsSpec("OAK-HV-01", adapters=SPEC.adapters, volumes=SPEC.volumes))
    own = [{"name": "Management", "vlan": 0, "host_address": True}]
    new = State(
        (
            ("trust_feature", "Hyper-V", {"installed": True}),
            ("trust_vm_host", "", {"virtual_machine_path": "D:\\Hyper-V"}),
            ("trust_vswitch", "Trust", {"type": "External", "adapters": ["NIC1"], "management_adapters": own}),
            ("trust_replica", "", {"enabled": True, "authentication": "Kerberos"}),
            ("trust_vm", "OAK-FS-01", {"generation": 2, "network_adapters": [{"name": "A", "switch": "Trust"}]}),
        )
    )
    before = machine.snapshot()
    planned = _put(machine, new, check=True)
    assert [one.get("msg") for one in planned] == [None] * 5
    assert [one["changed"] for one in planned] == [True] * 5
    assert [one["diff"]["before"] for one in planned[1:]] == [""] * 4
    assert machine.snapshot() == before
