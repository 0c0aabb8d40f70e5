"""Port lists of AOS-S: what people type, what the switch prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.lab.makes.aruba_aos_s.model.ports import NoPortError, canonical, mentioned, parse, sort_key, written

MIXED = [
    *(str(number) for number in range(1, 25)),
    *(f"{slot}{number}" for slot in "AB" for number in range(1, 5)),
    *(f"{member}/{number}" for member in (1, 2) for number in range(1, 5)),
    *(f"{member}/A{number}" for member in (1, 2) for number in range(1, 3)),
    "C1i",
    "C2i",
    "C3i",
    "Trk1",
    "Trk2",
    "Trk10",
]


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (["1", "2", "3", "4"], "1-4"),
        (["1", "3"], "1,3"),
        (["A1", "A2", "B1", "24"], "24,A1-A2,B1"),
        (["1/A1", "1/A2", "1/4"], "1/4,1/A1-1/A2"),
        (["C1i", "C2i", "C3i"], "C1i-C3i"),
        (["Trk2", "1", "Trk1"], "1,Trk1-Trk2"),
        (["9", "10", "11"], "9-11"),
        ([], ""),
    ],
)
def test_the_switch_prints(ports: list[str], text: str) -> None:
    """Runs are joined within a member and slot, trunk groups come last."""
    assert written(ports) == text


@given(st.sets(st.sampled_from(MIXED)))
def test_what_is_printed_is_read_back(ports: set[str]) -> None:
    """Parsing is the inverse of writing."""
    text = written(ports)
    assert set(parse(text, MIXED) if text else []) == ports
    assert set(mentioned(text)) == ports


@pytest.mark.parametrize(
    ("typed", "ports"),
    [("a1-a2", ["A1", "A2"]), ("trk1", ["Trk1"]), ("1/a1", ["1/A1"]), ("A1-2", ["A1", "A2"]), ("1, 3", ["1", "3"])],
)
def test_people_may_type(typed: str, ports: list[str]) -> None:
    """Small letters, and the slot said once."""
    assert parse(typed, MIXED) == ports


@pytest.mark.parametrize(
    ("typed", "quoted"), [("99", "99"), ("bogus0/0", "bogus0/0"), ("1-99", "99"), ("A1-B2", "A1-B2")]
)
def test_what_is_no_port(typed: str, quoted: str) -> None:
    """The part that names no port is quoted."""
    with pytest.raises(NoPortError) as caught:
        parse(typed, MIXED)
    assert caught.value.text == quoted


def test_all_ports() -> None:
    """`all` are the physical ports, in order."""
    assert parse("all", ["2", "10", "1", "Trk1"]) == ["1", "2", "10"]
    assert sorted(["Trk1", "A1", "10", "2"], key=sort_key) == ["2", "10", "A1", "Trk1"]
    assert canonical("trk0") is None
