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
from trustctl.inventory.file_store import StoreFile
from trustctl.model.plan import Tier
from trustctl.platforms import platform

_PLACES = ("trustctl/", "templates/", "tests/", "docs/", "inventory/", "tools/", "requirements/", ".ci/")
_MADE_LATER = ("inventory/pins.yml", "inventory/secrets", "inventory/.schemas", "trustctl/_shipped")


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
    """A path in backticks or a shell example is in the repository or written out; capitals and * stand for names."""
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"[`\s]((?:[\w.]+/)+[\w.*/-]*)", text):
        path = name.rstrip(".,:/")
        if not path.startswith(_PLACES) or path.startswith(_MADE_LATER) or re.search(r"[A-Z]{3}|own|schools/fir", path):
            continue
        written = any(name.startswith(path) for name in documents.named_files(page))
        assert written or any(documents.ROOT.glob(path)), path


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
    assert set(trust.schools["fir"].switches) == {"fir-sw-core-01", "fir-sw-a1-01", "fir-sw-a2-01", "fir-sw-b1-01"}


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


def test_every_written_out_store_is_taken() -> None:
    """Each way to keep secrets that docs/inventory.md shows."""
    page = documents.named_files(documents.ROOT / "docs" / "inventory.md")
    shown = yaml.safe_load(page["examples/secrets.yml"])
    assert {StoreFile.model_validate(one).store for one in shown} == {"repository", "file", "vault"}


def test_the_written_out_rule_works(tmp_path: Path) -> None:
    """The rule file of docs/platforms.md loads and gives the line its label."""
    [rules] = [
        (name, text)
        for name, text in documents.named_files(documents.ROOT / "docs" / "platforms.md").items()
        if "/rulebook/" in name
    ]
    file = tmp_path / rules[0]
    file.parent.mkdir(parents=True)
    file.write_text(rules[1])
    book = platform("cisco_ios", [tmp_path / "templates", documents.ROOT / "templates"]).rulebook
    assert not read("alias exec sr show running-config\nend\n", book).root.unknown


def test_the_written_out_platform_extends_one(tmp_path: Path) -> None:
    """The platform.yml of docs/platforms.md loads, and its mark lowers the tier."""
    name = "templates/cisco_own/platform.yml"
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(documents.named_files(documents.ROOT / "docs" / "platforms.md")[name])
    own = platform("cisco_own", [tmp_path / "templates", documents.ROOT / "templates"])
    assert [way.effective_tier for way in own.spec.safe_change] == [Tier.B, Tier.B]


def test_the_readme_shows_what_the_tool_prints(tmp_path: Path) -> None:
    """If this fails after a change of the output: `python tests/docs/documents.py` writes the excerpt anew; read it."""
    assert documents.said_excerpt() == documents.true_excerpt(tmp_path)


def test_the_words_of_three_makes_are_what_the_tool_prints(tmp_path: Path) -> None:
    """The README's second excerpt, written anew in the same way."""
    words = documents.true_words(tmp_path)
    assert documents.said_words() == words
    assert words.count("+ VLAN 30: new") == 3


def test_the_support_table_is_what_platform_list_says() -> None:
    """No claim in the README without a file behind it; `python tests/docs/documents.py` writes the table."""
    assert documents.said_table() == documents.true_table()


_CITED = re.compile(r"(?<![\w./*{}-])((?:[\w-]+/)*[\w-]+\.md)\b")
_WRITTEN = {"summary.md", "ash.md", "plan.md", "comment.md"}
"""Pages that commands of the documentation write."""


def _texts() -> list[Path]:
    """Every text of the repository in which a page may be cited."""
    folders = ("trustctl", "templates", "tests", "docs", "tools", "inventory", "roles", "playbooks", "molecule")
    endings = {".py", ".yml", ".md", ".j2", ".txt", ".toml"}
    found = [path for folder in folders for path in (documents.ROOT / folder).rglob("*") if path.suffix in endings]
    return [*found, *documents.ROOT.glob("*.md"), documents.ROOT / "pyproject.toml"]


def missing_pages(text: str, folder: Path) -> set[str]:
    """The pages that a text cites and that are neither in the repository nor beside the text."""
    places = (documents.ROOT, folder, documents.ROOT / "docs")
    cited = set(_CITED.findall(text)) - _WRITTEN
    return {name for name in cited if not any((place / name).is_file() for place in places)}


def test_no_cited_page_is_missing() -> None:
    """Whoever follows a citation in code, data or documentation finds the page."""
    missing = {
        f"{path.relative_to(documents.ROOT)}: {name}"
        for path in _texts()
        for name in missing_pages(path.read_text(encoding="utf-8", errors="replace"), path.parent)
    }
    assert missing == set()


def test_a_missing_page_is_found() -> None:
    """The check above sees a page that is not there, however it is cited."""
    folder = documents.ROOT / "docs"
    end = ".md"  # apart, so that this file does not cite them
    text = f"see (NOWHERE{end} 3), docs/nowhere{end}#h1, `platforms.md` and inventory/README.md"
    assert missing_pages(text, folder) == {f"NOWHERE{end}", f"docs/nowhere{end}"}


def test_every_case_of_a_hazard_names_one_that_is_listed() -> None:
    """A case's number stands in docs/hazards.md."""
    listed = set(
        re.findall(r"^\| (H\d+) \|", (documents.ROOT / "docs" / "hazards.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {f"H{number}" for number in range(1, len(listed) + 1)} == listed
    for case in (documents.ROOT / "templates").glob("*/cases/*/case.yml"):
        named = set(re.findall(r"\bH\d+\b", case.read_text("utf-8")))
        assert named <= listed, case
        number = re.match(r"h0*(\d+)_", case.parent.name)
        assert number is None or f"H{number[1]}" in named, case
