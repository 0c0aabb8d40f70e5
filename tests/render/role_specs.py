"""Role variables against what the roles say that they take (`meta/argument_specs.yml`), as Ansible would check them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

ROLES = Path(__file__).parents[2] / "roles"
_TYPES: Mapping[str, type[Any]] = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


@cache
def options() -> Mapping[str, Any]:
    """Every variable of every role, by its name."""
    found: dict[str, Any] = {}
    for path in sorted(ROLES.glob("*/meta/argument_specs.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    return found


def faults(variables: Mapping[str, Any]) -> list[str]:
    """What a role would refuse of these variables."""
    return list(_record(variables, options(), "", required=False))


def _record(values: Mapping[str, Any], of: Mapping[str, Any], where: str, *, required: bool = True) -> Iterator[str]:
    for name in values:
        if name not in of:
            yield f"{where}{name}: no role takes it"
    for name, option in of.items():
        if name in values:
            yield from _value(values[name], option, f"{where}{name}")
        elif required and option.get("required"):
            yield f"{where}{name}: is required"


def _value(value: Any, option: Mapping[str, Any], where: str) -> Iterator[str]:
    kind = option.get("type", "str")
    if not isinstance(value, _TYPES[kind]) or (kind == "int" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {kind}"
        return
    choices = option.get("choices")
    if kind == "list":
        inner = {"type": option.get("elements", "str"), "options": option.get("options"), "choices": choices}
        for number, item in enumerate(cast("list[Any]", value)):
            yield from _value(item, inner, f"{where}[{number}]")
    elif kind == "dict" and option.get("options"):
        yield from _record(cast("dict[str, Any]", value), option["options"], f"{where}.")
    elif choices and value not in choices:
        yield f"{where}: {value!r} is none of {choices}"
