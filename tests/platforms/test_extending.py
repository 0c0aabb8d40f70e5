"""A platform that extends another one says only what is different."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustctl.config import read
from trustctl.errors import RulebookError, UsageError
from trustctl.model.plan import Tier
from trustctl.platforms import platform
from trustctl.platforms.extending import merged

SHIPPED = Path(__file__).parents[2] / "templates"
TEXT = "hostname sw\nfrobnicate fast\nend\n"
RULES = (
    "topic: Device\nownership: owned\norder: 900\nlines:\n  global:\n"
    "    frobnicate: {single: 'frobnicate {speed}', remove: no frobnicate}\n"
)


def write(root: Path, name: str, text: str, rules: str = "") -> None:
    """One platform folder."""
    (root / name / "rulebook").mkdir(parents=True)
    (root / name / "platform.yml").write_text(text)
    if rules:
        (root / name / "rulebook" / "50-own.yml").write_text(rules)


def test_what_is_not_said_is_as_below(tmp_path: Path) -> None:
    """The rules, the dialogue and the ways to undo come from the platform below; a named entry is changed alone."""
    lowered = "safe_change:\n  - name: revert timer\n    unverified: [{what: seen nowhere, lowers: true}]\n"
    write(tmp_path, "ours", f"name: ours\ntitle: Ours\nextends: cisco_ios\n{lowered}", RULES)
    ours, ios = platform("ours", [tmp_path, SHIPPED]), platform("cisco_ios", [SHIPPED])
    assert ours.spec.title == "Ours"
    assert ours.spec.session == ios.spec.session
    assert [(way.name, way.effective_tier) for way in ours.spec.safe_change] == [
        ("revert timer", Tier.B),
        ("timed reload", Tier.B),
    ]
    assert ours.spec.safe_change[0].arm == ios.spec.safe_change[0].arm
    assert read(TEXT, ios.rulebook).root.unknown
    assert not read(TEXT, ours.rulebook).root.unknown
    assert ours.rulebook.gate.denied == ios.rulebook.gate.denied


def test_a_trusts_rules_for_the_platform_below_hold_above(tmp_path: Path) -> None:
    """A rule that a trust adds to `cisco_ios` is known on a platform that extends it."""
    trust, vendor = tmp_path / "trust", tmp_path / "vendor"
    write(vendor, "ours", "name: ours\ntitle: Ours\nextends: cisco_ios\n")
    (trust / "cisco_ios" / "rulebook").mkdir(parents=True)
    (trust / "cisco_ios" / "rulebook" / "90-own.yml").write_text(RULES)
    assert not read(TEXT, platform("ours", [trust, vendor, SHIPPED]).rulebook).root.unknown


def test_the_deny_list_below_cannot_be_changed(tmp_path: Path) -> None:
    """A platform above may add to what is never sent, and take nothing away."""
    write(tmp_path, "ours", "name: ours\ntitle: Ours\nextends: cisco_ios\n", "gate:\n  negations: [nope]\n")
    with pytest.raises(RulebookError, match="cannot change `negations`"):
        _ = platform("ours", [tmp_path, SHIPPED]).rulebook


def test_a_ring_and_a_stranger_are_refused(tmp_path: Path) -> None:
    """A platform that stands on itself, or on one that nobody has."""
    write(tmp_path, "one", "name: one\ntitle: One\nextends: two\n")
    write(tmp_path, "two", "name: two\ntitle: Two\nextends: one\n")
    with pytest.raises(RulebookError, match="extends itself"):
        platform("one", [tmp_path])
    write(tmp_path, "three", "name: three\ntitle: Three\nextends: cisco_isoo\n")
    with pytest.raises(UsageError, match="cisco_isoo"):
        platform("three", [tmp_path, SHIPPED])


def test_merging() -> None:
    """Mappings by key, named entries by name, everything else replaced."""
    below = {"a": 1, "ways": [{"name": "x", "t": 1}, {"name": "y", "t": 2}], "list": ["p"]}
    own = {"a": 2, "ways": [{"name": "y", "t": 3}, {"name": "z", "t": 4}], "list": ["q"]}
    assert merged(below, own) == {  # type: ignore[arg-type] - plain mappings
        "a": 2,
        "ways": [{"name": "x", "t": 1}, {"name": "y", "t": 3}, {"name": "z", "t": 4}],
        "list": ["q"],
    }
