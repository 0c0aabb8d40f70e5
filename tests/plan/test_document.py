"""The plan file: what is written is what is read, and nothing that was tampered with is read at all."""

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.errors import ExitCode, PlanFileError, TrustctlError
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import (
    Action,
    Change,
    ChangeKind,
    DevicePlan,
    Flag,
    Plan,
    Rule,
    Severity,
    Tier,
    Untouched,
)
from trustctl.model.rotation import Rotation
from trustctl.plan.document import digest_of, from_document, to_document, with_digest
from trustctl.plan.files import dumps, load, loads, save
from trustctl.plan.judge import moved_lines

words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs",)), max_size=20)
lines = st.lists(words, max_size=3).map(tuple)
places = st.builds(Place, st.just("inventory/a.yml"), st.integers(1, 999))
values = st.one_of(
    st.builds(Origin, st.sampled_from(Layer), places),
    st.builds(Origin, st.sampled_from(Layer), st.none(), words),
)
origins = st.builds(LineOrigin, places, st.lists(st.tuples(words, values), max_size=2).map(tuple))
flags = st.lists(st.builds(Flag, st.sampled_from(Rule), st.sampled_from(Severity), words), max_size=2).map(tuple)
changes = st.builds(
    Change,
    summary=words,
    topic=words,
    kind=st.sampled_from(ChangeKind),
    section=lines,
    before=lines,
    after=lines,
    commands=lines,
    undo=lines,
    origin=st.lists(origins, max_size=2).map(tuple),
    flags=flags,
    in_commands=st.lists(st.integers(0, 99), max_size=3).map(tuple),
)
devices = st.builds(
    DevicePlan,
    name=words,
    school=words,
    kind=st.just("switch"),
    platform=st.just("cisco_ios"),
    engine=st.just("network"),
    stage=st.sampled_from(Stage),
    tier=st.sampled_from(Tier),
    action=st.sampled_from(Action),
    reason=words,
    serial=st.none() | words,
    changes=st.lists(changes, max_size=2).map(tuple),
    commands=lines,
    undo=lines,
    untouched=st.lists(st.builds(Untouched, lines, lines, words), max_size=2).map(tuple),
    flags=flags,
    observed_lines=lines,
)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
plans = st.builds(
    Plan,
    created=st.just(NOW),
    expires=st.just(NOW + timedelta(days=14)),
    inventory_commit=words,
    inventory_digest=words,
    tool_version=st.just("0.1.0"),
    devices=st.lists(devices, max_size=2).map(tuple),
    notes=lines,
    overdue=lines,
).map(with_digest)


@given(plans)
def test_a_plan_comes_back_whole(plan: Plan) -> None:
    """Writing and reading a plan file is the identity."""
    assert loads(dumps(plan)) == plan


@given(plans)
def test_unknown_keys_are_ignored(plan: Plan) -> None:
    """A newer minor version may add keys; an older reader ignores them."""
    document = {**to_document(plan), "format_version": "1.9", "weather": "fine"}
    document["digest"] = digest_of(document)
    assert from_document(document).devices == plan.devices


def an_empty_plan() -> Plan:
    """Return a plan of no devices."""
    return with_digest(Plan(NOW, NOW, "", "sha256:00", "0.1.0", ()))


@pytest.mark.parametrize("key", ["now", "next", "other", "unread", "none", "x"])
def test_a_step_gives_the_present_or_the_coming_value_and_nothing_else(key: str) -> None:
    """Another word is a damaged plan, when it is read."""
    document = to_document(replace(an_empty_plan(), digest="", rotation=Rotation("a/b", 1, 2, "step", key=key)))
    if key in {"now", "next"}:
        assert from_document(document).rotation == Rotation("a/b", 1, 2, "step", key=key)
        return
    with pytest.raises(PlanFileError, match=r"damaged.*gives"):
        from_document(document)


def test_an_unknown_major_version_is_refused() -> None:
    """A plan of another major version is never half understood."""
    document = {**to_document(an_empty_plan()), "format_version": "2.0"}
    document["digest"] = digest_of(document)
    with pytest.raises(PlanFileError, match=r"format version is 2\.0"):
        from_document(document)


def test_an_edited_plan_is_refused() -> None:
    """A plan that was changed after it was made does not match its digest."""
    text = dumps(an_empty_plan()).replace('"tool_version": "0.1.0"', '"tool_version": "0.1.1"')
    with pytest.raises(PlanFileError, match="digest"):
        loads(text)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"format_version": "1.0"}', "null"])
def test_other_files_are_no_plans(text: str) -> None:
    """Whatever is no plan file ends in one clear error with exit code 1."""
    with pytest.raises(PlanFileError) as caught:
        loads(text)
    assert isinstance(caught.value, TrustctlError)
    assert caught.value.exit_code is ExitCode.ERROR


def test_a_damaged_plan_names_the_key() -> None:
    """A plan with a key of the wrong type says which one."""
    document = json.loads(dumps(an_empty_plan()))
    document["created"] = 5
    document["digest"] = digest_of(document)
    with pytest.raises(PlanFileError, match="created is not text"):
        from_document(document)


def test_a_plan_file_is_private(tmp_path: Path) -> None:
    """A plan shows a network's inside: mode 0600."""
    save(an_empty_plan(), tmp_path / "plan.json")
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o600
    assert load(tmp_path / "plan.json") == an_empty_plan()


def test_moved_lines_are_named() -> None:
    """The lines that went and the lines that came are named; a mere change of order is not silence."""
    assert moved_lines(("a", "b"), ("a", "c")) == ("planned against: b", "now: c")
    assert moved_lines(("a", "b"), ("b", "a")) == ("the same lines in another order or section",)
    assert moved_lines(("a",), ("a",)) == ()
