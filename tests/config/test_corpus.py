"""Configurations of real devices, where `TRUSTCTL_CORPUS` says where they are: each must be understood."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from golden_cases import captured, rulebook

from trustctl.config.check import check_file

CORPUS = Path(os.environ.get("TRUSTCTL_CORPUS", ""))
REFUSED: dict[str, str] = {}
"""Files that are refused, with the reason: at most 3 of 112. Today none is."""
AT_MOST_REFUSED = 3
FOLDERS = {
    "cisco_ios": "cisco_ios",
    "aruba_aos_s": "hp_procurve",
    "aruba_aos_cx": "aruba_aoscx",
    "cisco_9800": "cisco_9800_wlc",
    "aruba_instant": "aruba_instant",
}
"""The folder of the corpus that holds the configurations of each platform."""
FILES = [
    (platform, file)
    for platform, folder in FOLDERS.items()
    for file in (sorted((CORPUS / folder).glob("*")) if CORPUS.parts else [])
]


def test_the_corpus_is_there() -> None:
    """Say plainly if the corpus was not tested."""
    if not CORPUS.parts:
        pytest.skip("TRUSTCTL_CORPUS is not set: the corpus of real configurations was NOT tested")
    for platform, folder in FOLDERS.items():
        assert any(name == platform for name, _ in FILES), f"{CORPUS} holds no folder {folder} with files"
    assert len(REFUSED) <= AT_MOST_REFUSED


@pytest.mark.parametrize(("platform", "file"), FILES, ids=[f"{platform}-{file.name}" for platform, file in FILES])
def test_a_real_configuration_is_understood(platform: str, file: Path) -> None:
    """It comes back from its tree, equals itself, and equals itself after every harmless rewrite."""
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    result = check_file(text, rulebook(platform), where=file.name)
    if file.name in REFUSED:
        assert REFUSED[file.name] in result.refused
        return
    assert result.understood, result


@pytest.mark.parametrize(("platform", "file"), captured(), ids=[file.name for _, file in captured()])
def test_a_captured_configuration_of_the_example_trust_is_understood(platform: str, file: Path) -> None:
    """The example trust's own captures pass the same check."""
    result = check_file(file.read_text(encoding="utf-8"), rulebook(platform), where=file.name)
    assert result.understood, result
