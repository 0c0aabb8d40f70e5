"""The switch itself: name, banners, users, time, logging, SNMP, SSH and the web server."""

from __future__ import annotations

import re

from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    Block,
    Command,
    RefusedError,
    Rule,
    either,
    hidden,
    put,
    section,
    several,
    state,
    toggle,
)

_BANNER_TEXT = "Enter a new banner. Terminate the banner with the delimiter you have chosen."
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_GROUPS = {"administrators", "operators", "auditors"}
_GONE = "User {}'s home directory and active sessions will be deleted.\nDo you want to continue [y/n]?"


def _hostname(command: Command) -> None:
    """`hostname NAME`, 1 to 32 characters; `no` gives the factory name back, which does not print [unverified]."""
    if command.undo:
        command.drop("hostname")
        return
    name = command.arguments[0]
    if not command.booting and _HOST.fullmatch(name) is None:
        raise RefusedError(f"{INVALID}{name}")
    command.put(f"hostname {name}", "hostname")


def _banner(command: Command) -> None:
    """`banner motd DELIMITER`: lines follow up to the delimiter."""
    key = command.read.key
    if command.undo:
        command.drop(key)
        return
    delimiter = command.read.words[-1]
    if not command.booting and len(delimiter) != 1:
        raise RefusedError(f"{INVALID}{delimiter}")
    command.block = Block(f"{key} {delimiter}", delimiter)
    command.out.append(_BANNER_TEXT)


def _user(command: Command) -> None:
    """`user NAME group GROUP password ...`; without the group it changes the password of one who is there."""
    name = command.arguments[0]
    key = f"user {name}"
    old = command.section.get(key)
    if command.undo:
        if old is None:
            raise RefusedError(f"User {name} does not exist.")
        if name == "admin":
            raise RefusedError("The user admin cannot be deleted.")
        if command.ask(_GONE.format(name)):
            command.drop(key)
            command.drop(f"{key} authorized-key")
        return
    line = hidden(command)
    if command.has("group") and not command.booting:
        group = command.arguments[1]
        if group not in _GROUPS and not command.section.has(f"user-group {group}"):
            raise RefusedError(f"User group {group} does not exist.")
    if not command.has("group"):
        if old is None:
            raise RefusedError(f"User {name} does not exist.")
        line = re.sub(r" password .*$", "", old.line) + line.removeprefix(key)
    command.put(line, key)


def _authorized_key(command: Command) -> None:
    key = f"user {command.arguments[0]} authorized-key"
    line = " ".join(command.read.words)
    if command.undo:
        command.drop(key)
    else:
        command.put(line, key)


def _ssh(command: Command) -> None:
    """`ssh server vrf NAME`: where the server listens by default only `no` prints."""
    key = command.read.key
    if not command.undo:
        command.put(key, key)
    elif command.booting or command.switch.listens_unseen(command.arguments[0]):
        command.put(f"no {key}", key)
    else:
        command.drop(key)


def _web(command: Command) -> None:
    """`https-server vrf NAME`: `no` prints for the VRF of the management port only (published configurations)."""
    key = command.read.key
    if not command.undo:
        command.put(key, key)
    elif command.booting or command.arguments[0] == "mgmt":
        command.put(f"no {key}", key)
    else:
        command.drop(key)


def _zone(command: Command) -> None:
    """`clock timezone europe/london`: printed in small letters (published configurations)."""
    if command.undo:
        command.drop("clock timezone")
    else:
        command.put(f"clock timezone {command.arguments[0].lower()}", "clock timezone")


_NTP = "{burst|iburst|prefer|minpoll <4-17>|maxpoll <4-17>|version <3-4>|key-id <1-65534>}"
_HIDDEN = "(plaintext|ciphertext) <word>"
_SNMP_USER = (
    f"[auth (md5|sha|sha224|sha256|sha384|sha512) auth-pass {_HIDDEN} "
    f"[priv (aes|des|aes192|aes256) priv-pass {_HIDDEN}]] [access-level (ro|rw)] [context <word>]"
)

