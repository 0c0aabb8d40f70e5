"""A trust that a test may change; helpers beside the tests importable (import mode importlib adds no folder)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bad_cases import HERE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the minimal trust that a test may change."""
    return Path(shutil.copytree(HERE / "minimal", tmp_path / "inventory"))
