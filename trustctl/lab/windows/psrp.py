"""The server's half of PowerShell Remoting (MS-PSRP), by psrpcore, whose only home this is.

A shell is a runspace pool. Its client opens pipelines with a script each, sends input, and reads output.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import psrpcore
import psrpcore.types

from trustctl.lab.windows.commands import LostError, Output
from trustctl.lab.windows.model.refusal import NotModelledError

_core: Any = psrpcore
_types: Any = psrpcore.types
# psrpcore's classes are generic without their parameters, which strict checking cannot read

Run = Callable[[str, Sequence[str]], Output]
"""(script, input lines) -> what came of it. LostError ends the connection."""


@dataclass(slots=True)
class _Pipeline:
    """One script on its way."""

    server: Any
    script: str = ""
    lines: list[str] = field(default_factory=list[str])
    begun: bool = False
    over: bool = False


class Shell:
    """A runspace pool and its pipelines. Every method may be called from any thread."""

    def __init__(self, creation: bytes, run: Run) -> None:
        self._run = run
        self._pool: Any = _core.ServerRunspacePool()
        self._pipelines: dict[uuid.UUID, _Pipeline] = {}
        self._outbox: dict[uuid.UUID | None, bytearray] = {None: bytearray()}
        self._moved = threading.Condition()
        self.dead = False
        """Whether its connection is lost: nothing more is answered."""
        with self._moved:
            self._feed(creation)

    def command(self, command: uuid.UUID, data: bytes) -> None:
        """Begin a pipeline, with the first piece of what it shall run."""
        with self._moved:
            # it must be known before its bytes are read, as they name it
            self._pipelines[command] = _Pipeline(_core.ServerPipeline(self._pool, command))
            self._outbox[command] = bytearray()
            self._feed(data)

    def send(self, data: bytes) -> None:
        """Take more of what the client sends."""
        with self._moved:
            self._feed(data)

    def stop(self, command: uuid.UUID) -> None:
        """Forget a pipeline, whatever its state: what it still says is not heard."""
        with self._moved:
            self._pipelines.pop(command, None)
            self._outbox.pop(command, None)
            self._pool.pipeline_table.pop(command, None)
            self._moved.notify_all()

    def receive(self, command: uuid.UUID | None, seconds: float) -> tuple[bytes, bool] | None:
        """What was written since last time, and whether that was the end; None if nothing was in so many seconds."""
        until = time.monotonic() + seconds
        with self._moved:
            while not self.dead:
                pipeline = self._pipelines.get(command) if command else None
                waiting = self._outbox.get(command)
                if waiting:
                    found = bytes(waiting)
                    waiting.clear()
                    return found, bool(pipeline and pipeline.over)
                left = until - time.monotonic()
                if left <= 0 or (command is not None and pipeline is None):
                    return None
                self._moved.wait(left)
        return None

    def kill(self) -> None:
        """The connection is lost."""
        with self._moved:
            self.dead = True
            self._moved.notify_all()

    def _feed(self, data: bytes) -> None:
        if self.dead:
            return
        self._pool.receive_data(_core.PSRPPayload(data, _core.StreamType.default, None))
        while (event := self._pool.next_event()) is not None:
            self._take(event)
        self._flush()

    def _take(self, event: Any) -> None:
        if isinstance(event, _core.CreatePipelineEvent):
            pipeline = self._pipelines[_id(event)]
            pipeline.script = _script(event)
            if event.pipeline.no_input:
                self._begin(pipeline)
        elif isinstance(event, _core.PipelineInputEvent):
            self._pipelines[_id(event)].lines += _lines(event.data)
        elif isinstance(event, _core.EndOfPipelineInputEvent):
            self._begin(self._pipelines[_id(event)])

    def _begin(self, pipeline: _Pipeline) -> None:
        pipeline.begun = True
        pipeline.server.start()
        threading.Thread(target=self._work, args=(pipeline,), daemon=True, name="lab-windows-pipeline").start()

    def _work(self, pipeline: _Pipeline) -> None:
        try:
            output = self._run(pipeline.script, pipeline.lines)
        except LostError:
            self.kill()
            return
        with self._moved:
            if pipeline.server.pipeline_id not in self._pipelines:
                return
            for line in output.lines:
                pipeline.server.write_output(line)
            for error in output.errors:
                pipeline.server.write_error(_types.NETException(Message=error))
            if output.code:
                pipeline.server.host_call(_types.HostMethodIdentifier.SetShouldExit, [output.code])
            pipeline.server.complete()
            pipeline.over = True
            self._flush()
            self._moved.notify_all()

    def _flush(self) -> None:
        while (payload := self._pool.data_to_send()) is not None:
            if payload.pipeline_id in self._outbox:
                self._outbox[payload.pipeline_id] += payload.data


def _id(event: Any) -> uuid.UUID:
    found: uuid.UUID = event.pipeline_id
    return found


def _script(event: Any) -> str:
    """The one script of a pipeline. Raises NotModelledError for anything else."""
    commands: Any = event.pipeline.commands
    if len(commands) != 1 or not commands[0].is_script or commands[0].parameters:
        raise NotModelledError("a pipeline of other than one script without parameters")
    return str(commands[0].command_text)


def _lines(data: Any) -> list[str]:
    """The lines of one piece of input: a text, or a list of them."""
    many = cast("Iterable[Any]", data) if isinstance(data, list | tuple) else (data,)
    return [str(one) for one in many]
