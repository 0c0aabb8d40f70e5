"""Ansible as a child process: what it is told, what it says, how it is ended, and that nothing of it stays on disk.

Secrets go through a FIFO in a private folder, never through arguments, environment or a file. Events come through a
descriptor that the child inherits; what it writes to stderr is kept, masked, for the case that it ends badly.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread
from typing import IO, Any, cast

from trustctl.engines.windows.inventory import secret_values
from trustctl.errors import DeviceError
from trustctl.secrets.redact import redact_device

CALLBACK = Path(__file__).parent / "callback"
REMEDY = "pip install 'trustctl[windows]'"
LEAST = (2, 19)
"""Of ansible-core: the first whose callbacks and values marked unsafe are as this engine needs them (measured)."""
_POLL_SECONDS = 0.02
_END_SECONDS = 5.0
_KEPT_LINES = 60
_SHOWN = 600
_SECRETS, _INVENTORY, _CONFIGURATION = "secrets.json", "inventory.json", "ansible.cfg"

Event = dict[str, Any]
"""One line of the callback: `event` says what happened, `host` where."""


@dataclass(frozen=True, slots=True)
class Content:
    """Where roles and playbooks lie, the trust's own before those that came with trustctl."""

    roots: tuple[Path, ...]

    def playbook(self, name: str) -> Path:
        """Return the playbook of this name. Raises DeviceError if there is none."""
        for root in self.roots:
            if (root / "playbooks" / name).is_file():
                return root / "playbooks" / name
        raise DeviceError(
            f"there is no playbooks/{name}", remedy="install trustctl from its wheel, or restore the file"
        )

    @property
    def roles(self) -> tuple[Path, ...]:
        """The folders of roles that there are."""
        return tuple(root / "roles" for root in self.roots if (root / "roles").is_dir())

    def parts(self, folder: str) -> tuple[Path, ...]:
        """The folders of this name in all roles: `library`, `action_plugins`."""
        return tuple(path for roles in self.roles for path in sorted(roles.glob(f"*/{folder}")))


@dataclass(frozen=True, slots=True)
class Play:
    """One run of Ansible. `secrets` are values by name; nothing else in it may hold one."""

    playbook: Path | str
    """A file, or the text of a playbook."""
    inventory: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    check: bool = True
    tags: tuple[str, ...] = ()
    forks: int = 1
    seconds: float = 900.0
    """Longer than this it is ended."""
    task_seconds: int = 0
    """A task (of a loop: one item) that takes longer has failed on that host, and the others go on; 0: it may."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Further variables of the run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `code` is Ansible's own: it says nothing of changes. `words`: the end of its stderr, masked."""

    code: int
    words: str = ""
    late: bool = False
    """It was ended because it took too long, or because nobody wants it any more."""


def check_ansible(version_of: Callable[[str], str] | None = None) -> str:
    """Return the version of ansible-core. Raises DeviceError if it, or what it needs, is missing or too old."""
    from importlib import metadata  # noqa: PLC0415 - no switch waits for it

    look = version_of or metadata.version
    try:
        version = look("ansible-core")
        look("pypsrp")
        look("ansible")
    except metadata.PackageNotFoundError as error:
        raise DeviceError(
            f"Windows hosts are driven by Ansible, and the package {error.name} is not installed beside trustctl",
            remedy=REMEDY,
        ) from None
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < LEAST:
        raise DeviceError(
            f"ansible-core {version} is too old: trustctl needs {'.'.join(map(str, LEAST))} or later",
            remedy=f"{REMEDY}, in the environment that trustctl runs in ({sys.prefix})",
        )
    return version


