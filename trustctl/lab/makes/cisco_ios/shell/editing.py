"""The line editor of IOS.

The editor echoes a key when it reads it, not when it arrives, so that keys typed while a command runs are echoed after
the next prompt, as a switch does.
"""

from __future__ import annotations

from collections.abc import Callable

from trustctl.lab.terminal import Line, LineEnd, Terminal, decode

LINE_LIMIT = 254
"""The longest line that IOS takes; further characters are answered with a bell and dropped."""

_CR, _LF, _ESCAPE, _QUOTE, _HELP = 13, 10, 27, 22, 63
_BACKSPACES = frozenset({8, 127})


class LineEditor:
    """Reads lines from a terminal with IOS's editing keys.

    `help_for` answers a `?` in the middle of a line: it is given the text before it and returns what IOS prints.
    """

    def __init__(self, terminal: Terminal, help_for: Callable[[str], str] | None = None) -> None:
        self._terminal = terminal
        self._help_for = help_for
        self._history: list[str] = []
        self._recall = 0
        self._prompt = ""
        self._text = bytearray()
        self._cursor = 0
        self._shift = 0

    async def read(self, prompt: str, *, echo: bool = True, helped: bool = True) -> Line:
        """Print the prompt and read one line. Raises HungUp.

        `echo=False` is a password: nothing is echoed or remembered. `helped=False` takes `?` as a character.
        """
        terminal = self._terminal
        terminal.write(prompt)
        self._prompt, self._cursor, self._shift, self._recall = prompt.rpartition("\n")[2], 0, 0, len(self._history)
        self._text.clear()
        while True:
            await terminal.wait()
            if self._cursor == len(self._text):
                chunk = terminal.take_plain(self._room())
                if chunk:
                    self._append(chunk, echo=echo)
                    continue
            key = await terminal.key()
            end = await self._press(key, echo=echo, helped=helped and self._help_for is not None)
            if end is not None:
                return self._finish(end, echo=echo)

    def _room(self) -> int:
        """How many characters fit without a bell or a shift of the line."""
        room = LINE_LIMIT - len(self._text)
        width = self._terminal.width
        if width:
            room = min(room, width - 1 - len(self._prompt) - len(self._text) + self._shift)
        return room

    def _finish(self, end: LineEnd, *, echo: bool) -> Line:
        text = decode(bytes(self._text))
        if echo and text.strip() and (not self._history or self._history[-1] != text):
            self._history.append(text)
            del self._history[:-20]
        self._terminal.write("\n" if end is LineEnd.ENTER else f"{end}\n")
        return Line("" if end is LineEnd.BREAK else text, end)

    def _append(self, chunk: bytes, *, echo: bool) -> None:
        self._text += chunk
        self._cursor += len(chunk)
        if echo:
            self._terminal.write_bytes(chunk)

    async def _press(self, key: int, *, echo: bool, helped: bool) -> LineEnd | None:
        if key in {_CR, _LF}:
            return LineEnd.ENTER
        if key == 3:  # noqa: PLR2004 - ^C
            return LineEnd.BREAK
        if key == 26:  # noqa: PLR2004 - ^Z
            return LineEnd.LEAVE
        if key == _ESCAPE:
            key = await self._terminal.escaped()
        if key == _QUOTE:
            self._insert(bytes([await self._terminal.key()]), echo=echo)
        elif key == _HELP and helped:
            self._show_help()
        elif key >= 32 and key not in _BACKSPACES:  # noqa: PLR2004 - the first printable character
            self._insert(bytes([key]), echo=echo)
        else:
            self._edit(key, echo=echo)
        return None

    def _insert(self, raw: bytes, *, echo: bool) -> None:
        if len(self._text) >= LINE_LIMIT:
            self._terminal.write_bytes(b"\a")
            return
        width = self._terminal.width
        if echo and width and len(self._prompt) + self._cursor - self._shift >= width - 1:
            self._scroll()
        self._text[self._cursor : self._cursor] = raw
        self._cursor += 1
        if echo:
            tail = bytes(self._text[self._cursor :])
            self._terminal.write_bytes(raw + tail + b"\b" * len(tail))

    def _scroll(self) -> None:
        """Shift a line that reached the right edge: IOS goes back to the prompt and prints `$` and the tail."""
        shown = self._cursor - self._shift
        keep = max(shown // 2, 1)
        self._shift = self._cursor - keep
        tail = bytes(self._text[self._cursor - keep + 1 : self._cursor])
        blank = shown - keep
        self._terminal.write_bytes(b"\b" * shown + b"$" + tail + b" " * blank + b"\b" * blank)

    def _edit(self, key: int, *, echo: bool) -> None:
        if key in _BACKSPACES:
            self._delete(self._cursor - 1, self._cursor, echo=echo)
        elif key in {21, 24}:  # ^U, ^X
            self._delete(0, self._cursor, echo=echo)
        elif key == 23:  # noqa: PLR2004 - ^W
            before = bytes(self._text[: self._cursor]).rstrip(b" ")
            self._delete(before.rfind(b" ") + 1, self._cursor, echo=echo)
        elif key == 11:  # noqa: PLR2004 - ^K
            self._delete(self._cursor, len(self._text), echo=echo)
        elif key == 4:  # noqa: PLR2004 - ^D
            self._delete(self._cursor, min(self._cursor + 1, len(self._text)), echo=echo)
        elif key == 18:  # noqa: PLR2004 - ^R
            self._terminal.write_bytes(b"\r\n" + self._prompt.encode() + bytes(self._text))
            self._cursor = len(self._text)
        elif key in {16, 14} and echo:  # ^P, ^N
            self._remember(-1 if key == 16 else 1)  # noqa: PLR2004 - ^P, else ^N
        else:
            targets = {1: 0, 5: len(self._text), 2: max(self._cursor - 1, 0), 6: min(self._cursor + 1, len(self._text))}
            self._move(targets.get(key, self._cursor), echo=echo)

    def _move(self, target: int, *, echo: bool) -> None:
        if echo:
            step = bytes(self._text[self._cursor : target]) or b"\b" * (self._cursor - target)
            self._terminal.write_bytes(step)
        self._cursor = target

    def _delete(self, start: int, stop: int, *, echo: bool) -> None:
        if start < 0 or start == stop:
            return
        self._move(start, echo=echo)
        tail = bytes(self._text[stop:])
        del self._text[start:stop]
        self._shift = min(self._shift, self._cursor)
        if echo:
            gone = stop - start
            self._terminal.write_bytes(tail + b" " * gone + b"\b" * (gone + len(tail)))

    def _remember(self, step: int) -> None:
        if not 0 <= self._recall + step < len(self._history):
            return
        self._recall += step
        self._move(len(self._text), echo=True)
        self._delete(0, len(self._text), echo=True)
        self._append(self._history[self._recall].encode("utf-8", "surrogateescape"), echo=True)

    def _show_help(self) -> None:
        before = decode(bytes(self._text[: self._cursor]))
        answer = self._help_for(before) if self._help_for is not None else ""
        self._terminal.write(f"?\n{answer}\n{self._prompt}")
        self._terminal.write_bytes(bytes(self._text))
        self._cursor = len(self._text)
