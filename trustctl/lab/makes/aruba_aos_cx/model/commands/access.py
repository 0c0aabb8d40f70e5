"""Who may come in, and what may be plugged in: AAA, RADIUS, 802.1X, MAC authentication, snooping, access lists."""

from __future__ import annotations

import re

from trustctl.lab.makes.aruba_aos_cx.model.grammar import INCOMPLETE, INVALID, MisreadError, Search
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    Command,
    RefusedError,
    Rule,
    attached,
    put,
    section,
    several,
    state,
    toggle,
)
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

_HIDDEN = "(plaintext|ciphertext) <word>"
_SERVER = (
    "{" + f"key {_HIDDEN}|port <1-65535>|timeout <1-60>|retries <0-5>|auth-type (pap|chap)|acct-port <1-65535>|"
    "tracking (enable|disable)|tracking-mode (any|dead-only)|vrf <name>|"
    f"clearpass-username <word> clearpass-password {_HIDDEN}" + "}"
)
_TACACS = (
    "{" + f"key {_HIDDEN}|port <1-65535>|timeout <1-60>|auth-type (pap|chap)|tracking (enable|disable)|vrf <name>" + "}"
)
_METHODS = "(group <word>|local) [(group <word>|local|<word>)] [(<word>)] [(<word>)]"
_GROUPS = {"local", "radius", "tacacs", "none"}
_PARTS = {"local": r" local\b", "group": r" group \S+", "interim": r" interim \d+"}
"""What `no` takes out of the accounting of port access."""
_OPTION_82 = "{remote-id (mac|subnet-ip|mgmt-ip)|untrusted-policy (drop|keep|replace)}"
_OPTION_82_DEFAULTS = {"remote-id": "mac", "untrusted-policy": "drop"}
_ALL, _NUMBERED = "aaa group server radius radius", (10, 16)
DOT1X, MACAUTH = "aaa authentication port-access dot1x authenticator", "aaa authentication port-access mac-auth"


def _server(command: Command) -> None:
    """`radius-server host X key ...`: the line takes the place of the one before [unverified: what it leaves out]."""
    if command.undo and not command.section.has(command.read.key):
        raise RefusedError(f"{command.arguments[0]} is not configured.")
    put(command)
    if command.read.words[0] == "radius-server" and not command.booting and _numbers(command):
        _into_all(command)


def _numbers(command: Command) -> bool:
    """Whether servers of a group have numbers, and the group of all of them prints: docs/sources.md."""
    return command.switch.release >= _NUMBERED


def _into_all(command: Command) -> None:
    """Keep the built-in group `radius`, which holds every RADIUS server in the order in which they came."""
    every = command.section.get(_ALL) or Node(_ALL, _ALL, 14)
    words = command.read.words
    table = f" vrf {words[words.index('vrf') + 1]}" if "vrf" in words else ""
    key = f"server {command.arguments[0]}{table}"
    if command.undo:
        for child in every.starting(f"server {command.arguments[0]} "):
            every.drop(child.key)
    elif not every.has(key):
        every.put(Node(f"{key} priority {_next(every)}", key, 1))
    if every.children:
        command.section.put(every)
    else:
        command.drop(_ALL)


def _next(group: Node) -> int:
    """The number that a server gets which is added without one."""
    return (
        max(
            (int(child.line.split()[-1]) for child in group.starting("server ") if " priority " in child.line),
            default=0,
        )
        + 1
    )


def _group_server(command: Command) -> None:
    """`server X`: since 10.16 numbered in the order in which they are added; `no` goes by the address."""
    words = list(command.read.words)
    given = words[words.index("priority") :] if "priority" in words else []
    key = " ".join(words[: len(words) - len(given)])
    if command.undo:
        command.drop(key)
        return
    if not given and not command.booting and _numbers(command):
        old = command.section.get(key)
        given = old.line.split()[-2:] if old is not None else ["priority", str(_next(command.section))]
    command.put(" ".join([key, *given]), key)


