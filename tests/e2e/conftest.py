"""What every end-to-end test starts from: a copy of the example trust, an engineer at its command line, switches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
sys.path.insert(0, str(Path(__file__).parent))

from engineer import Engineer, example_trust
from field import Field

Site = tuple[Engineer, Field]


@pytest.fixture
def engineer(tmp_path: Path) -> Engineer:
    """An engineer in a fresh copy of the example trust, with the lab's made-up secrets."""
    return example_trust(tmp_path / "trust")


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """A function that boots switches for a fresh copy of the example trust; all end with the module."""
    with ExitStack() as stack:

        def start(*devices: str, edit: Callable[[Engineer], None] | None = None) -> Site:
            person = example_trust(tmp_path_factory.mktemp("site") / "trust")
            if edit is not None:
                edit(person)
            return person, stack.enter_context(Field(person, devices))

        yield start
