"""One Linux host, from power on to power off."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trustctl.lab.hosts.boot import Boot
from trustctl.lab.hosts.cgroup import Cage
from trustctl.lab.hosts.door import Door
from trustctl.lab.hosts.forward import SSH_PORT
from trustctl.lab.hosts.ground import PATH, Ground, HostLabError, attempt
from trustctl.lab.hosts.spec import HostSpec
from trustctl.lab.hosts.tree import Tree

_READY_SECONDS = 90.0
_POLL_SECONDS = 0.05
_LDAPS = 636
_STOP_SECONDS = 20.0
_RESTART = 133
"""What systemd-nspawn ends with when the host restarts and nothing else would start it again (systemd-nspawn(1))."""

_SETTINGS = """\
mkdir -p /run/lab-settings
for name; do
    real="/proc/sys/$name" kept="/run/lab-settings/$(echo "$name" | tr / .)"
    [ -f "$real" ] || continue
    cat "$real" > "$kept"
    mount --bind "$kept" "$real"
done
"""
"""Settings of the one kernel that all share: a host may write and read its own copy, and the kernel does nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a host boots; `settings` are those of the kernel that it may change."""

    ground: Ground
    namespace: str
    door: Door
    boot: Boot
    settings: tuple[str, ...] = ()


class Host:
    """A host of a lab, from power on to power off. `log` takes what its console prints."""

    def __init__(self, spec: HostSpec, place: Place, tree: Tree, cage: Cage, log: Path) -> None:
        self.spec = spec
        self.tree = tree
        self.machine_id = ""
        self._place = place
        self._ground = place.ground
        self._cage = cage
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def on(self) -> bool:
        """Whether it has power."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Boot it and wait until it serves: SSH, and its directory if it has one.

        Raises HostLabError with the end of its console.
        """
        self._boot()
        self._settle()

    def _settle(self) -> None:
        self._wait("SSH server", self.greets)
        if self.spec.directory is not None:
            self._wait("directory", lambda: self._takes(_LDAPS))
        done = self.run(["sh", "-c", _SETTINGS, "sh", *self._place.settings])
        if done.returncode:
            raise HostLabError(f"its kernel settings cannot be laid out: {done.stderr.strip()}", where=self.spec.name)

    def _boot(self) -> None:
        boot = self._place.boot
        command = boot.argv(self.spec, self.tree.root, self._place.namespace, self._cage)
        self._running = self._ground.spawn(*command, log=self._log, env=boot.environment)
        threading.Thread(target=self._watch, args=(self._running,), name=f"lab-{self.spec.name}", daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Boot again when the host restarts itself."""
        if process.wait() == _RESTART and self._running is process:
            with contextlib.suppress(HostLabError):  # then it is off, and its console says why
                self._boot()
                self._settle()

    def _wait(self, what: str, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if not self.on:
                raise HostLabError(f"it did not boot: {self._console()}", where=self.spec.name)
            if there():
                return
            time.sleep(_POLL_SECONDS)
        raise HostLabError(f"no {what} within {_READY_SECONDS:g} s: {self._console()}", where=self.spec.name)

    @property
    def leader(self) -> int:
        """The process id, on this machine, of the host's first process. Raises HostLabError if it has no power."""
        if self._running is not None and self.on:
            for child in _children(self._running.pid):
                return child
        raise HostLabError("the host is off", where=self.spec.name)

    def run(self, argv: Sequence[str], given: str = "", seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Carry out a command on the host as its root, past its SSH server. Raises HostLabError if it is off."""
        inside = ["nsenter", f"--target={self.leader}", "--net", *self._place.boot.namespaces]
        command = [*inside, "--root", "--wd", "env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", "HOME=/root", *argv]
        return attempt(command, given=given, seconds=seconds)

    def stop(self) -> None:
        """Shut it down in order; cut its power if it takes too long. Its files stay."""
        if self._running is None:
            return
        if self.on:
            try:
                os.kill(self.leader, self._place.boot.power_off)
                self._running.wait(_STOP_SECONDS)
            except (HostLabError, ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self.cut()

    def cut(self) -> None:
        """Cut its power at once. Its files stay as they are at this moment."""
        if self._running is None:
            return
        for child in _children(self._running.pid):
            _kill(child)
        try:
            # it takes leave of its child, which is then nobody's
            self._running.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(self._running.pid)
            self._running.wait()
        self._running = None
        self._cage.open()

    def greets(self) -> bool:
        """Whether the first bytes from port 22 are those of an SSH server (RFC 4253, section 4.2)."""
        try:
            with self._place.door.open("tcp") as line:
                line.settimeout(1.0)
                line.connect((self.spec.address, SSH_PORT))
                return line.recv(4) == b"SSH-"
        except OSError:
            return False

    def _takes(self, port: int) -> bool:
        try:
            with self._place.door.open("tcp") as line:
                line.settimeout(1.0)
                line.connect((self.spec.address, port))
        except OSError:
            return False
        return True

    def memory(self) -> int:
        """How many bytes its processes and its share of the page cache use; 0 where the machine does not count."""
        return self._cage.memory()

    def _console(self) -> str:
        """The last lines that its console printed."""
        try:
            lines = self._log.read_text(errors="replace").splitlines()
        except OSError:
            return "its console said nothing"
        return " | ".join(line.strip() for line in lines[-5:] if line.strip()) or "its console said nothing"


def _children(pid: int) -> list[int]:
    """The processes that a process started and that still live (proc_pid_task(5))."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
