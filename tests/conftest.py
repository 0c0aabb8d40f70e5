"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from trustctl.secrets.redact import KNOWN

# Not explaining: that traces every line while it shrinks, and a failure takes minutes instead of seconds to be told.
# No deadline: it tells of a busy machine, not of the product.
settings.register_profile("ours", phases=[phase for phase in Phase if phase is not Phase.explain], deadline=None)
settings.load_profile("ours")

_HERE = Path(__file__).parent


_STORIES = frozenset(("canary", "e2e", "engines", "hostile", "pipelines", "property", "table", "wheel"))
"""Folders with files that take up to a minute each. They go first: one that began last would keep a worker alone."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files before the many short ones, which fill up what is left; else in the order that they have."""
    items.sort(key=lambda item: item.path.relative_to(_HERE).parts[0] not in _STORIES)


@pytest.fixture(autouse=True)
def _nothing_known_from_another_test() -> Iterator[None]:
    """A command is a process of its own: what the secrets of one test were is masked in no other."""
    yield
    KNOWN.forget()
