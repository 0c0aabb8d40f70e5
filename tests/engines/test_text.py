"""What a device's text means, without a device."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from trustctl.engines.network.identity import parse_identity
from trustctl.engines.network.limits import Limits
from trustctl.engines.network.replies import Replies
from trustctl.engines.network.screen import Screen, fold
from trustctl.errors import HostileOutputError
from trustctl.platforms import platform

ROOT = Path(__file__).parents[2] / "templates"


@cache
def replies() -> Replies:
    """The reader of the shipped platform."""
    return Replies(platform("cisco_ios", [ROOT]).spec)


SHUTDOWN = "\n\n\n***\n*** --- SHUTDOWN in 0:05:00 ---\n***\n\n"
SYSLOG = "\n*Mar  1 00:12:44.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.10)\n"


@pytest.mark.parametrize(
    "tail",
    [
        "sw-01#",
        "sw-01# ",
        "text\nsw-01(config-if)#",
        f"sw-01#{SYSLOG}",
        f"sw-01(config)#{SHUTDOWN}",
        f"sw-01#{SHUTDOWN}{SYSLOG}",
        "sw-01#\n%LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to up\n",
    ],
)
def test_a_prompt_is_seen_through_unasked_messages(tail: str) -> None:
    """A log line or a reload broadcast after the prompt does not hide it."""
    seen = replies().prompt(tail, "sw-01")
    assert seen is not None
    assert seen.host == "sw-01"


@pytest.mark.parametrize(
    "tail", ["sw-01#\n", "description sw-01#", "other-sw#", "sw-01(config#", " sw-01#", "#", "sw-01# x"]
)
def test_what_is_no_prompt(tail: str) -> None:
    """A line that merely ends in # or another device's name is not our prompt."""
    assert replies().prompt(tail, "sw-01") is None


def test_a_prompt_torn_by_a_message_is_mended() -> None:
    """A log line in the middle of the prompt costs neither the prompt nor the text before it."""
    torn = f"show run\nend\n\nsw-{SYSLOG}01#"
    seen = replies().prompt(torn, "sw-01")
    assert seen is not None
    assert replies().body(torn, "show run", "sw-01") == "end\n\n"


def test_a_cut_prompt_is_the_same_device() -> None:
    """Configuration mode cuts the host name at 20 characters."""
    long = "oakfield-sw-building-a-room-12"
    seen = replies().prompt(f"{long[:20]}(config)#", long)
    assert seen is not None
    assert replies().configuring(seen)


REFUSED = [
    "                 ^\n% Invalid input detected at '^' marker.\n",
    "% Incomplete command.\n",
    '% Ambiguous command:  "sw"\n',
    'Command rejected: An interface whose trunk encapsulation is "Auto" can not be configured to "trunk" mode.\n',
    "Bad mask 0xFFFF00FE for address 10.1.1.1\n",
    "% 10.1.1.0 overlaps with Vlan10\n",
    "%Error opening flash:x (No such file or directory)\n",
    "Error: something\n",
    "VTP VLAN configuration not allowed when device is in CLIENT mode.\n",
    "Default VLAN 1 may not be deleted.\n",
    "Command authorization failed.\n",
    "some text first\n% Bad secrets\n",
]
TAKEN = [
    "",
    "\n",
    "%Warning: portfast should only be enabled on ports connected to a single\n host. Use with CAUTION\n",
    "%Portfast has been configured on GigabitEthernet1/0/1 but will only\n have effect when in a non-trunking mode.\n",
    "% Access VLAN does not exist. Creating vlan 20\n",
    "% Generating 2048 bit RSA keys, keys will be non-exportable...\n[OK] (elapsed time was 2 seconds)\n",
    "WARNING: Command has been added to the configuration using a type 0 password.\n",
    "Enter configuration commands, one per line.  End with CNTL/Z.\n",
]


@pytest.mark.parametrize("reply", REFUSED)
def test_refusals_are_found(reply: str) -> None:
    """Each known error text of the platform is a refusal."""
    assert replies().refusal(reply)


@pytest.mark.parametrize("reply", TAKEN)
def test_harmless_texts_are_not_refusals(reply: str) -> None:
    """Warnings that come with an accepted line do not stop a change."""
    assert replies().refusal(reply) is None


def test_a_refusal_next_to_a_warning_is_found() -> None:
    """A harmless line hides no refusal beside it."""
    assert replies().refusal("%Warning: portfast should only be enabled\n% Invalid input detected\n")


