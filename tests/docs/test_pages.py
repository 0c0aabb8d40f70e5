"""What the documentation names is there, and its examples are valid."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import documents
import pytest
import yaml

from trustctl.config import read
from trustctl.config.names import PartNames
from trustctl.inventory import load, schemas
from trustctl.platforms import platform

_PLACES = ("trustctl/", "templates/", "tests/", "docs/", "inventory/", "tools/", "requirements/", ".ci/")
_MADE_LATER = ("inventory/pins.yml", "inventory/.schemas", "trustctl/_shipped")


@pytest.mark.parametrize("page", documents.PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """The file is there, and so is the heading that the anchor names."""
    for target in documents.links(page):
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.is_file(), target
        assert not anchor or anchor in documents.anchors(file), target


@pytest.mark.parametrize("page", documents.PAGES[:-2], ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """A path in backticks or in a shell example is in the repository; capitals and * stand for names."""
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"[`\s]((?:[\w.]+/)+[\w.*/-]*)", text):
        path = name.rstrip(".,:/")
        if not path.startswith(_PLACES) or path.startswith(_MADE_LATER) or re.search(r"[A-Z]{3}|own|schools/fir", path):
            continue
        assert any(documents.ROOT.glob(path)), path


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The inventory that docs/inventory.md writes out, with a captured file for the switch that names one."""
    for name, text in documents.named_files(documents.ROOT / "docs" / "inventory.md").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    captured = tmp_path / "schools" / "fir" / "captured"
    captured.mkdir()
    (captured / "fir-sw-core-01.cfg").write_text("hostname fir-sw-core-01\nend\n")
    return tmp_path


def test_the_written_out_inventory_is_valid(example: Path) -> None:
    """It loads without a problem."""
    templates = documents.ROOT / "templates"
    trust = load(
        example, today=date(2026, 11, 22), names_of=lambda name: PartNames(platform(name, [templates]).rulebook)
    )
    assert set(trust.schools["fir"].switches) == {"fir-sw-core-01", "fir-sw-a1-01", "fir-sw-a2-01"}


def keys(value: object) -> set[str]:
    """Every key in a YAML value."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {key for inner in value.values() for key in keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys(inner)}
    return set()


def test_every_key_of_the_inventory_is_shown() -> None:
    """The written-out inventory uses each key that a schema knows."""
    shown: set[str] = set()
    for text in documents.named_files(documents.ROOT / "docs" / "inventory.md").values():
        shown |= keys(yaml.safe_load(text))
    known: set[str] = set()
    for schema in schemas().values():
        for part in (schema, *schema.get("$defs", {}).values()):
            known |= set(part.get("properties", {}))
    assert known - shown == set()


def test_the_written_out_rule_works(tmp_path: Path) -> None:
    """The rule file of docs/platforms.md loads and gives the line its label."""
    [rules] = [
        (name, text)
        for name, text in documents.named_files(documents.ROOT / "docs" / "platforms.md").items()
        if name.endswith(".yml")
    ]
    file = tmp_path / rules[0]
    file.parent.mkdir(parents=True)
    file.write_text(rules[1])
    book = platform("cisco_ios", [tmp_path / "templates", documents.ROOT / "templates"]).rulebook
    assert not read("alias exec sr show running-config\nend\n", book).root.unknown


def test_the_readme_shows_what_the_tool_prints(tmp_path: Path) -> None:
    """If this fails after a change of the output: `python tests/docs/documents.py` writes the excerpt anew; read it."""
    assert documents.said_excerpt() == documents.true_excerpt(tmp_path)
