"""Bad input as data: each folder of `bad/` is a mistake, its `expected.txt` is everything that is said about it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from bad_cases import CASES, HERE, TODAY, said

from trustctl.errors import ExitCode, InventoryError
from trustctl.inventory import CODES, InventoryInvalid, Problem, load
from trustctl.inventory.problem import visible
from trustctl.inventory.yaml_document import read_document
from trustctl.model.origin import Place

NAMES = sorted(path.name for path in CASES.iterdir())
_CODE = re.compile(r"^\S+:\d+:\d+: error\[([a-z0-9_]+)\]", re.MULTILINE)
OUTSIDE_OF_CASES = {
    "yaml_too_large",
    "yaml_not_utf8",
    "file_outside",
    "ownership_unchecked",
    "passphrase",
    "secret_missing",
}
"""Codes whose input is no text file that a person would want in a repository; tested below or in test_resolve."""


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_told_at_its_place_with_a_remedy(name: str, tmp_path: Path) -> None:
    """What loading says about a mistake is exactly what the case expects, line, column, caret and remedy."""
    assert said(CASES / name, tmp_path) == (CASES / name / "expected.txt").read_text(encoding="utf-8")


def test_the_minimal_trust_itself_has_no_problem() -> None:
    """The ground on which the cases lay their mistakes loads."""
    assert set(load(HERE / "minimal", today=TODAY).schools) == {"oak", "elm"}


def test_every_code_is_listed_and_shown_by_a_case() -> None:
    """The list of codes is complete, and each of them is provoked by at least one case."""
    seen = {code for name in NAMES for code in _CODE.findall((CASES / name / "expected.txt").read_text("utf-8"))}
    assert seen | OUTSIDE_OF_CASES == set(CODES)


def test_every_case_says_something() -> None:
    """No case passes unnoticed."""
    assert all("error[" in (CASES / name / "expected.txt").read_text("utf-8") for name in NAMES)


def test_all_problems_come_in_one_exception_with_exit_code_one(tmp_path: Path) -> None:
    """The exception carries every problem, sorted by file and line, and ends in exit code 1."""
    folder = tmp_path / "inventory"
    shutil.copytree(HERE / "minimal", folder)
    (folder / "schools/oak/school.yml").write_text("slug: oak\nsite: x\n", encoding="utf-8")
    (folder / "schools/elm/school.yml").write_text("slug: elm\nsite: y\n", encoding="utf-8")
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY)
    error = caught.value
    assert isinstance(error, InventoryError)
    assert error.exit_code is ExitCode.ERROR
    assert list(error.findings) == sorted(error.findings)
    assert {finding.place.file.rsplit("/", 2)[1] for finding in error.findings} == {"oak", "elm"}
    assert "10 problems in 2 files" in error.problem


def test_a_problem_can_be_shown_in_colour_and_without() -> None:
    """Colour adds escape sequences and nothing else."""
    problem = Problem(Place("a.yml", 3, 5), "bad_value", "x.y", "wrong", "Do right.", "    y: 1")
    plain = problem.format()
    assert plain == "a.yml:3:5: error[bad_value] x.y: wrong. Do right.\n        y: 1\n        ^"
    assert re.sub(r"\x1b\[\d+m", "", problem.format(colour=True)) == plain
    assert "\x1b" not in plain


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    """A file above the cap is one problem, whatever is in it."""
    folder = tmp_path / "inventory"
    shutil.copytree(HERE / "minimal", folder)
    (folder / "schools/elm/school.yml").write_bytes(b"#" * (5 * 1024 * 1024 + 1))
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY)
    assert [finding.code for finding in caught.value.findings] == ["yaml_too_large"]


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    """Latin-1 text is told at its line, not guessed at."""
    folder = tmp_path / "inventory"
    shutil.copytree(HERE / "minimal", folder)
    (folder / "schools/elm/school.yml").write_bytes(b"slug: elm\nname: Zo\xeb School\n")
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY)
    assert [(finding.code, finding.place.line) for finding in caught.value.findings] == [("yaml_not_utf8", 2)]


def test_a_link_out_of_the_inventory_is_refused(tmp_path: Path) -> None:
    """A symbolic link cannot pull a file of the machine into the inventory."""
    folder = tmp_path / "inventory"
    shutil.copytree(HERE / "minimal", folder)
    outside = tmp_path / "outside.yml"
    outside.write_text("servers: {}\n", encoding="utf-8")
    (folder / "schools/oak/servers.yml").symlink_to(outside)
    captured = folder / "schools/oak/captured"
    captured.mkdir()
    (captured / "oak-sw-a1-01.cfg").symlink_to(outside)
    switches = folder / "schools/oak/switches.yml"
    text = switches.read_text("utf-8").replace("position: 1", "position: 1\n    captured: captured/oak-sw-a1-01.cfg")
    switches.write_text(text, encoding="utf-8")
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY)
    assert [finding.code for finding in caught.value.findings] == ["file_outside", "file_outside"]


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    """A wrong --inventory says so and what to do."""
    with pytest.raises(InventoryError, match="no inventory here") as caught:
        load(tmp_path / "nowhere", today=TODAY)
    assert "--inventory" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "[" * 100_000, "yaml_depth"),
        ("a: " + "{b: " * 100_000, "yaml_depth"),
        ("\n".join(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(9)), "yaml_alias"),
        ("a: !!binary aGVsbG8=", "yaml_tag"),
        ("a: b\x00c", "yaml_syntax"),
        ("a: 'x", "yaml_syntax"),
        ("%YAML 9.9\n---\na: b", "yaml_syntax"),
        ("<<: {a: b}\n? {x: y}\n: z", "yaml_key"),
    ],
)
def test_hostile_yaml_is_refused_before_anything_is_built(text: str, code: str) -> None:
    """Bombs, deep nesting, tags and broken bytes end in one problem, in milliseconds, never in a crash."""
    document, problems = read_document(text.encode(), "hostile.yml")
    assert document is None
    assert [problem.code for problem in problems] == [code]
    assert all(problem.source.isprintable() for problem in problems)


def test_a_source_line_cannot_drive_the_terminal() -> None:
    """Control characters of a shown line are made visible, and the line is cut."""
    assert visible("a\x1b[2J\tb\x9bc") == "a?[2J b?c"
    assert len(visible("x" * 1000, 160)) == 160
    told = Problem(Place("a.yml", 1, 700), "bad_value", "", "no", source=visible("x" * 5000)).format().split("\n")
    assert [len(line) for line in told[1:]] == [164, 4 + 120 + 1]
