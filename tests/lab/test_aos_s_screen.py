"""What goes over the wire of an AOS-S session, byte for byte as recorded, and how lines are edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typing_at import Typist

from trustctl.lab.estate import Lab
from trustctl.lab.makes.aruba_aos_s.shell.screen import MORE, wrapped
from trustctl.lab.spec import DeviceSpec

BOOT = (Path(__file__).parent / "data" / "aos_s_2530.cfg").read_text()
NAME, PASSWORD = "elder-sw-11", "correct-horse"
PROMPT = (
    b"\x1b[1;24r\x1b[24;1H\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[?25h\x1b[24;1H\x1b[24;1Helder-sw-11# \x1b[24;1H\x1b[24;14H"
    b"\x1b[24;1H\x1b[?25h\x1b[24;14H"
)
ENTER = (
    b"\x1b[1;0H\x1b[1M\x1b[24;1H\x1b[1L\x1b[24;%dH\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[?25h\x1b[24;1H\x1b[1;24r\x1b[24;1H"
)
Open = Callable[..., Typist]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One switch alone."""
    with Lab([DeviceSpec(NAME, "aruba_aos_s", boot=BOOT, attachment="Trk1")], minute_seconds=0.2) as running:
        yield running


@pytest.fixture
def typist(lab: Lab) -> Iterator[Open]:
    """Opens terminals of 24 rows and presses the key that the switch waits for."""
    opened: list[Typist] = []

    def open_one(user: str = "admin", password: str = PASSWORD) -> Typist:
        one = Typist(lab.endpoints[NAME][1], user, password)
        opened.append(one)
        one.until(b"Press any key to continue")
        one.type(b" ", PROMPT)
        return one

    yield open_one
    for one in opened:
        one.transport.close()


def test_the_greeting(lab: Lab) -> None:
    """Product, software and legend, then the switch waits for a key, and tells of the login before."""
    first = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    seen = first.until(b"\x1b[24;1HPress any key to continue\x1b[13;1H\x1b[?25h\x1b[24;27H")
    assert seen.startswith(
        b"HP J9773A 2530-24G-PoEP Switch\r\r\nSoftware revision YA.16.11.0026\r\r\n\r\r\n"
        b" (C) Copyright 2025 Hewlett Packard Enterprise Development LP\r\n\r\n"
        b"                      RESTRICTED RIGHTS LEGEND\r\n"
    )
    assert first.quiet() == b""
    cleared = b"\x1b[?6l\x1b[1;24r\x1b[?7h\x1b[2J\x1b[1;1H\x1b[1920;1920H\x1b[6n\x1b[1;1H"
    assert first.type(b"\n", PROMPT) == cleared + PROMPT
    second = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    second.until(b"\x1b[24;27H")
    told = b"Your previous successful login (as manager) was on 2026-01-04 06:00:0%d     \r\n from 192.0.2.10\r\n"
    assert second.type(b" ", PROMPT) in {cleared + told % second_of + PROMPT for second_of in range(10)}
    for one in (first, second):
        one.transport.close()


def test_the_echo_and_the_prompt(typist: Open) -> None:
    """Ten characters at a time, then the line scrolls up and the next prompt is drawn below."""
    one = typist()
    assert one.type(b"show version", b"\x1b[24;26H") == (
        b"\x1b[24;14Hshow versi\x1b[24;14H\x1b[?25h\x1b[24;24H\x1b[24;24Hon\x1b[24;24H\x1b[?25h\x1b[24;26H"
    )
    answer = one.type(b"\n", PROMPT)
    assert answer.startswith(ENTER % 26 + b"\r\nImage stamp:   \r\n /ws/")
    assert answer.endswith(b"\r\nBoot ROM Version:    YA.15.20\r\n" + PROMPT)
    assert one.type(b"\n", PROMPT) == ENTER % 14 + PROMPT


def test_errors_stand_without_a_blank_line(typist: Open) -> None:
    """The text follows the scrolled line at once; it is broken at the edge before a blank."""
    one = typist()
    one.type(b"show badcommand123", b"\x1b[24;32H")
    assert one.type(b"\n", PROMPT) == ENTER % 32 + b"Invalid input: badcommand123\r\n" + PROMPT
    one.type(b"config\n", b"(config)# ")
    seen = one.type(b"vlan 12 name " + b"x" * 64 + b"\n", b"characters.\r\n")
    assert seen.endswith(b"String xxxxxxxxxxxxxxxxxxxxxxxxxxxxx... too long. Allowed length is 32\r\n characters.\r\n")


