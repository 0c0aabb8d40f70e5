"""Each module of ours says one thing in four places: documentation, script, type and action plugin."""

from __future__ import annotations

from pathlib import Path

import pytest
from module_contracts import MODULES, ROLES, documented, of_type, plain, specification, without

from trustctl.windows import TYPES

_EVERY = pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])
_OF_OURS = {"state": "present", "operation": "set"}
"""The only options that have a default: any other would be set without having been asked for."""


def test_there_are_modules() -> None:
    """What follows would hold of none."""
    assert MODULES
    assert len({path.stem for path in MODULES}) == len(MODULES), "two roles have a module of one name"


def test_every_type_of_ours_has_its_module() -> None:
    """And no module is without its type. Those with a dot in their name are of collections."""
    assert {name for name in TYPES if "." not in name} == {path.stem for path in MODULES}


@_EVERY
def test_a_module_has_all_its_parts(path: Path) -> None:
    """A script, and an action plugin of one form: what it does is in trustctl."""
    assert path.with_suffix(".ps1").is_file()
    lines = (path.parents[1] / "action_plugins" / path.name).read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith(('"""', "from __future__"))]
    assert code == [
        "from ansible.plugins.action import ActionBase",
        "from trustctl.windows.action import action",
        f'ActionModule = action(ActionBase, "{path.stem}")',
    ]


@_EVERY
def test_the_options_are_the_properties_of_its_type(path: Path) -> None:
    """By name, kind, choices and need, at every depth: what trustctl compares is what a task may give."""
    options = plain(documented(path).documentation["options"], "suboptions")
    key = TYPES[path.stem].key
    assert options.pop(key, {"type": "str"})["type"] == "str"
    assert without(options, "default") == of_type(path.stem)


@_EVERY
def test_the_script_takes_what_is_documented(path: Path) -> None:
    """The same options, kinds, choices, defaults; and it can be run in check mode."""
    spec = specification(path.with_suffix(".ps1"))
    assert plain(spec["options"], "options") == plain(documented(path).documentation["options"], "suboptions")
    assert spec["supports_check_mode"] is True
    assert set(spec) <= {"options", "supports_check_mode", "required_together", "required_one_of"}


@_EVERY
def test_only_the_key_has_to_be_given(path: Path) -> None:
    """A read gives the key, and what its type says (`reads_with`), so nothing else may be required or has a default."""
    options = documented(path).documentation["options"]
    kind = TYPES[path.stem]
    assert [name for name, one in options.items() if one.get("required")] == ([kind.key] if kind.key else [])
    defaults = {name: one["default"] for name, one in options.items() if "default" in one}
    assert defaults == {name: value for name, value in _OF_OURS.items() if name in options}
    inner = [each for one in options.values() for each in one.get("suboptions", {}).values()]
    assert not [one for one in inner if "default" in one]


@_EVERY
def test_a_person_is_told_what_it_does(path: Path) -> None:
    """A short description, what check mode does, every option described, and examples that use it."""
    found = documented(path)
    about = found.documentation
    assert about["module"] == path.stem
    assert about["short_description"]
    assert "check mode" in " ".join(about.get("notes", [])).lower()
    assert [name for name, one in about["options"].items() if not one.get("description")] == []
    assert found.examples
    assert all(set(task) & {path.stem} and task["name"] for task in found.examples)
    given = {name for task in found.examples for name in task[path.stem]}
    assert given <= set(about["options"]) - {"operation"}
    assert "value" in found.returns


def test_every_role_of_ours_is_complete() -> None:
    """What it takes, what it is for, and whom it depends on."""
    roles = [path for path in ROLES.iterdir() if path.is_dir()]
    wanting = [
        f"{path.name}/{name}"
        for path in roles
        for name in ("meta/argument_specs.yml", "meta/main.yml", "tasks/main.yml")
        if not (path / name).is_file()
    ]
    assert roles
    assert wanting == []
