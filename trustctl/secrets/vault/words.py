"""Every answer of the server in our own words, with a remedy.

Statuses and shapes decide, not the server's English, which differs between versions (docs/secrets-vault.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.vault.answer import Answer, RefusedError

_LONGEST = 200
_SPACES = dict.fromkeys(range(32), " ")
SETUP, SEALED, STANDBY, DR_SECONDARY, PERFORMANCE_STANDBY = 501, 503, 429, 472, 473
ACTIVE = 200
TOO_MANY, NOT_CAUGHT_UP = 429, 412
FORBIDDEN, MISSING, BAD_REQUEST, WRONG_VERB = 403, 404, 400, 405


def server_says(texts: Sequence[str]) -> str:
    """The server's own reason as one short printable line in quotes, known secrets masked; "" if it gave none."""
    joined = "; ".join(" ".join(text.translate(_SPACES).split()) for text in texts)
    shown = "".join(letter if letter.isprintable() else "?" for letter in joined)
    shown = KNOWN.mask(shown)
    return f'"{shown[:_LONGEST]}"' if shown else ""


def _said(answer: Answer) -> str:
    words = server_says(answer.errors or answer.warnings)
    return f"; it says {words}" if words else ""


_STATES = {
    ACTIVE: ("answers and is active", ""),
    SETUP: ("was never initialised", "Ask whoever runs the server to initialise it: `vault operator init`."),
    SEALED: ("is sealed", "Ask a key holder to unseal it: `vault operator unseal`."),
    STANDBY: ("is a standby node", "Name the active node, or all nodes of the cluster, as addresses."),
    DR_SECONDARY: ("is a disaster recovery secondary", "Name the primary cluster as address."),
    PERFORMANCE_STANDBY: ("is a performance standby", "Name the active node, or all nodes, as addresses."),
}
"""What `sys/health` means (HashiCorp, HTTP API, `/sys/health`; 200, 501 and 503 recorded, the others documented)."""


def state(health: int) -> tuple[str, str]:
    """What a status of `sys/health` says of the server, and the remedy; empty if the status is not known."""
    return _STATES.get(health, ("", ""))


def troubled(answer: Answer, address: str, health: int) -> StoreUnavailableError:
    """Tell of a server that cannot serve anybody now. `health` is the status of `sys/health`, 0 if it did not tell."""
    if answer.status == TOO_MANY:
        return StoreUnavailableError(
            "Vault has had too many requests", where=address, remedy="Wait a minute, then try again; ask for the quota."
        )
    words, remedy = state(health) if answer.status >= _SERVER_FAULT and health != ACTIVE else ("", "")
    if words:
        return StoreUnavailableError(f"Vault {words}", where=address, remedy=remedy)
    if answer.status == NOT_CAUGHT_UP:
        return StoreUnavailableError(
            "this Vault node has not caught up with its cluster", where=address, remedy="Try again in a minute."
        )
    return StoreUnavailableError(
        f"Vault answers with the error {answer.status}{_said(answer)}",
        where=address,
        remedy="Try again; if it stays, whoever runs the server finds the cause in its log.",
    )


_SERVER_FAULT = 500


def denied(place: str, capability: str, subject: str) -> SecretError:
    """The token is good, and its policies do not allow this."""
    return SecretError(
        f"Vault's policies do not allow us to {_VERBS[capability]} {subject}",
        where=place,
        remedy=f'The token needs the capability "{capability}" on {place}: see `trustctl secret policy`.',
    )


_VERBS = {"read": "read", "list": "list", "update": "write", "create": "write", "delete": "delete"}


def login_refused(refused: RefusedError, method: str, mount: str, hint: str, where: str) -> StoreUnavailableError:
    """The login failed. Older servers answer 400 even where nothing is mounted: both remedies stand there."""
    return StoreUnavailableError(
        f"Vault refuses our login by {method} (status {refused.answer.status}{_said(refused.answer)})",
        where=where or f"auth/{mount}",
        remedy=f"{hint} Or {method} is not mounted at auth/{mount} (in this namespace).",
    )


def token_refused(refused: RefusedError, namespace: str, where: str) -> StoreUnavailableError:
    """The server does not know a token that was given to us, or not the namespace that it was asked in."""
    remedy = "Obtain a new token, for example by `vault login`, and try again."
    if refused.answer.status == MISSING and namespace:
        remedy = f"Correct `namespace` in trust.yml: the server may have no {namespace}."
    return StoreUnavailableError(
        f"Vault does not accept the token (status {refused.answer.status}{_said(refused.answer)})",
        where=where,
        remedy=remedy,
    )


def opened_by_somebody(place: str, why: str) -> StoreUnavailableError:
    """Tell that the wrapped secret id may be known to somebody else."""
    return StoreUnavailableError(
        f"ALARM: {why}: somebody may have opened the wrapped secret id",
        where=place,
        remedy=(
            "If it was not you who used it before: destroy that secret id (by its accessor), look into Vault's audit"
            " log who opened it, and only then have a new wrapped secret id issued."
        ),
    )


def unexpected(refused: RefusedError, doing: str) -> SecretError:
    """A refusal that no rule explains: told as it is."""
    answer, call = refused.answer, refused.call
    if answer.status == WRONG_VERB:
        return SecretError(
            f"Vault does not take {call.method} there, while {doing}",
            where=call.path,
            remedy="This is a fault of trustctl, or the mount is not a KV engine: please report it.",
        )
    return SecretError(
        f"Vault refuses (status {answer.status}{_said(answer)}), while {doing}",
        where=call.path,
        remedy="Check the mount, the namespace and the policy in trust.yml against the server.",
    )
