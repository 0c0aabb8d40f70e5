"""One SSH channel: a shell, or one command."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING

import asyncssh

from trustctl.lab.terminal import HungUp, Terminal

if TYPE_CHECKING:
    from trustctl.lab.device import Device
    from trustctl.lab.login import Login


class DeviceSession(asyncssh.SSHServerSession[bytes]):
    """Ties an SSH channel to a terminal, and runs what the client asked for as a task."""

    def __init__(self, device: Device, login: Login, connection: asyncssh.SSHServerConnection) -> None:
        self._device = device
        self._login = login
        self._connection = connection
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._terminal = Terminal(self._send)
        self._work: Coroutine[None, None, int] | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Remember the channel to print on."""
        self._channel = chan

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        """Take any terminal; what its size means is up to the make."""
        self._terminal.window = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        """Open a shell, if the device has a line free."""
        shell = self._device.open_shell(self._terminal, self._login)
        self._work = None if shell is None else shell.run()
        return self._work is not None

    def exec_requested(self, command: str) -> bool:
        """Run one command, or whatever else the device does with an exec request."""
        self._work = self._device.execute(command, self._terminal, self._login)
        return self._work is not None

    def session_started(self) -> None:
        """Start what was asked for."""
        if self._work is not None:
            self._task = asyncio.get_running_loop().create_task(self._run(self._work))

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Keys from the client."""
        self._terminal.feed(data)

    def eof_received(self) -> bool:
        """No more keys will come: what is there is still obeyed."""
        self._terminal.hang_up_when_read()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._terminal.hang_up()

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self._terminal.pause()

    def resume_writing(self) -> None:
        """The client takes output again."""
        self._terminal.resume()

    def _send(self, raw: bytes) -> None:
        if self._channel is not None and not self._channel.is_closing() and not self._terminal.silent:
            self._channel.write(raw)  # pyright: ignore[reportUnknownMemberType] - asyncssh leaves the type open

    async def _run(self, work: Coroutine[None, None, int]) -> None:
        status = 0
        try:
            status = await work
            self._terminal.flush()
        except HungUp:
            self._terminal.flush()
        except Exception as error:  # noqa: BLE001 - a mistake of the lab must end one session and be seen at its end
            self._device.crashes.append(error)
        finally:
            self._terminal.hang_up()
            if self._channel is not None and not self._terminal.silent:
                if not self._channel.is_closing():
                    self._channel.exit(status)
                self._connection.close()
