"""The baseline's modules on a simulated server, wish after wish: what is put in force stays, and can be taken back.

The server is the lab's: it knows Windows from Microsoft's documentation, and nothing of how trustctl compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_host import LabHost, alone

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.spec import AdapterSpec, UserSpec, WindowsSpec
from trustctl.windows import TYPES
from trustctl.windows.action import RESOURCE, Result, Task, carry_out
from trustctl.windows.resource import exactly

SPEC = WindowsSpec(
    "OAK-FS-01",
    password="lab-only",
    adapters=(
        AdapterSpec(
            "Ethernet", mac="00155D0A0101", addresses=("10.11.20.11/24",), gateway="10.11.20.1", management=True
        ),
    ),
    features=("FS-SMB1", "Windows-Defender"),
    users=(UserSpec("kv-oncall"),),
)
SUBJECTS: dict[str, dict[str, Any]] = {
    one["module"]: one
    for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
    if not TYPES[(one := yaml.safe_load(path.read_text(encoding="utf-8")))["module"]].reads_only
}
HERE = {
    "trust_local_group": {"members": [[".\\Administrator", ".\\kv-oncall"], [".\\Administrator"]]},
    "trust_network": {"addresses": [["10.11.20.11/24"], ["10.11.20.11/24", "10.11.20.12/24"]], "dhcp": [False]},
}
"""What a case's data say that this server does not know, or that would end the connection."""
_FEW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=4)
_MANY = settings(_FEW, max_examples=100)


def _wishes(module: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some properties, each with one of the two values that the cases give it."""
    subject = SUBJECTS[module]
    of: dict[str, Sequence[Any]] = {
        name: [subject["whole"][name], subject["other"][name][name]] for name in subject["whole"]
    }
    of |= HERE.get(module, {})
    if module == "trust_local_group":
        del of["ensured"]
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in of.items()})


def _done(machine: Machine, module: str, want: Mapping[str, Any], *, check: bool, back: bool = False) -> Result:
    kind = exactly(TYPES[module]) if back else TYPES[module]
    named = {kind.key: SUBJECTS[module]["name"]} if kind.key else {}
    return carry_out(Task(kind, {**named, **want}, check), LabHost(machine, check=check))


def _holds(module: str, data: st.DataObject) -> None:
    machine = alone(SPEC)
    first = _done(machine, module, {}, check=True)[RESOURCE]["have"]
    for want in data.draw(st.lists(_wishes(module), min_size=1, max_size=3)):
        before = machine.snapshot()
        planned = _done(machine, module, want, check=True)
        assert machine.snapshot() == before, "a check changed the server"
        applied = _done(machine, module, want, check=False)
        assert applied.get("failed", False) == planned.get("failed", False), (want, planned, applied)
        assert applied["changed"] == planned["changed"]
        if applied.get("failed") or not applied["changed"]:
            assert machine.snapshot() == before, "what was refused or was so already changed the server"
            continue
        assert applied["trust_resource"]["cmdlets"] == planned["trust_resource"]["cmdlets"]
        assert not _done(machine, module, want, check=True)["changed"], "a second run would change it again"
    _done(machine, module, first, check=False, back=True)
    assert _done(machine, module, {}, check=True)[RESOURCE]["have"] == first


@pytest.mark.parametrize("module", sorted(SUBJECTS))
@_FEW
@given(data=st.data())
def test_wish_after_wish_is_put_in_force_and_the_first_state_comes_back(module: str, data: st.DataObject) -> None:
    """A check moves nothing; what was applied is as wanted; the way back ends at the start."""
    _holds(module, data)


@pytest.mark.long
@pytest.mark.parametrize("module", sorted(SUBJECTS))
@_MANY
@given(data=st.data())
def test_many_wishes_after_another(module: str, data: st.DataObject) -> None:
    """The same, for longer."""
    _holds(module, data)


def test_server_is_the_machine_that_it_says_it_is() -> None:
    """The edition and the machine's own id are held against the server; another one is refused."""
    machine = alone(SPEC)
    right = carry_out(
        Task(TYPES["trust_identity"], {"edition": "core", "uuid": SPEC.uuid.lower()}, True),
        LabHost(machine, check=True),
    )
    assert not right["changed"]
    wrong = carry_out(Task(TYPES["trust_identity"], {"edition": "desktop"}, True), LabHost(machine, check=True))
    assert "edition is 'core' and cannot become 'desktop'" in wrong["msg"]
