"""Fixtures of the render tests: the hand-made estate, and roots with a trust's own templates."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from trustctl.model.plan import Intended
from trustctl.model.switch import Switch
from trustctl.render import Limits, Renderer

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def estate() -> ModuleType:
    """The module with the hand-made trust."""
    return importlib.import_module("render_estate")


@pytest.fixture
def render(estate: ModuleType, tmp_path: Path) -> Callable[..., Intended]:
    """Render one switch with some templates replaced: `render(switch, {"cisco_ios/ntp.j2": text}, school=...)`."""

    def run(
        switch: Switch | None = None,
        own: dict[str, str] | None = None,
        school: object = None,
        limits: Limits | None = None,
    ) -> Intended:
        roots: Sequence[Path] = (estate.SHIPPED,)
        for name, text in (own or {}).items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            roots = (tmp_path / "templates", estate.SHIPPED)
        return Renderer(roots, limits).render(estate.TRUST, school or estate.SCHOOL, switch or estate.OLD)

    return run
