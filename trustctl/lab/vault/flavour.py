"""What differs between servers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flavour:
    """One kind of server. `namespaces`: it has them; without, the header is ignored without a word."""

    version: str
    no_token: tuple[int, str]
    malformed_token: tuple[int, str]
    wrong_role_id: str
    wrong_secret_id: str
    no_secret_id: str
    no_route: str
    token_prefix: str
    token_length: int
    namespaces: bool


_MISSING = "missing client token"
_DENIED = "permission denied"

VAULT_1_8 = Flavour(
    version="1.8.0-dev",
    no_token=(400, _MISSING),
    malformed_token=(400, "error performing token check: failed to look up namespace from the token: no namespace"),
    wrong_role_id="invalid role ID",
    wrong_secret_id="invalid secret id",  # noqa: S106 - a message
    no_secret_id="missing secret_id",  # noqa: S106 - a message
    no_route="no handler for route '{path}'",
    token_prefix="s.",  # noqa: S106 - how tokens of this version begin
    token_length=24,
    namespaces=False,
)
"""Recorded."""

NEWER_VAULT = Flavour(
    version="1.20.0",
    no_token=(403, _DENIED),
    malformed_token=(403, _DENIED),
    wrong_role_id="invalid role or secret ID",
    wrong_secret_id="invalid role or secret ID",  # noqa: S106 - a message
    no_secret_id="missing secret_id",  # noqa: S106 - a message
    no_route='no handler for route "{path}". route entry not found.',
    token_prefix="hvs.",  # noqa: S106 - how tokens of this version begin
    token_length=90,
    namespaces=False,
)
"""Documented (the form of tokens) and reported (the statuses); not recorded."""

OPENBAO = Flavour(
    version="2.6.0",
    no_token=(403, _DENIED),
    malformed_token=(403, _DENIED),
    wrong_role_id="invalid role or secret ID",
    wrong_secret_id="invalid role or secret ID",  # noqa: S106 - a message
    no_secret_id="invalid role or secret ID",  # noqa: S106 - a message
    no_route='no handler for route "{path}". route entry not found.',
    token_prefix="s.",  # noqa: S106 - how tokens of this version begin
    token_length=24,
    namespaces=True,
)
"""Read in OpenBao's source; not recorded."""

FLAVOURS = {"vault-1.8": VAULT_1_8, "newer-vault": NEWER_VAULT, "openbao": OPENBAO}
