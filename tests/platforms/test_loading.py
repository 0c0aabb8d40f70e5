"""A platform's folder, read strictly."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.config import load_rulebook, read, way_back
from trustctl.errors import RenderError, RulebookError, UsageError
from trustctl.model.plan import Observed, Tier
from trustctl.platforms import platform, platform_names, tier_of, way_back_of

ROOT = Path(__file__).parents[2] / "templates"
GOOD = (ROOT / "cisco_ios" / "platform.yml").read_text()


def folder(root: Path, text: str, name: str = "cisco_ios") -> Path:
    """A template root with one platform of this text."""
    (root / name).mkdir(parents=True)
    (root / name / "platform.yml").write_text(text)
    return root


def observed(running: str = "hostname sw\n", *, archive: bool | None = None) -> Observed:
    """A reading of a device."""
    return Observed("sw", running, "live", datetime(2026, 1, 1, tzinfo=UTC), archive=archive)


def test_cisco_ios_is_well_formed() -> None:
    """The platform that ships loads, and names its sources for each way of undoing a change."""
    spec = platform("cisco_ios", [ROOT]).spec
    assert [(way.name, way.effective_tier) for way in spec.safe_change] == [
        ("revert timer", Tier.A),
        ("timed reload", Tier.B),
    ]
    assert all(way.sources for way in spec.safe_change)


def test_the_trusts_own_folder_wins(tmp_path: Path) -> None:
    """A platform in an earlier root hides the one of the same name in a later root."""
    own = folder(tmp_path, GOOD.replace("title: Cisco Catalyst", "title: Ours, Catalyst"))
    assert platform("cisco_ios", [own, ROOT]).spec.title.startswith("Ours")
    assert platform_names([own, ROOT]).count("cisco_ios") == 1


def test_the_trusts_own_rules_join_the_shipped_ones(tmp_path: Path) -> None:
    """A rule file in the trust's repository makes a line known without a copy of the whole platform."""
    text = "hostname sw\nfrobnicate fast\nend\n"
    assert read(text, platform("cisco_ios", [ROOT]).rulebook).root.unknown
    rules = tmp_path / "cisco_ios" / "rulebook"
    rules.mkdir(parents=True)
    (rules / "90-own.yml").write_text(
        "topic: Device\nownership: owned\norder: 900\nlines:\n  global:\n"
        "    frobnicate: {single: 'frobnicate {speed}', remove: no frobnicate}\n"
    )
    assert not read(text, platform("cisco_ios", [tmp_path, ROOT]).rulebook).root.unknown


def test_an_unknown_platform_names_the_known(tmp_path: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError, match="no platform 'cisco_isoo'") as caught:
        platform("cisco_isoo", [folder(tmp_path, GOOD)])
    assert "cisco_ios" in caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("netmiko: cisco_ios\n", "", "netmiko: Field required"),
        ("netmiko: cisco_ios\n", "netmiko: cisco_ios\nnetmikoo: x\n", "netmikoo"),
        ("tier: A\n", "tier: D\n", "safe_change[0].tier"),
        ("unit: minutes\n", "unit: seconds\n", "safe_change[0].unit"),
        ("shortest: 1\n", "shortest: one\n", "safe_change[0].shortest"),
        ("host_cut: 16 ", "host_cut: 16\n    host_cut: 17 ", "host_cut"),
        ("pager: '--More--'", "pager: '--More--('", "session.pager"),
        ("name: cisco_ios\n", "name: other\n", "lies in 'cisco_ios'"),
        ("pager: '--More--'", "pager: &p '--More--'", "anchors"),
        ("pager: '--More--'", "pager: '--More--", "expected"),
    ],
)
def test_mistakes_are_refused_with_their_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """A missing, unknown, doubled or wrong entry is a RulebookError at file and line."""
    assert old in GOOD
    with pytest.raises(RulebookError, match=re.escape(problem)) as caught:
        platform("cisco_ios", [folder(tmp_path, GOOD.replace(old, new, 1))])
    assert "platform.yml" in caught.value.where


