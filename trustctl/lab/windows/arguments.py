"""A task's arguments against a module's documentation, with what Ansible.Basic does to them and says of them.

Ansible.Basic.cs (ansible-core 2.19) is what checks the arguments on a Windows host; its texts stand here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from trustctl.lab.windows.documents import Module, Option
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.module import Args

_TRUE = ("y", "yes", "on", "1", "true", "t", "1.0")
_FALSE = ("n", "no", "off", "0", "false", "f", "0.0")
_INT32 = 2**31
_INT64 = 2**63
_DOT_NET = {
    bool: "System.Boolean",
    int: "System.Int32",
    float: "System.Double",
    str: "System.String",
    list: "System.Collections.ArrayList",
    dict: "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
}


class _UnfitError(Exception):
    """A value that cannot be converted; the text is .NET's."""


def validated(module: Module, given: Mapping[str, Any]) -> Args:
    """The arguments as the module gets them. `given` may have Ansible's own `_ansible_` keys. Raises RefusedError."""
    own = {name: value for name, value in given.items() if not name.startswith("_ansible_")}
    short = str(given.get("_ansible_module_name") or module.name)
    real = frozenset(_renamed(module.options, own))
    values = _checked(module.options, own, short, ())
    return Args(values, real & frozenset(module.options), diff=given.get("_ansible_diff") is True)


