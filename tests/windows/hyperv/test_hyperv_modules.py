"""Hyper-V's modules, case by case: what is changed, shown, refused and sent. The cases are data (`cases`)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from generated_types import MemoryHost

from trustctl.windows import TYPES, difference
from trustctl.windows.action import Result, Task, carry_out

ROLES = Path(__file__).parents[3] / "roles"
SUBJECTS: list[dict[str, Any]] = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
]


class TellingHost(MemoryHost):
    """A host that keeps the contract, and tells facts along with what it has."""

    def __init__(self, subject: Mapping[str, Any], value: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> None:
        super().__init__(TYPES[subject["module"]], value)
        self.facts = facts

    def run(self, module: str, args: Mapping[str, object]) -> dict[str, Any]:
        """Carry out one half of a module."""
        reply = super().run(module, args)
        return {**reply, "facts": self.facts} if args["operation"] == "read" else reply

    @property
    def operations(self) -> list[object]:
        """What it was asked to do, in order."""
        return [each["operation"] for each in self.asked]


def _module(subject: Mapping[str, Any]) -> str:
    return str(subject["module"])


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(subject, case, id=f"{subject['module']}: {case['what']}")
        for subject in SUBJECTS
        for case in subject[kind]
    ]


def _properties(*names: str) -> list[Any]:
    return [
        pytest.param(subject, name, id=f"{subject['module']}.{name}")
        for subject in SUBJECTS
        for kind in names
        for name in subject[kind]
    ]


def _run(subject: Mapping[str, Any], case: Mapping[str, Any], *, check: bool) -> tuple[Result, TellingHost]:
    """The result of a case on a host that has what the case, or else the subject, says."""
    kind = TYPES[subject["module"]]
    have = case["have"] if "have" in case else subject["whole"]
    if case.get("running"):
        have = {**have, "power": "Running"}
    facts = {name: fact for name, fact in {**subject["facts"], **case.get("facts", {})}.items() if fact is not None}
    host = TellingHost(subject, have, facts)
    args = {"state": "absent"} if case.get("absent") else case["want"]
    named = {kind.key: subject["name"]} if kind.key else {}
    return carry_out(Task(kind, {**named, **args}, check), host), host


@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_a_resource_that_is_not_there_would_be_made_and_is_made(subject: Mapping[str, Any]) -> None:
    """On a host without Hyper-V too: a check reads once and shows all of it as new, an apply sets it as wanted."""
    case: dict[str, Any] = {"want": subject["whole"], "have": None, "facts": {"switches": [], "management": None}}
    result, host = _run(subject, case, check=True)
    assert result["changed"], result
    assert result["diff"]["before"] == ""
    assert {line.split(":")[0].split("[")[0].split(".")[0] for line in result["diff"]["after"].splitlines()} == set(
        subject["whole"]
    )
    assert host.operations == ["read"]
    result, host = _run(subject, case, check=False)
    assert result["changed"], result
    assert host.operations == ["read", "set", "read"]
    assert difference(host.kind, host.kind.wanted(subject["whole"]), host.kind.read(host.value or {})) is None


@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_a_resource_that_is_as_wanted_is_only_read(subject: Mapping[str, Any], check: bool) -> None:
    """A second run changes nothing and asks once, however it is written."""
    for want in (subject["whole"], subject["same"]):
        result, host = _run(subject, {"want": want}, check=check)
        assert not result["changed"], result
        assert "diff" not in result
        assert host.operations == ["read"]


@pytest.mark.parametrize(("subject", "name"), _properties("other"))
def test_each_property_alone_is_a_change_of_it_or_refused(subject: Mapping[str, Any], name: str) -> None:
    """What differs is shown alone, and put right in one set of that property; what cannot change is refused."""
    case = {"want": {name: subject["other"][name]}}
    if name in subject.get("refused_as_other", ()):
        for check in (True, False):
            result, host = _run(subject, {"want": subject["whole"] | case["want"]}, check=check)
            assert result["failed"]
            assert host.operations == ["read"]
        return
    result, host = _run(subject, case, check=True)
    assert result["changed"], result
    gone, come = (set(result["diff"][side].splitlines()) for side in ("before", "after"))
    assert {line.split(":")[0].split("[")[0].split(".")[0] for line in gone ^ come} == {name}
    assert host.value == subject["whole"], "check mode changes nothing"
    result, host = _run(subject, case, check=False)
    assert result["changed"], result
    assert host.operations == ["read", "set", "read"]
    assert set(host.asked[1]) - {"operation", host.kind.key} == {name}


@pytest.mark.parametrize("subject", SUBJECTS, ids=_module)
def test_every_property_of_the_type_has_its_case(subject: Mapping[str, Any]) -> None:
    """A property that is added needs its case."""
    names = {one.name for one in TYPES[subject["module"]].properties}
    assert names == set(subject["whole"]) == set(subject["other"])


@pytest.mark.parametrize(("subject", "case"), _cases("refusals"))
def test_what_must_not_be_done_is_refused_with_its_reason(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """Each refusal has its reason, in check mode and in an apply, before anything is set."""
    for check in (True, False):
        result, host = _run(subject, case, check=check)
        assert result.get("failed"), result
        assert case["says"] in result["msg"]
        assert host.operations in (["read"], []), "nothing was set"


@pytest.mark.parametrize(("subject", "case"), _cases("allowed"))
def test_what_lies_next_to_a_refusal_is_let_through(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """In check mode and in an apply."""
    for check in (True, False):
        result, _ = _run(subject, case, check=check)
        assert result["changed"], result


@pytest.mark.parametrize(("subject", "case"), _cases("commands"))
def test_the_plan_shows_what_an_administrator_would_type(subject: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """The lines are the cmdlets of Microsoft's documentation, in the order in which they work."""
    kind = TYPES[subject["module"]]
    have = case["have"] if "have" in case else subject["whole"]
    if case.get("running"):
        have = {**have, "power": "Running"}
    want = None if case.get("absent") else kind.wanted(case["want"])
    found = difference(kind, want, None if have is None else kind.read(have))
    assert found is not None
    assert list(kind.cmdlets(subject["name"], found)) == case["says"]


