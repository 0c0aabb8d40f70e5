"""The baseline's own modules, case by case: what is changed, shown, refused and sent. The cases are data (`cases`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from things import Scripted, done, value

from trustctl.windows import TYPES

SUBJECTS: list[dict[str, Any]] = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
]
MADE = [one for one in SUBJECTS if not TYPES[one["module"]].reads_only]


def _module(subject: Mapping[str, Any]) -> str:
    return str(subject["module"])


def _run(
    subject: Mapping[str, Any], want: Mapping[str, Any], *have: Mapping[str, Any] | None, check: bool, **facts: Any
) -> tuple[dict[str, Any], Scripted]:
    """A task on a host that reads as each of `have`; with two of them, a set stands between the readings."""
    kind = TYPES[subject["module"]]
    told = {**subject.get("facts", {}), **facts}
    replies = [value(each, **told) for each in have]
    replies[1:1] = [{"changed": True}] * (len(have) - 1)
    named = {kind.key: subject["name"]} if kind.key else {}
    return done(*replies, check=check, kind=kind, **named, **want)


@pytest.mark.parametrize(
    ("subject", "case"),
    [pytest.param(one, case, id=f"{one['module']}: {case['what']}") for one in SUBJECTS for case in one["cases"]],
)
def test_each_case_is_shown_refused_and_told_as_the_data_say(
    subject: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    """Check mode reads once, and says exactly which lines come and go and what an administrator would type."""
    facts = case.get("facts", {})
    if case.get("refused") and "is none of" in case["refused"]:
        result, host = done(check=True, kind=TYPES[subject["module"]], **_named(subject), **case["want"])
    else:
        result, host = _run(subject, case["want"], case["have"], check=True, **facts)
    assert len(host.asked) <= 1
    if "refused" in case:
        assert result.get("failed"), result
        assert case["refused"] in result["msg"]
        return
    assert not result.get("failed"), result
    assert result["changed"] == ("after" in case)
    if "after" in case:
        before, after = (result["diff"][side].splitlines() for side in ("before", "after"))
        assert [line for line in before if line not in after] == case["before"]
        assert [line for line in after if line not in before] == case["after"]
        assert bool(result["reboot_required"]) == case.get("restart", False)
    if "cmdlets" in case:
        assert result["trust_resource"]["cmdlets"] == case["cmdlets"]


def _named(subject: Mapping[str, Any]) -> dict[str, Any]:
    kind = TYPES[subject["module"]]
    return {kind.key: subject["name"]} if kind.key else {}


def _would_be(subject: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What check mode says of one property's change."""
    result, _ = _run(subject, subject["other"][name], subject["whole"], check=True)
    return result


@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_resource_that_is_as_wanted_is_only_read(subject: Mapping[str, Any], check: bool) -> None:
    """A second run changes nothing and asks once."""
    result, host = _run(subject, subject["whole"], subject["whole"], check=check)
    assert not result.get("failed"), result
    assert not result["changed"]
    assert [each["operation"] for each in host.asked] == ["read"]


@pytest.mark.parametrize(
    ("subject", "name"),
    [pytest.param(one, name, id=f"{one['module']}.{name}") for one in MADE for name in one["other"]],
)
def test_each_property_alone_is_a_change_of_that_property(subject: Mapping[str, Any], name: str) -> None:
    """No property is compared with another's eyes, and only what is asked for is sent."""
    want = subject["other"][name]
    result, host = _run(
        subject, want, subject["whole"], {**subject["whole"], **_reached(_would_be(subject, name))}, check=False
    )
    assert not result.get("failed"), result
    assert result["changed"]
    assert [each["operation"] for each in host.asked] == ["read", "set", "read"]
    assert set(host.asked[1]) - {"operation", TYPES[subject["module"]].key} == {name}
    gone, come = (set(result["diff"][side].splitlines()) for side in ("before", "after"))
    assert {line.split(":")[0] for line in gone ^ come} == {name}


def _reached(result: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a check run says there would be."""
    lines = (line.partition(": ") for line in result["diff"]["after"].splitlines())
    return {name: yaml.safe_load(text) for name, _, text in lines}


@pytest.mark.parametrize("subject", MADE, ids=_module)
def test_every_property_of_the_type_has_its_case(subject: Mapping[str, Any]) -> None:
    """A property that is added needs its case."""
    kind = TYPES[subject["module"]]
    assert {one.name for one in kind.properties} == set(subject["other"])
    assert set(subject["whole"]) == set(subject["other"])


def test_every_module_of_the_two_roles_has_its_cases() -> None:
    """A module that is added needs its file."""
    roles = Path(__file__).parents[3] / "roles"
    there = {
        path.stem for role in ("windows_facts", "windows_baseline") for path in roles.glob(f"{role}/library/*.ps1")
    }
    assert there == {one["module"] for one in SUBJECTS}
