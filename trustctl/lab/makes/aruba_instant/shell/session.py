"""The command line session of one user: prompts, privileged mode, configuration mode, what waits for a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_instant.model.cluster import ROOT
from trustctl.lab.makes.aruba_instant.model.grammar import PARSE_ERROR
from trustctl.lab.makes.aruba_instant.shell import show
from trustctl.lab.makes.aruba_instant.shell.editor import read_line
from trustctl.lab.makes.aruba_instant.shell.pending import Pending
from trustctl.lab.terminal import HungUp, LineEnd

if TYPE_CHECKING:
    from trustctl.lab.login import Login
    from trustctl.lab.makes.aruba_instant.device import InstantDevice
    from trustctl.lab.terminal import Terminal

_GREETING = (
    "\nshow tech-support and show tech-support supplemental are the two most useful outputs to collect for any kind of "
    "troubleshooting session.\n\n"
)
_GARBAGE = bytes(range(128, 256)) * 64 + b"\x1b[2J\x00\x07"


class Leave(Exception):  # noqa: N818 - the user goes
    """The user leaves."""


class Session:
    """One session. `configuring`: in configuration mode; `pending` outlives it until a commit, a revert or the end."""

    def __init__(self, device: InstantDevice, terminal: Terminal, login: Login, number: int) -> None:
        self.device = device
        self.terminal = terminal
        self.login = login
        self.number = number
        self.configuring = False
        self.pending = Pending(device.cluster.committed)

    async def run(self) -> int:
        """Serve the user until they leave; the exit status. Raises HungUp if the client drops."""
        try:
            self.terminal.write(_GREETING)
            while True:
                line = await read_line(self.terminal, self.prompt())
                self._note(line.text)
                if line.end is LineEnd.LEAVE:
                    self.configuring = False
                elif line.text.strip():
                    await self._line(line.text.strip())
        except Leave:
            return 0
        finally:
            if self.device.sessions.get(self.number) is self:
                del self.device.sessions[self.number]

    def prompt(self) -> str:
        """The prompt of now: `AP# `, `AP (config) # `, `AP (SSID Profile "x") # `."""
        text = f"{self.device.host} ({self.pending.prompt()}) # " if self.configuring else f"{self.device.host}# "
        fault = self.device.faults.get(FaultKind.PROMPT)
        return text if fault is None else f"{text}{fault.text}"

    def _note(self, line: str) -> None:
        mode = self.pending.prompt() if self.configuring else "privileged"
        self.device.record(line, mode=mode, vty=self.number, user=self.login.user)

    async def _line(self, text: str) -> None:
        slow = self.device.faults.get(FaultKind.LATENCY)
        if slow:
            self.terminal.flush()
            await asyncio.sleep(slow.amount)
        if self.device.faults.hits_command(FaultKind.ENDLESS, text):
            await self._endless()
        if self.device.faults.hits_command(FaultKind.GARBAGE, text):
            self.terminal.write_bytes(_GARBAGE + b"\r\n")
            return
        text = " ".join(text.split(" "))
        if not self.configuring or text.split()[0] == "show":
            self.terminal.write(self._privileged(text))
        else:
            self._configure(text)
        if not self.device.up:
            raise HungUp

    async def _endless(self) -> None:
        while not self.terminal.pending() or self.terminal.peek() != 3:  # noqa: PLR2004 - ^C
            self.terminal.write(("endless " * 9 + "\n") * 64)
            await self.terminal.drain()

    def _configure(self, text: str) -> None:
        if text == "end":
            self.configuring = False
        elif text == "exit":
            self.configuring = self.pending.context is not None
            self.pending.context = None
        else:
            self.terminal.write(self.device.typed(self.pending, text))

    def _privileged(self, text: str) -> str:
        """A command of the privileged mode; what it prints."""
        words = text.split()
        self.device.counters.bump("commands")
        if text in {"exit", "logout"}:
            raise Leave
        if text == "end":
            return ""
        if len(words) == 2 and _short(words, "configure", "terminal"):  # noqa: PLR2004 - two words
            return self._enter()
        shown = self._shown(words)
        if shown is not None:
            return shown
        if words[0] == "ping" and len(words) == 2:  # noqa: PLR2004 - ping ADDRESS
            return show.ping(self.device, words[1])
        if self.login.privilege < ROOT:
            return f"{PARSE_ERROR}\n"
        return self._acting(text)

    def _shown(self, words: list[str]) -> str | None:
        commands: dict[tuple[str, ...], Callable[[], str]] = {
            ("show", "running-config"): self.device.running,
            ("show", "running-config", "no-encrypt"): lambda: self.device.cluster.text(clear=True),
            ("show", "version"): lambda: show.version(self.device),
            ("show", "activate", "status"): lambda: show.activate(self.device),
            ("show", "uncommitted-config"): lambda: "".join(f"{line}\n" for _, line in self.pending.lines),
        }
        for known, answer in commands.items():
            if len(known) == len(words) and _short(words, *known):
                return answer()
        return None

    def _enter(self) -> str:
        if self.login.privilege < ROOT:
            return f"{PARSE_ERROR}\n"
        self.configuring = True
        self.pending.start(self.device.cluster.committed)
        return ""

    def _acting(self, text: str) -> str:
        """Commands that change something. `commit revert` prints nothing [unverified]."""
        if text in {"commit apply", "commit apply no-save"}:
            return self.device.commit(self.pending, store=not text.endswith("no-save"))
        if text == "commit revert":
            self.pending.clear()
            return ""
        if text == "write memory":
            try:
                self.device.save(self.login.user)
            except FileError as error:
                return f"{error}\n"
            return "Save configuration.\n"  # [unverified]
        if text == "reload":
            self.device.reboot("reload")
            return ""
        return f"{PARSE_ERROR}\n"


def _short(words: list[str], *full: str) -> bool:
    """Whether words are abbreviations of a command's."""
    return all(word and whole.startswith(word) for word, whole in zip(words, full, strict=True))
