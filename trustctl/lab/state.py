"""A lab that runs in a process of its own, in the background, and is asked through a socket in its folder.

The folder belongs to the lab (mode 0700). It holds `endpoints.json`, `lab.pid`, `lab.log` and `control.sock`.
Whoever starts it gives it a bounded life if nobody may come back to stop it.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from trustctl.errors import TrustctlError, UsageError
from trustctl.lab.clock import SUNDAY_MORNING
from trustctl.lab.estate import Lab
from trustctl.lab.everything import Everything
from trustctl.lab.faults import Fault
from trustctl.lab.hosts import rootless
from trustctl.lab.hosts.ground import is_root
from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.labfile import read_estate
from trustctl.lab.windows.lab import WindowsLab

ENDPOINTS, PID, LOG, CONTROL = "endpoints.json", "lab.pid", "lab.log", "control.sock"
_START_SECONDS = 60.0
_HOST_SECONDS = 30.0
"""How much longer each Linux host may take."""
_ANSWER_SECONDS = 15.0
_POLL_SECONDS = 0.05
_READY = b"ready"
_LONGEST_MESSAGE = 1_048_576

Endpoints = dict[str, tuple[str, int]]


class LabNotRunningError(UsageError):
    """No lab answers in that folder."""


# --- for whoever starts and asks a lab ------------------------------------------------------------------------------


def start_detached(
    folder: Path, lab_file: Path, *, started: datetime = SUNDAY_MORNING, lifetime: float | None = None
) -> Endpoints:
    """Start the lab of a definition file in the background; host and port of each device.

    `started` is the wall clock of the devices; after `lifetime` seconds the lab ends by itself (None: it stays).
    Raises UsageError if one runs there already, if the definition is wrong, or if it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if _answers(folder):
        raise UsageError("a lab runs there already", where=str(folder), remedy="stop it first, or use another folder")
    patience = _START_SECONDS + _HOST_SECONDS * len(read_estate(lab_file).hosts)
    _sweep(folder)
    news, tell = os.pipe()
    with os.fdopen(news, "rb") as heard:
        command = [sys.executable, "-m", "trustctl.lab.state", str(folder), str(lab_file)]
        command += ["--started", started.isoformat(), "--ready", str(tell)]
        if lifetime is not None:
            command += ["--for", str(lifetime)]
        try:
            with (folder / LOG).open("ab") as log:
                # the process forks and leaves at once: the lab itself is nobody's child
                subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[tell], check=False,
                    start_new_session=True,
                )  # fmt: skip
        finally:
            os.close(tell)
        ready, _, _ = select.select([heard], [], [], patience)
        if not ready or heard.read(len(_READY)) != _READY:
            raise UsageError("the lab did not come up", where=str(folder / LOG), remedy="read its log")
    return endpoints(folder)


def endpoints(folder: Path) -> Endpoints:
    """Host and port of each device, as the lab wrote them down. Raises LabNotRunningError."""
    try:
        read = cast("dict[str, dict[str, object]]", json.loads((folder / ENDPOINTS).read_text()))
    except OSError:
        raise LabNotRunningError("no lab runs there", where=str(folder), remedy="start one") from None
    return {name: (str(end["host"]), int(str(end["port"]))) for name, end in read.items()}


def status(folder: Path) -> Mapping[str, object]:
    """What each device does, and which hosts did not come up and why.

    `{"pid": 1, "devices": {name: {"reachable": true, "why": "", ...}}, "left_out": {name: why}}`.
    """
    return _ask(folder, {"verb": "status"})


def snapshot(folder: Path, device: str) -> Mapping[str, object]:
    """All that a Windows host is and has, for whoever compares it with what it was. Raises UsageError.

    `device` is the lab's own name for it: `KV-DC-01`, not `KV-DC-01.oak`.
    """
    return _ask(folder, {"verb": "snapshot", "device": device})


