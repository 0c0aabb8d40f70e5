"""The command line session of one user: prompts, contexts, and who handles each line."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from trustctl.lab import shell
from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.aruba_aos_cx.model import tables
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INCOMPLETE, INVALID, MisreadError, compile_pattern, tokens_of
from trustctl.lab.makes.aruba_aos_cx.model.login import MANAGER
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC, Context, Reply
from trustctl.lab.makes.aruba_aos_cx.shell import table
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError
from trustctl.lab.makes.aruba_aos_cx.shell.editing import LineEditor
from trustctl.lab.makes.aruba_aos_cx.shell.paging import FilterError, apply_filters, show_output, split_filters
from trustctl.lab.terminal import Line, LineEnd, Terminal

if TYPE_CHECKING:
    from trustctl.lab.login import Login
    from trustctl.lab.makes.aruba_aos_cx.device import CxDevice

_LINK = "Event|404|LOG_INFO|AMM|-|Link status for interface 1/1/1 is up"


class Shell(shell.Shell["CxDevice"]):
    """One session. `context` is where configuration stands; `manager` is the prompt with `#`."""

    def __init__(self, device: CxDevice, terminal: Terminal, login: Login, line: int) -> None:
        super().__init__(device, terminal, login, line)
        self.manager = login.privilege >= MANAGER
        self.context: Context = EXEC
        self._editor = LineEditor(terminal, self._help)

    # --- the session ------------------------------------------------------------------------------------------------

    async def greet(self) -> None:
        """The exec banner and what was heard of the user before (recorded, 10.08 to 10.16)."""
        self.terminal.length = self.terminal.window[1]
        self.terminal.write(self.device.banner("exec"))
        before = self.device.logins.setdefault(self.login.user, [])
        if before:
            self.terminal.write(f"Last login: {before[-1]}\n")
        before.append(f"{self.device.clock.now():%Y-%m-%d %H:%M:%S} from {self.login.address}")
        times = "time" if len(before) == 1 else "times"
        self.terminal.write(f'User "{self.login.user}" has logged in {len(before)} {times} in the past 30 days\n')

    def close(self) -> None:
        """Free the line; auto mode may end with it."""
        super().close()
        self.device.checkpoints.session_ended(self.line)

    async def read(self) -> Line:
        """Prompt and read a line with the switch's editing keys."""
        return await self._editor.read(self.prompt())

    def prompt(self) -> str:
        """The prompt for the context of now."""
        host = self.device.switch.hostname
        mark = "#" if self.manager else ">"
        text = f"{host}{mark} " if self.context == EXEC else f"{host}({self.context.prompt})# "
        fault = self.device.faults.get(FaultKind.PROMPT)
        if fault is None:
            return text
        if fault.text:
            return text + fault.text
        half = len(text) // 2
        return f"{text[:half]}\n{_LINK}\n{text[half:]}"

    def mode_name(self) -> str:
        """The mode for the log: `exec`, `manager`, `config`, `config-if`, ..."""
        if self.context != EXEC:
            return self.context.prompt
        return "manager" if self.manager else "exec"

    def _help(self, before: str) -> str:
        """What can come first in the line; deeper help is not simulated."""
        tokens = before.split()
        if len(tokens) > 1 or before.endswith(" "):
            return "  <cr>\n"
        start = tokens[0] if tokens else ""
        patterns = [command.pattern for command in table.COMMANDS]
        if self.context != EXEC:
            patterns += [rule.pattern for rule in tables.TABLES[self.context.kind]]
        words = {piece.text for piece in (compile_pattern(each).parts[0] for each in patterns) if piece.what == "word"}
        return "".join(f"  {word}\n" for word in sorted(words) if word.startswith(start))

    # --- dialogue ---------------------------------------------------------------------------------------------------

    async def ask(self, question: str) -> bool:
        """Ask a question whose answer is `y` or `n`."""
        answer = await self._editor.read(f"{question} ", helped=False)
        self.note(answer.text)
        return answer.end is LineEnd.ENTER and answer.text.strip().lower() in {"y", "yes"}

    # --- lines ------------------------------------------------------------------------------------------------------

    async def obey(self, line: Line) -> None:
        """A line in the context of now."""
        text = line.text.strip()
        if line.end is LineEnd.BREAK:
            return
        if text and not text.startswith("!"):
            await (self._exec(text) if self.context == EXEC else self._config(text))
        if line.end is LineEnd.LEAVE:
            self.context = EXEC

    async def _config(self, text: str) -> None:
        """A line in configuration mode: configuration first, then what may be typed anywhere."""
        word, _, rest = text.partition(" ")
        if word == "do" and rest:
            await self._exec(rest)
            return
        if self._is_exec(text):
            await self._exec(text)
            return
        await self._settle(self.device.configure(self.context, text))

    def _is_exec(self, text: str) -> bool:
        """Whether a line is a command of the manager context that works in configuration mode too."""
        tokens = tokens_of(split_filters(text)[0])
        if not tokens or tokens[0] in {"exit", "end"}:
            return False
        try:
            return table.find(tokens, manager=self.manager)[0].anywhere
        except MisreadError as error:
            return bool(error.depth) and tokens[0] in {"show", "copy", "write", "checkpoint", "ping"}

    async def _settle(self, reply: Reply) -> None:
        """Print what a line did, ask what it asks, take the lines it wants, and go where it leads."""
        for printed in reply.output:
            self.terminal.write(f"{printed}\n")
        self.context = reply.context
        if reply.question is not None:
            accepted = await self.ask(reply.question.text)
            await self._settle(self.device.answer(reply.context, reply.question, accepted=accepted))
        if reply.block is not None:
            body = await self._body(reply.block.header.split()[1], reply.block.delimiter)
            if body is not None:
                await self._settle(self.device.finish_block(reply.context, reply.block, body))

    async def _body(self, kind: str, delimiter: str) -> tuple[str, ...] | None:
        """Raw lines up to the delimiter; None if the user broke off."""
        body: list[str] = []
        while True:
            line = await self._editor.read(f"(banner-{kind})# ", helped=False)
            self.note(line.text)
            if line.end is not LineEnd.ENTER:
                return None
            if delimiter in line.text:
                before = line.text.partition(delimiter)[0]
                return (*body, before) if before else tuple(body)
            body.append(line.text)

    async def _exec(self, line: str) -> None:
        """Run a command and print its output through its filters, page by page."""
        if await self.spoiled(line):
            return
        command, filters = split_filters(line)
        try:
            found, read = table.find(tokens_of(command), manager=self.manager)
            self.device.counters.bump("commands")
            answer = found.run(self, read)
            text = await answer if inspect.isawaitable(answer) else answer
            text = apply_filters(text, filters)
        except (MisreadError, CommandError) as error:
            self.terminal.write(f"{error}\n")
        except FilterError as error:
            self.terminal.write(f"{INVALID}{error}\n" if str(error) else f"{INCOMPLETE}\n")
        else:
            await show_output(self.terminal, text)

    def enter_config(self) -> None:
        """Go to configuration mode."""
        self.context = CONFIG
