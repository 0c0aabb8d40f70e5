"""The line editor and the pager, as keys and bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from trustctl.lab.makes.cisco_ios.shell.editing import LineEditor
from trustctl.lab.makes.cisco_ios.shell.paging import MORE, FilterError, apply_filter, show_output
from trustctl.lab.terminal import HungUp, Line, LineEnd, Terminal


def edit(keys: bytes, *, echo: bool = True, width: int = 0, help_for: Callable[[str], str] | None = None):
    """Type keys at the prompt `sw#`; the line and all bytes printed."""
    printed = bytearray()

    async def work() -> Line:
        terminal = Terminal(printed.extend)
        terminal.width = width
        terminal.feed(keys)
        terminal.hang_up_when_read()
        line = await LineEditor(terminal, help_for).read("sw#", echo=echo)
        terminal.flush()
        return line

    return asyncio.run(work()), bytes(printed)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (b"show clock\n", "show clock"),
        (b"show clock\r\n", "show clock"),
        (b"show clock\r\0", "show clock"),
        (b"sh\0ow\r", "show"),
        (b"shox\x08w\r", "show"),
        (b"shox\x7fw\r", "show"),
        (b"nonsense\x15show\r", "show"),
        (b"show nonsense\x17clock\r", "show clock"),
        (b"how\x01s\r", "show"),
        (b"shw\x02o\x05!\r", "show!"),
        (b"shw\x1b[Do\r", "show"),
        (b"show junk\x1b[D\x1b[D\x1b[D\x1b[D\x0b\r", "show "),
        (b"description what\x16? now\r", "description what? now"),
        ("name Größe\r".encode(), "name Größe"),
    ],
)
def test_a_line_is_edited_as_on_a_switch(keys: bytes, text: str):
    """Every way to end a line, and every editing key, gives the text that a switch would obey."""
    assert edit(keys)[0] == Line(text)


def test_crlf_ends_one_line_only():
    """The LF behind a CR belongs to the same line end."""

    async def work() -> list[str]:
        terminal = Terminal(lambda _: None)
        terminal.feed(b"one\r\ntwo\r\n")
        terminal.hang_up_when_read()
        editor = LineEditor(terminal)
        return [(await editor.read("")).text, (await editor.read("")).text]

    assert asyncio.run(work()) == ["one", "two"]


def test_keys_are_echoed_as_typed():
    """The echo is what was typed, then CR LF."""
    assert edit(b"show clock\n")[1] == b"sw#show clock\r\n"


def test_a_password_is_not_echoed():
    """Nothing of a password is printed but the line end."""
    assert edit(b"secret\n", echo=False)[1] == b"sw#\r\n"


def test_backspace_wipes_the_character():
    """A backspace goes back, prints a blank and goes back again."""
    assert edit(b"ab\x08\n")[1] == b"sw#ab\b \b\r\n"


def test_break_and_leave_end_a_line():
    """^C throws the text away, ^Z keeps it; both are shown."""
    assert edit(b"abc\x03")[0] == Line("", LineEnd.BREAK)
    assert edit(b"abc\x03")[1].endswith(b"^C\r\n")
    assert edit(b"abc\x1a")[0] == Line("abc", LineEnd.LEAVE)


def test_a_question_mark_asks_for_help_and_is_not_typed():
    """`?` prints help and the line again without it: a description with a question mark loses it."""
    line, printed = edit(b"show ? clock\n", help_for=lambda before: f"help for {before!r}")
    assert line.text == "show  clock"
    assert b"?\r\nhelp for 'show '\r\nsw#show  clock\r\n" in printed


def test_a_line_is_cut_at_254_characters():
    """Further characters are answered with a bell and dropped."""
    line, printed = edit(b"x" * 300 + b"\n")
    assert len(line.text) == 254
    assert printed.count(b"\a") == 46


def test_a_long_line_scrolls_at_the_right_edge():
    """With a width, the line shifts and shows `$`; the text is still whole."""
    typed = b"description " + b"0123456789" * 9
    line, printed = edit(typed + b"\n", width=80)
    assert line.text.encode() == typed
    assert b"$" in printed
    assert typed not in printed


def test_history_comes_back():
    """The upward key brings the line before."""

    async def work() -> str:
        terminal = Terminal(lambda _: None)
        terminal.feed(b"first\n\x1b[A\n")
        terminal.hang_up_when_read()
        editor = LineEditor(terminal)
        await editor.read("")
        return (await editor.read("")).text

    assert asyncio.run(work()) == "first"


def test_a_client_that_leaves_ends_the_read():
    """No line comes from a client that is gone."""
    with pytest.raises(HungUp):
        edit(b"half a li")


def page(text: str, keys: bytes, *, length: int = 5) -> str:
    """Show text with so many lines a page; everything printed."""
    printed = bytearray()

    async def work() -> None:
        terminal = Terminal(printed.extend)
        terminal.length = length
        terminal.feed(keys)
        terminal.hang_up_when_read()
        await show_output(terminal, text)
        terminal.flush()

    asyncio.run(work())
    return printed.decode()


TEN = "".join(f"line {at}\n" for at in range(10))


@pytest.mark.parametrize(
    ("keys", "last", "stops"),
    [(b"  ", 9, 2), (b"q", 3, 1), (b"\x03", 3, 1), (b"\rq", 4, 2), (b" q", 7, 2)],
)
def test_pages(keys: bytes, last: int, stops: int):
    """Space shows a page, Enter a line, q and ^C stop; ` --More-- ` is wiped."""
    printed = page(TEN, keys)
    assert f"line {last}\r\n" in printed
    assert f"line {last + 1}\r\n" not in printed
    assert printed.count(MORE) == stops
    assert printed.count(MORE + "\b" * 9 + " " * 8 + "\b" * 9) == stops


def test_no_pages_without_length():
    """`terminal length 0` prints all at once."""
    assert page(TEN, b"", length=0) == TEN.replace("\n", "\r\n")


CONFIG = "hostname a\ninterface Gi1\n description x\n shutdown\ninterface Gi2\n description y\nend\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("include desc", " description x\n description y\n"),
        ("inc ^host|^end", "hostname a\nend\n"),
        ("exclude ^ +", "hostname a\ninterface Gi1\ninterface Gi2\nend\n"),
        ("begin Gi2", "interface Gi2\n description y\nend\n"),
        ("sec interface Gi1", "interface Gi1\n description x\n shutdown\n"),
        ("section include Gi2", "interface Gi2\n description y\n"),
        ("section exclude interface", "hostname a\nend\n"),
        ("count description", "Number of lines which match regexp = 2\n"),
        ("include (", ""),
    ],
)
def test_filters(written: str, expected: str):
    """Each filter lets through what IOS's would."""
    assert apply_filter(CONFIG, written) == expected


@pytest.mark.parametrize("written", ["", "foo x", "include"])
def test_a_filter_that_is_none_is_refused(written: str):
    """Unknown and incomplete filters are errors, not empty output."""
    with pytest.raises(FilterError):
        apply_filter(CONFIG, written)
