"""JSON Schemas of the inventory's files, for editors and for other people's checks."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import cast

from trustctl.inventory import (
    file_baseline,
    file_school,
    file_servers,
    file_trust,
    file_windows,
    file_windows_policy,
    file_wireless,
)
from trustctl.inventory.fields import FileModel

KINDS: Mapping[str, type[FileModel]] = {
    "trust": file_trust.TrustFile,
    "baseline": file_baseline.BaselineFile,
    "school": file_school.SchoolFile,
    "switches": file_school.SwitchesFile,
    "wireless": file_wireless.WirelessFile,
    "servers": file_servers.ServersFile,
}
"""File kind -> model. The files' modelines point at `.schemas/<kind>.json` in the inventory's folder, which
`trustctl schema --out inventory/.schemas` writes."""
_HEIRS = {
    "SwitchFile": ("DeviceFile",),
    "ControllerFile": ("DeviceFile",),
    "LinuxServerFile": ("ServerFile",),
    "WindowsServerFile": ("ServerFile", "AnyWindowsFile"),
    "HypervServerFile": ("ServerFile", "AnyWindowsFile"),
    "WindowsFile": ("PolicyFile",),
}
"""Classes that take over the fields of others."""
_MODULES = (
    file_trust,
    file_baseline,
    file_school,
    file_servers,
    file_wireless,
    file_windows,
    file_windows_policy,
)
"""Where the classes stand."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]


def schemas() -> dict[str, Schema]:
    """The JSON Schema of each file kind: trust, baseline, school, switches, wireless, servers."""
    return {kind: _schema(model) for kind, model in KINDS.items()}


def _schema(model: type[FileModel]) -> Schema:
    schema: Schema = {"$schema": DIALECT, **model.model_json_schema()}
    told = dict(_told())
    for below, above in _HEIRS.items():
        told |= {(below, field): text for (name, field), text in told.items() if name in above}
    for name, part in [(model.__name__, schema), *cast("dict[str, Schema]", schema.get("$defs", {})).items()]:
        for field, inside in cast("dict[str, Schema]", part.get("properties", {})).items():
            text = told.get((name, field))
            if text is not None:
                inside["description"] = text
            _close(inside)
    return schema


def _close(schema: object) -> None:
    """Refuse keys that no pattern allows, as the models do."""
    if isinstance(schema, dict):
        inside = cast("Schema", schema)
        if "patternProperties" in inside:
            inside["additionalProperties"] = False
        for value in inside.values():
            _close(value)
    elif isinstance(schema, list):
        for value in cast("list[object]", schema):
            _close(value)


def _told() -> Iterator[tuple[tuple[str, str], str]]:
    """(class, field) -> the text below the field in the source, which an editor shows beside the key."""
    for module in _MODULES:
        for node in ast.parse(inspect.getsource(module)).body:
            if not isinstance(node, ast.ClassDef):
                continue
            for before, after in zip(node.body, node.body[1:], strict=False):
                if (
                    isinstance(before, ast.AnnAssign)
                    and isinstance(before.target, ast.Name)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                ):
                    yield (node.name, before.target.id), str(after.value.value)
