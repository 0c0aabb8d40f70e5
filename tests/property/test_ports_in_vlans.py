"""Ports that are stored in their VLANs: any membership becomes any other, and goes back to exactly what it was."""

from __future__ import annotations

from copy import deepcopy

import pytest
from golden_cases import intended_of, rulebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vlan_switch import Vlan, VlanSwitch

from trustctl.config.compare import compare
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.model.levels import Ownership, Stage

PLATFORM = "aruba_aos_s"
PORTS = ("1", "2", "3", "4", "5", "6", "A1", "A2")
VLANS = (1, 10, 20, 30)
BUNDLED: tuple[dict[str, set[str]], ...] = (
    {},
    {"Trk1": {"5", "6"}},
    {"Trk2": {"5", "6"}},
    {"Trk1": {"4", "5"}, "Trk2": {"6", "A1"}},
    {"Trk1": {"3"}},
)


@st.composite
def switches(draw: st.DrawFn) -> VlanSwitch:
    """A switch whose ports are in VLANs in any way that the rules of the platform allow."""
    groups = {
        name: (draw(st.sampled_from(["lacp", "trunk"])), set(ports))
        for name, ports in draw(st.sampled_from(BUNDLED)).items()
    }
    vlans = {1: Vlan()} | {number: Vlan() for number in draw(st.sets(st.sampled_from(VLANS[1:])))}
    bundled = {port for _, ports in groups.values() for port in ports}
    for port in [*(port for port in PORTS if port not in bundled), *groups]:
        untagged = draw(st.sampled_from([*vlans, None]))
        tagged = draw(st.sets(st.sampled_from(list(vlans)))) - {untagged}
        if untagged is None and not tagged:
            untagged = 1
        if untagged is not None:
            vlans[untagged].untagged.add(port)
        for number in tagged:
            vlans[number].tagged.add(port)
    return VlanSwitch(PORTS, vlans, groups)


UPLINKS = st.sampled_from([frozenset[str](), frozenset({"A1", "A2"}), frozenset({"Trk1", "A2"})])


def move_and_go_back(before: VlanSwitch, after: VlanSwitch, uplinks: frozenset[str]) -> None:
    """Change one switch into the other by our commands, and back."""
    book = rulebook(PLATFORM)
    scope = Scope(Stage.OWN, {"*": Ownership.OWNED}, DeviceFacts(management_vlan=10, uplinks=uplinks))
    intent = read_intended(intended_of(after.configuration(printed=False), platform=PLATFORM), book)
    result = compare(read(before.configuration(printed=True), book), intent, scope)

    switch = deepcopy(before)
    for line in result.commands:
        switch.type(line)
    assert switch.state() == after.state()

    assert compare(read(switch.configuration(printed=True), book), intent, scope).commands == ()
    for line in result.undo:
        switch.type(line)
    assert switch.state() == before.state()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=switches(), after=switches(), uplinks=UPLINKS)
def test_ports_move_and_go_back(before: VlanSwitch, after: VlanSwitch, uplinks: frozenset[str]) -> None:
    """The switch takes every line, ends as intended, needs nothing more, and goes back to what was observed."""
    move_and_go_back(before, after, uplinks)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=switches(), after=switches(), uplinks=UPLINKS)
def test_ports_move_and_go_back_for_long(before: VlanSwitch, after: VlanSwitch, uplinks: frozenset[str]) -> None:
    """The same with many more examples."""
    move_and_go_back(before, after, uplinks)
