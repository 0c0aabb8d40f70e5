"""Files that would crash a YAML loader: every reader of one refuses them in good time, by an error of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from places import ROOT

from trustctl.cli.platform_cases import run_cases
from trustctl.config.rulebook import load_rulebook
from trustctl.engines.network.pins import load_pins
from trustctl.errors import TrustctlError
from trustctl.inventory.yaml_document import read_document
from trustctl.platforms import platform
from trustctl.render.dialect import load_dialects
from trustctl.secrets.source import FileSecrets

_DEEP = 60_000
_LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{to}: &{to} [*{of}, *{of}, *{of}]\n" for of, to in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES: Mapping[str, str] = {
    "deep lists": "a: " + "[" * _DEEP,
    "deep maps": "a: " + "{b: " * (_DEEP // 4),
    "deep blocks": "".join(f"{' ' * level}- \n" for level in range(300)),
    "aliases": _LAUGHS,
    "a tag": "a: !!python/object/apply:os.system [id]",
    "two documents": "a: 1\n---\nb: 2\n",
    "a key that is a list": "? [a]\n: b\n",
    "not UTF-8": "a: \udcff",
    "a NUL": "a: \0",
}


def _secrets(path: Path) -> object:
    path.chmod(0o600)
    return FileSecrets(path).names()


def _dialects(path: Path) -> object:
    folder = path.parent / "root" / "make"
    folder.mkdir(parents=True)
    (folder / "dialects.yml").write_bytes(path.read_bytes())
    return load_dialects([path.parent / "root"], "make")


def _platform(path: Path) -> object:
    folder = path.parent / "root" / "make"
    folder.mkdir(parents=True)
    (folder / "platform.yml").write_bytes(path.read_bytes())
    return platform("make", [path.parent / "root"])


def _case(path: Path) -> object:
    folder = path.parent / "root"
    shutil.copytree(ROOT / "templates" / "cisco_ios", folder / "cisco_ios", ignore=shutil.ignore_patterns("cases"))
    (folder / "cisco_ios" / "cases" / "one").mkdir(parents=True)
    (folder / "cisco_ios" / "cases" / "one" / "case.yml").write_bytes(path.read_bytes())
    (result,) = run_cases(platform("cisco_ios", [folder]))
    if result.problems:
        raise TrustctlError("; ".join(result.problems))
    return result


READERS: Mapping[str, Callable[[Path], object]] = {
    "secrets": _secrets,
    "pins": load_pins,
    "rulebook": lambda path: load_rulebook(ROOT / "templates" / "aruba_instant", extra=[path]),
    "dialects": _dialects,
    "platform": _platform,
    "case": _case,
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(30)
def test_no_reader_is_crashed_by_a_file(tmp_path: Path, reader: str, name: str) -> None:
    """An error that says what is wrong, and no other exception; a segmentation fault would end the test itself."""
    path = tmp_path / "file.yml"
    path.write_bytes(FILES[name].encode("utf-8", "surrogateescape"))
    if (reader, name) == ("dialects", "aliases"):
        return  # ours have some, and what they stand for is not copied
    with pytest.raises(TrustctlError, match=r"\S"):
        READERS[reader](path)


@pytest.mark.parametrize("name", FILES)
def test_the_inventory_refuses_them_at_a_place(name: str) -> None:
    """With a stable code and a line."""
    document, problems = read_document(FILES[name].encode("utf-8", "surrogateescape"), "x.yml")
    assert document is None
    assert [problem.code.startswith("yaml_") for problem in problems] == [True]
    assert problems[0].place.line >= 1
