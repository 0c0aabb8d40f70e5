"""The line editor: keys to lines, drawn by the screen. `?` is taken as a character: the lab gives no help."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.shell.screen import Screen
from trustctl.lab.terminal import Line, LineEnd, decode

_CR, _LF, _ESCAPE, _QUERY = 13, 10, 27, 63
_BACKSPACES = frozenset({8, 127})
_LONGEST = 1024
"""The longest line that is taken [unverified]."""
_ARROWS = {ord("A"): 16, ord("B"): 14, ord("C"): 6, ord("D"): 2}
_REMEMBERED = 20


class Editor:
    """Reads lines from a terminal with the editing keys of the switch."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._terminal = screen.terminal
        self._history: list[str] = []
        self._recall = 0
        self._prompt = ""
        self._text = ""
        self._cursor = 0
        self._hidden = False

    async def read(self, prompt: str, *, hidden: bool = False) -> Line:
        """Draw the prompt and read one line; `hidden` is a password, drawn as asterisks. Raises HungUp."""
        self._prompt, self._text, self._cursor, self._hidden = prompt, "", 0, hidden
        self._recall = len(self._history)
        self._screen.prompt(prompt)
        while True:
            await self._terminal.wait()
            typed = self._terminal.take_plain(_LONGEST - len(self._text)) if self._cursor == len(self._text) else b""
            if typed:
                self._insert(decode(typed))
                continue
            key = await self._terminal.key()
            if key in {_CR, _LF}:
                return self._finish(LineEnd.ENTER)
            if key == 3:  # noqa: PLR2004 - ^C
                return self._finish(LineEnd.BREAK)
            if key == 26:  # noqa: PLR2004 - ^Z
                return self._finish(LineEnd.LEAVE)
            await self._press(key)

    async def key(self, question: str, accepted: str) -> str:
        """Draw a question and wait for one of the keys, `^` for ^C; the key. Raises HungUp."""
        self._screen.prompt(question)
        while True:
            key = await self._terminal.key()
            letter = "^" if key == 3 else chr(key).lower()  # noqa: PLR2004 - ^C
            if letter in accepted:
                if letter != "^":
                    self._screen.echo(letter, len(question) + 1)
                self._screen.enter(len(question) + 2)
                return letter

    def _finish(self, end: LineEnd) -> Line:
        self._screen.enter(len(self._prompt) + len(self._text) + 1)
        text = "" if end is LineEnd.BREAK else self._text
        if text.strip() and not self._hidden and self._history[-1:] != [text]:
            self._history = [*self._history, text][-_REMEMBERED:]
        return Line(text, end)

    async def _press(self, key: int) -> None:
        if key == _ESCAPE:
            key = await self._escape()
        if key in _BACKSPACES and self._cursor:
            self._change(self._cursor - 1, self._cursor, "")
        elif key == 4:  # noqa: PLR2004 - ^D
            self._change(self._cursor, self._cursor + 1, "")
        elif key in {21, 24}:  # ^U, ^X
            self._change(0, self._cursor, "")
        elif key == 11:  # noqa: PLR2004 - ^K
            self._change(self._cursor, len(self._text), "")
        elif key == 23:  # noqa: PLR2004 - ^W
            start = self._text[: self._cursor].rstrip().rfind(" ") + 1
            self._change(start, self._cursor, "")
        elif key in {16, 14}:  # ^P, ^N
            self._remember(-1 if key == 16 else 1)  # noqa: PLR2004 - ^P, else ^N
        elif key in {1, 5, 2, 6}:  # ^A, ^E, ^B, ^F
            places = {1: 0, 5: len(self._text), 2: self._cursor - 1, 6: self._cursor + 1}
            self._cursor = min(max(places[key], 0), len(self._text))
            self._screen.echo("", len(self._prompt) + 1)
        elif key == _QUERY or key >= 32:  # noqa: PLR2004 - the first printable character
            self._insert(chr(key))

    async def _escape(self) -> int:
        """A cursor key as the control key that does the same; reports of the terminal say nothing."""
        if await self._terminal.key() not in {ord("["), ord("O")}:
            return 0
        while True:
            key = await self._terminal.key()
            if chr(key).isalpha() or key == ord("~"):
                return _ARROWS.get(key, 0)

    def _insert(self, typed: str) -> None:
        if len(self._text) + len(typed) > _LONGEST:
            return
        if self._cursor < len(self._text):
            self._change(self._cursor, self._cursor, typed)
            return
        column = len(self._prompt) + self._cursor + 1
        self._text += typed
        self._cursor += len(typed)
        self._screen.echo("*" * len(typed) if self._hidden else typed, column)

    def _change(self, start: int, stop: int, fresh: str) -> None:
        """Put text in the place of other text, and draw the rest of the line again."""
        before = len(self._text)
        self._text = self._text[:start] + fresh + self._text[stop:]
        self._cursor = start + len(fresh)
        tail = self._text[start:] + " " * max(before - len(self._text), 0)
        self._screen.echo("*" * len(tail) if self._hidden else tail, len(self._prompt) + start + 1)
        self._screen.write(f"\x1b[{self._screen.rows};{len(self._prompt) + self._cursor + 1}H")

    def _remember(self, step: int) -> None:
        if not 0 <= self._recall + step < len(self._history):
            return
        self._recall += step
        self._change(0, len(self._text), self._history[self._recall])