def test_the_reply_stands_between_echo_and_prompt() -> None:
    """What came before the echo, and the prompt, are not part of it."""
    text = f"{SYSLOG}show clock\n12:00:00 UTC\n\nsw-01#"
    assert replies().body(text, "show clock") == "12:00:00 UTC\n\n"
    assert replies().body("nothing\nsw-01#", "show clock") is None


def test_a_configuration_keeps_what_only_looks_like_noise() -> None:
    """Only the named messages are taken out: a banner with stars or percent signs stays whole."""
    text = "banner motd ^C\n***\n 100 % ours\n%SYS is a word\n*** --- KEEP OUT ---\n***\n^C\n"
    assert replies().without_noise(text) == text
    assert replies().without_noise(f"a\n{SYSLOG[1:]}b\n") == "a\nb\n"


def test_questions_and_pages_are_seen() -> None:
    """A waiting question and a pager are told from plain text."""
    assert replies().asks("Proceed with reload? [confirm]")
    assert replies().asks("Destination filename [startup-config]? ")
    assert replies().asks("some text\n") is None
    assert replies().pages("line\n --More-- ")


def test_folding_keeps_the_text() -> None:
    """Line ends of every kind become one; NUL goes; other bytes are visible."""
    assert fold(b"a\r\nb\r\r\nc\x00\nd\xff") == "a\nb\nc\nd\N{REPLACEMENT CHARACTER}"


def test_terminal_codes_go_and_moves_to_a_new_line_end_one() -> None:
    """A prompt that a switch draws with cursor moves is the prompt (ktbyers/netmiko#1699)."""
    drawn = b"\x1b[1;24r\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[?25hsw-01(config)# \x1b[24;17H\x1b[?25h"
    assert fold(drawn).split("\n")[-1] == "sw-01(config)# "
    again = b"to continue\x1b[24;27H\x1b[2J\x1b[1;1H\x1b[24;1Hsw-01# \x1b[24;1H\x1b[24;9H\x1b[24;1H\x1b[?25h\x1b[24;9H"
    assert fold(again) == "to continue\nsw-01# "
    assert fold(b"a line\r\n\x1b[24;1Hsw-01# ") == "a line\nsw-01# "
    assert fold(b"show run\x1bErunning\x1b[24;9H") == "show run\nrunning"
    assert "\x1b" not in fold(b"\x1b[?25l\x1b=\x1b[0m\x1b(Bx")


@pytest.mark.parametrize(
    ("limits", "chunk"),
    [
        (Limits(command_bytes=10_000), b"x" * 99 + b"\n"),
        (Limits(line_bytes=10_000), b"x" * 100),
        (Limits(lines=1000), b"\n" * 10),
    ],
)
def test_output_is_capped(limits: Limits, chunk: bytes) -> None:
    """Bytes, bytes of one line and lines each have an end."""
    screen = Screen("sw", limits)

    def flood() -> None:
        for _ in range(1000):
            screen.add(chunk)

    with pytest.raises(HostileOutputError, match="without end"):
        flood()


VERSION = """\
Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E8, RELEASE SOFTWARE (fc3)
ROM: Bootstrap program is C2960X boot loader

oak-sw-a1-01 uptime is 3 weeks, 2 days, 1 hour, 4 minutes
cisco WS-C2960X-48FPS-L (APM86XXX) processor (revision A0) with 524288K bytes of memory.
Processor board ID FOC1234X0AB
Model number                    : WS-C2960X-48FPS-L
System serial number            : FOC1234X0AB

Switch 02
---------
System serial number            : FOC1234X0CD
"""


def test_identity_of_a_stack() -> None:
    """Serial, model, version, name and every member's serial are read from `show version`."""
    found = parse_identity(VERSION, platform("cisco_ios", [ROOT]).spec.identity)
    assert found is not None
    assert (found.serial, found.model, found.version) == ("FOC1234X0AB", "WS-C2960X-48FPS-L", "15.2(7)E8")
    assert found.hostname == "oak-sw-a1-01"
    assert found.members == ("FOC1234X0AB", "FOC1234X0CD")


def test_no_serial_is_no_identity() -> None:
    """A text without a serial number is not a device that may be written to."""
    assert parse_identity("Version 1.0", platform("cisco_ios", [ROOT]).spec.identity) is None
