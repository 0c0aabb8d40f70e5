"""A place on each server that there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from vault_ground import Ground
from vault_servers import SERVERS, dev_server, lab_ground, real_ground

from trustctl.lab.vault import FLAVOURS, VaultServer


@pytest.fixture(scope="session")
def real_address(request: pytest.FixtureRequest) -> Callable[[str], tuple[str, str, Path | None]]:
    """Where a real server is: named by a person, or started once for all tests."""
    started: dict[str, tuple[str, str, Path | None]] = {}

    def address(kind: str) -> tuple[str, str, Path | None]:
        if kind == "named":
            ca = os.environ.get("VAULT_CACERT")
            return os.environ["VAULT_ADDR"], os.environ["VAULT_TOKEN"], Path(ca) if ca else None
        if kind not in started:
            running = dev_server(kind)
            started[kind] = (*running.__enter__(), None)
            request.addfinalizer(lambda: running.__exit__(None, None, None))
        return started[kind]

    return address


@pytest.fixture(params=SERVERS)
def ground(
    request: pytest.FixtureRequest, tmp_path: Path, real_address: Callable[[str], tuple[str, str, Path | None]]
) -> Iterator[Ground]:
    """A place on each server that there is."""
    kind: str = request.param
    if kind in FLAVOURS:
        with lab_ground(tmp_path, FLAVOURS[kind]) as (place, _):
            yield place
    else:
        with real_ground(tmp_path, *real_address(kind)) as place:
            yield place


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[Ground, VaultServer]]:
    """A place on a lab server, and the server, whose state and troubles a test may change."""
    with lab_ground(tmp_path) as both:
        yield both