def test_an_unverified_step_lowers_the_tier(tmp_path: Path) -> None:
    """A way with a step that nobody has seen work is trusted one tier less."""
    root = folder(tmp_path, GOOD.replace("lowers: false", "lowers: true", 1))
    found = platform("cisco_ios", [root])
    assert found.spec.safe_change[0].effective_tier is Tier.B
    assert tier_of(way_back_of(found, observed(archive=True))) is Tier.B


def test_the_tier_follows_what_the_device_can_do() -> None:
    """A live device was asked; a captured configuration shows whether the archive is configured."""
    ios = platform("cisco_ios", [ROOT])
    assert tier_of(way_back_of(ios, observed(archive=True))) is Tier.A
    assert tier_of(way_back_of(ios, observed(archive=False))) is Tier.B
    assert tier_of(way_back_of(ios, observed("archive\n log config\n  hidekeys\n path flash:tc\n"))) is Tier.A
    assert (
        tier_of(
            way_back_of(ios, observed("archive\n log config\n  hidekeys\ninterface Gi1/0/1\n description path x\n"))
        )
        is Tier.B
    )


def test_a_platform_without_a_way_is_tier_c(tmp_path: Path) -> None:
    """Nothing on the device undoes the change: tier C."""
    root = folder(tmp_path, GOOD[: GOOD.index("safe_change:")] + "safe_change: []\n")
    assert tier_of(way_back_of(platform("cisco_ios", [root]), observed(archive=True))) is Tier.C


def test_a_trusts_own_folder_cannot_take_anything_off_our_deny_list(tmp_path: Path) -> None:
    """A folder that stands before a shipped one may deny more; what ours denies stays denied, guards included."""
    own = tmp_path / "templates" / "cisco_ios"
    shutil.copytree(ROOT / "cisco_ios", own)
    gate = own / "rulebook" / "05-gate.yml"
    text = gate.read_text(encoding="utf-8")
    weak = text.replace("'rel|oad', ", "").replace("'aa|a n|ew-model'", "'mac|ro'")
    weak = weak[: weak.index("  guarded:")]
    assert weak != text
    gate.write_text(weak, encoding="utf-8")
    ours = platform("cisco_ios", [own.parent, ROOT]).rulebook.gate
    for line in ("reload in 5", "no aaa new-model", "no macro auto"):
        with pytest.raises(RenderError, match="deny-list"):
            ours.check_line(line)
    alone = platform("cisco_ios", [own.parent]).rulebook.gate
    assert alone.check_line("reload in 5")
    lazy = text.replace("having: [login local]", "having: [exec-timeout 5 0]").replace("first: 5", "first: 1")
    gate.write_text(lazy + "# weaker guard\n", encoding="utf-8")
    weaker = tmp_path / "weaker" / "cisco_ios"
    shutil.copytree(own, weaker)
    had = "no aaa new-model\nusername a privilege 15 secret 5 $1$a$b\nline vty 0 4\n exec-timeout 5 0\n login\nend\n"
    assert way_back(read(had, platform("cisco_ios", [weaker.parent]).rulebook)).permit.lines
    assert not way_back(read(had, platform("cisco_ios", [weaker.parent, ROOT]).rulebook)).permit.lines


def test_a_trusts_own_rules_may_add_to_the_deny_list_and_change_nothing_else(tmp_path: Path) -> None:
    """A rule file of the trust's own denies a command; one that changes what counts as a comment is refused."""
    rules = tmp_path / "cisco_ios" / "rulebook"
    rules.mkdir(parents=True)
    own = rules / "ours.yml"
    own.write_text("gate: {denied: ['mac|ro a|uto']}\n", encoding="utf-8")
    gate = platform("cisco_ios", [tmp_path, ROOT]).rulebook.gate
    for line in ("macro auto execute x", "mac a", "reload"):
        with pytest.raises(RenderError, match="deny-list"):
            gate.check_line(line)
    for weaker in ("comments: ''", "free_text: ['.*']", "negations: [undo]", "guarded: []"):
        own.write_text(f"gate: {{{weaker}}}\n# {weaker}\n", encoding="utf-8")
        with pytest.raises(RulebookError, match="cannot change") as refused:
            load_rulebook(ROOT / "cisco_ios", extra=[own])
        assert refused.value.where.startswith(str(own))
