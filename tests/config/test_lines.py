"""The last gate: what may be sent to a device, and what never is."""

from __future__ import annotations

import pytest
from golden_cases import rulebook

from trustctl.config.lines import Permit, commands_expression
from trustctl.config.syntax import LONGEST_LINE
from trustctl.errors import RenderError

GATE = rulebook().gate

SENDABLE = (
    "interface GigabitEthernet1/0/1",
    " switchport trunk allowed vlan add 40",
    " description Reception <-> core | rack 2",
    "no interface Vlan20",
    "no interface Port-channel1",
    "no vlan 381",
    "no switchport trunk native vlan",
    "username admin privilege 15 secret <secret:switch/admin>",
    "username vendor privilege 15 secret 5 <observed:5f2c9a0b1d3e>",
    "default-router 10.21.10.1",
    "errdisable recovery cause bpduguard",
    "delay 100",
    " 15 permit tcp any host 10.2.0.6 eq 443",
    " 20 remark printers | copiers",
)
REFUSED = (
    "",
    "   ",
    "! a comment",
    "# a comment",
    "description x\nno aaa new-model",
    "description x\rreload",
    "description caf\u00e9",
    "description a\u2028b",
    "description what?",
    "show running-config | include secret",
    "ntp server 10.0.0.1 > flash:x",
    "do reload",
    " do write erase",
    "reload in 5",
    "rel",
    "erase startup-config",
    "er st",
    "format flash:",
    "delete flash:x",
    "del flash:x",
    "write erase",
    "wr",
    "copy running-config startup-config",
    "boot system flash:x",
    "config-register 0x2142",
    "no aaa new-model",
    "NO AAA NEW-MODEL",
    "default aaa new-model",
    "no aa n",
    "ntp server 10.0.0.1 > flash:x <secret:radius/key>",
    "snmp-server community <secret:snmp/ro> RO | x",
    "no line vty 0 4",
    "no lin vty 0 4",
    "no interface GigabitEthernet1/0/1",
    "no int gi1/0/1",
    "default interface TenGigabitEthernet1/0/1",
    "no switchport trunk allowed vlan",
    "no sw tr al vlan 10",
    "crypto key zeroize rsa",
    "no crypto pki certificate chain x",
    "end",
    "tclsh",
    "x" * (LONGEST_LINE + 1),
)


@pytest.mark.parametrize("line", SENDABLE)
def test_ordinary_lines_pass(line: str) -> None:
    """A configuration line passes unchanged."""
    assert GATE.check_line(line) == line


@pytest.mark.parametrize("line", REFUSED)
def test_dangerous_lines_are_refused(line: str) -> None:
    """Control characters, comments, EXEC commands and the deny-list are refused, abbreviated or not."""
    with pytest.raises(RenderError) as caught:
        GATE.check_line(line)
    assert caught.value.remedy


def test_banner_is_one_batch() -> None:
    """A banner stays in one piece, whatever its body says, and everything else is sent line by line."""
    lines = ("hostname a", "banner motd ^", "no line vty 0 4", "", "! hello", "^", "ntp server 10.0.0.1")
    assert list(GATE.batches(lines)) == [(lines[0],), lines[1:6], (lines[6],)]
    assert GATE.check_lines(lines) == lines


@pytest.mark.parametrize("lines", [("banner motd ^", "open"), ("banner motd ^", "a ^ b", "^")])
def test_banner_that_ends_wrongly_is_refused(lines: tuple[str, ...]) -> None:
    """A banner without its delimiter, or with the delimiter inside its body, would run its body as commands."""
    with pytest.raises(RenderError):
        GATE.check_lines(lines)


def test_delimiter_is_not_in_the_body() -> None:
    """The delimiter stands nowhere in the body; a body that uses them all is refused."""
    assert GATE.delimiter_for(["10^2 ~ 100"]) == "#"
    with pytest.raises(RenderError):
        GATE.delimiter_for(["^~#%@$&*=+_/"])


@pytest.mark.parametrize("line", [line for line in REFUSED if line != "no aaa new-model"])
def test_a_permit_opens_nothing_but_what_is_guarded(line: str) -> None:
    """Even a permit that names it lets no other command pass, nor the guarded one in another spelling."""
    with pytest.raises(RenderError):
        GATE.check_line(line, Permit(frozenset({line, line.strip()})))


def test_the_guarded_command_needs_its_permit() -> None:
    """It passes with a permit for it, letter by letter, and is refused without, with what to do instead."""
    permit = Permit(frozenset({"no aaa new-model"}))
    assert GATE.check_line("no aaa new-model", permit) == "no aaa new-model"
    with pytest.raises(RenderError, match="way back") as caught:
        GATE.check_line("no aaa new-model")
    assert "trustctl rollback" in caught.value.remedy
    for spelt in (" no aaa new-model", "no  aaa new-model", "no aaa new-model ", "no aaa new"):
        with pytest.raises(RenderError):
            GATE.check_line(spelt, permit)


def test_a_number_on_the_deny_list_is_that_number_only() -> None:
    """A platform that never loses VLAN 1 still loses VLAN 10, and an interface's number may touch its type."""
    denied = commands_expression(["vl|an 1", "int|erface gi|gabit"], ["no"], optional=False)
    assert all(denied.fullmatch(line) for line in ("no vlan 1", " no vl 1", "no vlan 1 name", "no int gi1/0/1"))
    assert not any(denied.fullmatch(line) for line in ("no vlan 10", "vlan 1", "no vlan 2"))
