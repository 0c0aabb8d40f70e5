"""hvac's client on our own wire: hvac knows the paths and payloads of the API, the wire how to speak with a server.

Nothing of hvac's own sessions, redirects, environment, exceptions or prints is in use (measured with 2.4.0: it follows
redirects with the token, never retries, and takes VAULT_TOKEN where no token is given).
"""

# hvac ships no types: here, and nowhere else, they are taken for what they are
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportMissingParameterType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import hvac
from hvac.adapters import Adapter

from trustctl.secrets.vault.answer import DONE, Call, RefusedError
from trustctl.secrets.vault.wire import Wire

Body = Mapping[str, Any]


class Door(Adapter):  # type: ignore[misc] # hvac has no types
    """What hvac sends its requests through. Every answer is a mapping; any other status raises RefusedError."""

    def __init__(self, wire: Wire, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._wire = wire

    def request(
        self,
        method: str,
        url: str,
        headers: object = None,
        raise_exception: bool = True,  # noqa: FBT001, FBT002 - as the parent
        **keywords: Any,
    ) -> Body:
        """Send one request of hvac's. LIST is sent as GET ?list=true, which every proxy lets through."""
        params = dict(keywords.pop("params", None) or {})
        payload = keywords.pop("json", None)
        unknown = sorted(name for name, value in keywords.items() if value is not None)
        if headers or unknown:
            raise TypeError(f"hvac asks for something that is not known here: {unknown}")
        verb = method.upper()
        if verb == "LIST":
            verb, params["list"] = "GET", "true"
        path = "/" + url.lstrip("/")
        call = Call(verb, path, str(self.token or ""), str(self.namespace or ""), payload, params)
        answer = self._wire.exchange(call)
        if answer.status not in DONE:
            raise RefusedError(call, answer)
        return answer.body

    def get_login_token(self, response: Body) -> str:
        """The token of a login's answer; "" if there is none, which the login itself looks at."""
        auth = response.get("auth")
        return str(cast("Body", auth).get("client_token") or "") if isinstance(auth, dict) else ""


def open_client(wire: Wire, namespace: str) -> Any:
    """Return hvac's client without a token; `Any` as hvac has no types."""
    return hvac.Client(
        url=wire.address,
        token="",
        verify=True,
        namespace=namespace or None,
        adapter=cast("Any", partial(Door, wire)),
        session=cast("Any", _NoSession()),
        allow_redirects=False,
    )


class _NoSession:
    """Stands where hvac would open a session of its own."""

    verify = True
    cert = None
    proxies = None
