"""A document against its typed model: pydantic's errors become problems with a place, in the words of the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from trustctl.inventory.problem import Problem, visible
from trustctl.inventory.yaml_document import Document, Path, dotted

M = TypeVar("M", bound=BaseModel)

_KINDS = {
    "string_type": ("text", "Put it in quotes if it is meant as text."),
    "int_type": ("a whole number", "Write it in digits, without quotes or leading zeros."),
    "float_type": ("a number", "Write it in digits, without quotes."),
    "bool_type": ("true or false", "YAML 1.2 has no yes, no, on or off: write true or false."),
    "list_type": ("a list", "Start each item with `- `, or write [a, b]."),
    "dict_type": ("keys with values", "Write `key: value` lines, indented below."),
    "model_type": ("keys with values", "Write `key: value` lines, indented below."),
    "model_attributes_type": ("keys with values", "Write `key: value` lines, indented below."),
    "is_instance_of": ("another kind of value", ""),
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def check(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """The document as a typed value, or None and every problem of the file."""
    try:
        return model.model_validate(document.value), []
    except ValidationError as error:
        return None, [_problem(document, model, details) for details in _without_echo(error.errors(include_url=False))]


def _without_echo(errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """One error per place: a union reports each of its members."""
    seen: dict[tuple[int | str, ...], ErrorDetails] = {}
    for details in errors:
        seen.setdefault(details["loc"], details)
    return list(seen.values())


def _problem(document: Document, model: type[BaseModel], details: ErrorDetails) -> Problem:
    path = real_path(document.value, details["loc"])
    kind = details["type"]
    code, problem, remedy = explain(details)
    if kind == "extra_forbidden":
        remedy = did_you_mean(str(path[-1]), allowed_keys(model, path[:-1]))
    if kind == "missing":
        name = str(details["loc"][-1])
        found = document.problem(path, code, problem, remedy, key=bool(path))
        return Problem(found.place, code, dotted([*path, name]), problem, remedy, found.source)
    return document.problem(path, code, problem, remedy, key=kind == "extra_forbidden" or "[key]" in details["loc"])


def real_path(value: object, loc: Path) -> tuple[str | int, ...]:
    """The part of pydantic's location that is in the file: without union members and `[key]`."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(value, dict) and step in value:
            value = cast("dict[str, object]", value)[cast("str", step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(cast("list[object]", value)):
            value = cast("list[object]", value)[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def explain(details: ErrorDetails) -> tuple[str, str, str]:
    """(code, problem, remedy) of one of pydantic's errors."""
    kind = details["type"]
    context: Mapping[str, Any] = details.get("ctx", {})
    given = details["input"]
    if kind == "bad_value":
        return kind, str(context["problem"]), str(context["remedy"])
    if kind == "extra_forbidden":
        return "unknown_key", f"unknown key '{visible(str(details['loc'][-1]), 60)}'", ""
    if kind == "missing":
        name = details["loc"][-1]
        return "missing_key", f"the key '{name}' is missing", f"Add `{name}:`."
    if kind in _KINDS:
        expected, remedy = _KINDS[kind]
        return "wrong_type", f"expected {expected}, found {shown(given)}", remedy
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return "out_of_range", f"{shown(given)} is out of range", f"It must be {words} {context[key]}."
    if kind == "literal_error":
        expected = str(context["expected"])
        words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
        return "bad_value", f"{shown(given)} is not one of {expected}", did_you_mean(str(given), words)
    if kind == "string_pattern_mismatch":
        return "bad_value", f"{shown(given)} is not of the form {context['pattern']}", ""
    return "bad_value", details["msg"][:1].lower() + details["msg"][1:], ""


def shown(value: object) -> str:
    """A value as a message shows it, with its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{visible(value, 60)}'"
    return "a list" if isinstance(value, list) else "keys with values"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is not known.  Before: `dhpc`.  After: `Did you mean 'dhcp'?`"""
    known = list(known)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}." if known else ""  # noqa: PLR2004 - a line's worth


def allowed_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model knows at a path."""
    found: object = model
    for step in path:
        found = _below(found, step)
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _below(annotation: object, step: str | int) -> object:
    """The type below a key or index of a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return _model_in(field.annotation) if field else None
    arguments = cast("tuple[object, ...]", getattr(annotation, "__args__", ()))
    return _model_in(arguments[-1]) if arguments else None


def _model_in(annotation: object) -> object:
    """The member of an optional type that has keys or items; the type itself otherwise."""
    arguments = cast("tuple[object, ...]", getattr(annotation, "__args__", ()))
    if arguments and type(None) in arguments:
        return next((argument for argument in arguments if argument is not type(None)), None)
    return annotation
