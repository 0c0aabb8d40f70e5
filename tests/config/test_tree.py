"""The lossless tree: every line is in it or accounted for, and what is cut short is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import FILES, ios

from trustctl.config.parse import parse
from trustctl.config.tree import Status
from trustctl.errors import LosslessError

ALL_FILES = sorted(FILES.glob("*.cfg"))


@pytest.mark.parametrize("file", ALL_FILES, ids=lambda file: file.name)
def test_the_text_comes_back_byte_for_byte(file: Path) -> None:
    """A captured configuration is put together again from its tree without a changed byte."""
    text = file.read_bytes().decode()
    assert parse(text, ios(), where=file.name).text() == text


@pytest.mark.parametrize("file", ALL_FILES, ids=lambda file: file.name)
def test_every_line_is_accounted_for_once(file: Path) -> None:
    """Each line of the text has exactly one entry in the account, in order."""
    tree = parse(file.read_text(encoding="utf-8"), ios(), where=file.name)
    assert [entry.number for entry in tree.account] == list(range(1, tree.count + 1))
    assert all((entry.node is None) == (entry.status is Status.IGNORED) for entry in tree.account)
    assert all(entry.rule for entry in tree.account if entry.status is not Status.PARSED)


LINES = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30)
WORDS = st.sampled_from(
    [
        "interface GigabitEthernet1/0/1",
        " switchport mode access",
        "   shutdown",
        "!",
        " !",
        "banner motd ^Chello^C",
        "exit",
        "router bgp 1",
        " address-family ipv4",
        "  neighbor 10.1.1.1 activate",
        " exit-address-family",
        "vlan 10,20",
        "\tip address 10.1.1.1 255.0.0.0",
        "no ",
        "access-list 10 permit any",
        "line vty 0 4",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | WORDS, max_size=25), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_any_text_comes_back_or_is_refused(lines: list[str], newline: bool, ending: str) -> None:
    """Whatever stands in the text, it is either given back whole or refused with its place."""
    text = ending.join(lines) + (ending if newline else "")
    try:
        tree = parse(text, ios(), captured=False, where="f")
    except LosslessError as error:
        refused = error.where
    else:
        refused = ""
    if refused:
        assert re.fullmatch(r"f:[0-9]+", refused)
        return
    assert tree.text() == text.replace("\r\n", "\n")
    assert len(tree.account) == tree.count


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("hostname a\ninterface Vlan1\n ip addr", "sw:3", "cut short"),
        ("hostname a\n --More-- \nend\n", "sw:2", "pager"),
        ("hostname a\n<--- More --->\r\nend\n", "sw:2", "pager"),
        ("hostname a\nbanner motd ^C\nhello\nend\n", "sw:2", "does not end"),
        ("hostname a\nend\nhostname b\n", "sw:3", "goes on after"),
        ("", "sw:1", "cut short"),
        ("!\nend\n", "sw:1", "no configuration"),
        ("% Invalid input detected at '^' marker.\n", "sw:1", "cut short"),
    ],
)
def test_a_text_that_is_not_whole_is_refused_with_its_line(text: str, where: str, problem: str) -> None:
    """A capture that is cut short, paged or doubled is refused with the line, never half understood."""
    with pytest.raises(LosslessError, match=problem) as refused:
        parse(text, ios(), where="sw")
    assert refused.value.where == where
    assert refused.value.remedy


def test_a_part_of_a_configuration_may_lack_its_end() -> None:
    """Text that no device printed need not end with `end`."""
    assert parse("hostname a\n", ios(), captured=False).count == 1


def test_what_stands_around_a_capture_is_ignored_by_name() -> None:
    """The echo, the greeting and the prompts of the session are ignored by named rules."""
    text = "Good morning\nsw#show run\nBuilding configuration...\n\nhostname sw\nend\n\nsw#\nsw#exit\n"
    tree = parse(text, ios())
    names = {number: name for number, _, name in tree.ignored}
    assert names == {
        1: "before-configuration",
        2: "before-configuration",
        3: "building-configuration",
        4: "blank",
        6: "end",
        7: "blank",
        8: "after-end",
        9: "after-end",
    }


def test_volatile_lines_are_ignored_by_name() -> None:
    """Byte counts, time stamps and the drift of the clock mean nothing (H29)."""
    text = "Current configuration : 99 bytes\n! Last configuration change at 9:00\nntp clock-period 17208943\n!\n"
    tree = parse(text, ios(), captured=False)
    assert [name for _, _, name in tree.ignored] == ["current-configuration", "comment", "volatile", "comment"]


def test_lines_in_another_spelling_are_named_as_normalised() -> None:
    """A line that is read into another spelling is in the account with the rule that did it."""
    tree = parse("interface gi1/0/1\n switchport trunk allowed vlan 3,1,2\n shutdown\n", ios(), captured=False)
    assert [(entry.status, entry.rule) for entry in tree.account] == [
        (Status.NORMALISED, "physical"),
        (Status.NORMALISED, "interface/allowed-vlans"),
        (Status.PARSED, "interface/shutdown"),
    ]


def test_unknown_lines_stay_in_the_tree_with_what_hangs_below_them() -> None:
    """A header that no rule knows keeps its lines; lines below it are not taken for something else."""
    tree = parse("frobnicate 1\n shutdown\n  speed 10\nhostname a\n", ios(), captured=False)
    assert [node.text for node in tree.unknown] == ["frobnicate 1", "shutdown", "speed 10"]
    assert [node.text for node in tree.roots] == ["frobnicate 1", "hostname a"]


@pytest.mark.parametrize("indents", [(1, 1), (3, 3), (2, 1), (1, 4), (5, 2)])
def test_indentation_may_be_irregular(indents: tuple[int, int]) -> None:
    """The lines of a section belong to it at whatever depth they are printed."""
    first, second = indents
    text = f"interface Vlan5\n{' ' * first}description x\n{' ' * second}shutdown\nhostname a\n"
    tree = parse(text, ios(), captured=False)
    assert [node.text for node in tree.roots[0].children] == ["description x", "shutdown"]
    assert not tree.unknown


@pytest.mark.parametrize("comment", ["!", " !", "! note", "   !"])
def test_a_comment_in_a_section_does_not_end_it(comment: str) -> None:
    """A comment opens and closes nothing: the indented lines after it still belong to the section."""
    text = f"interface Vlan5\n description x\n{comment}\n power inline never\nhostname a\n"
    tree = parse(text, ios(), captured=False)
    assert [node.text for node in tree.roots] == ["interface Vlan5", "hostname a"]
    assert [node.rule for node in tree.roots[0].children] == ["interface/description", "interface/power"]


def test_a_section_may_be_written_without_indentation() -> None:
    """A line at the margin that only the open section knows belongs to it, as if it were typed."""
    text = "interface Vlan5\nip address 10.1.1.1 255.0.0.0\nrouter ospf 1\nnetwork 10.0.0.0 0.255.255.255 area 0\n"
    tree = parse(text + "shutdown\n", ios(), captured=False)
    assert [len(node.children) for node in tree.roots] == [1, 1, 0]
    assert [node.text for node in tree.unknown] == ["shutdown"]


def test_an_indented_section_ends_at_the_margin() -> None:
    """In a text with indentation a line at the margin is never taken into the section above it."""
    tree = parse("interface Vlan5\n description x\nshutdown\n", ios(), captured=False)
    assert [node.text for node in tree.unknown] == ["shutdown"]


def test_a_certificate_is_the_devices_own() -> None:
    """The lines of a certificate chain are known, belong to the device, and end at `quit` (H15)."""
    text = "crypto pki certificate chain TP\n certificate self-signed 01\n"
    text += "  30820330 30820218\n  3082\n  \tquit\nhostname a\n"
    tree = parse(text, ios(), captured=False)
    assert not tree.unknown
    assert tree.roots[0].children[0].block == ("  30820330 30820218", "  3082", "  \tquit")
    assert [node.text for node in tree.roots] == ["crypto pki certificate chain TP", "hostname a"]
