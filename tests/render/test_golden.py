"""Whole configurations as they are intended."""

from __future__ import annotations

import pytest
import render_goldens as goldens


@pytest.mark.parametrize("device", goldens.DEVICES)
def test_rendered_configuration_is_the_golden_one(device: str) -> None:
    """Each device renders exactly its golden file (`python tests/render/render_goldens.py` rewrites them)."""
    golden = (goldens.FOLDER / f"{device}.cfg").read_text(encoding="utf-8")
    assert goldens.rendered(device).split("\n") == golden.split("\n")
