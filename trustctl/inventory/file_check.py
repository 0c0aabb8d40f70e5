"""A document against its typed model: pydantic's errors become problems with a place, in the words of the field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from types import UnionType
from typing import Annotated, TypeGuard, TypeVar, Union, cast, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from trustctl.inventory import ranges
from trustctl.inventory.problem import Problem
from trustctl.inventory.wording import NOT_SHOWN, Told, did_you_mean, explain, nearest
from trustctl.inventory.yaml_document import Document, Path, dotted

M = TypeVar("M", bound=BaseModel)


def check(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """The document as a typed value, or None and every problem of the file."""
    try:
        return model.model_validate(document.value), []
    except ValidationError as error:
        return None, list(_problems(document, model, error.errors(include_url=False)))


def _problems(document: Document, model: type[BaseModel], errors: Iterable[ErrorDetails]) -> Iterator[Problem]:
    """One problem per place (a union reports each of its members); no missing key beside the key that meant it."""
    seen: dict[tuple[int | str, ...], ErrorDetails] = {}
    for details in errors:
        seen.setdefault(details["loc"], details)
    meant: set[tuple[int | str, ...]] = set()
    for loc, details in seen.items():
        if details["type"] == "extra_forbidden":
            path = real_path(document.value, loc)
            known = allowed_keys(model, path[:-1])
            meant.update((*loc[:-1], word) for word in nearest(str(path[-1]), known))
            code, problem, _ = explain(details)
            cut = _cut_list(document, path)
            for told in [(code, problem, did_you_mean(str(path[-1]), known))] if cut is None else cut:
                yield document.problem(path, *told, key=True)
    for loc, details in seen.items():
        if details["type"] != "extra_forbidden" and loc not in meant:
            yield _problem(document, details)


def _cut_list(document: Document, path: Path) -> list[Told] | None:
    """What to say of a key that is the rest of a list of ports: once for the whole list; None if it is no such key.

    Before: `{ports: 1-4,A1,A2, profile: staff}`, keys `A1` and `A2`.  After: the whole list for `A1`, nothing for `A2`.
    """
    around = document.value_at(path[:-1])
    keys = list(around) if isinstance(around, dict) else []
    if not isinstance(around, dict) or around.get(str(path[-1])) is not None or not _is_port(str(path[-1])):
        return None
    at = keys.index(str(path[-1]))
    if at == 0 or around[keys[at - 1]] is None:
        return []
    rest = list(takewhile(lambda key: around[key] is None and _is_port(key), keys[at:]))
    whole = ",".join([str(around[keys[at - 1]]), *rest])
    return [("bad_ports", f"the comma before '{rest[0]}' ended the list", f'Put it in quotes: "{whole}".')]


def _is_port(text: str) -> bool:
    try:
        return bool(ranges.expand(text))
    except ValueError:
        return False


def _problem(document: Document, details: ErrorDetails) -> Problem:
    path = real_path(document.value, details["loc"])
    code, problem, remedy = explain(details)
    if details["type"] == "missing":
        found = document.problem(path, code, problem, remedy, key=bool(path))
        return replace(found, path=dotted([*path, str(details["loc"][-1])]))
    found = document.problem(path, code, problem, remedy, key="[key]" in details["loc"])
    return replace(found, source="") if code == NOT_SHOWN else found


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


def allowed_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model knows at a path; of a union of models those of all its members."""
    found: Sequence[object] = (model,)
    for step in path:
        found = [_below(one, step) for outer in found for one in _members(outer)]
    models = [one for outer in found for one in _members(outer) if _is_model(one)]
    return list(dict.fromkeys(name for one in models for name in one.model_fields))


def _members(annotation: object) -> Sequence[object]:
    """The models of a union, the annotation alone if it is none.  Before: `A | B`.  After: A, B."""
    if isinstance(annotation, type):
        return (annotation,)
    inside = cast("tuple[object, ...]", getattr(annotation, "__args__", ()))
    models = [one for each in inside for one in _members(each) if _is_model(one)]
    return models if models and get_origin(annotation) in {Union, UnionType, Annotated} else (annotation,)


def _is_model(found: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _below(annotation: object, step: str | int) -> object:
    """The type below a key or index of a type."""
    if _is_model(annotation):
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
