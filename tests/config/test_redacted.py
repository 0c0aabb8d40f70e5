"""A device's text for others: no secret that its rulebook finds is left, and every other line stands as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustctl.config import read, redacted
from trustctl.config.masking import secret_values
from trustctl.platforms import platform
from trustctl.secrets.trust_keys import tag

ROOT = Path(__file__).parents[2]
_PLATFORMS = ("cisco_ios", "cisco_9800", "aruba_aos_s", "aruba_aos_cx", "aruba_instant")
CASES = [
    (name, path) for name in _PLATFORMS for path in sorted((ROOT / "templates" / name / "cases").glob("*/running.cfg"))
]
LINES = [
    (
        "cisco_ios",
        "hostname a\nenable secret 9 $9$abcdefgh$hash\nsnmp-server community 0nly-Read RO 10\nzz key Foo1\nend\n",
        "hostname a\nenable secret 9 <hidden>\nsnmp-server community <hidden> RO 10\nzz key <hidden>\nend\n",
    ),
    (
        "aruba_aos_cx",
        "!Version ArubaOS-CX PL.10.08.1010\nuser jo group administrators password ciphertext AQBapX==\n",
        "!Version ArubaOS-CX PL.10.08.1010\nuser jo group administrators password ciphertext <hidden>\n",
    ),
]


def test_there_are_cases_of_every_platform() -> None:
    """Else the next test would prove nothing."""
    assert {name for name, _ in CASES} == set(_PLATFORMS)


@pytest.mark.parametrize("name", _PLATFORMS)
def test_no_secret_is_left_in_any_case(name: str) -> None:
    """Whatever a platform's own cases hold: no value is left, the lines are as many, a second time changes nothing."""
    rulebook = platform(name, [ROOT / "templates"]).rulebook
    found = 0
    for _, path in (case for case in CASES if case[0] == name):
        text = path.read_text(encoding="utf-8")
        shown = redacted(text, rulebook)
        assert shown.count("\n") == text.count("\n"), path
        values = [value for value in secret_values(read(text, rulebook)).values() if not value.startswith("<")]
        found += len(values)
        assert [value for value in values if f" {value}" in shown or f'"{value}' in shown] == [], path
        assert redacted(shown, rulebook) == shown, path
    assert found, name


@pytest.mark.parametrize(("name", "text", "shown"), LINES)
def test_a_text(name: str, text: str, shown: str) -> None:
    """What stands around a secret stays."""
    assert redacted(text, platform(name, [ROOT / "templates"]).rulebook) == shown


def test_a_tag_says_that_a_secret_is_still_the_same() -> None:
    """Also where the device wrote it in type 7 with another offset."""
    rulebook = platform("cisco_ios", [ROOT / "templates"]).rulebook
    texts = [
        f"hostname a\nradius-server key 7 {key}\nend\n" for key in ("02050D480809", "070C285F4D06", "1511021F0725")
    ]
    one, two, other = (redacted(text, rulebook, lambda value: tag("k", value)) for text in texts)
    assert one == two == f"hostname a\nradius-server key 7 <hidden {tag('k', 'cisco')}>\nend\n"
    assert other == one


def test_a_text_that_cannot_be_parsed_is_masked_by_syntax() -> None:
    """A text that is cut short still holds secrets."""
    rulebook = platform("cisco_ios", [ROOT / "templates"]).rulebook
    assert "0nly-Read" not in redacted("hostname a\nsnmp-server community 0nly-Read RO\nbanner motd ^C\n", rulebook)