def _renamed(options: Mapping[str, Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values under the options' own names, as they are written in the specification."""
    names = {name.casefold(): name for name in options}
    aliases = {alias.casefold(): one.name for one in options.values() for alias in one.aliases}
    renamed: dict[str, Any] = {}
    for name, value in given.items():
        renamed[names.get(name.casefold()) or aliases.get(name.casefold()) or name] = value
    return renamed


def _checked(
    options: Mapping[str, Option], given: Mapping[str, Any], name: str, context: tuple[str, ...]
) -> dict[str, Any]:
    param = _renamed(options, given)
    unknown = [key for key in param if key not in options]
    if unknown:
        legal = [*options, *(alias for one in options.values() for alias in one.aliases)]
        said = _placed(f"Unsupported parameters for ({name}) module: {', '.join(unknown)}", context)
        raise RefusedError(f"{said}. Supported parameters include: {', '.join(legal)}")
    for one in options.values():
        if one.default is not None and one.name not in param:
            param[one.name] = one.default
    missing = [one.name for one in options.values() if one.required and one.name not in param]
    if missing:
        raise RefusedError(_placed(f"missing required arguments: {', '.join(missing)}", context))
    for one in options.values():
        if param.get(one.name) is not None:
            param[one.name] = _converted(one, param[one.name], context)
    return {one.name: _inner(one, param.get(one.name), name, context) for one in options.values()}


def _converted(option: Option, value: Any, context: tuple[str, ...]) -> Any:
    try:
        found = _as_kind(option.kind, value, wide=option.wide)
    except _UnfitError as error:
        told = f"argument for {option.name} is of type {_dot_net(value)} and we were unable to convert to {option.kind}"
        raise RefusedError(_placed(f"{told}: {error}", context)) from None
    if option.choices:
        listed = option.kind == "list"
        values = [str(one) for one in found] if listed else [_shown(found)]
        known = {one.casefold() for one in option.choices}
        unknown = [one for one in values if one.casefold() not in known]
        if unknown:
            how = "one or more of" if listed else "one of"
            raise RefusedError(
                _placed(
                    f"value of {option.name} must be {how}: {', '.join(option.choices)}. "
                    f"Got no match for: {', '.join(unknown)}",
                    context,
                )
            )
    return found


def _inner(option: Option, value: Any, name: str, context: tuple[str, ...]) -> Any:
    """A value with what is inside it: the elements of a list, the suboptions of a dict."""
    if value is None:
        return None
    inside = (*context, option.name)
    if option.kind == "dict" and option.suboptions:
        return _checked(option.suboptions, value, name, inside)
    if option.kind != "list" or not option.elements:
        return value
    elements: list[Any] = []
    listed: list[Any] = value
    for element in listed:
        if option.elements == "dict" and option.suboptions:
            elements.append(_checked(option.suboptions, _as_kind("dict", element), name, inside))
            continue
        try:
            elements.append(_as_kind(option.elements, element, wide=option.wide))
        except _UnfitError as error:
            told = f"argument for list entry {option.name} is of type {_dot_net(element)} and we were unable to convert"
            raise RefusedError(_placed(f"{told} to {option.elements}: {error}", context)) from None
    return elements


def _as_kind(kind: str, value: Any, *, wide: bool = False) -> Any:
    """A value as Ansible.Basic converts it. Raises _UnfitError."""
    if kind == "int":
        return _as_number(value, wide=wide)
    convert = _KINDS.get(kind)
    return convert(value) if convert else _shown(value)


def _as_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = _shown(value).lower().strip()
    if text not in _TRUE + _FALSE:
        known = ", ".join(_TRUE + _FALSE)
        raise _UnfitError(f"The value '{text}' is not a valid boolean. Valid booleans include: {known}")
    return text in _TRUE


def _as_number(value: Any, *, wide: bool) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\s*[+-]?\d+\s*", text := _shown(value)):
        raise _UnfitError("Input string was not in a correct format.")
    number = int(text)
    limit = _INT64 if wide else _INT32
    if not -limit <= number < limit:
        raise _UnfitError(f"Value was either too large or too small for an {'Int64' if wide else 'Int32'}.")
    return number


def _as_float(value: Any) -> float:
    try:
        return float(_shown(value))
    except ValueError:
        raise _UnfitError("Input string was not in a correct format.") from None


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [*_items(value)]
    if isinstance(value, str):
        return [one.strip() for one in value.split(",")]
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    raise _UnfitError(f"{_dot_net(value)} cannot be converted to a list")


def _as_dict(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if isinstance(value, str):
        if value.startswith("{") and value.endswith("}"):
            return cast("dict[str, Any]", json.loads(value))
        raise _UnfitError("string cannot be converted to a dict, must either be a JSON string or in the key=value form")
    raise _UnfitError(f"{_dot_net(value)} cannot be converted to a dict")


def _items(value: Any) -> Iterable[Any]:
    return cast("Iterable[Any]", value)


def _as_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _raw(value: Any) -> Any:
    return value


def _shown(value: Any) -> str:
    """A value as .NET's ToString gives it."""
    return str(value) if isinstance(value, str) or not isinstance(value, bool) else ("True" if value else "False")


def _dot_net(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and not -_INT32 <= value < _INT32:
        return "System.Int64"
    return next((name for kind, name in _DOT_NET.items() if type(value) is kind), "System.Object")


def _placed(text: str, context: Iterable[str]) -> str:
    """A message with the option that it is in, as FormatOptionsContext writes it."""
    inside = " -> ".join(context)
    return f"{text} found in {inside}" if inside else text


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "bool": _as_flag,
    "float": _as_float,
    "list": _as_list,
    "dict": _as_dict,
    "json": _as_json,
    "raw": _raw,
}

CENSORED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def secret_values(names: frozenset[str], given: Any) -> frozenset[str]:
    """The values of options that are never shown, wherever they stand in the arguments."""
    found: set[str] = set()
    if isinstance(given, dict):
        for key, value in cast("dict[str, Any]", given).items():
            if key in names and value is not None and not isinstance(value, dict | list) and _shown(value):
                found.add(_shown(value))
            found |= secret_values(names, value)
    elif isinstance(given, list):
        for one in _items(given):
            found |= secret_values(names, one)
    return frozenset(found)


def censored(value: Any, secrets: frozenset[str]) -> Any:
    """A result without secrets, as Ansible.Basic's RemoveNoLogValues leaves it."""
    if isinstance(value, dict):
        return {key: censored(one, secrets) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [censored(one, secrets) for one in cast("list[Any]", value)]
    if value is None or not secrets:
        return value
    text = _shown(value)
    if text in secrets:
        return CENSORED
    for one in secrets:
        if one in text:
            return text.replace(one, "********") if isinstance(value, str) else CENSORED
    return value
