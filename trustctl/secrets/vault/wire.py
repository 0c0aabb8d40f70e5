"""One request and one checked answer: the only way to the server.

A redirect is never followed with the token; an answer must be JSON and whole; an address that cannot serve us is left
for the next of the cluster. What stands here raises StoreUnavailableError, or hands the status on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import requests
import urllib3.exceptions

from trustctl.errors import StoreUnavailableError
from trustctl.model.vault import VaultSettings
from trustctl.secrets.vault import words
from trustctl.secrets.vault.answer import Answer, Call
from trustctl.secrets.vault.transport import (
    HEALTH,
    check_addresses,
    network_trouble,
    never_sent,
    open_session,
    same_place,
)

_CAP = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_IDLE = 30.0
"""Seconds after which a kept connection is not trusted: a firewall may have forgotten it without a word."""
_REDIRECTS = range(300, 400)
_FAULTS = range(500, 600)
_NO_SERVICE = frozenset({words.NOT_CAUGHT_UP, words.TOO_MANY, words.DR_SECONDARY, words.PERFORMANCE_STANDBY})
_UNTOUCHED = frozenset({*_NO_SERVICE, words.SEALED})
"""Answers that say that nothing was done."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why an address gave no answer. `untouched`: the request was surely not carried out."""

    error: StoreUnavailableError
    untouched: bool
    cut: bool = False


class Wire:
    """Speaks with the servers of the settings and with nobody else. One thread at a time."""

    def __init__(self, settings: VaultSettings, clock: Callable[[], float] = time.monotonic) -> None:
        check_addresses(settings)
        self._settings = settings
        self._session = open_session(settings)
        self._now = clock
        self._used = clock()
        self._current = 0

    def __repr__(self) -> str:
        return f"Wire({', '.join(self._settings.addresses)})"

    @property
    def address(self) -> str:
        """The address that answered last."""
        return self._settings.addresses[self._current]

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def exchange(self, call: Call) -> Answer:
        """Send one request to the first address that serves it.

        Every address is asked at most once; a write goes on to the next only if the last surely did not carry it out.
        Raises StoreUnavailableError.
        """
        troubles: list[_Trouble] = []
        count = len(self._settings.addresses)
        for place in [(self._current + step) % count for step in range(count)]:
            reply = self._ask(self._settings.addresses[place], call)
            if isinstance(reply, Answer):
                self._current = place
                return reply
            troubles.append(reply)
            if not call.reads and not reply.untouched:
                break
        raise self._told(troubles, call)

    def health(self, address: str) -> tuple[int, Answer]:
        """The status of `sys/health` at one address, asked once and without a token; 0 if it gives none."""
        reply = self._once(address, Call("GET", HEALTH), plain=True)
        return (reply.status, reply) if isinstance(reply, Answer) else (0, Answer(0))

    def _told(self, troubles: list[_Trouble], call: Call) -> StoreUnavailableError:
        first = troubles[0].error
        others = "; ".join(f"{one.error.where}: {one.error.problem}" for one in troubles[1:])
        problem = f"{first.problem} (nor can {others})" if others else first.problem
        if not call.reads and not troubles[-1].untouched:
            problem += f"; whether it carried out {call.method} {call.path} is not known"
        return StoreUnavailableError(problem, where=first.where, remedy=first.remedy)

    def _ask(self, address: str, call: Call) -> Answer | _Trouble:
        reply = self._once(address, call)
        if isinstance(reply, _Trouble) and reply.cut and call.reads:
            reply = self._once(address, call)
        return reply

    def _once(self, address: str, call: Call, *, plain: bool = False) -> Answer | _Trouble:
        """Ask one address. `plain`: every status is handed on."""
        try:
            with self._send(address, call) as response:
                if response.status_code in _REDIRECTS:
                    return self._redirected(address, response)
                answer = self._read(address, response, call)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # the library's error holds the request with its token: it goes no further, not even as a cause
            cut = isinstance(error, urllib3.exceptions.HTTPError)
            return _Trouble(network_trouble(error, address), never_sent(error), cut)
        if isinstance(answer, Answer) and not plain and (answer.status in _FAULTS or answer.status in _NO_SERVICE):
            health = self.health(address)[0] if answer.status in _FAULTS else 0
            return _Trouble(words.troubled(answer, address, health), answer.status in _UNTOUCHED)
        return answer

    def _send(self, address: str, call: Call) -> requests.Response:
        if self._now() - self._used > _IDLE:
            self._session.close()
        self._used = self._now()
        headers = {"X-Vault-Request": "true"}
        if call.token:
            headers["X-Vault-Token"] = call.token
        if call.namespace:
            headers["X-Vault-Namespace"] = call.namespace
        return self._session.request(
            call.method,
            address + call.path,
            headers=headers,
            json=call.payload,
            params=cast("dict[str, str]", call.params) or None,
            timeout=self._settings.timeout,
            allow_redirects=False,
            stream=True,
        )

    def _redirected(self, address: str, response: requests.Response) -> _Trouble:
        location = response.headers.get("Location", "")
        if any(same_place(known, location) for known in self._settings.addresses):
            problem, remedy = words.state(words.STANDBY)
            return _Trouble(StoreUnavailableError(f"Vault {problem}", where=address, remedy=remedy), untouched=True)
        target = words.server_says([location]) or "nowhere"
        return _Trouble(
            StoreUnavailableError(
                f"Vault sends us on to {target}, which is not configured: not followed, the token stayed here",
                where=address,
                remedy="If that is a node of your cluster, name it as an address too; if not, find out who sends us.",
            ),
            untouched=True,
        )

    def _read(self, address: str, response: requests.Response, call: Call) -> Answer | _Trouble:
        """Read the whole body, within the timeout and the cap, and take it for JSON or nothing."""
        raw = self._body(response)
        if isinstance(raw, str):
            return _Trouble(StoreUnavailableError(raw, where=address, remedy=_IN_BETWEEN), untouched=False)
        if not raw and (response.status_code != words.ACTIVE or call.method == "HEAD"):
            return Answer(response.status_code)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = _json(raw) if kind == "application/json" else None
        if body is None:
            shown = words.server_says([kind]) or "no type"
            problem = f"what answers there is not Vault (status {response.status_code}, {shown} in place of JSON)"
            return _Trouble(StoreUnavailableError(problem, where=address, remedy=_IN_BETWEEN), untouched=False)
        return Answer(response.status_code, body)

    def _body(self, response: requests.Response) -> bytes | str:
        """The body, or in words why it is not to be had."""
        until = self._now() + self._settings.timeout
        raw = b""
        while chunk := response.raw.read1(_CHUNK):
            raw += chunk
            if len(raw) > _CAP:
                return "Vault's answer is larger than 4 MiB"
            if self._now() > until:
                return "Vault does not finish its answer in time"
        return raw


_IN_BETWEEN = "Look at what stands between here and Vault: a proxy, a portal, another service on that port."


def _json(raw: bytes) -> dict[str, object] | None:
    try:
        found: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", found) if isinstance(found, dict) else None
