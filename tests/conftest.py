"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from trustctl.secrets.redact import KNOWN

# not explaining: that traces every line while it shrinks, and a failure takes minutes instead of seconds to be told
settings.register_profile("without tracing", phases=[phase for phase in Phase if phase is not Phase.explain])
settings.load_profile("without tracing")


@pytest.fixture(autouse=True)
def _nothing_known_from_another_test() -> Iterator[None]:
    """A command is a process of its own: what the secrets of one test were is masked in no other."""
    yield
    KNOWN.forget()