def send_break(folder: Path, device: str, fault: str) -> None:
    """Put a fault in force, written as `faults.Fault.parse` reads it. Raises UsageError, LabNotRunningError."""
    Fault.parse(fault)
    _ask(folder, {"verb": "break", "device": device, "fault": fault})


def send_heal(folder: Path, device: str, kind: str | None = None) -> None:
    """Take one kind of fault away, or all. Raises UsageError, LabNotRunningError."""
    _ask(folder, {"verb": "heal", "device": device, "kind": kind})


def send_edit(folder: Path, device: str, lines: Sequence[str]) -> tuple[str, ...]:
    """Type configuration lines at a device's console; what it printed. Raises UsageError, LabNotRunningError."""
    answer = _ask(folder, {"verb": "edit", "device": device, "lines": list(lines)})
    return tuple(str(line) for line in cast("list[object]", answer["printed"]))


def stop(folder: Path) -> None:
    """End the lab and wait until it is gone. Raises LabNotRunningError if none answers."""
    _ask(folder, {"verb": "stop"})
    deadline = time.monotonic() + _ANSWER_SECONDS
    while (folder / PID).exists():
        if time.monotonic() > deadline:
            pid = (folder / PID).read_text().strip()
            raise UsageError("the lab does not end", where=str(folder), remedy=f"look at process {pid}")
        time.sleep(_POLL_SECONDS)


def _answers(folder: Path) -> bool:
    try:
        _ask(folder, {"verb": "ping"})
    except LabNotRunningError:
        return False
    return True


