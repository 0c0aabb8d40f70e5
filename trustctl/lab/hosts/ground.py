"""How the lab carries out commands: with a plain environment, a time limit, and errors that say what was told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from trustctl.errors import UsageError

SECONDS = 120.0
"""How long a command of the lab may take unless its caller says otherwise."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TOLD, _SHOWN = 400, 120


class HostLabError(UsageError):
    """A lab of hosts cannot be built or run on this machine, or a command of it failed."""


class Ground:
    """The machine, as root of it or of a user namespace."""

    def run(
        self,
        *command: str,
        given: str = "",
        seconds: float = SECONDS,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Carry out a command; what it wrote to standard output. Raises HostLabError."""
        return finish(command, given=given, seconds=seconds, env=env)

    def spawn(
        self, *command: str, log: Path, env: Mapping[str, str] | None = None, handed: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a command that stays, in a session of its own; `log` takes what it prints.

        `handed` are the descriptors that it keeps. Raises HostLabError.
        """
        with log.open("ab") as out:
            try:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                    env=_environment(env),
                    pass_fds=handed,
                )
            except OSError as error:
                raise HostLabError(f"{command[0]} cannot be started: {error.strerror}") from error


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """A plain environment: what the person's own shell has set means nothing to a lab."""
    return {"PATH": PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root", **(more or {})}


def finish(
    command: Sequence[str], *, given: str = "", seconds: float = SECONDS, env: Mapping[str, str] | None = None
) -> str:
    """Carry out a command of this machine; what it wrote to standard output. Raises HostLabError."""
    done = attempt(command, given=given, seconds=seconds, env=env)
    if done.returncode:
        told = (done.stderr.strip() or done.stdout.strip())[-_TOLD:]
        raise HostLabError(f"it ended with {done.returncode}: {told}", where=_shown(command))
    return done.stdout


def attempt(
    command: Sequence[str], *, given: str = "", seconds: float = SECONDS, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """As `finish`, but the exit status is the caller's to judge. Raises HostLabError if there is none."""
    try:
        return subprocess.run(
            list(command),
            input=given,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=seconds,
            check=False,
            env=_environment(env),
        )
    except FileNotFoundError:
        raise HostLabError(f"{command[0]} is not installed", remedy="make test-linux installs what is needed") from None
    except subprocess.TimeoutExpired:
        raise HostLabError(f"it did not end within {seconds:g} s", where=_shown(command)) from None
    except OSError as error:
        raise HostLabError(f"it cannot be started: {error.strerror}", where=_shown(command)) from error


def _shown(command: Sequence[str]) -> str:
    """A command for an error message. Secrets are given on standard input, never as arguments."""
    words = " ".join(command).partition("\n")[0]
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."


def is_root() -> bool:
    """Whether this process may do what only root may."""
    return os.geteuid() == 0
