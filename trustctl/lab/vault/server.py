"""The server's listeners: HTTP or HTTPS on loopback, faults on the way, and a record of what came in."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from trustctl.lab.vault.core import Core
from trustctl.lab.vault.faults import Fault, FaultKind
from trustctl.lab.vault.message import Json, Refusal, Reply, Request, wrong_verb

LOOPBACK = "127.0.0.1"
_PREFIX = "/v1/"
_PAGE = b"<html><head><title>Sign in to the network</title></head><body>Please accept the terms.</body></html>"
_VERBS = {"PUT": "POST", "PATCH": "PATCH"}
_ENDLESS = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came in, for tests that ask what travelled."""

    verb: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    port: int = 0
    """The client's: requests of one connection share it."""

    @property
    def token(self) -> str:
        """The token it carried; "" for none."""
        return self.headers.get("x-vault-token", "")


class VaultServer:
    """One listener. `standby_of`: where a standby node sends its clients (any address, a foreign one too)."""

    def __init__(self, core: Core, *, certificate: tuple[Path, Path] | None = None, standby_of: str = "") -> None:
        self.core = core
        self.standby_of = standby_of
        self.seen: list[Seen] = []
        self.bugs: list[str] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._http = _Http((LOOPBACK, 0), _Handler)
        self._http.vault = self
        self._scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://{LOOPBACK}:{self._http.server_address[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def fault(self, *faults: Fault) -> None:
        """Let these troubles meet the next requests."""
        with self._lock:
            self._faults += faults

    def take_fault(self, path: str) -> Fault | None:
        """The trouble that meets a request to this path."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if path.startswith(fault.path):
                    left = fault.times - 1
                    self._faults[place : place + 1] = (
                        [Fault(fault.kind, fault.status, fault.seconds, fault.path, left, fault.retry_after)]
                        if left
                        else []
                    )
                    return fault
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    vault: VaultServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away or does not trust us; the tests see its side."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the parent
        """Print nothing."""

    def _handle(self) -> None:
        vault = cast("_Http", self.server).vault
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        address = urlsplit(self.path)
        path = unquote(address.path.removeprefix(_PREFIX))
        headers = {key.lower(): value for key, value in self.headers.items()}
        vault.seen.append(Seen(self.command, path, headers, self.client_address[1]))
        fault = vault.take_fault(path)
        if fault is not None and self._instead(fault):
            return
        try:
            reply = self._reply(vault, address.query, path, raw)
        except Refusal as refusal:
            reply = refusal.reply()
        except Exception as error:
            vault.bugs.append(f"{self.command} {path}: {error!r}")
            raise
        if fault is not None and fault.kind is FaultKind.LOST:
            self.close_connection = True
            return
        self._send(reply, fault)

    do_GET = do_POST = do_PUT = do_DELETE = do_LIST = do_HEAD = do_PATCH = _handle  # noqa: N815 - http.server's names

    def _reply(self, vault: VaultServer, query: str, path: str, raw: bytes) -> Reply:
        asked = dict(parse_qsl(query, keep_blank_values=True))
        verb = _VERBS.get(self.command, self.command)
        if verb == "GET" and asked.get("list") == "true":
            verb = "LIST"
        if not self.path.startswith(_PREFIX):
            raise Refusal(404)
        bearer = self.headers.get("Authorization", "")
        token = self.headers.get("X-Vault-Token") or (bearer[7:] if bearer.startswith("Bearer ") else "")
        request = Request(
            verb,
            path.rstrip("/"),
            asked,
            token,
            (self.headers.get("X-Vault-Namespace") or "").strip("/"),
            self.headers.get("X-Vault-Wrap-TTL") or "",
            _parsed(raw),
        )
        standing_by = bool(vault.standby_of)
        if standing_by and not path.startswith(("sys/health", "sys/seal-status")):
            return Reply(307, None, {"Location": vault.standby_of + self.path})
        if verb == "PATCH":
            raise wrong_verb()
        return vault.core.answer(request, standby=standing_by)

    def _instead(self, fault: Fault) -> bool:
        """Do what the trouble does in place of an answer; False if there is an answer in spite of it."""
        match fault.kind:
            case FaultKind.STATUS:
                extra = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                self._send(Reply(fault.status, {"errors": ["the lab's fault"]}, extra))
            case FaultKind.DROPPED:
                self.close_connection = True
            case FaultKind.HTML:
                self._bytes(fault.status, _PAGE, "text/html; charset=utf-8", {})
            case FaultKind.GARBAGE:
                self._bytes(200, b'{"data": {', "application/json", {})
            case FaultKind.ENDLESS:
                self._bytes(200, b'{"data": "' + b"x" * _ENDLESS, "application/json", {})
            case FaultKind.SLOW:
                time.sleep(fault.seconds)
                return False
            case FaultKind.CUT | FaultKind.LOST | FaultKind.DRIP:
                return False
        return True

    def _send(self, reply: Reply, fault: Fault | None = None) -> None:
        raw = b"" if reply.body is None else json.dumps(reply.body).encode() + b"\n"
        self._bytes(reply.status, raw, "application/json", reply.headers, fault)

    def _bytes(
        self, status: int, raw: bytes, kind: str, headers: Mapping[str, str], fault: Fault | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", kind)
        for key, value in headers.items():
            self.send_header(key, value)
        if status != _NO_CONTENT:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command == "HEAD" or status == _NO_CONTENT:
            return
        if fault is not None and fault.kind is FaultKind.CUT:
            self.close_connection = True
            raw = raw[: len(raw) // 2]
        if fault is not None and fault.kind is FaultKind.DRIP:
            for place in range(len(raw)):
                self.wfile.write(raw[place : place + 1])
                time.sleep(fault.seconds)
            return
        self.wfile.write(raw)


_NO_CONTENT = 204


def _parsed(raw: bytes) -> Json:
    """The body, which must be an object where there is one. Raises Refusal."""
    if not raw.strip():
        return {}
    try:
        found: object = json.loads(raw)
    except ValueError:
        raise Refusal(400, "error parsing JSON") from None
    if not isinstance(found, dict):
        raise Refusal(400, "error parsing JSON")
    return cast("Json", found)