def _ask(folder: Path, question: Mapping[str, object]) -> Mapping[str, object]:
    """One question and its answer; an error on the other side is raised here."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_ANSWER_SECONDS)
        try:
            _at(folder, line.connect)
            line.sendall(json.dumps(question).encode() + b"\n")
            raw = b"".join(iter(lambda: line.recv(65_536), b""))
        except OSError as error:
            raise LabNotRunningError(f"no lab answers: {error}", where=str(folder), remedy="start one") from error
    if not raw:
        raise LabNotRunningError("the lab hung up", where=str(folder), remedy="read its log")
    answer = cast("dict[str, object]", json.loads(raw))
    if "problem" in answer:
        raise UsageError(str(answer["problem"]), where=str(answer["where"]), remedy=str(answer["remedy"]))
    return answer


def _at(folder: Path, act: Callable[[str], None]) -> None:
    """Bind or connect the control socket by a short name: socket paths end at 107 bytes, folders do not."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = Path(f"/proc/self/fd/{handle}")
        act(str((short if short.exists() else folder) / CONTROL))
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what a lab left that did not end well."""
    for name in (ENDPOINTS, PID, CONTROL):
        (folder / name).unlink(missing_ok=True)


# --- the process itself ---------------------------------------------------------------------------------------------


class Warden:
    """Owns the lab inside the background process and answers questions until it is told to stop.

    `tell` is a descriptor on which it says that the lab is up.
    """

    def __init__(self, folder: Path, lab: Everything, lifetime: float | None, tell: int | None = None) -> None:
        self._folder = folder
        self._lab = lab
        self._lifetime = lifetime
        self._tell = tell
        self._over = threading.Event()

    def run(self) -> None:
        """Serve until told to stop, signalled or out of time; then leave no trace of a running lab."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_end)
        with self._lab, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            _at(self._folder, door.bind)
            (self._folder / CONTROL).chmod(0o600)
            door.listen(8)
            door.settimeout(0.2)
            _write(self._folder / PID, f"{os.getpid()}\n")
            ends = {name: {"host": host, "port": port} for name, (host, port) in self._lab.endpoints.items()}
            _write(self._folder / ENDPOINTS, json.dumps(ends, indent=2) + "\n")
            if self._tell is not None:
                os.write(self._tell, _READY)
                os.close(self._tell)
            deadline = None if self._lifetime is None else time.monotonic() + self._lifetime
            while not self._over.is_set() and (deadline is None or time.monotonic() < deadline):
                try:
                    visitor, _ = door.accept()
                except TimeoutError:
                    continue
                with visitor:
                    self._serve(visitor)
        _sweep(self._folder)

    def _told_to_end(self, number: int, frame: object) -> None:
        """A signal asks for the end."""
        self._over.set()

    def _serve(self, visitor: socket.socket) -> None:
        visitor.settimeout(_ANSWER_SECONDS)
        raw = b""
        while not raw.endswith(b"\n") and len(raw) < _LONGEST_MESSAGE:
            piece = visitor.recv(65_536)
            if not piece:
                return
            raw += piece
        try:
            answer = self._answer(cast("dict[str, object]", json.loads(raw)))
        except TrustctlError as error:
            answer = {"problem": error.problem, "where": error.where, "remedy": error.remedy}
        visitor.sendall(json.dumps(answer).encode())

    def _answer(self, question: Mapping[str, object]) -> dict[str, object]:
        verb, device = question["verb"], str(question.get("device", ""))
        if verb == "status":
            devices = {name: self._lab.status(name) for name in self._lab.endpoints}
            return {"pid": os.getpid(), "devices": devices, "left_out": dict(self._lab.left_out)}
        if verb == "snapshot":
            return self._lab.snapshot(device)
        if verb == "break":
            self._lab.break_(device, Fault.parse(str(question["fault"])))
        elif verb == "heal":
            kind = question["kind"]
            self._lab.heal(device, None if kind is None else Fault.parse(str(kind)).kind)
        elif verb == "edit":
            lines = [str(line) for line in cast("list[object]", question["lines"])]
            return {"printed": list(self._lab.device_edit(device, lines))}
        elif verb == "stop":
            self._over.set()
        elif verb != "ping":
            raise UsageError(f"a lab does not know {verb!r}")
        return {}


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, for the owner only."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def main() -> None:
    """Run a lab: `python -m trustctl.lab.state FOLDER LAB_FILE [--started ISO] [--for SECONDS] [--ready FD]`.

    With a descriptor to tell on, the lab goes to the background and writes there when it is up. With Linux hosts and
    without root it starts itself once more `--inside` a user namespace.
    """
    parser = argparse.ArgumentParser(prog="trustctl.lab.state")
    parser.add_argument("folder", type=Path)
    parser.add_argument("lab_file", type=Path)
    parser.add_argument("--started", type=datetime.fromisoformat, default=SUNDAY_MORNING)
    parser.add_argument("--for", dest="lifetime", type=float)
    parser.add_argument("--ready", dest="tell", type=int)
    parser.add_argument("--inside", action="store_true")
    given = parser.parse_args()
    if given.tell is not None and not given.inside and os.fork():
        return
    estate = read_estate(given.lab_file)
    if estate.hosts and not is_root():
        # the first process of a namespace must be the lab itself: when it ends, everything in there does
        command = rootless.entering([sys.executable, "-m", "trustctl.lab.state", *sys.argv[1:], "--inside"])
        os.execvp(command[0], command)  # nosec B606 # noqa: S606 - no shell is wanted
    lab = Lab(
        estate.specs,
        links=estate.links,
        ports=estate.ports,
        started=given.started,
        minute_seconds=estate.minute_seconds,
        seed=estate.seed,
        cut=estate.cut,
    )
    hosts = HostLab(estate.hosts, estate.cache, dns=estate.dns) if estate.hosts else None
    windows = (
        WindowsLab(estate.windows, estate.libraries, folder=_certificates(given.folder)) if estate.windows else None
    )
    Warden(given.folder, Everything(lab, hosts, windows), given.lifetime, given.tell).run()


def _certificates(folder: Path) -> Path:
    """The folder for the Windows hosts' certificates, whose authority clients are told to trust."""
    found = folder / "certificates"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


if __name__ == "__main__":
    main()