def test_a_thousand_rows(lab: Lab) -> None:
    """Where the screen has 1000 rows, those that are written to are counted in eight bits (recorded)."""
    tall = Typist(lab.endpoints[NAME][1], "admin", PASSWORD, rows=1000)
    tall.until(b"\x1b[232;27H")
    tall.type(b"\n", b"\x1b[1000;14H")
    tall.type(b"config term", b"\x1b[1000;25H")
    answer = tall.type(b"\n", b"\x1b[1000;22H")
    assert answer == (
        b"\x1b[1;0H\x1b[1M\x1b[232;1H\x1b[1L\x1b[1000;25H\x1b[232;1H\x1b[2K\x1b[1000;1H\x1b[?25h\x1b[1000;1H\x1b[1;232r"
        b"\x1b[1000;1H\x1b[1;232r\x1b[1000;1H\x1b[232;1H\x1b[2K\x1b[1000;1H\x1b[?25h\x1b[1000;1H"
        b"\x1b[232;1Helder-sw-11(config)# \x1b[1000;1H\x1b[232;22H\x1b[1000;1H\x1b[?25h\x1b[1000;22H"
    )
    tall.transport.close()


def test_editing(typist: Open) -> None:
    """Backspace, going back, killing a line and recalling one."""
    one = typist()
    one.type(b"show timX\x7fe\n", b"2026\r\n")
    one.until(PROMPT)
    one.type(b"how time\x01s\n", b"2026\r\n")
    one.until(PROMPT)
    one.type(b"nonsense\x15\x1b[A\n", b"2026\r\n")
    one.until(PROMPT)
    one.type(b"nonsense\x03", PROMPT)


def test_paging(typist: Open) -> None:
    """A screen at a time: space is a page, Enter a line, ^C the end; `no page` turns it off."""
    one = typist()
    one.type(b"show running-config\n", MORE.encode())
    page = one.type(b" ", MORE.encode())
    assert page.count(b"\r\n") == 23
    assert one.type(b"\n", MORE.encode()).count(b"\r\n") == 1
    one.type(b"\x03", PROMPT)
    one.type(b"no page\n", PROMPT)
    assert MORE.encode() not in one.type(b"show running-config\n", b"image-file-update\r\n\r\n")


def test_long_lines_are_broken() -> None:
    """Before the last blank that fits, which starts the next row; a line without one is broken hard."""
    digest = '   password manager user-name "admin" sha1 "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"'.strip()
    assert list(wrapped(digest, 80)) == [digest[:39], digest[39:]]
    assert list(wrapped("x" * 100, 80)) == ["x" * 80, "x" * 20]
    assert list(wrapped("short", 80)) == ["short"]


def test_operators_and_managers(lab: Lab, typist: Open) -> None:
    """An operator looks only; `enable` asks for the manager's name and password; `exit` goes one level down."""
    lab.device_edit(NAME, ['password operator user-name "looker" plaintext "only-looking"'])
    one = Typist(lab.endpoints[NAME][1], "looker", "only-looking")
    one.until(b"\x1b[24;27H")
    one.type(b" ", b"elder-sw-11> ")
    one.type(b"configure\n", b"Invalid input: configure\r\n")
    one.type(b"enable\n", b"Username: ")
    one.type(b"admin\n", b"Password: ")
    one.type(b"wrong\n", b"Invalid password\r\n")
    one.type(b"enable\n", b"Username: ")
    one.type(b"admin\n", b"Password: ")
    one.type(PASSWORD.encode() + b"\n", b"elder-sw-11# ")
    one.type(b"exit\n", b"elder-sw-11> ")
    one.type(b"exit\n", b"Do you want to log out (y/n)? ")
    one.type(b"n", b"elder-sw-11> ")
    one.type(b"exit\n", b"Do you want to log out (y/n)? ")
    one.channel.sendall(b"y")
    assert one.closed()


def test_leaving_unsaved(lab: Lab, typist: Open) -> None:
    """Whoever leaves with changes is asked whether to save them."""
    lab.device_edit(NAME, ["vlan 70"])
    one = typist()
    one.type(b"logout\n", b"Do you want to log out (y/n)? ")
    one.type(b"y", b"Do you want to save current configuration [y/n/^C]? ")
    one.channel.sendall(b"y")
    assert one.closed()
    assert lab.startup(NAME) == lab.running(NAME)


def test_a_banner_of_several_lines(lab: Lab, typist: Open) -> None:
    """`banner motd X` takes lines up to X; the next login sees them before the key is asked for."""
    one = typist()
    one.type(b"config\n", b"(config)# ")
    one.type(b"banner motd %\n", b"End with the character '%'\r\n")
    one.type(b"Property of the school\n", b"\x1b[24;1H")
    one.type(b"Keep out%\n", b"(config)# ")
    assert '\nbanner motd "Property of the school\\nKeep out"\n' in lab.running(NAME)
    two = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    assert b"Property of the school\r\nKeep out\r\n" in two.until(b"Press any key")
    two.transport.close()


def test_a_password_that_is_asked_for(lab: Lab, typist: Open) -> None:
    """`password manager` asks twice and shows asterisks."""
    one = typist()
    one.type(b"config\n", b"(config)# ")
    one.type(b'password manager user-name "head"\n', b"New password for manager: ")
    assert b"new-one" not in one.type(b"new-one\n", b"Please retype new password for manager: ")
    one.type(b"new-one\n", b"(config)# ")
    Typist(lab.endpoints[NAME][1], "head", "new-one").transport.close()
