"""Whose computer account a join may take over."""

from __future__ import annotations

import pytest

from trustctl.lab.windows.directory import REUSE_BLOCKED, Directory
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import AccountSpec, DirectorySpec

UNIT = "OU=Servers"
WHERE = f"{UNIT},DC=ad,DC=example"


@pytest.mark.parametrize(
    ("first", "then", "allowed"),
    [
        ("svc-join", "svc-join", True),
        ("svc-join", "boss", True),
        ("boss", "svc-join", True),
        ("other-join", "svc-join", False),
    ],
)
def test_an_account_that_is_there_is_taken_over_by_few(first: str, then: str, *, allowed: bool) -> None:
    """Who made it, an administrator, or anybody if an administrator made it (KB5020276)."""
    accounts = tuple(AccountSpec(name, "Made-Up-1", joins=(UNIT,)) for name in ("svc-join", "other-join"))
    boss = AccountSpec("boss", "Made-Up-1", admin=True)
    domain = Directory(DirectorySpec("ad.example", "AD", (*accounts, boss), units=(UNIT,)))
    made = domain.join("OAK-FS-01", domain.login(first, "Made-Up-1"), WHERE)
    if allowed:
        assert domain.join("OAK-FS-01", domain.login(then, "Made-Up-1"), WHERE) is made
    else:
        with pytest.raises(RefusedError, match="blocked by security policy") as refused:
            domain.join("OAK-FS-01", domain.login(then, "Made-Up-1"), WHERE)
        assert refused.value.message == REUSE_BLOCKED
