"""The command line session of one user on one vty line: prompts, modes, and who handles each line."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from trustctl.lab import shell
from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, EXEC, BlockRequest, Mode, Reply
from trustctl.lab.makes.cisco_ios.shell.editing import LineEditor
from trustctl.lab.makes.cisco_ios.shell.grammar import ENABLED, INCOMPLETE, CommandError, invalid_input
from trustctl.lab.makes.cisco_ios.shell.paging import FilterError, apply_filter, show_output, split_filter
from trustctl.lab.makes.cisco_ios.shell.tcl import TclInput
from trustctl.lab.makes.cisco_ios.times import syslog_stamp
from trustctl.lab.terminal import HungUp, Line, LineEnd, Terminal

if TYPE_CHECKING:
    from trustctl.lab.login import Login
    from trustctl.lab.makes.cisco_ios.device import IosDevice

_CONFIG_NAME = 20
"""IOS cuts the host name in configuration prompts at this length."""


class Shell(shell.Shell["IosDevice"]):
    """One session. `privilege` moves with `enable` and `disable`; `mode` is where configuration stands."""

    def __init__(self, device: IosDevice, terminal: Terminal, login: Login, vty: int) -> None:
        super().__init__(device, terminal, login, vty)
        self.privilege = login.privilege
        self.mode: Mode = EXEC
        self.monitor = False
        self.tcl: TclInput | None = None
        self._editor = LineEditor(terminal, self._help)
        self._prompt = ""

    # --- the session ------------------------------------------------------------------------------------------------

    async def run_once(self, command: str) -> int:
        """A line break, then the command's output; the exit status. Raises HungUp."""
        self.terminal.write("\n")
        return await super().run_once(command)

    async def greet(self) -> None:
        """The banners."""
        for kind in ("motd", "exec"):
            text = self.device.banner(kind)
            if text:
                self.terminal.write(f"{text}\n")
        self.terminal.write("\n")

    async def read(self) -> Line:
        """Prompt and read a line with the switch's editing keys."""
        self._prompt = self.prompt()
        return await self._editor.read(self._prompt)

    def prompt(self) -> str:
        """The prompt for the mode and privilege of now."""
        host = self.device.switch.hostname
        if self.tcl is not None:
            return self.tcl.prompt(host)
        if self.mode != EXEC:
            text = f"{host[:_CONFIG_NAME]}({self.mode.name})#"
        else:
            text = f"{host}{'#' if self.privilege > 1 else '>'}"
        return self._hostile(text)

    def mode_name(self) -> str:
        """The mode for the log: `exec`, `enable`, `config`, `config-if`, `tcl`, ..."""
        if self.tcl is not None:
            return "tcl"
        if self.mode != EXEC:
            return self.mode.name
        return "enable" if self.privilege >= ENABLED else "exec"

    def where(self) -> str:
        """The session as log lines name it: `vty0 (192.0.2.10)`."""
        return f"vty{self.line} ({self.login.address})"

    def notice(self, line: str) -> None:
        """A log line, if this session wants them."""
        if self.monitor:
            self.terminal.write(f"\n{line}")
            self.terminal.flush()

    def _hostile(self, prompt: str) -> str:
        fault = self.device.faults.get(FaultKind.PROMPT)
        if fault is None:
            return prompt
        if fault.text:
            return prompt + fault.text
        half = len(prompt) // 2
        stamp = syslog_stamp(self.device.clock)
        return f"{prompt[:half]}\n*{stamp}: %LINK-3-UPDOWN: Interface Vlan1, changed state to up\n{prompt[half:]}"

    def _help(self, before: str) -> str:
        if self.mode != EXEC or self.tcl is not None:
            return "% Unrecognized command" if " " in before.strip() else "  WORD  <cr>"
        return self.device.commands.help(before, level=self.privilege)

    # --- dialogue ---------------------------------------------------------------------------------------------------

    async def ask(self, question: str, *, echo: bool = True) -> Line:
        """Ask something and read a line."""
        answer = await self._editor.read(question, echo=echo, helped=False)
        if echo:
            self.note(answer.text)
        return answer

    async def confirm(self, question: str) -> bool:
        """Ask for one key: Enter, `y` or `Y` is yes."""
        self.terminal.write(f"{question}[confirm]")
        key = await self.terminal.key()
        self.terminal.write("\n" if key in {10, 13} else f"{chr(key) if 32 <= key < 127 else ''}\n")  # noqa: PLR2004 - printable
        return key in {10, 13, ord("y"), ord("Y")}

    # --- lines ------------------------------------------------------------------------------------------------------

    async def obey(self, line: Line) -> None:
        """A line in the mode of now."""
        if self.tcl is not None:
            await self._tcl_line(self.tcl, line)
        elif self.mode != EXEC:
            await self._config_line(line)
        elif line.text.strip():
            await self._exec(line.text, len(self._prompt.rpartition("\n")[2]))

    async def _tcl_line(self, tcl: TclInput, line: Line) -> None:
        if line.end is not LineEnd.ENTER:
            self.tcl = None
            return
        printed = tcl.take(self, line.text)
        if printed is None:
            await self._exec(line.text, len(self._prompt))
        else:
            self.terminal.write(printed)

    async def _exec(self, line: str, column: int) -> None:
        """Run an exec command and print its output through its filter, page by page."""
        if line.lstrip().startswith("!"):
            return
        if await self.spoiled(line.strip()):
            return
        command, written = split_filter(line)
        try:
            handler, words, spelled = self.device.commands.find(command, level=self.privilege, column=column)
            self.device.counters.bump("commands")
            if written and not spelled.startswith(("show", "more", "dir")):
                raise invalid_input(column + len(command) + 1)
            answer = handler(self, words)
            text = await answer if inspect.isawaitable(answer) else answer
            if "|" in line:
                text = apply_filter(text, written)
        except CommandError as error:
            self.terminal.write(error.text)
        except FilterError as error:
            offset = column + line.index("|") + error.offset
            self.terminal.write(INCOMPLETE if error.incomplete else invalid_input(offset).text)
        else:
            await show_output(self.terminal, text)

    # --- configuration ----------------------------------------------------------------------------------------------

    def enter_config(self) -> None:
        """Go to configuration mode."""
        self.mode = CONFIG

    def leave_config(self) -> None:
        """Go back to exec mode, and log who configured."""
        self.mode = EXEC
        self.device.syslog(f"%SYS-5-CONFIG_I: Configured from console by {self.login.user} on {self.where()}")

    async def _config_line(self, line: Line) -> None:
        if line.end is LineEnd.BREAK:
            self.leave_config()
            return
        await self._configure(line.text)
        if line.end is LineEnd.LEAVE and self.mode != EXEC:
            self.leave_config()

    async def _configure(self, text: str) -> None:
        reply = self.device.configure(self.mode, text, self.login.user)
        if reply.do is not None:
            await self._exec(reply.do, len(self._prompt) + len(text) - len(reply.do))
            return
        await self._settle(reply)
        if reply.wants_block is not None:
            body = await self._block(reply.wants_block)
            after = self.device.switch.finish_block(reply.mode, reply.wants_block, body)
            self.device.after(after, self.login.user)
            await self._settle(after)
        if reply.confirm is not None:
            answer = await self.ask(reply.confirm.question)
            yes = answer.end is LineEnd.ENTER and answer.text.strip().lower() in {"", "y", "yes"}
            after = self.device.answer(reply.mode, reply.confirm, yes=yes, user=self.login.user)
            await self._settle(after)

    async def _settle(self, reply: Reply) -> None:
        """Print what a line did, move to its mode, and end sessions on lines that were cleared."""
        if reply.caret is not None:
            self.terminal.write(" " * (len(self._prompt) + reply.caret) + "^\n")
        for printed in reply.output:
            self.terminal.write(f"{printed}\n")
        if reply.mode == EXEC and self.mode != EXEC:
            self.leave_config()
        self.mode = reply.mode
        for vty in reply.cleared_vtys:
            other = self.device.shells.get(vty)
            if other is not None:
                other.hang_up()
        if self.line in reply.cleared_vtys:
            raise HungUp

    async def _block(self, request: BlockRequest) -> tuple[str, ...]:
        """Raw lines until the end mark of a banner or certificate."""
        body = [request.first] if request.first else []
        while True:
            line = await self._editor.read("", helped=False)
            self.note(line.text)
            if line.end is not LineEnd.ENTER:
                return tuple(body)
            if request.delimiter and request.delimiter in line.text:
                return (*body, line.text.partition(request.delimiter)[0])
            if not request.delimiter and line.text.strip() == request.terminator:
                return tuple(body)
            body.append(line.text)
