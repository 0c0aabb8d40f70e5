"""Two engineers, and a store of one of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trustctl.secrets.repository import RepositorySecrets

sys.path.insert(0, str(Path(__file__).parent))

from store_people import Somebody, age_key, ssh_key


@pytest.fixture(scope="session")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Somebody:
    """An engineer with an ed25519 key that has no passphrase."""
    return ssh_key(tmp_path_factory.mktemp("ann"), "ed25519")


@pytest.fixture(scope="session")
def ben(tmp_path_factory: pytest.TempPathFactory) -> Somebody:
    """An engineer with an age key."""
    return age_key(tmp_path_factory.mktemp("ben"))


@pytest.fixture
def store(tmp_path: Path, ann: Somebody) -> RepositorySecrets:
    """A store of Ann's with one secret."""
    made = ann.opens(tmp_path / "inventory" / "secrets")
    made.create("trust", ("ann", ann.public))
    made.put("login/ops", "Word-of-ops-1")
    return made
