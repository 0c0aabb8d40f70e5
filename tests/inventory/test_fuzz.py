"""Whatever stands in the files: a resolved trust, or problems with places; never another exception."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import cast

import pytest
import yaml
from bad_cases import HERE, TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustctl.inventory import CODES, InventoryInvalid, Problem, load

EXAMPLE = HERE.parents[1] / "inventory"
JUNK = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1,
        255,
        300,
        4094,
        99999999999,
        1.5,
        "",
        "x",
        "1/0/1",
        "1/0/1-4000",
        "a b",
        "a: b\n",
        "\x1b[2J",
        "10.0.0.0/8",
        "10.11.30.1",
        "0.0.0.0/0",
        "255.255.255.255",
        "access",
        "trunk",
        "staff",
        "dead",
        "{code}",
        "{nonsense}",
        "vlans.staff",
        "services",
        "2027-08-31",
        [],
        ["x"],
        [[]],
        {},
        {"x": {}},
        {"": None},
    ]
)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inside in cast("dict[str, object]", value).items():
            found += _paths(inside, (*path, key))
    elif isinstance(value, list):
        for index, inside in enumerate(cast("list[object]", value)):
            found += _paths(inside, (*path, index))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(st.data())
def test_a_spoilt_value_never_ends_in_a_traceback(data: st.DataObject) -> None:
    """One to three values replaced by junk, or removed: each problem has a known code and a real place."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(EXAMPLE, Path(scratch) / "inventory"))
        files = sorted(path.relative_to(folder) for path in folder.rglob("*.yml") if "lab-" not in path.name)
        for _ in range(data.draw(st.integers(1, 3))):
            file = folder / data.draw(st.sampled_from(files))
            content = cast("dict[str, object]", yaml.safe_load(file.read_text("utf-8")))
            paths = _paths(content)
            if not paths:
                continue
            path = data.draw(st.sampled_from(paths))
            where: object = content
            for step in path[:-1]:
                where = cast("dict[str | int, object]", where)[step]
            holder = cast("dict[str | int, object]", where)
            if data.draw(st.booleans()):
                holder[path[-1]] = data.draw(JUNK)
            else:
                del holder[path[-1]]
            file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        problems: tuple[Problem, ...] = ()
        try:
            load(folder, today=TODAY)
        except InventoryInvalid as error:
            problems = error.findings or pytest.fail("invalid without a problem")
        for problem in problems:
            assert problem.code in CODES
            assert problem.problem
            assert "\x1b" not in problem.format()
            place = Path(problem.place.file)
            if place.is_file():
                assert problem.place.line <= place.read_text("utf-8").count("\n") + 1
