"""The child's loop: requests from stdin, each in a greenlet, replies to stdout in the order in which they are ready."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import gevent
from gevent.fileobject import FileObjectPosix
from gevent.lock import BoundedSemaphore

from trustctl.engines.linux.child import armed, together, work
from trustctl.engines.linux.child.dial import host_key
from trustctl.engines.linux.child.identity import identity
from trustctl.engines.linux.child.known import refuse_unknown
from trustctl.engines.linux.child.preflight import preflight
from trustctl.engines.linux.child.reach import reaches
from trustctl.engines.linux.child.sessions import Sessions
from trustctl.engines.linux.child.spec import HostSpec
from trustctl.engines.linux.wire import Message, dump, error_out, load, resources_in, resources_out
from trustctl.errors import TrustctlError

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_PARALLEL = 20
"""Hosts that are dialled at once; more than 10 logins at once have overloaded AAA servers (docs/sources.md)."""


class Server:
    """Answers requests until stdin ends."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._lock = BoundedSemaphore()
        self._sessions = Sessions(_PARALLEL)
        self._dialling = BoundedSemaphore(_PARALLEL)
        self._verbs: dict[str, Callable[[Message], Any]] = {
            "start": self._start,
            "open": self._open,
            "close": self._close,
            "observe": self._observe,
            "prepare": self._prepare,
            "run": self._run,
            "run_many": self._run_many,
            "preflight": self._preflight,
            "packages": self._packages,
            "arm": self._arm,
            "timer": self._timer,
            "confirm": self._confirm,
            "revert": self._revert,
            "ping": self._ping,
            "host_key": self._host_key,
        }

    def answer(self, line: bytes) -> None:
        """Answer one request. What is no request of ours, and what fails inside, is an error reply too."""
        number: object = None
        try:
            request = load(line)
            number = request.get("id")
            reply: Message = {"id": number, "ok": self._verbs[str(request["do"])](request)}
        except TrustctlError as error:
            reply = {"id": number, "error": error_out(error)}
        except Exception as error:  # noqa: BLE001 - the parent must get an answer to each request
            traceback.print_exc(limit=-4, chain=False)
            problem = f"the child failed: {type(error).__name__}: {error}"
            reply = {"id": number, "error": {"type": "DeviceError", "problem": problem}}
        with self._lock:
            self._send(dump(reply))

    def end(self) -> None:
        """Close every session."""
        self._sessions.close_all()

    def _start(self, request: Message) -> Message:
        self._dialling = BoundedSemaphore(int(request.get("parallel", _PARALLEL)))
        return {"pid": os.getpid()}

    def _open(self, request: Message) -> Message:
        with self._dialling:
            session = self._sessions.open(HostSpec.read(request["host"]))
        return {"session": session.number, "identity": identity(session.transport.said, session.transport.sudo_seconds)}

    def _close(self, request: Message) -> Message:
        self._sessions.close(self._sessions.get(request["session"]), abandon=bool(request.get("abandon")))
        return {}

    def _observe(self, request: Message) -> Message:
        session, want = self._sessions.get(request["session"]), resources_in(request["want"])
        found = work.read(session, want)
        reply: Message = {"resources": resources_out(found.values())}
        if request.get("native"):
            prepared = work.prepare(self._sessions, session, want, found)
            rows = zip(want, prepared, strict=True)
            reply["native"] = [[one.kind, one.name, row["commands"]] for one, row in rows if row["commands"]]
        return reply

    def _prepare(self, request: Message) -> Message:
        session = self._sessions.get(request["session"])
        want = resources_in(request["want"])
        return {"resources": work.prepare(self._sessions, session, want, work.read(session, want))}

    def _run(self, request: Message) -> Message:
        return work.run(self._sessions, self._sessions.get(request["session"]), resources_in(request["steps"]))

    def _run_many(self, request: Message) -> Message:
        units = [resources_in(unit) for unit in request["units"]]
        done, failed = together.run_many(self._sessions, self._sessions.get(request["session"]), units)
        return {"done": done, "failed": error_out(failed) if failed else None}

    def _preflight(self, request: Message) -> Message:
        return preflight(self._sessions.get(request["session"]), resources_in(request["want"]))

    def _packages(self, request: Message) -> Message:
        refuse_unknown(self._sessions.get(request["session"]), list(request["names"]))
        return {}

    def _arm(self, request: Message) -> Message:
        session = self._sessions.get(request["session"])
        return armed.arm(session, resources_in(request["resources"]), int(request["after"]))

    def _timer(self, request: Message) -> Message:
        return armed.timer(self._sessions.get(request["session"]))

    def _confirm(self, request: Message) -> Message:
        return armed.confirm(self._sessions.get(request["session"]))

    def _revert(self, request: Message) -> Message:
        return armed.revert(self._sessions.get(request["session"]))

    def _ping(self, request: Message) -> Message:
        return {"reached": reaches(self._sessions.get(request["session"]), str(request["address"]))}

    def _host_key(self, request: Message) -> Message:
        return {"host_key": host_key(str(request["address"]), int(request["port"]))}


def main() -> None:
    """Serve until stdin ends. stdout is for replies only: whatever prints goes to stderr."""
    logging.getLogger("pyinfra").addHandler(logging.NullHandler())
    logging.getLogger("pyinfra").propagate = False
    replies = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    sys.stdout = sys.stderr
    out = FileObjectPosix(replies, "wb")
    lines = FileObjectPosix(_STDIN, "rb")

    def send(data: bytes) -> None:
        out.write(data)
        out.flush()

    server = Server(send)
    try:
        for line in lines:
            gevent.spawn(server.answer, line)
    finally:
        server.end()
