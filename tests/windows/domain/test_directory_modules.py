"""The directory's own modules, case by case: what is changed, shown, refused and sent. The cases are data (`cases`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from things import Scripted, done, value

from trustctl.windows import types
from trustctl.windows.resource import TYPES, difference

assert types.__all__, "importing it makes the types known"
ROLES = Path(__file__).parents[3] / "roles"
SUBJECTS: list[dict[str, Any]] = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
]
MADE = [one for one in SUBJECTS if one["module"] not in {"trust_domain_reach", "trust_laps_schema"}]


def _module(subject: Mapping[str, Any]) -> str:
    return str(subject["module"])


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(subject, case, id=f"{subject['module']}: {case.get('what', number)}")
        for subject in SUBJECTS
        for number, case in enumerate(subject[kind])
    ]


def _task(subject: Mapping[str, Any], case: Mapping[str, Any]) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """(args, have, facts) of a case: those of the subject, with what the case says otherwise."""
    whole = {name: subject["whole"][name] for name in case.get("only", subject["whole"])}
    have = case["have"] if "have" in case else subject["whole"]
    return whole | case.get("args", {}), have, subject["facts"] | case.get("facts", {})


def _run(subject: Mapping[str, Any], args: Mapping[str, Any], *replies: Any, check: bool) -> tuple[Any, Scripted]:
    kind = TYPES[subject["module"]]
    named = {kind.key: subject["name"]} if kind.key else {}
    return done(*replies, check=check, kind=kind, **named, **args)


@pytest.mark.parametrize("subject", MADE, ids=_module)
def test_check_of_a_resource_that_is_not_there_says_that_it_would_be_made(subject: Mapping[str, Any]) -> None:
    """Check mode reads once, and shows the whole of it as new."""
    result, host = _run(subject, subject["whole"], value(None, **subject["facts"]), check=True)
    assert result["changed"]
    assert result["diff"]["before"] == ""
    assert [each["operation"] for each in host.asked] == ["read"]


@pytest.mark.parametrize("subject", MADE, ids=_module)
def test_apply_sends_the_whole_resource_and_looks_again(subject: Mapping[str, Any]) -> None:
    """An apply is a reading, one set of everything wanted, and a reading again."""
    replies = (value(None, **subject["facts"]), {"changed": True}, value(subject["whole"], **subject["facts"]))
    result, host = _run(subject, subject["whole"], *replies, check=False)
    assert result["changed"]
    assert [each["operation"] for each in host.asked] == ["read", "set", "read"]
    key = TYPES[subject["module"]].key
    assert host.asked[1] == {**subject["whole"], key: subject["name"], "operation": "set"}


@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_resource_that_is_as_wanted_is_only_read(subject: Mapping[str, Any], check: bool) -> None:
    """A second run changes nothing and asks once."""
    result, host = _run(subject, subject["whole"], value(subject["whole"], **subject["facts"]), check=check)
    assert not result["changed"]
    assert "diff" not in result
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("subject", "name"),
    [pytest.param(one, name, id=f"{one['module']}.{name}") for one in SUBJECTS for name in one["other"]],
)
def test_each_property_alone_is_a_change_of_that_property_or_refused(subject: Mapping[str, Any], name: str) -> None:
    """No property is compared with another's eyes; what cannot change is refused."""
    args = subject["whole"] | {name: subject["other"][name]}
    result, _ = _run(subject, args, value(subject["whole"], **subject["facts"]), check=True)
    if name in subject.get("refused_as_other", ()):
        assert result["failed"]
        return
    assert result["changed"], result
    gone, come = (set(result["diff"][side].splitlines()) for side in ("before", "after"))
    assert {line.split(":")[0].split("[")[0] for line in gone ^ come} == {name}


@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_every_property_of_the_type_has_its_case(subject: Mapping[str, Any]) -> None:
    """A property that is added needs its case."""
    names = {one.name for one in TYPES[subject["module"]].properties} - {"member_of", "ready", "resolvers"}
    assert names == set(subject["other"])


@pytest.mark.parametrize(("subject", "case"), _cases("refusals"))
def test_what_must_not_be_done_is_refused_with_its_reason(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """Each refusal has its reason, in check mode and in an apply, before anything is set."""
    args, have, facts = _task(subject, case)
    for check in (True, False):
        result, host = _run(subject, args, value(have, **facts), check=check)
        assert result["failed"]
        assert case["says"] in result["msg"]
        assert len(host.asked) == 1, "nothing was set"


@pytest.mark.parametrize(("subject", "case"), _cases("allowed"))
def test_what_may_be_done_is_not_refused(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """What lies next to a refusal is let through."""
    args, have, facts = _task(subject, case)
    result, _ = _run(subject, args, value(have, **facts), check=True)
    assert not result.get("failed"), result


@pytest.mark.parametrize(("subject", "case"), _cases("commands"))
def test_plan_shows_what_an_administrator_would_type(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """The lines are the cmdlets of Microsoft's documentation."""
    args, have, _ = _task(subject, case)
    kind = TYPES[subject["module"]]
    found = difference(kind, kind.wanted(args), None if have is None else kind.read(have))
    assert found is not None
    assert list(kind.cmdlets(subject["name"], found)) == case["says"]


def test_every_task_of_a_delegation_is_one_that_may_be_delegated() -> None:
    """The tasks that a school can be given are all there, and none is one that is refused."""
    tasks = yaml.safe_load((ROLES / "ad_school/vars/main.yml").read_text(encoding="utf-8"))["ad_school_tasks"]
    specs = yaml.safe_load((ROLES / "ad_school/meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    assert set(options["ad_school_delegations"]["options"]["grants"]["options"]["tasks"]["choices"]) == set(tasks)
    kind = TYPES["trust_ad_delegation"]
    for name, entries in tasks.items():
        want = kind.wanted({"grants": [{"principal": "OAK-IT", "entries": entries}]})
        assert not kind.refuse(want, None, {}), name
