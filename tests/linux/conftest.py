"""Real Linux hosts for tests: `start_hosts` boots what `linux_hosts.server` describes.

These tests run in `make test-linux`, as root. Every other run skips them and says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
sys.path.insert(0, str(Path(__file__).parent))

from linux_hosts import StartHosts

from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.hosts.machine import hindrances
from trustctl.lab.hosts.spec import HostSpec


def pytest_configure(config: pytest.Config) -> None:
    """Make this folder's own marker known."""
    config.addinivalue_line("markers", "ends_module: comes after the other tests of its module")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test of this folder; skip it unless it was asked for, or the machine cannot run it."""
    asked = "linux" in str(config.getoption("markexpr")).replace("not linux", "")
    reasons = hindrances() if asked else ("make test-linux runs it, as root",)
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.linux)
            if reasons:
                item.add_marker(pytest.mark.skip(reason=f"needs Linux hosts of the lab: {'; '.join(reasons)}"))
    first = {path: place for place, path in reversed([*enumerate(item.path for item in items)])}
    items.sort(key=lambda item: (first[item.path], item.get_closest_marker("ends_module") is not None))


@pytest.fixture(scope="session")
def lab_cache() -> Path:
    """The folder of what hosts are made of: `TRUSTCTL_LAB_CACHE`, or the one of the person who tests."""
    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trustctl/lab"
    return Path(os.environ.get("TRUSTCTL_LAB_CACHE") or own)


@pytest.fixture(scope="module")
def start_hosts(lab_cache: Path) -> Iterator[StartHosts]:
    """A function that boots hosts (`HostSpec`s, and what `HostLab` takes); all end with the module."""
    with ExitStack() as stack:

        def start(*specs: HostSpec, **options: object) -> HostLab:
            return stack.enter_context(HostLab(specs, lab_cache, **options))  # type: ignore[arg-type] - words of each field, as the caller has them

        yield start
