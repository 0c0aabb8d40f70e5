"""What an auth method says of somebody whom it let in: the server makes the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trustctl.lab.vault.tokens import TokenRole


@dataclass(frozen=True, slots=True)
class SignIn:
    """`alias` is who it is to this mount: one entity each."""

    role: TokenRole
    display_name: str
    alias: str
    metadata: Mapping[str, str]
