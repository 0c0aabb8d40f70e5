"""One SSH channel: a shell on a vty line, one command, or a file copy by SCP."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING

import asyncssh

from trustctl.lab.makes.cisco_ios.shell import scp
from trustctl.lab.makes.cisco_ios.shell.editing import HungUp, Terminal
from trustctl.lab.makes.cisco_ios.shell.shell import Shell

if TYPE_CHECKING:
    from trustctl.lab.device import Device
    from trustctl.lab.makes.cisco_ios.shell.login import Login


class SwitchSession(asyncssh.SSHServerSession[bytes]):
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
        """Take any terminal; its size does not matter, `terminal width` does."""
        return True

    def shell_requested(self) -> bool:
        """Take a vty line, if one is free."""
        vty = self._device.take_vty()
        if vty is None:
            return False
        shell = Shell(self._device, self._terminal, self._login, vty)
        self._device.shells[vty] = shell
        self._work = shell.run()
        return True

    def exec_requested(self, command: str) -> bool:
        """Run one command, or be the far end of `scp`."""
        transfer = scp.parse(command)
        if transfer is not None:
            self._work = scp.serve(self._device, self._terminal, transfer)
            return True
        vty = self._device.take_vty()
        if vty is None:
            return False
        shell = Shell(self._device, self._terminal, self._login, vty)
        self._device.shells[vty] = shell
        self._work = shell.run_once(command)
        return True

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
