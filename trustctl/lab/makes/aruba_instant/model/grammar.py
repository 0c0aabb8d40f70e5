"""What may be typed in configuration mode, and what each line does. The CLI reference guide's syntax, nothing more.

A rule is a text: `word` as it is, `<name>` an argument of a kind (`ARGUMENTS`), `[...]` what may be missing.
Configuration lines are taken in full only; that real ones may be abbreviated is not simulated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import AddressValueError, IPv4Address

PARSE_ERROR = "% Parse error"
"""How an access point refuses what it does not know (oxidized's model for it looks for these words)."""
INCOMPLETE = "% Incomplete command"
"""[unverified]"""
_TOKEN = re.compile(r'"[^"]*"|\S+')


class What(StrEnum):
    """What a line is in its section."""

    ONE = "one"
    """One value: a new line takes the place of the old one."""
    EACH = "each"
    """One for each first argument."""
    FLAG = "flag"
    """There or not."""
    ORDER = "order"
    """One after the other, new ones at the end."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `by`: the argument that tells one line of it from another, counted from 0."""

    syntax: str
    what: What = What.ONE
    by: int = 0
    hides: str = ""
    """The argument that is printed encrypted; `hash`: the one that is hashed."""
    default: bool = False
    """For a flag: what holds where nothing is printed."""
    off: str = ""
    """Another word that switches a flag off."""


def _one(*lines: str) -> list[Command]:
    return [Command(line) for line in lines]


def _flags(*lines: str) -> list[Command]:
    return [Command(line, What.FLAG) for line in lines]


TOP = [
    *_one("syslocation <rest>", "virtual-controller-country <country>", "name <name>", "organization <rest>"),
    *_one("virtual-controller-ip <ip>", "virtual-controller-vlan <vlan> <mask> <ip>"),
    *_one("syslog-server <ip> [<ip>] [<ip>]", "loginsession timeout <int>", "ntp-server <word>", "rf-band <band>"),
    *_one("clock timezone <word> <int> <int>", "clock summer-time <word> recurring <rest>", "ip-mode <word>"),
    *_flags("terminal-access", "telnet-server", "allow-new-aps", "dynamic-radius-proxy", "hash-mgmt-password"),
    *_flags("extended-ssid", "mgmt-auth-server-local-backup", "restricted-mgmt-access <ip> <mask>"),
    Command("syslog-level <level> [<category>]", What.EACH, by=-1),
    Command("allowed-ap <mac>", What.EACH),
    Command("snmp-server community <word>", What.EACH),
    Command("snmp-server host <ip> version <version> <word> [inform]", What.EACH),
    Command("snmp-server user <word> auth-prot <auth> <secret> priv-prot <priv> <secret>", What.EACH, hides="secret"),
    Command("hash-mgmt-user <word> password cleartext <secret> [usertype <usertype>]", What.EACH, hides="hash"),
    Command("hash-mgmt-user <word> password hash <word> [usertype <usertype>]", What.EACH),
    Command("mgmt-auth-server <name>", What.EACH),
    Command("enet0-port-profile <name>"),
    Command("enet1-port-profile <name>"),
]
SERVER = [
    *_one("ip <word>", "port <int>", "acctport <int>", "timeout <int>", "retry-count <int>", "nas-id <word>"),
    Command("key <secret>", hides="secret"),
    *_flags("rfc3576", "radsec", "session-authorization"),
]
NETWORK = [
    Command("enable", What.FLAG, off="disable"),
    *_one("index <int>", "type <kind>", "essid <name>", "opmode <opmode>", "max-authentication-failures <int>"),
    *_one("vlan <vlan>", "rf-band <band>", "captive-portal <rest>", "dtim-period <int>", "broadcast-filter <word>"),
    *_one("inactivity-timeout <int>", "g-min-tx-rate <int>", "a-min-tx-rate <int>", "max-clients-threshold <int>"),
    *_one("radius-interim-accounting-interval <int>", "local-probe-req-thresh <int>", "zone <word>"),
    *_one("dmo-channel-utilization-threshold <int>"),
    Command("wpa-passphrase <passphrase>", hides="passphrase"),
    Command("auth-server <name>", What.EACH),
    *_flags("utf8", "opmode-transition-disable", "radius-accounting", "rf-band-6ghz", "hide-ssid", "dot11k", "dot11v"),
    *_flags("dot11r", "deny-inter-user-bridging", "blacklist", "okc"),
]
RULES = [*_one("index <int>", "vlan <vlan>"), *_flags("utf8"), Command("rule <rule>", What.ORDER)]
ARM = [
    *_one("wide-bands <word>", "min-tx-power <int>", "max-tx-power <int>", "band-steering-mode <word>"),
    *_one("air-time-fairness-mode <word>"),
    *_flags("80mhz-support", "client-aware", "scanning"),
]
PORTS = [
    *_one(
        "switchport-mode <word>", "allowed-vlan <rest>", "native-vlan <word>", "access-rule-name <name>", "speed <word>"
    ),
    *_one("duplex <word>", "type <kind>", "captive-portal <word>"),
    *[Command(line, What.FLAG) for line in ("shutdown", "poe", "dot1x")],
]
SECTIONS = {
    "wlan access-rule": ("Access Rule", RULES),
    "wlan ssid-profile": ("SSID Profile", NETWORK),
    "wlan auth-server": ("Auth Server", SERVER),
    "wlan tacacs-server": ("TACACS Server", SERVER),
    "wired-port-profile": ("wired ap profile", PORTS),
    "arm": ("ARM", ARM),
}
"""What opens a section -> its name in the prompt, its commands. Some prompts are in the guides, others like them."""

_OPMODES = (
    "opensystem|wpa2-aes|wpa2-psk-aes|wpa2-psk-tkip,wpa2-psk-aes|wpa-tkip,wpa2-aes|wpa3-aes-ccm-128|wpa3-cnsa|wpa3-sae-aes|"
    "enhanced-open|static-wep|mpsk-aes"
)
_OCTET = r"(?:\d{1,3}|any)"
_RULE = (
    rf"(?:any any|(?:masterip|alias|domain-name) \S+|{_OCTET}\.\d+\.\d+\.\d+ \d+\.\d+\.\d+\.\d+) (?:match|invert) "
    r"(?:any any any|(?:tcp|udp|icmp|\d{1,3}) (?:any|\d{1,5}) (?:any|\d{1,5})|app \S+|appcategory \S+|webcategory \S+)"
    r" (?:permit|deny|src-nat|dst-nat(?: \S+)*)(?: (?:log|blacklist|classify-media|disable-scanning))*"
)
ARGUMENTS = {
    "word": r"[^\s\"]+",
    "rest": r"\S.*",
    "name": r'"[^"]{1,64}"|[^\s"]+',
    "int": r"\d{1,6}",
    "vlan": r"[1-9]\d{0,3}(?:[,-]\d{1,4})*|[A-Za-z]\S*",
    "ip": r"\d+(?:\.\d+){3}",
    "mask": r"\d+(?:\.\d+){3}",
    "mac": r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}",
    "country": r"[A-Z]{2}",
    "band": r"all|2\.4|5\.0",
    "kind": r"employee|guest|voice",
    "opmode": _OPMODES,
    "level": r"emergency|alert|critical|error|warn|notice|info|debug",
    "category": r"ap-debug|network|security|system|user|user-debug|wireless",
    "version": r"1|2c|3",
    "auth": r"md5|sha",
    "priv": r"des|aes",
    "usertype": r"read-only|guest-mgmt|local|view-only",
    "secret": r'"[^"]+"|[^\s"]+',
    "passphrase": r'"[^"]{8,63}"|[^\s"]{8,63}|[0-9a-f]{64,}',
    "rule": _RULE,
}


