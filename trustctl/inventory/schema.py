"""JSON Schemas of the inventory's files, for editors and for other people's checks."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trustctl.inventory.fields import FileModel
from trustctl.inventory.file_baseline import BaselineFile
from trustctl.inventory.file_school import SchoolFile, ServersFile, SwitchesFile
from trustctl.inventory.file_trust import TrustFile

KINDS: Mapping[str, type[FileModel]] = {
    "trust": TrustFile,
    "baseline": BaselineFile,
    "school": SchoolFile,
    "switches": SwitchesFile,
    "servers": ServersFile,
}
"""File kind -> model. The files' modelines point at `.schemas/<kind>.json` in the inventory's folder."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, object]]:
    """The JSON Schema of each file kind: trust, baseline, school, switches, servers."""
    return {kind: {"$schema": DIALECT, **model.model_json_schema()} for kind, model in KINDS.items()}


def schema_files() -> dict[str, str]:
    """Name and text of each schema file, as `trustctl schema --out inventory/.schemas` writes them."""
    return {f"{kind}.json": json.dumps(schema, indent=2) + "\n" for kind, schema in schemas().items()}
