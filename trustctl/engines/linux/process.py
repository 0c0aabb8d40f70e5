"""The child process: its start, many threads asking it at once, and what they are told when it dies."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from threading import Lock, Thread
from typing import IO, Any, cast

from trustctl.engines.linux.wire import Message, dump, error_in, load
from trustctl.errors import DeviceError, SessionLostError
from trustctl.secrets.redact import redact_device

COMMAND = (sys.executable, "-P", "-m", "trustctl.engines.linux.child")
"""-P: a file of the current folder must not be imported in place of a library."""
_SECONDS = 300.0
_END_SECONDS = 5.0
_LAST_WORDS_SECONDS = 1.0
_KEPT_LINES = 40
_SHOWN = 400


class Child:
    """One child process. `ask` may be called by many threads; the process starts at the first call.

    `environment` is all that the child gets of ours: tokens in it could be read under /proc by anybody who is us, and
    by what the child starts. What it needs of secrets goes through its stdin.
    """

    def __init__(
        self, parallel: int = 20, command: Sequence[str] = COMMAND, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment or {"PATH": os.defpath})
        self._parallel = parallel
        self._lock = Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Message]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._readers: list[Thread] = []
        self._over = False

    @property
    def pid(self) -> int | None:
        """The process's number, if it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def begin(self) -> None:
        """Start the process and do not wait: its imports then run beside what we still have to do. Starts no thread."""
        with self._lock:
            if not self._over:
                self._spawned()

    def ask(self, what: str, *, seconds: float = _SECONDS, **words: Any) -> Message:
        """Send one request and wait for its reply.

        Raises the error of the reply, a class of `trustctl.errors`; SessionLostError if the child has died or does not
        answer in time: what it was doing on a host is then not known.
        """
        future: Future[Message] = Future()
        with self._lock:
            process = self._started()
            number = next(self._numbers)
            self._waiting[number] = future
            self._write(process, {"id": number, "do": what, **words})
        try:
            reply = future.result(seconds)
        except Late:
            self._waiting.pop(number, None)
            raise SessionLostError(
                f"the engine's process did not answer within {seconds:g} s", remedy=_READ_AGAIN
            ) from None
        return answer(reply)

    def close(self) -> None:
        """End the process: its sessions are closed by itself; it is killed if it does not. Never raises."""
        with self._lock:
            self._over = True
            process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            _pipe(process.stdin).close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for reader in self._readers:
            reader.join(_END_SECONDS)
        for pipe in (process.stdout, process.stderr):
            _pipe(pipe).close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._over:
            raise DeviceError("the engine for Linux servers has been closed")
        process = self._spawned()
        if not self._readers:
            self._readers = [
                Thread(target=self._read_replies, args=(process,), daemon=True, name="linux-replies"),
                Thread(target=self._read_words, args=(process,), daemon=True, name="linux-stderr"),
            ]
            for reader in self._readers:
                reader.start()
            self._write(process, {"id": 0, "do": "start", "parallel": self._parallel})
        return process

    def _spawned(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # a session of its own: Ctrl-C is for us, who finish the step that is under way
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,
            )
        return self._process

    @staticmethod
    def _write(process: subprocess.Popen[bytes], message: Message) -> None:
        with contextlib.suppress(OSError):  # the reader sees that it is dead, and tells everybody who waits
            pipe = _pipe(process.stdin)
            pipe.write(dump(message))
            pipe.flush()

    def _read_replies(self, process: subprocess.Popen[bytes]) -> None:
        for line in _pipe(process.stdout):
            try:
                reply = load(line)
            except ValueError:
                self._said.append(f"(not a reply: {redact_device(line.decode('utf-8', 'replace'))[:80]!r})")
                continue
            number = reply.get("id")
            future = self._waiting.pop(number, None) if isinstance(number, int) else None
            if future is not None:
                future.set_result(reply)
        self._bury(process)

    def _read_words(self, process: subprocess.Popen[bytes]) -> None:
        for line in _pipe(process.stderr):
            self._said.append(redact_device(line.decode("utf-8", "replace").rstrip()))

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """Tell everybody who waits that the child is dead; a later `ask` starts no new one."""
        code = process.wait()
        for reader in self._readers[1:]:
            # its last words may still be in the pipe, and what it started may hold that pipe open for ever
            reader.join(_LAST_WORDS_SECONDS)
        with self._lock:
            self._over = True
            waiting, self._waiting = self._waiting, {}
        words = " / ".join(self._said)[-_SHOWN:]
        for future in waiting.values():
            error = {
                "type": "SessionLostError",
                "problem": f"the engine's process has ended (code {code}): {words or 'it says nothing'}",
                "remedy": _READ_AGAIN,
            }
            future.set_result({"error": error})


def answer(reply: Message) -> Message:
    """What a reply says. Raises the error that it carries; DeviceError for one that is none of ours."""
    error, said = reply.get("error"), reply.get("ok")
    if isinstance(error, dict):
        raise error_in(cast("Message", error))
    if not isinstance(said, dict):
        raise DeviceError("the engine's process gave an answer that is none", remedy=_READ_AGAIN)
    return cast("Message", said)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was not started with pipes")
    return pipe


_READ_AGAIN = "The hosts' state is not known from this; they must be read again (trustctl resume)."