class RefusedError(Exception):
    """The line is refused; the text is what the access point prints."""


@dataclass(frozen=True, slots=True)
class Read:
    """A line that was understood. `slot` is what it is one of; `text` as it is kept, secrets in clear."""

    command: Command
    slot: str
    text: str
    on: bool = True
    arguments: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def read(commands: list[Command], line: str) -> Read:
    """A line of a section, or the negation of one. Raises RefusedError."""
    tokens = _TOKEN.findall(line)
    undo = tokens[:1] == ["no"] and len(tokens) > 1
    body = " ".join(tokens[1:] if undo else tokens)
    for command in commands:
        if command.off and not undo and body == command.off:
            return Read(command, command.syntax, command.syntax, on=False)
        found = _expression(command.syntax, partial=undo).fullmatch(body)
        if found is None:
            continue
        arguments = _arguments(command.syntax, found)
        _check(arguments)
        return Read(command, _slot(command, body, found), body, not undo, arguments)
    if any(_expression(command.syntax, partial=True).fullmatch(body) for command in commands):
        raise RefusedError(INCOMPLETE)
    raise RefusedError(PARSE_ERROR)


def _check(arguments: dict[str, list[str]]) -> None:
    for kind in ("ip", "mask"):
        for text in arguments.get(kind, ()):
            try:
                IPv4Address(text)
            except AddressValueError:
                raise RefusedError(PARSE_ERROR) from None
    for text in arguments.get("vlan", ()):
        if any(part.isdigit() and not 1 <= int(part) <= 4093 for part in re.split("[,-]", text)):  # noqa: PLR2004 - VLANs
            raise RefusedError("Invalid VLAN ID, the range is 1-4093")  # [unverified]
    for text in arguments.get("name", ()):
        if len(text.strip('"').encode()) > 32:  # noqa: PLR2004 - IEEE 802.11, the longest SSID
            raise RefusedError("The name is too long")  # [unverified]


def _slot(command: Command, body: str, found: re.Match[str]) -> str:
    """What a line is one of: its words, and for one of many the argument that tells it from the others."""
    head = command.syntax.split(" <")[0].split(" [")[0]
    if command.what is What.EACH:
        groups = [group for group in found.groups() if group is not None]
        return f"{head} {groups[command.by] if groups else ''}"
    return head if command.what is What.ONE else body


def _arguments(syntax: str, found: re.Match[str]) -> dict[str, list[str]]:
    kinds = re.findall(r"<([a-z]+)>", syntax)
    given: dict[str, list[str]] = {}
    for kind, text in zip(kinds, found.groups(), strict=False):
        if text is not None:
            given.setdefault(kind, []).append(text)
    return given


@cache
def _expression(syntax: str, *, partial: bool) -> re.Pattern[str]:
    """The expression of a command; `partial`: arguments may be missing from the right, as in a negation."""
    parts = re.findall(r"\[[^\]]*\]|\S+", syntax)
    text = ""
    closing = ""
    for number, part in enumerate(parts):
        optional = part.startswith("[")
        inside = re.sub(r"<([a-z]+)>", lambda kind: f"({ARGUMENTS[kind[1]]})", part.strip("[]"))
        gap = " " if number else ""
        if optional:
            text += f"(?:{gap}{inside})?"
        elif partial and ("<" in part or closing):
            text += f"(?:{gap}{inside}"
            closing += ")?"
        else:
            text += gap + inside
    return re.compile(text + closing)