_VARIABLES = [
    ("hyperv_host", "hyperv_host_settings", "trust_vm_host"),
    ("hyperv_host", "hyperv_host_switches", "trust_vswitch"),
    ("hyperv_host", "hyperv_host_replica", "trust_replica"),
    ("hyperv_vm", "hyperv_vm_machines", "trust_vm"),
]


@pytest.mark.parametrize(("role", "variable", "module"), _VARIABLES, ids=[each[2] for each in _VARIABLES])
def test_a_role_takes_and_hands_on_every_option_of_its_module(role: str, variable: str, module: str) -> None:
    """What the module is documented to take, the role's variable takes, and a task of the role gives to the module."""
    documented = _documented(ROLES / role / "library" / f"{module}.py")
    specs = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"][variable]["options"]
    assert _shape(options, "options") == _shape(documented, "suboptions")
    tasks = [
        task[module]
        for path in sorted((ROLES / role / "tasks").glob("*.yml"))
        for task in yaml.safe_load(path.read_text(encoding="utf-8"))
        if module in task
    ]
    assert [set(task) for task in tasks] == [set(documented)]
    assert all(f".{name}" in text for name, text in tasks[0].items()), "each option is given its own value"


def _documented(path: Path) -> dict[str, Any]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    texts = [node.value for node in body if isinstance(node, ast.Assign) and "DOCUMENTATION" in ast.unparse(node)]
    options: dict[str, Any] = yaml.safe_load(ast.literal_eval(texts[0]))["options"]
    return {name: option for name, option in options.items() if name != "operation"}


def _shape(options: Mapping[str, Any], inner: str) -> dict[str, Any]:
    """Of each option what Ansible holds it to; the words of `power` are the role's alone, as a host may have others."""
    return {
        name: (
            option["type"],
            option.get("elements"),
            option.get("required", False),
            None if name == "power" else option.get("choices"),
            _shape(option.get(inner, {}), inner),
        )
        for name, option in options.items()
    }
