"""Like ports are shown once, however their make writes their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trustctl.model.plan import Change, ChangeKind, Flag, Plan, Rule, Severity
from trustctl.report.review import Target, review


def change(section: str, summary: str, line: str, why: str) -> Change:
    """A setting of one section, with a reason for a second look."""
    flag = Flag(Rule.UPLINK, Severity.MEDIUM, why)
    return Change(summary, "Ports", ChangeKind.ADD, (section,), (), (line,), (section, line), (), flags=(flag,))


def on_two(plan: Plan, first: tuple[Change, ...], second: tuple[Change, ...]) -> Plan:
    """A plan of two devices with these changes."""
    one, two = plan.devices[:2]
    return replace(plan, devices=(replace(one, changes=first), replace(two, changes=second)))


@pytest.mark.parametrize(
    "ports", [("5", "6", "10"), ("A1", "A2", "2/A1"), ("1/1/1", "1/1/2", "2/1/1"), ("Trk1", "Trk2", "Trk10")]
)
def test_like_ports_of_any_make_are_one_edit(plan: Plan, ports: tuple[str, ...]) -> None:
    """The port's name stands in front of its summary and in its reason; a number behind it means something else."""

    def storm(port: str) -> Change:
        words = f"Port {port}: storm control in percent 5, then 10"
        return change(f"interface {port}", words, "rate-limit bcast in percent 5", f"what {port} powers may restart")

    changes = tuple(storm(port) for port in ports)
    folded = review(on_two(plan, changes, changes[:2]))
    (block,) = folded.topics[0].blocks
    assert [edit.summary for edit in block.edits] == ["storm control in percent 5, then 10"]
    assert [target.ports for target in block.targets] == [ports, ports[:2]]
    assert [(risk.why, risk.targets) for risk in folded.risks] == [("what the port powers may restart", block.targets)]


def test_a_reason_that_begins_with_ports_is_one_for_all_devices(plan: Plan) -> None:
    """Where ports stand in their VLAN, the reason names them; each device then has its own beside one reason."""
    says = "leads to another device: changes which VLANs cross it"
    core = change("vlan 10", "VLAN 10: new", "tagged 23,A3-A4,Trk1", f"23,A3-A4,Trk1 {says}")
    edge = change("vlan 10", "VLAN 10: new", "tagged 25", f"25 {says}")
    many = change("interface 1", "Port 1: name", "name x", "1-2 are uplinks: what is behind them depends on them")
    svi = change("vlan 9", "VLAN 9: address", "ip address", "Vlan9 leads to another device")
    folded = review(on_two(plan, (core, many, svi), (edge,)))
    one, two = (device.name for device in plan.devices[:2])
    assert {(risk.why, risk.targets) for risk in folded.risks} == {
        (f"the port {says}", (Target(one, ("23", "A3", "A4", "Trk1")), Target(two, ("25",)))),
        ("the ports are uplinks: what is behind them depends on them", (Target(one, ("1", "2")),)),
        ("Vlan9 leads to another device", (Target(one),)),
    }
