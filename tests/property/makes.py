"""The switches that any configuration is tried on: one of each make, as it is new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import aos_cx_configs
import aos_s_configs
import switch_configs
from aos_cx_bench import CxBench
from aos_s_bench import AosBench
from golden_cases import rulebook
from hypothesis import strategies as st
from ios_bench import IosBench
from lab_bench import Bench

from trustctl.config.read import read
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Config


@dataclass(frozen=True)
class Make:
    """A platform's switch as it is new, what people may have made of it, and how we reach it.

    `restored` is what is the same after the way back; where the switch prints things in the order in which they were
    typed, its lines are compared without their order.
    """

    platform: str
    bench: Callable[[str], Bench]
    new: str
    configurations: st.SearchStrategy[list[str]]
    management_interface: str
    uplinks: frozenset[str]
    poe_ports: frozenset[str] = frozenset()
    restored: Callable[[Bench], object] = lambda bench: None

    def switch_with(self, lines: list[str]) -> Bench:
        """A new switch into which these lines were typed."""
        bench = self.bench(self.new)
        bench.type(lines)
        return bench

    def held(self, bench: Bench) -> Config:
        """What a switch has."""
        return read(bench.text, rulebook(self.platform))

    @property
    def facts(self) -> DeviceFacts:
        """By which way we reach it."""
        return DeviceFacts(self.management_interface, 10, "10.21.10.5", self.uplinks, self.poe_ports)


AOS_S = """; JL255A Configuration Editor; Created on release #WC.16.10.0009
; Ver #14:01.4f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:02
hostname "new"
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-28
   no ip address
   exit
"""
AOS_CX = (
    "!\n!Version ArubaOS-CX ML.10.10.1040\n!export-password: default\nhostname new\nssh server vrf default\nvlan 1\n"
)
IOS = Make(
    "cisco_ios",
    IosBench,
    "version 15.2\nhostname empty\nend\n",
    switch_configs.configurations,
    "Vlan10",
    frozenset(switch_configs.UPLINKS),
    frozenset(switch_configs.PORTS),
    restored=lambda bench: sorted(bench.text.split("\n")),
)
MAKES = (
    IOS,
    Make("aruba_aos_s", AosBench, AOS_S, aos_s_configs.configurations, "vlan 10", frozenset({"8", "Trk1"})),
    Make(
        "aruba_aos_cx",
        CxBench,
        AOS_CX,
        aos_cx_configs.configurations(),
        "vlan 10",
        frozenset({*aos_cx_configs.UPLINKS, "lag 1"}),
    ),
)