def _methods(command: Command) -> None:
    """`aaa authentication login ssh group radius local`: groups must be there."""
    if not command.undo and not command.booting:
        words = command.read.words
        for at, word in enumerate(words[:-1]):
            named = words[at + 1]
            if word == "group" and named not in _GROUPS and not _has_group(command, named):
                raise RefusedError(f"Server group {named} does not exist.")
    put(command)


def _accounting(command: Command) -> None:
    """`aaa accounting port-access start-stop [interim N] group X`; `no` takes all, or one part (Security Guide)."""
    key = command.read.key
    part = command.arguments[0].split()[0] if command.arguments else ""
    if not command.undo:
        if not part:
            raise RefusedError(INCOMPLETE)
        command.put(" ".join(command.read.words), key)
    elif part in _PARTS:
        left = re.sub(_PARTS[part], "", command.section.text(key))
        if "local" in left or "group" in left:
            command.put(left, key)
        else:
            command.drop(key)
    elif part:
        raise RefusedError(f"{INVALID}{part}")
    else:
        command.drop(key)


def _option_82(command: Command) -> None:
    """On by default with `remote-id mac untrusted-policy drop` (IP Services Guide): only what differs prints."""
    key = command.read.key
    words = command.read.words
    if command.undo:
        command.put(f"no {key}", key)
        return
    said = [f"{name} {words[words.index(name) + 1]}" for name in _OPTION_82_DEFAULTS if name in words]
    told = [each for each in said if each not in {f"{name} {value}" for name, value in _OPTION_82_DEFAULTS.items()}]
    if told:
        command.put(" ".join([key, *told]), key)
    else:
        command.drop(key)


def _has_group(command: Command, name: str) -> bool:
    return any(command.section.has(f"aaa group server {kind} {name}") for kind in ("radius", "tacacs"))


def _authentication(prompt: str, kind: str) -> Rule:
    """`aaa authentication port-access ...`: a section; more words on the line are a line of that section."""
    key = DOT1X if kind.endswith("dot1x") else MACAUTH

    def act(command: Command) -> None:
        rest = command.read.words[len(key.split()) :]
        if rest:
            _within(command, key, kind, list(rest))
        elif command.undo:
            command.drop(key)
        else:
            command.put(key, key)
            command.open(prompt, kind, key)

    return Rule(f"{key} [<text>]", act, 52)


def _within(command: Command, key: str, kind: str, words: list[str]) -> None:
    """Obey the words as a line of a section. Raises RefusedError."""
    search = Search[Rule](words)
    for rule in SECTIONS[kind]:
        search.offer(rule, rule.pattern, undo=command.undo)
    try:
        rule, read = search.choose()
    except MisreadError as error:
        raise RefusedError(error.text) from None
    node = command.section.get(key) or Node(key, key, command.rule.rank)
    inner = Command(command.switch, command.context, node, rule, read, command.line, command.undo)
    rule.act(inner)
    if inner.changed:
        command.changed = True
        command.section.put(node)


def _enable(command: Command) -> None:
    """`enable` in a section; `disable` takes it away."""
    if command.undo or command.has("disable"):
        command.drop("enable")
    else:
        command.put("enable", "enable", 90)