class Ansible:
    """Runs playbooks. Any thread may use it; `close` ends what still runs.

    `environment` is all that the child gets of ours. `version_of` tells a package's version.
    """

    def __init__(
        self, content: Content, environment: Mapping[str, str], version_of: Callable[[str], str] | None = None
    ) -> None:
        self.content = content
        self._environment = dict(environment)
        self._version_of = version_of
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._over = False

    def run(self, play: Play, heard: Callable[[Event], None]) -> Ended:
        """Run a playbook to its end; `heard` gets each event when it comes, in this thread.

        Raises DeviceError if Ansible cannot be used, or did not begin.
        """
        check_ansible(self._version_of)
        with tempfile.TemporaryDirectory(prefix="trustctl-windows-") as name:
            folder = Path(name)
            os.mkfifo(folder / _SECRETS, 0o600)
            (folder / _CONFIGURATION).write_text("[defaults]\n", encoding="utf-8")
            (folder / _INVENTORY).write_text(json.dumps(play.inventory), encoding="utf-8")
            return self._carried_out(play, folder, heard)

    def close(self) -> None:
        """End every run that is under way; never raises."""
        with self._lock:
            self._over = True
            running = tuple(self._running)
        for process in running:
            _end(process)

    def _carried_out(self, play: Play, folder: Path, heard: Callable[[Event], None]) -> Ended:
        reading, writing = os.pipe()
        try:
            process = self._started(play, folder, writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        words: deque[str] = deque(maxlen=_KEPT_LINES)
        late, over = Flag(), Flag()
        helpers = [
            Thread(target=_hand_over, args=(folder / _SECRETS, play.secrets, over), daemon=True),
            Thread(target=_listen, args=(process.stderr, words), daemon=True),
            Thread(target=_watch, args=(process, play.seconds, late, over), daemon=True),
        ]
        for helper in helpers:
            helper.start()
        begun = False
        try:
            with os.fdopen(reading, "r", encoding="utf-8") as events:
                for line in events:
                    begun = True
                    heard(_event(line))
            code = process.wait()
        finally:
            _end(process)
            over.set()
            with self._lock:
                self._running.discard(process)
            for helper in helpers:
                helper.join(_END_SECONDS)
            if process.stderr is not None:
                process.stderr.close()
        said = redact_device(_without(" / ".join(words), play.secrets))[-_SHOWN:]
        if not begun and not late.is_set() and not self._over:
            raise DeviceError(f"Ansible did not begin (code {code}): {said or 'it says nothing'}")
        return Ended(code, said, late.is_set() or self._over)

    def _started(self, play: Play, folder: Path, events: int) -> subprocess.Popen[bytes]:
        playbook = play.playbook if isinstance(play.playbook, Path) else folder / "play.yml"
        if isinstance(play.playbook, str):
            playbook.write_text(play.playbook, encoding="utf-8")
        command = [sys.executable, "-P", "-m", "ansible", "playbook", "--diff", "--forks", str(play.forks)]
        command += ["-i", str(folder / _INVENTORY), "-e", f"@{folder / _SECRETS}"]
        command += ["--check"] if play.check else []
        command += ["--tags", ",".join(play.tags)] if play.tags else []
        command += ["-e", json.dumps(dict(play.extra))] if play.extra else []
        with self._lock:
            if self._over:
                raise DeviceError("the engine for Windows hosts has been closed")
            process = subprocess.Popen(
                [*command, str(playbook)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=self._told(folder, events, play.task_seconds),
                cwd=folder,
                pass_fds=(events,),
                # a session of its own: Ctrl-C is for us, who finish the task that is under way
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def _told(self, folder: Path, events: int, task_seconds: int) -> dict[str, str]:
        """The child's environment: no setting of the person who runs it counts."""
        content = self.content
        return self._environment | {
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TRUSTCTL_EVENTS": str(events),
            "ANSIBLE_CONFIG": str(folder / _CONFIGURATION),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "temp"),
            "ANSIBLE_INVENTORY_ENABLED": "yaml",
            "ANSIBLE_STDOUT_CALLBACK": "trustctl_json",
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACK),
            "ANSIBLE_ROLES_PATH": _joined(content.roles),
            "ANSIBLE_LIBRARY": _joined(content.parts("library")),
            "ANSIBLE_ACTION_PLUGINS": _joined(content.parts("action_plugins")),
            "ANSIBLE_GATHERING": "explicit",
            "ANSIBLE_TASK_TIMEOUT": str(task_seconds),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
        }


def _joined(folders: tuple[Path, ...]) -> str:
    return os.pathsep.join(map(str, folders)) or os.devnull


def _event(line: str) -> Event:
    try:
        found: object = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise DeviceError("what Ansible's callback wrote is no event", where=redact_device(line[:80]))
    return cast("Event", found)


def _hand_over(fifo: Path, secrets: Mapping[str, str], over: Flag) -> None:
    """Write the secrets once, as soon as the child opens its end; it is opened without waiting, as it may never be."""
    while not over.is_set():
        try:
            descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                return
            time.sleep(_POLL_SECONDS)
            continue
        os.set_blocking(descriptor, True)
        with contextlib.suppress(OSError), os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(secret_values(secrets), out)
        return


def _listen(pipe: IO[bytes] | None, words: deque[str]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed under us: the child is over
        for line in pipe or ():
            words.append(line.decode("utf-8", "replace").rstrip())


def _watch(process: subprocess.Popen[bytes], seconds: float, late: Flag, over: Flag) -> None:
    if not over.wait(seconds):
        late.set()
        _end(process)


def _without(text: str, secrets: Mapping[str, str]) -> str:
    for value in sorted(secrets.values(), key=len, reverse=True):
        text = text.replace(value, "<hidden>") if value else text
    return text


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started; never raises."""
    for number, seconds in ((signal.SIGTERM, _END_SECONDS), (signal.SIGKILL, _END_SECONDS)):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            if number is signal.SIGKILL or not _group_lives(process.pid):
                return


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True
