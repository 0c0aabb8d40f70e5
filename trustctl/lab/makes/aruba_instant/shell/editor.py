"""The line editor: keys in, line out, echoed."""

from __future__ import annotations

from trustctl.lab.terminal import Line, LineEnd, Terminal, decode

_ENDS = {13: LineEnd.ENTER, 10: LineEnd.ENTER, 3: LineEnd.BREAK, 26: LineEnd.LEAVE}
"""Enter, ^C and ^Z."""
_BACKSPACES = frozenset({8, 127})
_LONGEST = 1024
"""The longest line that is taken [unverified]."""


async def read_line(terminal: Terminal, prompt: str) -> Line:
    """Print the prompt and read one line. Raises HungUp. Cursor keys and help are not simulated."""
    terminal.write(prompt)
    text = bytearray()
    while True:
        await terminal.wait()
        typed = terminal.take_plain(_LONGEST - len(text))
        if typed:
            text += typed
            terminal.write_bytes(typed)
            continue
        key = await terminal.key()
        end = _ENDS.get(key)
        if end is not None:
            terminal.write("\n")
            return Line("" if end is LineEnd.BREAK else decode(bytes(text)), end)
        if key in _BACKSPACES and text:
            del text[-1]
            terminal.write_bytes(b"\b \b")
        elif key in {21, 24}:  # ^U, ^X
            terminal.write_bytes(b"\b \b" * len(text))
            text.clear()
