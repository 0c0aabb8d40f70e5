"""The line editor: keys in, line out, echoed as the switch's shell does.

The switch echoes a key when it reads it, so that keys typed while a command runs show after the next prompt. At the
right edge it prints the character that wraps, a carriage return and the character again (recorded at 80 columns).
"""

from __future__ import annotations

from collections.abc import Callable

from trustctl.lab.terminal import Line, LineEnd, Terminal, decode

_CR, _LF, _ESCAPE, _HELP, _TAB = 13, 10, 27, 63, 9
_ENDS = {_CR: LineEnd.ENTER, _LF: LineEnd.ENTER, 3: LineEnd.BREAK, 26: LineEnd.LEAVE}
"""Enter, ^C and ^Z."""
_BACKSPACES = frozenset({8, 127})
_MOST = 16_384


class LineEditor:
    """Reads lines from a terminal. `help_for` answers a `?`: it is given the text before it."""

    def __init__(self, terminal: Terminal, help_for: Callable[[str], str]) -> None:
        self._terminal = terminal
        self._help_for = help_for
        self._history: list[str] = []
        self._recall = 0
        self._prompt = ""
        self._text = bytearray()

    async def read(self, prompt: str, *, echo: bool = True, helped: bool = True) -> Line:
        """Print the prompt and read one line. Raises HungUp. `helped=False` takes `?` as a character."""
        terminal = self._terminal
        terminal.write(prompt)
        self._prompt, self._recall = prompt.rpartition("\n")[2], len(self._history)
        self._text.clear()
        while True:
            await terminal.wait()
            chunk = terminal.take_plain(_MOST)
            if chunk:
                self._add(chunk, echo=echo)
                continue
            key = await terminal.key()
            end = await self._press(key, echo=echo, helped=helped)
            if end is not None:
                return self._finish(end, echo=echo)

    def _finish(self, end: LineEnd, *, echo: bool) -> Line:
        text = decode(bytes(self._text))
        if echo and text.strip():
            self._history.append(text)
            del self._history[:-50]
        self._terminal.write("\n" if end is LineEnd.ENTER else f"{end}\n")
        return Line("" if end is LineEnd.BREAK else text, end)

    def _add(self, chunk: bytes, *, echo: bool) -> None:
        if not echo:
            self._text += chunk
            return
        width = self._terminal.window[0]
        for byte in chunk:
            self._text.append(byte)
            at = len(self._prompt) + len(self._text)
            one = bytes([byte])
            self._terminal.write_bytes(one + b"\r" + one if width and at % width == 0 else one)

    async def _press(self, key: int, *, echo: bool, helped: bool) -> LineEnd | None:
        if key in _ENDS:
            return _ENDS[key]
        if key == _ESCAPE:
            key = await self._terminal.escaped()
        if key == _HELP:
            self._help() if helped else self._add(b"?", echo=echo)
        elif key in _BACKSPACES:
            self._delete(1, echo=echo)
        elif key in {21, 24}:  # ^U, ^X
            self._delete(len(self._text), echo=echo)
        elif key == 23:  # noqa: PLR2004 - ^W
            kept = bytes(self._text).rstrip(b" ").rpartition(b" ")
            self._delete(len(self._text) - len(kept[0] + kept[1]), echo=echo)
        elif key in {16, 14} and echo:  # ^P, ^N
            self._remember(-1 if key == 16 else 1)  # noqa: PLR2004 - ^P, else ^N
        elif key > 127:  # noqa: PLR2004 - a byte of a character that is not ASCII
            self._add(bytes([key]), echo=echo)
        return None

    def _delete(self, count: int, *, echo: bool) -> None:
        count = min(count, len(self._text))
        if count:
            del self._text[-count:]
            if echo:
                self._terminal.write_bytes(b"\b \b" * count)

    def _remember(self, step: int) -> None:
        if not 0 <= self._recall + step < len(self._history):
            return
        self._recall += step
        self._delete(len(self._text), echo=True)
        self._add(self._history[self._recall].encode("utf-8", "surrogateescape"), echo=True)

    def _help(self) -> None:
        answer = self._help_for(decode(bytes(self._text)))
        self._terminal.write(f"?\n{answer}{self._prompt}")
        self._terminal.write_bytes(bytes(self._text))
