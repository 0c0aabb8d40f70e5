"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trustctl.secrets.redact import KNOWN


@pytest.fixture(autouse=True)
def _nothing_known_from_another_test() -> Iterator[None]:
    """A command is a process of its own: what the secrets of one test were is masked in no other."""
    yield
    KNOWN.forget()
