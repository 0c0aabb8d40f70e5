"""One command line session of one user, of any make: how it begins and ends, and what spoils it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Generic, TypeVar

from trustctl.lab.faults import FaultKind
from trustctl.lab.terminal import HungUp, Line, Terminal

if TYPE_CHECKING:
    from trustctl.lab.device import Device
    from trustctl.lab.login import Login

DeviceT = TypeVar("DeviceT", bound="Device")

_BREAK = 3
_ENDLESS = ("endless " * 9 + "\n") * 64
_GARBAGE = bytes(range(128, 256)) * 64 + b"\x1b[2J\x00\x07\r\n"


class Leave(Exception):  # noqa: N818 - the user leaves, nothing is wrong
    """The user logs out."""


class Shell(ABC, Generic[DeviceT]):
    """One session on the line of that number. A make says how it greets, reads and obeys."""

    def __init__(self, device: DeviceT, terminal: Terminal, login: Login, line: int) -> None:
        self.device = device
        self.terminal = terminal
        self.login = login
        self.line = line

    # --- what a make says -------------------------------------------------------------------------------------------

    @abstractmethod
    async def greet(self) -> None:
        """What the user sees, and does, before the first prompt. Raises HungUp."""

    @abstractmethod
    async def read(self) -> Line:
        """Prompt and read a line. Raises HungUp."""

    @abstractmethod
    async def obey(self, line: Line) -> None:
        """Do what a line says. Raises Leave if the user logs out, HungUp if the session is cut."""

    @abstractmethod
    def mode_name(self) -> str:
        """The mode that the session is in, for the log of what was typed."""

    def farewell(self) -> None:
        """What the user sees on leaving; nothing on most makes."""

    def notice(self, line: str) -> None:
        """A line of the device's log, for who wants to see them; on most makes the lab shows them to nobody."""

    # --- the session ------------------------------------------------------------------------------------------------

    async def run(self) -> int:
        """Serve the user until they leave; the exit status. Raises HungUp if the client drops."""
        return await self._until_left(self._talk())

    async def run_once(self, command: str) -> int:
        """Run one command without a prompt or pages, as an SSH exec request does; the exit status. Raises HungUp."""
        self.terminal.length = 0
        self.note(command)
        return await self._until_left(self.obey(Line(command)))

    async def _until_left(self, work: Awaitable[None]) -> int:
        """Do it, to the end or until the user leaves, and free the line; the exit status."""
        try:
            await work
        except Leave:
            self.farewell()
        finally:
            self.close()
        return 0

    async def _talk(self) -> None:
        await self.greet()
        while True:
            line = await self.read()
            self.note(line.text)
            await self._linger(line)
            await self.obey(line)
            if not self.device.up:
                raise HungUp

    def close(self) -> None:
        """Free the line."""
        if self.device.shells.get(self.line) is self:
            del self.device.shells[self.line]

    def hang_up(self) -> None:
        """The device ends the session."""
        self.close()
        self.terminal.hang_up()

    def note(self, line: str) -> None:
        """Write down what the user typed."""
        self.device.record(line, mode=self.mode_name(), vty=self.line, user=self.login.user)

    # --- faults -----------------------------------------------------------------------------------------------------

    async def _linger(self, line: Line) -> None:
        """`LATENCY`: the device thinks before it obeys."""
        slow = self.device.faults.get(FaultKind.LATENCY)
        if slow and line.text.strip():
            self.terminal.flush()
            await asyncio.sleep(slow.amount)

    async def spoiled(self, command: str) -> bool:
        """Whether the answer to a command is garbage instead; before that, `ENDLESS` output until ^C. Raises HungUp."""
        if self.device.faults.hits_command(FaultKind.ENDLESS, command):
            while not self.terminal.pending() or self.terminal.peek() != _BREAK:
                self.terminal.write(_ENDLESS)
                await self.terminal.drain()
        garbage = self.device.faults.hits_command(FaultKind.GARBAGE, command)
        if garbage:
            self.terminal.write_bytes(_GARBAGE)
        return garbage
