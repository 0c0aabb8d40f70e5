"""Like ports are shown once, however their make writes their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trustctl.model.plan import Change, ChangeKind, Flag, Plan, Rule, Severity
from trustctl.report.html import pills
from trustctl.report.page import Page
from trustctl.report.review import Target, review
from trustctl.report.words import gist, paragraphs


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


def made(kind: str, name: str, rule: Rule, topic: str = "DHCP") -> Change:
    """A resource of a server that would be made, with a risk of it."""
    flag = Flag(rule, Severity.MEDIUM, "it stays")
    return Change(f"create the {kind} {name}", topic, ChangeKind.ADD, (name,), (), ("a",), (), (), flags=(flag,))


def test_resources_of_one_kind_are_named_in_one_breath(plan: Plan) -> None:
    """What is done to them is said once; what differs in more than the name stays apart."""
    scopes = tuple(made("DHCP scope", name, Rule.LASTING) for name in ("10.11.30.0", "10.11.40.0"))
    zone = replace(made("zone", "x", Rule.LASTING), summary="change the zone x: aging, type")
    (topic,) = review(on_two(plan, (*scopes, zone), ())).topics
    assert gist(topic) == "create the DHCP scope 10.11.30.0, 10.11.40.0; change the zone x: aging, type"


def test_what_stays_and_what_nobody_can_tell_is_counted(plan: Plan) -> None:
    """By topic, the most first, in the paragraph that whoever decides reads; topics beyond six are counted."""
    stay = tuple(made("thing", f"{topic}{number}", Rule.LASTING, topic) for topic in "ABCDEFGH" for number in range(2))
    told = " ".join(paragraphs(review(on_two(plan, (*stay, made("record", "r", Rule.UNKNOWN, "DNS")), ()))))
    assert "There are 16 changes that no command takes back: A (2), B (2)," in told
    assert "F (2) and 2 more topics. There is 1 change that nobody can tell before an apply: DNS (1)." in told


def test_a_long_name_goes_on_behind_a_separator() -> None:
    """A registry key or a name of the directory has no blanks, and is still read whole words at a time."""
    page = Page(width=40)
    page.native(r"win_regedit HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319", mark="+ ")
    assert page.text() == "+ win_regedit HKLM:\\SOFTWARE\\\n  … Microsoft\\.NETFramework\\v4.0.30319\n"


def test_a_label_stands_once_for_all_reasons_of_its_rule(plan: Plan) -> None:
    """Four features that come along are one label of one weight, with the four reasons."""
    whys = ("RSAT comes along", "its tools come along", "RSAT comes along")
    flags = tuple(Flag(Rule.SERVICE, Severity.MEDIUM, why) for why in whys)
    one = replace(made("feature", "x", Rule.LASTING), flags=(*flags, Flag(Rule.SERVICE, Severity.LOW, "it restarts")))
    ((block,),) = (topic.blocks for topic in review(on_two(plan, (one,), ())).topics)
    assert [(flag.severity, flag.why) for flag in pills(block.edits[0])] == [
        (Severity.MEDIUM, "RSAT comes along; its tools come along"),
        (Severity.LOW, "it restarts"),
    ]
