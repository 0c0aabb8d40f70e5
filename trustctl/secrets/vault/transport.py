"""The HTTPS session with the server, and what the network's own troubles are called.

Nothing comes from the environment: no proxy, no `.netrc`, no `VAULT_*`, no CA bundle but the one that is named.
"""

from __future__ import annotations

import ipaddress
import logging
import ssl
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.model.vault import VaultSettings
from trustctl.secrets.vault.answer import READS

_Kind = TypeVar("_Kind", bound=BaseException)
HEALTH = "/v1/sys/health"
_TRIES_AGAIN = 3
_LONGEST_WAIT = 20
"""Seconds: of what a server may ask for with Retry-After."""
_NOT_DONE = frozenset({412, 429, 503})
"""Answers that say the request was not carried out: it may be sent again whatever it was."""
_MAYBE_DONE = _NOT_DONE | {500, 502, 504}


class Patience(Retry):
    """Asks again after a failed connection, and after answers that a moment may mend.

    A write or a login is not asked again where it may have been carried out: a limited secret id would lose a use,
    and a write would meet its own version.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002 - as the parent
        """Whether this status is worth another try."""
        return status_code in (_MAYBE_DONE if method.upper() in READS else _NOT_DONE)


def open_session(settings: VaultSettings) -> requests.Session:
    """Return a session with the retries, the CA and nothing else. Raises SecretError."""
    # its warning of each try would be one more voice on the screen
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    session.verify = _ca(settings)
    patience = Patience(
        total=_TRIES_AGAIN,
        other=0,
        redirect=0,
        allowed_methods=READS,
        backoff_factor=settings.backoff,
        raise_on_status=False,
        retry_after_max=_LONGEST_WAIT,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=patience))
    for address in settings.addresses:
        # 429 and 503 are answers there
        session.mount(address + HEALTH, HTTPAdapter(max_retries=0))
    return session


def _ca(settings: VaultSettings) -> str | bool:
    """The file that is named, else the system's own CAs, else those that come with requests."""
    if settings.ca is None:
        places = ssl.get_default_verify_paths()
        # not `cafile` and `capath`: these follow SSL_CERT_FILE and SSL_CERT_DIR
        system = [place for place in (places.openssl_cafile, places.openssl_capath) if Path(place).exists()]
        return system[0] if system else True
    try:
        ssl.create_default_context(cafile=str(settings.ca))
    except (OSError, ssl.SSLError) as error:
        raise SecretError(
            f"the CA file for Vault cannot be used: {error.strerror or 'no certificate in it'}",
            where=str(settings.ca),
            remedy="Name a PEM file with the CA certificate that signed Vault's own.",
        ) from None
    return str(settings.ca)


def check_addresses(settings: VaultSettings) -> None:
    """Refuse addresses that are no `https://host:port`, or that would carry a token in clear. Raises SecretError."""
    for address in settings.addresses:
        parts = urlsplit(address)
        plain = bool(parts.hostname) and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
        safe = parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or ""))
        if not plain or not safe:
            raise SecretError(
                f"{address} is no address for Vault",
                where=settings.where,
                remedy="Write https://host:8200, without a path. Plain http is for a test server on this machine.",
            )
    if not settings.addresses:
        raise SecretError("no address of Vault is named", where=settings.where, remedy="Write https://host:8200.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def same_place(address: str, location: str) -> bool:
    """Whether a redirect leads to this address: same scheme, host and port."""
    one, other = urlsplit(address), urlsplit(location)
    return (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)


_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_IP = 10, 9, 62, 64
"""X509_V_ERR_* of OpenSSL (openssl-verify(1), "Diagnostics")."""


def network_trouble(error: Exception, address: str) -> StoreUnavailableError:
    """What a failed connection means, in our words; the error's own text may name the path, never the token."""
    tls = _find(error, ssl.SSLError)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return _untrusted(tls, address)
    if tls is not None:
        return StoreUnavailableError(
            f"no TLS with Vault ({tls.reason or 'it does not speak TLS'})",
            where=address,
            remedy="Check the address and its port: https is needed there.",
        )
    if _find(error, urllib3.exceptions.NewConnectionError) or _find(error, urllib3.exceptions.ConnectTimeoutError):
        return StoreUnavailableError(
            "Vault cannot be reached", where=address, remedy="Check the address, the network and the firewall."
        )
    if _find(error, urllib3.exceptions.ReadTimeoutError):
        return StoreUnavailableError(
            "Vault does not answer in time", where=address, remedy="Try again; else look at the server's load."
        )
    return StoreUnavailableError(
        "the connection with Vault broke off", where=address, remedy="Try again; else look at what stands in between."
    )


def never_sent(error: Exception) -> bool:
    """Whether the request surely did not reach the server."""
    kinds = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError, ssl.SSLError)
    return any(_find(error, kind) is not None for kind in kinds)


def _untrusted(error: ssl.SSLCertVerificationError, address: str) -> StoreUnavailableError:
    code = error.verify_code
    if code == _EXPIRED:
        why, remedy = "has expired", "Have it renewed; check this machine's clock too."
    elif code == _NOT_YET:
        why, remedy = "is not valid yet", "Check this machine's clock, and the server's."
    elif code in {_WRONG_NAME, _WRONG_IP}:
        why, remedy = "is for another name", "Use the name that stands in the certificate as address."
    else:
        why, remedy = "is not signed by a CA that we trust", "Name the trust's own CA as `ca` in trust.yml."
    return StoreUnavailableError(f"Vault's certificate {why}", where=address, remedy=f"{remedy} There is no way past.")


def _find(error: BaseException | None, kind: type[_Kind]) -> _Kind | None:
    """The first of a kind among an error, its causes, and the errors it was made from."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, kind):
            return one
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None
