"""Whole configurations on the AOS-CX model: what is read prints again, and what prints can be typed."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide, reveal
from trustctl.lab.makes.aruba_aos_cx.model.names import port_list, print_ports, print_vlans, vlan_list
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import DeviceSpec

CORPUS = Path(os.environ.get("TRUSTCTL_CORPUS", ""))
FILES = sorted((CORPUS / "aruba_aoscx").glob("*")) if CORPUS.parts else []
SESSIONS = sorted((CORPUS / "sessions").glob("*aoscx*")) if CORPUS.parts else []
_AROUND = re.compile(r"^(?:show running-config|(?:Current|Startup) configuration:|[A-Za-z0-9_-]+# ?)$")


def _boot(text: str, model: str = "unknown") -> CxSwitch:
    return CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model=model, boot=text))


def _meaning(text: str) -> set[tuple[str, ...]]:
    """Every line with the lines it stands under; VLANs of a list one by one; what is no configuration left out."""
    stack: list[tuple[int, str]] = []
    found: set[tuple[str, ...]] = set()
    for raw in text.replace("\r", "").split("\n"):
        line = raw.strip()
        if not line or line.startswith("!") or _AROUND.match(line):
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        while stack and stack[-1][0] >= indent:
            stack.pop()
        path = tuple(each for _, each in stack)
        vlans = vlan_list(line[5:]) if line.startswith("vlan ") and not path else None
        found |= {(*path, f"vlan {vlan}") for vlan in vlans} if vlans else {(*path, line)}
        stack.append((indent, line))
    return found - {("vlan 1",)}


def _shown(session: Path) -> str:
    """What `show running-config` printed in a recorded session; empty if it was left out."""
    recorded = cast("dict[str, object]", yaml.safe_load(session.read_text(encoding="utf-8")))
    commands = recorded["commands"]
    pairs = cast("list[dict[str, str]]", commands if isinstance(commands, list) else [commands])
    for pair in pairs:
        for command, text in pair.items():
            if command.strip() == "show running-config":
                return text
    return ""


def test_the_corpus_is_there() -> None:
    """Say plainly if the corpus was not tested."""
    if not CORPUS.parts:
        pytest.skip("TRUSTCTL_CORPUS is not set: the corpus of real configurations was NOT tested")
    assert FILES
    assert SESSIONS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_configuration_prints_back(path: Path) -> None:
    """Nothing is lost, nothing is added; and it prints the same way each time."""
    text = path.read_text(encoding="utf-8")
    printed = _boot(text).running_text()
    assert _meaning(printed) == _meaning(text)
    assert _boot(printed).running_text() == printed


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.name)
def test_a_recorded_session_s_configuration_prints_back(path: Path) -> None:
    """As `show running-config` printed it on a real switch."""
    text = _shown(path)
    if "configuration:" not in text:
        pytest.skip(f"{path.name} does not show its configuration")
    assert _meaning(_boot(text).running_text()) == _meaning(text)


def test_a_configuration_prints_as_it_was(closet: str) -> None:
    """Byte for byte, in the order of 10.13; nothing in it is unknown."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL677A", boot=closet))
    assert switch.running_text() == closet
    assert switch.load_running(closet) == []
    assert switch.running_text() == closet


UNKNOWN = """!
!Version ArubaOS-CX PL.10.13.1010
!export-password: default
hostname SW1
frobnicate level 9
    deeper thing
        deepest
vlan 1
interface 1/1/1
    no shutdown
    frobnicate port 3
    vlan access 1
route-map X permit seq 10
    match ip address prefix-list Y
"""


def test_unknown_lines_are_kept_in_place_but_cannot_be_typed() -> None:
    """What the lab does not know prints where it stood, children and all, and is refused when typed."""
    switch = _boot(UNKNOWN)
    printed = switch.running_text()
    assert "frobnicate level 9\n    deeper thing\n        deepest\n" in printed
    assert "    no shutdown\n    frobnicate port 3\n    vlan access 1\n" in printed
    assert printed.index("route-map X") > printed.index("interface 1/1/1")
    assert switch.configure(CONFIG, "frobnicate level 9").refused


# --- generated configurations -----------------------------------------------------------------------------------------

WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789-", min_size=1, max_size=12)
VLAN = st.integers(2, 4094)
ADDRESS = st.integers(0x0A000001, 0x0AFFFFFE).map(lambda each: ".".join(str(each >> at & 255) for at in (24, 16, 8, 0)))
EDGE = st.lists(
    st.sampled_from(
        [
            *("spanning-tree bpdu-guard", "spanning-tree root-guard", "spanning-tree port-type admin-edge"),
            *("loop-protect", "rate-limit broadcast 500 pps", "dhcpv4-snooping trust", "no power-over-ethernet"),
            *("no lldp transmit", "mtu 9198", "power-over-ethernet priority low", "arp inspection trust"),
            "aaa authentication port-access client-limit 3",
            "aaa authentication port-access dot1x authenticator\n        reauth\n        enable",
            "aaa authentication port-access mac-auth\n        enable",
        ]
    ),
    unique=True,
    max_size=4,
)


