"""The support table: each cell from a file, and the corpus figures as they are."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

import pytest

from trustctl.cli.systems import systems
from trustctl.config import check_file
from trustctl.inventory.file_linux import System
from trustctl.platforms import platform, platform_names
from trustctl.platforms.support import support
from trustctl.report.support import HEADINGS, cells

TEMPLATES = [Path(__file__).parents[2] / "templates"]
CORPUS = os.environ.get("TRUSTCTL_CORPUS")


def test_a_row_claims_what_lies_in_the_folder(tmp_path: Path) -> None:
    """A folder that can only be recognised is listed as that, and nothing more is claimed."""
    folder = tmp_path / "acme_os"
    folder.mkdir()
    (folder / "identify.yml").write_text("probes: [{send: show version, pattern: Acme}]\n", encoding="utf-8")
    rows = {row.name: row for row in support([tmp_path, *TEMPLATES], ["cisco_ios"])}
    acme, cisco = rows["acme_os"], rows["cisco_ios"]
    assert (acme.recognised, acme.renders, acme.compares, acme.tiers, acme.models) == (True, False, False, (), 0)
    assert (cisco.recognised, cisco.renders, cisco.compares, cisco.tiers, cisco.lab) == (
        True,
        True,
        True,
        ("A", "B"),
        True,
    )
    assert cisco.models == 11
    assert cells(acme)[HEADINGS.index("apply")] == "none"
    assert (rows["aruba_instant"].tiers, rows["aruba_instant"].lab) == (("C",), False)


def test_a_server_s_system_is_tested_only_if_the_tests_boot_it() -> None:
    """tests/linux/test_roles.py applies everything to each of these, and `os` of servers.yml may name every row."""
    rows = systems(TEMPLATES)
    roles = Path(__file__).parents[1].joinpath("linux/test_roles.py").read_text(encoding="utf-8")
    assert {row.name for row in rows if row.tested} == set(re.findall(r'Role\("[^"]+", "([^"]+)"', roles))
    assert {row.parts for row in rows if row.tested} == {len(list(TEMPLATES[0].glob("linux/*/")))}
    assert all(row.lab for row in rows if row.tested)
    assert [row.name for row in rows] == list(get_args(System))


@pytest.mark.skipif(not CORPUS, reason="TRUSTCTL_CORPUS names no corpus: its figures were NOT checked")
@pytest.mark.parametrize("name", platform_names(TEMPLATES))
def test_the_corpus_figure_is_true(name: str) -> None:
    """As many files as platform.yml says, and every one of them is understood."""
    found = platform(name, TEMPLATES)
    if found.spec.corpus is None:
        pytest.skip("platform.yml claims no corpus")
    files = [file for folder in found.spec.corpus.folders for file in sorted((Path(CORPUS or "") / folder).iterdir())]
    failed = [
        file.name
        for file in files
        if not check_file(file.read_bytes().decode("utf-8", "replace"), found.rulebook, where=file.name).understood
    ]
    assert (len(files), failed) == (found.spec.corpus.files, [])
