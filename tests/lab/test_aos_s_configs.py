"""Whole configurations on the AOS-S model: what is read prints again, and nothing is lost."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, EXEC
from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch
from trustctl.lab.spec import DeviceSpec

DATA = Path(__file__).parent / "data"
CORPUS = Path(os.environ.get("TRUSTCTL_CORPUS", ""))
CAPTURED = sorted((CORPUS / "hp_procurve").glob("*")) if CORPUS.parts else []


def _boot(text: str) -> AosSwitch:
    return AosSwitch(DeviceSpec("SW1", "aruba_aos_s", boot=text))


@pytest.mark.parametrize("name", ["aos_s_2530.cfg", "aos_s_stack.cfg", "aos_s_5406.cfg"])
def test_a_configuration_prints_as_it_was(name: str) -> None:
    """Byte for byte, in the order of 16.x."""
    text = (DATA / name).read_text(encoding="utf-8")
    switch = _boot(text)
    assert switch.boot(text) == []
    assert switch.running_text() == text


def test_lines_that_are_not_understood_are_kept() -> None:
    """A line, a section and a line in a section that the lab does not know print again where they were."""
    text = (
        "; J9773A Configuration Editor; Created on release #YA.16.11.0026\n"
        "; Ver #14:41.44.00.04.19.02.13.98.82.34.61.18.28.f3.84.9c.63.ff.37.27:05\n"
        'hostname "SW1"\nunheard-of 5\nwondrous "thing"\n   first line\n   second line\n   exit\n'
        'interface 3\n   name "here"\n   shiny\n   exit\n'
        'vlan 1\n   name "DEFAULT_VLAN"\n   untagged 1-28\n   no ip address\n   humming\n   exit\n'
    )
    switch = _boot(text)
    assert switch.boot(text) == ["unheard-of 5", 'wondrous "thing"', "shiny", "humming"]
    assert Counter(switch.running_text().split("\n")) == Counter(text.split("\n"))


def test_the_corpus() -> None:
    """Every configuration of a real switch is understood, and its lines print again."""
    if not CORPUS.parts:
        pytest.skip("TRUSTCTL_CORPUS is not set: the corpus of real configurations was NOT tested")
    assert CAPTURED
    for path in CAPTURED:
        text = path.read_text(encoding="utf-8", errors="surrogateescape").replace("\r", "")
        switch = _boot(text)
        assert switch.boot(text) == [], path.name
        lines = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith((";", "Running"))]
        printed = [
            line.strip() for line in switch.running_text().split("\n") if line.strip() and not line.startswith(";")
        ]
        assert Counter(printed) == Counter(lines), path.name


_PORTS = st.sampled_from(["1", "2-5", "3,7", "24", "25-28", "all", "Trk1"])
_ID = st.integers(1, 40).map(str)
_LINE = st.one_of(
    st.tuples(st.just("vlan"), _ID, st.sampled_from(["tagged", "untagged"]), _PORTS).map(" ".join),
    st.tuples(st.just("no vlan"), _ID, st.sampled_from(["tagged", "untagged"]), _PORTS).map(" ".join),
    st.tuples(st.just("no vlan"), _ID).map(" ".join),
    st.tuples(st.just("interface"), _PORTS, st.sampled_from(["disable", "enable", 'name "x y"', "flow-control"])).map(
        " ".join
    ),
    st.tuples(st.just("interface"), _PORTS, st.just("untagged vlan"), _ID).map(" ".join),
    st.sampled_from(["trunk 27-28 trk1 lacp", "no trunk 27", "no trunk 28", "spanning-tree", "no telnet-server"]),
    st.tuples(st.just("loop-protect"), _PORTS).map(" ".join),
    st.text('vlan tagd 0123456789-,"', max_size=30),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(_LINE, max_size=25))
def test_any_lines_leave_a_configuration_that_boots_again(lines: list[str]) -> None:
    """Whatever was typed: a port is untagged once at most, and what prints boots to the same."""
    switch = _boot("")
    context = CONFIG
    for line in lines:
        reply = switch.configure(context, line)
        if reply.question is not None:
            reply = switch.configure(context, line, confirmed=True)
        context = CONFIG if reply.context == EXEC else reply.context
    homes = Counter(port for vlan in switch.vlans.values() for port in vlan.untagged)
    assert not [port for port, count in homes.items() if count > 1]
    assert not any(vlan.untagged & vlan.tagged for vlan in switch.vlans.values())
    printed = switch.running_text()
    assert _boot(printed).running_text() == printed