@st.composite
def ports(draw: st.DrawFn, vlans: list[int]) -> str:
    """The settings of one port: access, trunk or LAG member, and what an edge port has."""
    lines = [f"description {draw(WORD)}"] if draw(st.booleans()) else []
    lines.append(draw(st.sampled_from(["no shutdown", "shutdown"])))
    kind = draw(st.sampled_from(["access", "trunk", "member"]))
    if kind == "member":
        return "".join(f"    {line}\n" for line in [*lines, "lag 1"])
    if kind == "access":
        lines.append(f"vlan access {draw(st.sampled_from([1, *vlans]))}")
    else:
        allowed = draw(st.lists(st.sampled_from([1, *vlans]), unique=True, min_size=1))
        lines.append(f"vlan trunk native {draw(st.sampled_from([1, *vlans]))}{draw(st.sampled_from(['', ' tag']))}")
        lines.append(f"vlan trunk allowed {draw(st.sampled_from(['all', print_vlans(allowed)]))}")
    return "".join(f"    {line}\n" for line in [*lines, *draw(EDGE)])


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """A configuration in any order of its sections."""
    vlans = sorted(draw(st.lists(VLAN, unique=True, min_size=1, max_size=6)))
    named = "".join(f"vlan {vlan}\n" + (f"    name {draw(WORD)}\n" if draw(st.booleans()) else "") for vlan in vlans)
    parts = [
        f"hostname {draw(st.from_regex(r'[a-z][a-z0-9-]{0,12}', fullmatch=True))}\n",
        f"user admin group administrators password ciphertext {hide(draw(WORD), draw(WORD))}\n",
        *(f"ntp server {each} iburst\n" for each in draw(st.lists(ADDRESS, unique=True, max_size=2))),
        *(
            f"radius-server host {each} key ciphertext {hide(draw(WORD), draw(WORD))}\n"
            for each in draw(st.lists(ADDRESS, unique=True, max_size=2))
        ),
        f"aaa group server radius {draw(WORD)}x\n    server {draw(ADDRESS)}\n",
        *draw(st.lists(st.sampled_from(["ntp enable\n", "ssh server vrf default\n", "spanning-tree\n"]), unique=True)),
        f"snmp-server system-location {draw(WORD)}\n",
        "snmp-server community c\n    access-level ro\n",
        f"interface vlan {vlans[0]}\n    ip address {draw(ADDRESS)}/24\n    ip helper-address {draw(ADDRESS)}\n",
        f"ip route 0.0.0.0/0 {draw(ADDRESS)}\n",
        "interface lag 1\n    no shutdown\n    vlan trunk native 1\n    vlan trunk allowed all\n    lacp mode active\n",
        *(f"interface 1/1/{number}\n{draw(ports(vlans))}" for number in range(1, draw(st.integers(1, 4)) + 1)),
        "https-server vrf default\n",
    ]
    return named + "".join(draw(st.permutations(parts)))


@settings(deadline=None, max_examples=60)
@given(configurations())
def test_what_prints_boots_into_the_same(text: str) -> None:
    """Booting what a switch prints gives that switch again; and nothing of the text is lost."""
    printed = _boot(text).running_text()
    assert _boot(printed).running_text() == printed
    assert _meaning(printed) == _meaning(text)


@settings(deadline=None, max_examples=40)
@given(configurations())
def test_what_prints_can_be_typed(text: str) -> None:
    """Typed line by line on a switch of the same model from the factory, it makes the same configuration."""
    wanted = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="S4R23A", boot=text)).running_text()
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="S4R23A"))
    context = CONFIG
    depth = 0
    for line in wanted.split("\n"):
        indent = (len(line) - len(line.lstrip())) // 4
        for _ in range(max(0, depth - indent)):
            left = switch.configure(context, "exit").context
            context = CONFIG if left == EXEC else left
        reply = switch.configure(context, line)
        assert not reply.refused, (line, reply.output)
        depth = indent + (reply.context != context and bool(line.strip()))
        context = reply.context
    assert switch.running_text() == wanted


@given(st.lists(st.integers(1, 4094), unique=True, min_size=1))
def test_vlan_lists_read_as_they_print(vlans: list[int]) -> None:
    """Whatever the set."""
    assert vlan_list(print_vlans(vlans)) == frozenset(vlans)


@given(st.sets(st.tuples(st.integers(1, 3), st.integers(1, 52)), min_size=1))
def test_port_lists_read_as_they_print(found: set[tuple[int, int]]) -> None:
    """Whatever the set, members of a stack included."""
    names = [f"{member}/1/{port}" for member, port in found]
    assert Counter(port_list(print_ports(names))) == Counter(names)


@given(st.text(min_size=1), st.text())
def test_a_hidden_secret_comes_back_and_shows_nothing(secret: str, seed: str) -> None:
    """The lab's own ciphertext; any other text is nobody's."""
    ciphertext = hide(secret, seed)
    assert reveal(ciphertext) == secret
    assert re.fullmatch(r"AQBap[A-Za-z0-9+/]+=*", ciphertext)
    assert reveal(ciphertext[:-6] + "AAAAA=") is None
    assert reveal("AAAAAAAAAABBBBBBBBBBCCCCCCCCCC") is None
