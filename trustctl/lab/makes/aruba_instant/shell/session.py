"""The command line session of one user: prompts, privileged mode, configuration mode, what waits for a commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_instant.model.cluster import ROOT
from trustctl.lab.makes.aruba_instant.model.grammar import PARSE_ERROR
from trustctl.lab.makes.aruba_instant.shell import show
from trustctl.lab.makes.aruba_instant.shell.editor import read_line
from trustctl.lab.makes.aruba_instant.shell.pending import Pending
from trustctl.lab.shell import Leave, Shell
from trustctl.lab.terminal import Line, LineEnd

if TYPE_CHECKING:
    from trustctl.lab.login import Login
    from trustctl.lab.makes.aruba_instant.device import InstantDevice
    from trustctl.lab.terminal import Terminal

_GREETING = (
    "\nshow tech-support and show tech-support supplemental are the two most useful outputs to collect for any kind of "
    "troubleshooting session.\n\n"
)


class Session(Shell["InstantDevice"]):
    """One session. `configuring`: in configuration mode; `pending` outlives it until a commit, a revert or the end."""

    def __init__(self, device: InstantDevice, terminal: Terminal, login: Login, number: int) -> None:
        super().__init__(device, terminal, login, number)
        self.configuring = False
        self.pending = Pending(device.cluster.committed)

    async def greet(self) -> None:
        """The greeting."""
        self.terminal.write(_GREETING)

    async def read(self) -> Line:
        """Prompt and read a line."""
        return await read_line(self.terminal, self.prompt())

    def prompt(self) -> str:
        """The prompt of now: `AP# `, `AP (config) # `, `AP (SSID Profile "x") # `."""
        text = f"{self.device.host} ({self.pending.prompt()}) # " if self.configuring else f"{self.device.host}# "
        fault = self.device.faults.get(FaultKind.PROMPT)
        return text if fault is None else f"{text}{fault.text}"

    def mode_name(self) -> str:
        """The mode for the log: `privileged`, `config`, `SSID Profile "x"`, ..."""
        return self.pending.prompt() if self.configuring else "privileged"

    async def obey(self, line: Line) -> None:
        """A line in the mode of now; ^Z leaves configuration mode."""
        text = line.text.strip()
        if line.end is LineEnd.LEAVE:
            self.configuring = False
        elif not text or await self.spoiled(text):
            return
        elif not self.configuring or text.split()[0] == "show":
            self.terminal.write(self._privileged(text))
        else:
            self._configure(text)

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
