"""pyinfra's connector for our hosts: one SSH session, sudo by a password that is never an argument, bounded output.

pyinfra 3.10 hands a sudo password to the host as `env PYINFRA_SUDO_PASSWORD=... sudo -A`, which everybody on the host
can read in the process list (pyinfra/connectors/util.py). Here it is the first line of sudo's stdin.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shlex
import time
from collections.abc import Iterator, Mapping
from io import IOBase
from typing import TYPE_CHECKING, Any, cast

import gevent
import paramiko
from pyinfra.connectors.base import BaseConnector
from pyinfra.connectors.util import CommandOutput, OutputLine

from trustctl.engines.linux.border import StringCommand, shell
from trustctl.engines.linux.child.dial import dial
from trustctl.engines.linux.child.identity import HELLO, read
from trustctl.engines.linux.child.spec import HostSpec
from trustctl.errors import DeviceError, HostileOutputError, LoginRefusedError, SessionLostError

if TYPE_CHECKING:
    from trustctl.engines.linux.border import Host, State

SPEC = "trustctl_spec"
"""Where a Host of pyinfra carries its HostSpec (`connector_data`)."""
_CHUNK = 65536
_NANOSECONDS = re.compile(r"[0-9]{1,18}")
_MOST_BYTES = 16 * 1024 * 1024
_LONGEST_COMMAND = 120_000
"""Linux takes 131,072 bytes in one argument (execve(2), MAX_ARG_STRLEN)."""
_ENV = {"LC_ALL": "C", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
_SUDO_WORDS = (
    ("incorrect password", "the host refuses the sudo password", "Check the sudo password in the secret store."),
    ("no password was provided", "the host refuses the sudo password", "Check the sudo password in the secret store."),
    ("not in the sudoers", "the login may not use sudo", "Give the account sudo on the host."),
    ("may not run sudo", "the login may not use sudo", "Give the account sudo on the host."),
    ("is not allowed to", "the login may not run this by sudo", "Give the account sudo for all commands."),
    ("password is required", "sudo asks for a password and none is known", "Name the sudo secret in the host's login."),
    ("not found", "the host has no sudo", "Install sudo on the host, or sign in as root."),
    (
        "account validation failure",
        "the account has expired or is locked",
        "Look at it on the host: chage -l, faillock.",
    ),
)


class HostTransport(BaseConnector):
    """One signed-in SSH session. Raises `trustctl.errors`, which pass through pyinfra: it catches OSError only."""

    handles_execution = True

    def __init__(self, state: State, host: Host) -> None:
        super().__init__(state, host)
        self.spec: HostSpec = host.connector_data[SPEC]
        self._client: paramiko.SSHClient | None = None
        self._sudo: str = "none"
        self.said: Mapping[str, str] = {}
        """What the host says it is."""
        self.sudo_seconds = 0.0
        """How long becoming root took: a host whose name server is dead shows here (docs/sources.md P14)."""
        self._guard = secrets.token_hex(8)

    @staticmethod
    def make_names_data(name: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Not used: our hosts are made from specs."""
        yield name, {}, []

    # -- life ------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Dial, sign in, and find out how to become root."""
        self._client = dial(self.spec)
        try:
            self._find_root()
        except BaseException:
            self.disconnect()
            raise

    def disconnect(self) -> None:
        """End the session; never raises."""
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()
            self._client = None

    def abandon(self) -> None:
        """Cut TCP without a word, as if we had lost our network; never raises."""
        transport = self._client.get_transport() if self._client else None
        if transport is not None:
            with contextlib.suppress(Exception):
                transport.sock.close()
        self.disconnect()

    def _find_root(self) -> None:
        _, out, err = self._exec(f"sh -c {shlex.quote(HELLO)}", b"", self.spec.seconds)
        self.said = read(self.spec, out, err)
        took = self.said["sudo_ns"]
        self.sudo_seconds = int(took) / 1e9 if _NANOSECONDS.fullmatch(took) else 0.0
        if self.said.get("uid") == "0":
            self._sudo = "none"
        elif self.said.get("sudo") == "0":
            self._sudo = "free"
        elif self.spec.sudo_password:
            self._ask_for_root()
        else:
            raise self._refused(self.said.get("refused", ""))

    def _ask_for_root(self) -> None:
        """Try the password once: behind it stdin ends, so sudo cannot count a second wrong one."""
        self._sudo, began = "password", time.monotonic()
        code, _, err = self._exec(f"{self._sudo_line('password')} true", self._password(), self.spec.seconds)
        self.sudo_seconds = max(self.sudo_seconds, time.monotonic() - began)
        if code != 0:
            raise self._refused(err.decode("utf-8", "replace"))

    def _refused(self, text: str) -> DeviceError:
        for words, problem, remedy in _SUDO_WORDS:
            if words in text:
                return LoginRefusedError(problem, where=f"{self.spec.name}: sudo as {self.spec.user}", remedy=remedy)
        return DeviceError(f"sudo fails on the host: {text.strip()[-300:] or 'it says nothing'}", where=self.spec.name)

    def _password(self) -> bytes:
        return f"{self.spec.sudo_password}\n".encode()

    @staticmethod
    def _sudo_line(how: str) -> str:
        """Return what stands before a command; `-k` makes sudo ask for the password each time, so stdin is certain."""
        return {"none": "", "free": "sudo -n -H", "password": "sudo -S -k -H -p ''"}[how]

    # -- pyinfra's side --------------------------------------------------------------------------------------

    def run_shell_command(
        self,
        command: StringCommand | str,
        print_output: bool = False,  # noqa: FBT001, FBT002 - as the parent
        print_input: bool = False,  # noqa: FBT001, FBT002 - as the parent
        **arguments: Any,
    ) -> tuple[bool, CommandOutput]:
        """Run one command; `_stdin` is text or bytes. Raises DeviceError if it cannot be run to its end."""
        del print_output, print_input
        codes = arguments.get("_success_exit_codes") or [0]
        code, out, err = self.run(
            StringCommand(command) if isinstance(command, str) else command,
            stdin=_bytes(arguments.get("_stdin")),
            root=bool(arguments.get("_sudo")),
            seconds=arguments.get("_timeout"),
            env=arguments.get("_env") or {},
        )
        lines = [OutputLine("stdout", line) for line in _lines(out)]
        lines += [OutputLine("stderr", line) for line in _lines(err)]
        return code in codes, CommandOutput(lines)

    def run(
        self,
        command: StringCommand,
        *,
        stdin: bytes = b"",
        root: bool = True,
        seconds: float | None = None,
        env: dict[str, Any] | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Run one command and return its exit code, stdout and stderr. Raises as `run_shell_command`."""
        how = self._sudo if root else "none"
        if how == "password":
            # the guard tells stdin's start even if sudo no longer asks, because a change made it so
            marks = f'IFS= read -r l; [ "$l" = {self._guard} ] || IFS= read -r l; '
            command = StringCommand(f"{marks}{command.get_raw_value()}")
            stdin = self._password() + f"{self._guard}\n".encode() + stdin
        inner = shell(command, {**_ENV, **(env or {})})
        return self._exec(f"{self._sudo_line(how)} {inner}".strip(), stdin, seconds or self.spec.seconds)

    def put_file(self, *args: Any, **arguments: Any) -> bool:
        """Nothing is uploaded: a file's content goes over stdin into its staging place (docs/sources.md P17)."""
        raise TypeError("no operation of ours uploads")

    def get_file(self, *args: Any, **arguments: Any) -> bool:
        """Nothing is downloaded: what is read comes over stdout."""
        raise TypeError("no operation of ours downloads")

    # -- the channel -----------------------------------------------------------------------------------------

    def _exec(self, line: str, stdin: bytes, seconds: float) -> tuple[int, bytes, bytes]:
        if len(line) > _LONGEST_COMMAND:
            raise DeviceError(f"a command of {len(line):,} characters is longer than Linux takes", where=self.spec.name)
        try:
            with gevent.Timeout(seconds):
                return self._talk(line, stdin)
        except gevent.Timeout:
            raise DeviceError(
                f"the host did not finish a command within {seconds:g} s",
                where=f"{self.spec.name}: {shlex.quote(line[:80])}",
                remedy="Look at its load, disk and DNS; the command may still be running there.",
            ) from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._lost(str(error)) from None

    def _talk(self, line: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        transport = self._client.get_transport() if self._client else None
        if transport is None or not transport.is_active():
            raise self._lost("the session is closed")
        channel = transport.open_session()
        jobs: list[Any] = []
        try:
            channel.exec_command(line)  # nosec B601 # a line for the login shell; its values are quoted where it is built
            jobs = [gevent.spawn(self._read, channel.recv), gevent.spawn(self._read, channel.recv_stderr)]
            jobs.append(gevent.spawn(_write, channel, stdin))
            out = cast("bytes", jobs[0].get())
            err = cast("bytes", jobs[1].get())
            code = channel.recv_exit_status()
        finally:
            gevent.killall(jobs, block=False)
            channel.close()
        if code < 0:
            raise self._lost("the command ended without an exit code")
        return code, out, err

    def _read(self, receive: Any) -> bytes:
        data = bytearray()
        while chunk := receive(_CHUNK):
            data += chunk
            if len(data) > _MOST_BYTES:
                raise HostileOutputError(
                    f"the host sends more than {_MOST_BYTES // 1024 // 1024} MiB",
                    where=self.spec.name,
                    remedy="Find out which file or program of it says so much.",
                )
        return bytes(data)

    def _lost(self, why: str) -> SessionLostError:
        return SessionLostError(
            f"the session with the host ended in the middle of a command ({why})" if why else "the session ended",
            where=self.spec.name,
            remedy="The host's state is not known from this; it must be read again.",
        )


def _write(channel: paramiko.Channel, data: bytes) -> None:
    with contextlib.suppress(OSError):  # a command that does not read its stdin
        channel.sendall(data)
        channel.shutdown_write()


def _bytes(stdin: object) -> bytes:
    if stdin is None:
        return b""
    if isinstance(stdin, IOBase):
        stdin = stdin.read()
    return stdin if isinstance(stdin, bytes) else str(stdin).encode()


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []
