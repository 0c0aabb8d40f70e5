"""The tasks of the two roles: each has a topic that a plan knows, and each option of the role reaches a module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from trustctl.windows.registry import ENTRIES

_ROOT = Path(__file__).parents[3]
_ROLE = _ROOT / "roles" / "windows_baseline"
TOPICS: set[str] = set(yaml.safe_load((_ROOT / "templates/windows/topics.yml").read_text(encoding="utf-8"))["topics"])
OPTIONS: dict[str, Any] = yaml.safe_load((_ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))[
    "argument_specs"
]["main"]["options"]
_REGISTRY = re.compile(r"windows_baseline_registry\('(\w+)'\)")


def _tasks() -> Iterator[tuple[str, dict[str, Any]]]:
    for role in ("windows_facts", "windows_baseline"):
        for path in sorted((_ROOT / "roles" / role).glob("tasks/*.yml")):
            for task in yaml.safe_load(path.read_text(encoding="utf-8")):
                yield f"{role}/{path.name}", task


TASKS = list(_tasks())
_NAMED = pytest.mark.parametrize(
    ("place", "task"), [pytest.param(*one, id=f"{one[0]}: {one[1]['name']}") for one in TASKS]
)


@_NAMED
def test_task_begins_with_a_topic_that_a_plan_knows(place: str, task: Mapping[str, Any]) -> None:
    """`plan --only TOPIC` takes it, and Ansible's `--tags` the same word."""
    topic, bar, does = str(task["name"]).partition(" | ")
    assert bar
    assert does
    assert topic in TOPICS, place
    if "tags" in task:
        assert re.sub(r"[^a-z0-9]+", "_", topic.lower()) in task["tags"]


def test_each_file_has_one_topic() -> None:
    """One subject in one place."""
    topics: dict[str, set[str]] = {}
    for place, task in TASKS:
        topics.setdefault(place, set()).add(str(task["name"]).partition(" | ")[0])
    assert {place: found for place, found in topics.items() if len(found) > 1 and not place.endswith("/main.yml")} == {}


@pytest.mark.parametrize("variable", sorted(OPTIONS))
def test_every_option_of_the_role_reaches_a_module(variable: str) -> None:
    """What a trust asks for is handed on: by its name, or as a value of the registry."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in _ROLE.glob("tasks/*.yml")}
    mine = "\n".join(text for name, text in texts.items() if name != "main.yml" and variable in text)
    assert mine, "no task speaks of it"
    subject = variable.removeprefix("windows_baseline_")
    known = {one.option for one in ENTRIES.get(subject, ()) if subject in _REGISTRY.findall(mine)}
    by_hand = {"time": {"servers"}, "tls": {"protocols"}, "updates": {"server"}} | {
        "event_forwarding": {"collectors", "https", "issuer", "refresh_seconds"}
    }
    of = OPTIONS[variable].get("options", {})
    assert {name for name in of if f".{name}" not in mine} <= known | by_hand.get(subject, set())


@_NAMED
def test_what_a_task_hands_on_is_left_out_where_nobody_asked_for_it(place: str, task: Mapping[str, Any]) -> None:
    """Each optional option of a list's item is `default(omit)`: a missing one would be an error, or a blank."""
    loop = re.fullmatch(r"\{\{ (\w+)(?: \| default\(\[\]\))? \}\}", str(task.get("loop", "")))
    if loop is None or "options" not in OPTIONS.get(loop[1], {}):
        return
    module = next(value for key, value in task.items() if key.startswith(("trust_", "ansible.", "community.")))
    required = {name for name, one in OPTIONS[loop[1]]["options"].items() if one.get("required")}
    assert {name for name, value in module.items() if "default(" not in value} == required, place
    assert all(value.split("|")[0].strip(" {}") == f"item.{name}" for name, value in module.items())