RULES: tuple[Rule, ...] = (
    Rule("hostname / <word>", _hostname, 0),
    Rule("domain-name / <word>", rank=1),
    Rule("banner (motd|exec) / [<word>]", _banner, 2),
    Rule(f"user <name> / [group <word>] password {_HIDDEN}", _user, 3),
    Rule("user-group <word>", section("config-usr-grp", "user-group"), 2),
    Rule("user <name> authorized-key / <text>", _authorized_key, 20),
    Rule("cli-session", section("config-cli-session", "cli-session"), 4),
    Rule("session-timeout / <0-4320>", put, 4),
    Rule("password complexity", section("config-pwd-cplx", "password"), 4),
    Rule("bluetooth (enable|disable)", state, 5),
    Rule("clock timezone / <word>", _zone, 6),
    Rule("ip icmp redirect", toggle, 7),
    Rule("profile / <word>", rank=7),
    Rule("usb", either, 7),
    Rule("vrf <name>", section("config-vrf", "vrf"), 8),
    Rule(f"ntp server <host> / {_NTP}", put, 9),
    Rule(f"ntp authentication-key <1-65534> / (md5|sha1) {_HIDDEN} [trusted]", put, 9),
    Rule("ntp trusted-key <1-65534>", several, 9),
    Rule("ntp authentication", put, 9),
    Rule("ntp enable", put, 9),
    Rule("ntp vrf / <name>", put, 9),
    Rule("aruba-central", section("config-aruba-central", "central"), 18),
    Rule("hpe-anw-central", section("config-hpe-anw-central", "central"), 18),
    Rule("logging <host> / {(udp|tcp|tls) [<1-65535>]|severity <word>|include-auditable-events|vrf <name>}", put, 17),
    Rule("logging facility / <word>", put, 17),
    Rule("logging persistent-storage / [severity <word>]", put, 17),
    Rule("logging console / [severity <word>]", put, 17),
    Rule("ssh server vrf <name>", _ssh, 21),
    Rule("ssh maximum-auth-attempts / <1-10>", put, 21),
    Rule("ssh (ciphers|macs|key-exchange-algorithms|host-key-algorithms|public-key-algorithms) / <text>", put, 21),
    Rule("ssh (password-authentication|public-key-authentication)", toggle, 21),
    Rule("ssh certified-algorithms-only", put, 21),
    Rule("telnet server vrf <name>", put, 21),
    Rule("snmp-server vrf <name>", several, 60_000),
    Rule("snmp-server (system-location|system-contact|system-description) / <text>", put, 61_000),
    Rule("snmp-server community <word>", section("config-community", "community"), 62_000),
    Rule("snmp-server host <host> <text>", several, 63_000),
    Rule("snmp-server trap <text>", several, 63_000),
    Rule("snmp-server snmpv3-only", put, 63_000),
    Rule("snmp-server agent-port / <1-65535>", put, 63_000),
    Rule("snmp-server response-source / <text>", put, 63_000),
    Rule(f"snmpv3 user <word> / {_SNMP_USER}", put, 65_000),
    Rule("snmpv3 context <word> / [vrf <name>] [community <word>]", put, 64_000),
    Rule("snmpv3 engine-id / <word>", put, 64_000),
    Rule("snmpv3 security-level / (auth|auth-privacy|none)", put, 64_000),
    Rule("https-server vrf <name>", _web, 99_000),
    Rule("https-server rest access-mode / (read-write|read-only)", put, 98_000),
    Rule("https-server session-timeout / <0-480>", put, 98_000),
    Rule("https-server max-user-sessions / <1-6>", put, 98_000),
)

SECTIONS: dict[str, tuple[Rule, ...]] = {
    "central": (Rule("(enable|disable)", state, 1), Rule("location / <text>", put)),
    "community": (
        Rule("access-level / (ro|rw)", put),
        Rule("view / <word>", put),
        Rule("access-list (ip|ipv6) / <word>", put),
    ),
    "cli-session": (
        Rule("timeout / <0-43200>", put),
        Rule("max-per-user / <1-5>", put),
        Rule("tracking-range / <1-30>", put),
    ),
    "user-group": (
        Rule("<number> (permit|deny) cli command <text>", several, 1),
        Rule("include group <word>", several, 0),
    ),
    "password": (
        Rule("(enable|disable)", state, 1),
        Rule("(minimum-length|position-changes|history-count) / <number>", put, 2),
        Rule("(lowercase-count|numeric-count|special-char-count|uppercase-count) / <number>", put, 3),
    ),
    "vrf": (Rule("rd / <word>", put), Rule("description / <text>", put)),
}