def _entry(command: Command) -> None:
    """An entry of an access list: its number tells it; without one the next tenth number is given."""
    words = list(command.read.words)
    if not words[0].isdigit():
        numbers = [int(key) for key in command.section.children if key.isdigit()]
        words.insert(0, str((max(numbers, default=0) // 10 + 1) * 10))
    if command.undo:
        command.drop(words[0])
    else:
        command.put(" ".join(words), words[0], int(words[0]))


def _resequence(command: Command) -> None:
    """`access-list ip NAME resequence START STEP`: the same entries in the same order with new numbers (ACLs Guide)."""
    name, start, step = command.arguments
    node = command.section.get(f"access-list ip {name}")
    if node is None:
        raise RefusedError(f"Access list {name} does not exist.")
    entries = node.sorted()
    node.children.clear()
    for at, entry in enumerate(entries):
        number = int(start) + at * int(step)
        node.put(Node(f"{number} {entry.line.partition(' ')[2]}", str(number), number))
    command.changed = True


RULES: tuple[Rule, ...] = (
    Rule(f"tacacs-server host <host> / {_TACACS}", _server, 11),
    Rule(f"tacacs-server key / {_HIDDEN}", put, 11),
    Rule(f"radius-server host <host> / {_SERVER}", _server, 12),
    Rule(f"radius-server key / {_HIDDEN}", put, 12),
    Rule("radius-server (timeout|retries|auth-type) / <word>", put, 12),
    Rule("radius-server tracking interval / <60-84600>", put, 12),
    Rule("radius-server tracking (user-name|retries) / <word>", put, 12),
    Rule("radius dyn-authorization enable", put, 13),
    Rule(f"radius dyn-authorization client <host> / [secret-key {_HIDDEN}] [vrf <name>]", put, 13),
    Rule("aaa group server (radius|tacacs) <word>", section("config-sg", "group"), 14),
    Rule(f"aaa authentication login (default|ssh|console|https-server|telnet) / {_METHODS}", _methods, 15),
    Rule("aaa authentication allow-fail-through", put, 15),
    Rule("aaa authentication minimum-password-length / <1-32>", put, 15),
    Rule("aaa authentication limit-login-attempts / <1-10> lockout-time <1-3600>", put, 15),
    Rule("aaa authorization commands <word> / <text>", put, 15),
    Rule("aaa accounting all-mgmt <text>", several, 16),
    Rule("aaa accounting port-access / [<text>]", _accounting, 16),
    Rule("aaa accounting radius <text>", several, 16),
    _authentication("config-dot1x-auth", "dot1x"),
    _authentication("config-macauth", "mac-auth"),
    Rule("port-access port-security (enable|disable)", state, 51),
    Rule("port-access role <word>", section("config-pa-role", "role"), 50),
    Rule("port-access (lldp-group|cdp-group|mac-group|device-profile|gbp|policy|auth-mode) <text>", several, 50),
    Rule("access-list ip <word>", section("config-acl-ip", "acl"), 24),
    Rule("access-list ip <word> resequence <number> <number>", _resequence, 24, no_undo=True),
    Rule("apply access-list (ip|ipv6) <word> control-plane vrf <name>", attached, 25),
    Rule("dhcpv4-snooping", put, 28),
    Rule("dhcpv4-snooping authorized-server <ip> [vrf <name>]", several, 29),
    Rule(f"dhcpv4-snooping option 82 / {_OPTION_82}", _option_82, 29),
    Rule("dhcpv4-snooping verify mac", toggle, 29),
    Rule("dhcpv4-snooping allow-overwrite-binding", put, 29),
    Rule("dhcpv6-snooping", put, 28),
    Rule("dhcp-relay", toggle, 27),
    Rule("dhcp-relay option 82 [<text>]", put, 27),
    Rule("client track ip [<text>]", several, 27),
    Rule("loop-protect re-enable-timer / <15-604800>", put, 4),
    Rule("loop-protect transmit-interval / <5-10>", put, 4),
    Rule("loop-protect trap loop-detected", put, 4),
)

_PORT_AUTHENTICATION: tuple[Rule, ...] = (
    Rule("radius server-group / <word>", put, 10),
    Rule("auth-method / (chap|pap|eap-radius)", put, 20),
    Rule("cached-reauth", put, 30),
    Rule("cached-reauth-period / <30-4294967295>", put, 30),
    Rule("reauth", put, 30),
    Rule("reauth-period / <1-4294967295>", put, 30),
    Rule("quiet-period / <0-65535>", put, 30),
    Rule(
        "(eapol-timeout|discovery-period|initial-auth-response-timeout|max-eapol-requests|max-retries) / <number>",
        put,
        30,
    ),
    Rule("addr-format / <word>", put, 20),
    Rule("password / (plaintext|ciphertext) <word>", put, 20),
    Rule("(enable|disable)", _enable, 90),
)

PORT: tuple[Rule, ...] = (
    Rule("aaa authentication port-access client-limit / <1-256>", put, 48),
    Rule("aaa authentication port-access auth-mode / (client-mode|device-mode|multi-domain)", put, 47),
    Rule("aaa authentication port-access auth-precedence / <word> <word>", put, 46),
    Rule("aaa authentication port-access auth-priority / <word> <word>", put, 46),
    Rule("aaa authentication port-access (critical-role|reject-role|preauth-role|auth-role) / <word>", put, 49),
    Rule("aaa authentication port-access (critical-voice-role) / <word>", put, 49),
    Rule("aaa authentication port-access allow-lldp-bpdu", put, 49),
    Rule("aaa authentication port-access allow-cdp-bpdu", put, 49),
    _authentication("config-if-dot1x-auth", "if-dot1x"),
    _authentication("config-if-macauth", "if-mac-auth"),
    Rule("port-access port-security", section("config-if-port-security", "port-security"), 56),
    Rule("port-access (onboarding-method|fallback-role|event-log|allow-flood-traffic) <text>", several, 55),
    Rule("apply access-list ip <word> (in|out|routed-in|routed-out)", attached, 45),
    Rule("dhcpv4-snooping trust", put, 58),
    Rule("dhcpv4-snooping max-bindings / <0-8192>", put, 58),
    Rule("dhcpv6-snooping trust", put, 58),
    Rule("arp inspection trust", put, 58),
    Rule("ipv4 source-lockdown", put, 58),
)

_HOSTS = "(any|<aclhost>)"
_PORTS = "[(eq|gt|lt) <word>|range <word> <word>]"
_PROTOCOL = "(any|ip|icmp|igmp|tcp|udp|ospf|pim|gre|<0-255>)"

SECTIONS: dict[str, tuple[Rule, ...]] = {
    "group": (Rule("server <host> [port <1-65535>] [vrf <name>] [priority <1-64>]", _group_server),),
    "dot1x": _PORT_AUTHENTICATION,
    "mac-auth": _PORT_AUTHENTICATION,
    "if-dot1x": _PORT_AUTHENTICATION,
    "if-mac-auth": _PORT_AUTHENTICATION,
    "port-security": (
        Rule("(enable|disable)", _enable, 1),
        Rule("client-limit / <1-64>", put, 2),
        Rule("mac-address <mac> [vlan <vlan>]", several, 3),
        Rule("sticky-learn enable", put, 4),
    ),
    "role": (
        Rule("description / <text>", put),
        Rule("vlan (access|trunk native) / <word>", put),
        Rule("vlan trunk allowed / <vlans>", put),
        Rule("reauth-period / <number>", put),
        Rule("auth-mode / <word>", put),
        Rule("trust-mode / <word>", put),
        Rule("poe-priority / <word>", put),
        Rule(
            "(associate|device-traffic-class|stp-admin-edge-port|session-timeout|client-inactivity) [<text>]", several
        ),
    ),
    "acl": (
        Rule("<number> / comment <text>", _entry),
        Rule("comment <text>", _entry, no_undo=True),
        Rule(
            f"<number> / (permit|deny) {_PROTOCOL} {_HOSTS} {_PORTS} {_HOSTS} {_PORTS} {{log|count|established}}",
            _entry,
        ),
        Rule(
            f"(permit|deny) {_PROTOCOL} {_HOSTS} {_PORTS} {_HOSTS} {_PORTS} {{log|count|established}}",
            _entry,
            no_undo=True,
        ),
    ),
}
