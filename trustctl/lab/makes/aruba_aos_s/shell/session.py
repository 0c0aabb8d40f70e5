"""The command line session of one user: greeting, prompts, contexts, and who handles each line."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.aruba_aos_s.model.access import MANAGER, OPERATOR
from trustctl.lab.makes.aruba_aos_s.model.grammar import Misread, tokens
from trustctl.lab.makes.aruba_aos_s.model.rules import EXEC, Context
from trustctl.lab.makes.aruba_aos_s.shell import table
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call
from trustctl.lab.makes.aruba_aos_s.shell.editor import Editor
from trustctl.lab.makes.aruba_aos_s.shell.screen import Screen, wrapped
from trustctl.lab.shell import Shell
from trustctl.lab.terminal import Line, LineEnd

if TYPE_CHECKING:
    from trustctl.lab.login import Login
    from trustctl.lab.makes.aruba_aos_s.device import AosSDevice
    from trustctl.lab.makes.aruba_aos_s.model.switch import Reply
    from trustctl.lab.terminal import Terminal

_ASKING = re.compile(r"^password\s+(manager|operator)(\s+user-name\s+(\"[^\"]*\"|\S+))?$", re.IGNORECASE)
_BANNER = re.compile(r"^banner\s+(motd|exec)\s+([^\s\"])$", re.IGNORECASE)
_ROLES = {MANAGER: "manager", OPERATOR: "operator"}


class Session(Shell["AosSDevice"]):
    """One session. `level` moves with `enable` and `exit`; `context` is where configuration stands."""

    def __init__(self, device: AosSDevice, terminal: Terminal, login: Login, number: int) -> None:
        super().__init__(device, terminal, login, number)
        self.level = login.privilege
        self.context: Context = EXEC
        self.screen = Screen(terminal)
        self.editor = Editor(self.screen)

    # --- the session ------------------------------------------------------------------------------------------------

    async def greet(self) -> None:
        """The banner and the news, with a key pressed between them."""
        switch, model = self.device.switch, self.device.switch.model
        banner = switch.config.text("banner motd").removeprefix('banner motd "').removesuffix('"')
        product = f"{model.brand} {model.product} {model.title} Switch"
        self.screen.greeting(product, switch.version, banner.replace("\\n", "\n"))
        await self.terminal.key()
        role = _ROLES.get(self.level, "operator")
        before = self.device.last_logins.get(role)
        self.device.last_logins[role] = (self.device.clock.now(), self.login.address)
        news = ""
        if before is not None:
            news = f"Your previous successful login (as {role}) was on {before[0]:%Y-%m-%d %H:%M:%S}     \n"
            news += f" from {before[1]}\n"
        self.screen.clear(news)

    def farewell(self) -> None:
        """Clear the screen."""
        self.screen.farewell()

    async def read(self) -> Line:
        """Prompt and read a line with the switch's editing keys."""
        return await self.editor.read(self.prompt())

    def prompt(self) -> str:
        """The prompt for the context and level of now."""
        name = self.device.switch.config.hostname
        inside = f"({self.context.name})" if self.context.name else ""
        text = f"{name}{inside}{'#' if self.level == MANAGER else '>'} "
        fault = self.device.faults.get(FaultKind.PROMPT)
        return text if fault is None else f"{text.rstrip()}{fault.text or ' W 01/04/26 06:00:00 chassis:'} "

    def mode_name(self) -> str:
        """The mode for the log: `manager`, `operator`, `config`, `config-vlan-10`, ..."""
        if self.context == EXEC:
            return "manager" if self.level == MANAGER else "operator"
        return "config" if self.context.kind == "config" else f"config-{self.context.name}"

    # --- dialogue ---------------------------------------------------------------------------------------------------

    async def confirm(self, question: str) -> bool:
        """Ask for `y` or `n`; what stands above the last line of the question is printed first."""
        above, _, last = question.rpartition("\n")
        if above:
            self.screen.write(f"{above}\n")
        return await self.editor.key(last, "yn^") == "y"

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask for a line."""
        answer = await self.editor.read(question, hidden=hidden)
        return answer.text

    # --- lines ------------------------------------------------------------------------------------------------------

    async def obey(self, line: Line) -> None:
        """A line in the context of now; ^Z leaves it."""
        text = line.text
        if line.end is LineEnd.LEAVE:
            self.context = EXEC
        elif not text.strip() or await self.spoiled(text.strip()):
            return
        elif self.context == EXEC:
            await self._exec(text)
        else:
            await self._config(text)

    async def _exec(self, text: str, before: Reply | None = None) -> None:
        """A command outside configuration; `before` is what configuration made of the line, if it was tried there."""
        words = tokens(text)
        undo = words[0].text.lower() == "no" and len(words) > 1
        grammar = table.grammar(manager=self.level == MANAGER, undo=undo)
        found = grammar.read(words[1:] if undo else words, self.device.switch)
        if isinstance(found, Misread):
            deeper = before is not None and (before.depth or 0) >= found.depth
            self.screen.write(self._folded(before.output if before is not None and deeper else f"{found.text}\n"))
            return
        if found.rule is None:
            return
        self.device.counters.bump("commands")
        answer = found.rule.run(Call(self, found.words, undo))
        output = await answer if inspect.isawaitable(answer) else answer
        if output:
            await self.screen.pages(output)

    async def _config(self, text: str) -> None:
        asking = _ASKING.match(text.strip())
        if asking is not None:
            await self._password(text.strip(), asking[1].lower())
            return
        opened = _BANNER.match(text.strip())
        if opened is not None:
            await self._banner(opened[1].lower(), opened[2])
            return
        if _only_looks(text):
            await self._exec(text)
            return
        reply = self.device.configure(self.context, text)
        if reply.refused and reply.depth is not None:
            await self._exec(text, reply)
            return
        await self._settle(reply, text)

    async def _settle(self, reply: Reply, text: str) -> None:
        """Print what a line did, ask what it asks, and move to its context."""
        self.screen.write(self._folded(reply.output))
        if reply.question is None:
            self.context = reply.context
        elif await self.confirm(reply.question.text):
            await self._settle(self.device.configure(self.context, text, confirmed=True), text)

    async def _banner(self, kind: str, delimiter: str) -> None:
        """`banner motd X`: lines up to the character X; how line breaks are kept is [unverified]."""
        self.screen.write(f"Enter TEXT message. End with the character '{delimiter}'\n")
        lines: list[str] = []
        while not lines or delimiter not in lines[-1]:
            typed = await self.editor.read("")
            self.note(typed.text)
            if typed.end is not LineEnd.ENTER:
                return
            lines.append(typed.text)
        lines[-1] = lines[-1].partition(delimiter)[0]
        text = "\\n".join(lines).replace('"', "'")
        await self._settle(self.device.configure(self.context, f'banner {kind} "{text}"'), text)

    async def _password(self, text: str, role: str) -> None:
        """`password manager` without a password: it is asked for, twice."""
        first = await self.ask(f"New password for {role}: ", hidden=True)
        second = await self.ask(f"Please retype new password for {role}: ", hidden=True)
        if first != second or not first:
            self.screen.write("Error: passwords do not match.\n")  # [unverified]
            return
        reply = self.device.configure(self.context, f'{text} plaintext "{first}"')
        self.screen.write(self._folded(reply.output))

    def _folded(self, output: str) -> str:
        """Output broken at the screen's width."""
        return "".join(f"{piece}\n" for line in output.split("\n")[:-1] for piece in wrapped(line, self.screen.columns))


def _only_looks(text: str) -> bool:
    """Whether a line in a configuration context is a command that is no configuration at all."""
    first = text.split(maxsplit=1)[0].lower()
    return len(first) > 1 and any(word.startswith(first) for word in ("show", "write", "ping", "logout"))
