"""The child process in which templates run, and its limits (a template can ask for endless time and memory).

Templates are code of the trust's repository and the sandbox does not stop `{{ 'a' * 10**8 }}`. So everything that runs
or even compiles a template happens in one forked child per batch of devices. The child writes one JSON frame per
device to a pipe; the parent waits for each frame no longer than the wall limit, and trusts nothing of it.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

from trustctl.errors import RenderError
from trustctl.model.school import Trust
from trustctl.render.batch import Batch, Job
from trustctl.render.sheet import Group, Sheet

_HEADER = struct.Struct(">I")
_FAILED = 70


@dataclass(frozen=True, slots=True)
class Limits:
    """What the templates of one device may use, and what the whole child may."""

    cpu_seconds: int = 10
    """Per device; compiling the templates counts for the first device."""
    wall_seconds: int = 11
    """Per device: one second more, so that a busy child is told from a sleeping one."""
    memory: int = 512 * 1024 * 1024
    """Bytes of address space beyond what the process has when it starts."""
    output: int = 1024 * 1024
    """Characters per device."""


def run(roots: Sequence[Path], trust: Trust, jobs: Sequence[Job], limits: Limits) -> Iterator[Sheet]:
    """The sheets of the jobs, in order. Raises RenderError, after which there is nothing more to come.

    Forks: call it before worker threads are started.
    """
    reading, writing = os.pipe()
    pid = _fork()
    if pid == 0:
        os.close(reading)
        _child(writing, roots, trust, jobs, limits)
    os.close(writing)
    finished = False
    try:
        for school, switch in jobs:
            yield _sheet(_frame(reading, limits), f"{school.slug}/{switch.name}")
        finished = True
    except _ChildDiedError as error:
        finished = True
        raise _death(pid, limits, str(error)) from None
    finally:
        os.close(reading)
        if not finished:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns when threads run: the child uses none of their locks, only templates and its pipe
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


class _ChildDiedError(Exception):
    """The child ended, or fell silent, before the frame was complete."""


def _child(pipe: int, roots: Sequence[Path], trust: Trust, jobs: Sequence[Job], limits: Limits) -> NoReturn:
    """Render and write frames; never returns into the parent's code."""
    # nothing of the parent's is collected here, and the child does not live long
    gc.disable()
    try:
        _limit_memory(limits.memory)
        batch = Batch(roots, trust, limits.output)
        for school, switch in jobs:
            _limit_cpu(limits.cpu_seconds)
            try:
                frame: object = _document(batch.render(school, switch))
            except RenderError as error:
                frame = {"problem": error.problem, "where": error.where, "remedy": error.remedy}
            body = json.dumps(frame, separators=(",", ":")).encode()
            _write(pipe, _HEADER.pack(len(body)) + body)
            if "problem" in cast("dict[str, object]", frame):
                break
    except BaseException:  # noqa: BLE001 - whatever it was, the parent is told by the exit status
        os._exit(_FAILED)
    os._exit(0)


def _document(sheet: Sheet) -> dict[str, object]:
    groups = [
        {"start": group.start, "end": group.end, "shapes": group.shapes, "shape_of": group.shape_of}
        for group in sheet.groups
    ]
    return {"new": sheet.new, "lines": sheet.lines, "groups": groups}


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _limit_memory(extra: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sizes = Path("/proc/self/statm")
    if sizes.exists():  # elsewhere (macOS) the system does not hold a process to an address space limit
        limit = int(sizes.read_bytes().split()[0]) * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _limit_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, hard))


def _frame(pipe: int, limits: Limits) -> bytes:
    (size,) = _HEADER.unpack(_read(pipe, _HEADER.size, limits.wall_seconds))
    # a sheet repeats its text as JSON and adds the sources: more than this is not a sheet
    if size > 16 * limits.output + 65_536:
        raise _ChildDiedError("it sent more than a device's configuration can be")
    return _read(pipe, size, limits.wall_seconds)


def _read(pipe: int, size: int, seconds: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not select.select([pipe], [], [], seconds)[0]:
            raise _ChildDiedError(f"it took longer than {seconds} s for one device")
        piece = os.read(pipe, size - len(data))
        if not piece:
            raise _ChildDiedError("")
        data += piece
    return bytes(data)


def _death(pid: int, limits: Limits, silence: str) -> RenderError:
    """Why the child ended without an answer."""
    why = silence
    if why:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if not why:
        code = os.waitstatus_to_exitcode(status)
        why = {
            -signal.SIGXCPU: f"it used more than {limits.cpu_seconds} s of CPU time for one device",
            _FAILED: "it failed; most likely it ran out of memory",
        }.get(code, f"its process ended with status {code}")
    return RenderError(
        f"a template was stopped: {why}",
        where="templates",
        remedy="look for a loop without end or a very long text in the templates that changed last",
    )


def _sheet(frame: bytes, device: str) -> Sheet:
    """The frame as a sheet. Raises RenderError if it carries an error, or is not what a child sends."""
    document = cast("dict[str, object]", json.loads(frame))
    if "problem" in document:
        raise RenderError(
            str(document["problem"]), where=str(document["where"]) or device, remedy=str(document["remedy"])
        )
    groups = [Group(**group) for group in cast("list[dict[str, Any]]", document.pop("groups"))]
    return Sheet(**cast("dict[str, Any]", document), groups=groups)
