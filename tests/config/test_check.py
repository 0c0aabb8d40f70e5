"""`platform check`: what trustctl says about a configuration that it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import FILES, ios

from trustctl.config.check import check_file
from trustctl.config.digest import differences
from trustctl.config.parse import parse
from trustctl.config.read import read
from trustctl.config.rewrites import rewrites

ALL_FILES = sorted(FILES.glob("*.cfg"))


@pytest.mark.parametrize("file", ALL_FILES, ids=lambda file: file.name)
def test_a_configuration_is_understood(file: Path) -> None:
    """It comes back without loss, equals itself, and equals itself after every harmless rewrite."""
    result = check_file(file.read_text(encoding="utf-8"), ios(), where=file.name)
    assert result.understood, result
    assert result.parsed + result.normalised + sum(count for _, count in result.ignored) == result.lines


def test_every_rewrite_changes_the_text() -> None:
    """A rewrite that rewrites nothing would prove nothing."""
    text = (FILES / "c2960x_150-2.cfg").read_text(encoding="utf-8")
    tree = parse(text, ios())
    assert {name for name, other in rewrites(tree, ios()) if other == text} == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("switchport access vlan 11\n", "switchport access vlan 12\n"),
        ("allowed vlan add 130,140,150-152,999", "allowed vlan add 130,140,150-153,999"),
        (" shutdown\n power inline never", " power inline never"),
        (" permit 10.40.10.77\n", ""),
        ("  *** Brook School ***", "  *** Brook College ***"),
        ("brookRO", "brookXX"),
        ("vlan 11-12,20 \n", "vlan 11-12\n"),
        ("exec-timeout 15 0", "exec-timeout 16 0"),
    ],
)
def test_a_real_change_is_seen(old: str, new: str) -> None:
    """The same comparison that sees through rewrites sees a change of meaning."""
    text = (FILES / "c2960x_150-2.cfg").read_text(encoding="utf-8")
    assert text.count(old) == 1
    assert differences(read(text, ios()), read(text.replace(old, new), ios()))


def test_unknown_lines_are_listed_without_their_secrets() -> None:
    """Each line that no rule knows is listed with its number; what may be a secret in it is hidden."""
    result = check_file((FILES / "csr_router.cfg").read_text(encoding="utf-8"), ios())
    listed = dict(result.unknown)
    assert listed[33] == "neighbor 10.9.9.9 password 7 <hidden>"
    assert "S3cretPsk" not in str(result)
    assert "Another-Psk" not in str(result)


def test_a_refusal_says_why_and_where() -> None:
    """A text that is cut short is refused with its last line."""
    result = check_file("version 15.2\nhostname a\n", ios(), where="a.cfg")
    assert (result.understood, result.where) == (False, "a.cfg:2")
    assert "cut short" in result.refused


def test_a_part_that_no_device_printed_is_checked_as_a_part() -> None:
    """Hand-written text without the head and the end of a capture is checked, and said to be a part."""
    result = check_file("hostname a\ninterface Gi0/1\n no shut\n", ios())
    assert result.understood
    assert result.partial
