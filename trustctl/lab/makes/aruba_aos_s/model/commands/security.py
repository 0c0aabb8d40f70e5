"""Who may use a port: 802.1X, MAC authentication; and what logins are checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.access import digest
from trustctl.lab.makes.aruba_aos_s.model.rules import Rule, drop, each_port, listed, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_LOGINS = "(console|telnet|ssh|web)"
_FIRST = "(local|radius|tacacs|public-key)"
_OPTIONS = (
    ("tx-period", "1-65535"),
    ("supplicant-timeout", "1-300"),
    ("server-timeout", "1-300"),
    ("quiet-period", "0-65535"),
    ("reauth-period", "0-9999999"),
    ("logoff-period", "1-999999999"),
    ("client-limit", "1-256"),
    ("max-requests", "1-10"),
    ("unauth-vid", "1-4094"),
    ("auth-vid", "1-4094"),
    ("unauth-period", "0-255"),
)
_MAC_OPTIONS = (
    ("addr-limit", "1-256"),
    ("logoff-period", "60-9999999"),
    ("quiet-period", "1-65535"),
    ("reauth-period", "0-9999999"),
    ("unauth-vid", "1-4094"),
    ("auth-vid", "1-4094"),
)


def _per_port(stem: str, rank: int, options: tuple[tuple[str, str], ...]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for name, limits in options:
        act = each_port(rank, f"{stem} {{port}} {name} {{0}}")
        rules.append(Rule(f"{stem} {{ports}} {name} {{int:{limits}}}", act))
        rules.append(Rule(f"{stem} {{ports}} {name}", act, only_undo=True))
    return tuple(rules)


_SERVERS = "[server-group {str:32}]"


def local_user(command: Command) -> None:
    """`aaa authentication local-user X group G password ...`: a user besides manager and operator."""
    config, user = command.switch.config, command.values[0]
    identity = f"aaa authentication local-user {user}"
    if command.undo:
        command.changed = drop(config.lines, identity)
        return
    kind = next(word.text for word in command.words if word.text in {"plaintext", "sha1", "sha256"})
    value = digest("sha1", command.values[2]) if kind == "plaintext" else command.values[2]
    shown = f'aaa authentication local-user "{user}" group "{command.values[1]}"'
    text = f'{shown} password {"sha1" if kind == "plaintext" else kind} "{value}"'
    command.changed = config.put(Line(identity, text, 22, hidden=shown))


def port_methods(command: Command) -> None:
    """`aaa port-access PORTS auth-order ...`: by which method a client is asked first."""
    word = "auth-order" if command.has("auth-order") else "auth-priority"
    each_port(519, f"aaa port-access {{port}} {word} {{0}}")(command)


def critical(command: Command) -> None:
    """`aaa port-access PORTS critical-auth data-vlan N`: where clients go while no server answers."""
    word = "data-vlan" if command.has("data-vlan") else "voice-vlan"
    each_port(519, f"aaa port-access {{port}} critical-auth {word} {{0}}")(command)


def login_methods(command: Command) -> None:
    """`aaa authentication ssh login ...`: by what logins are checked; `local` alone is the default."""
    key = " ".join(word.text for word in command.words[:4])
    setting(501, quotes=(0,), key=key, default=f"{key} local")(command)


RULES = (
    Rule("aaa authentication login privilege-mode", switched(500)),
    Rule("aaa authentication (lockout-delay|unlock-delay|console-lockout) {int:0-3600}", setting(500)),
    Rule(
        "aaa authentication local-user {str!:64} group {str:32} password (plaintext|sha1|sha256) {str:64}", local_user
    ),
    Rule("aaa authentication local-user {str!:64}", local_user, only_undo=True),
    Rule("aaa authentication num-attempts {int:1-10}", setting(500, default="aaa authentication num-attempts 3")),
    Rule(
        f"aaa authentication {_LOGINS} (login|enable) {_FIRST} {_SERVERS} [(local|none|authorized)]",
        login_methods,
    ),
    Rule(f"aaa authentication {_LOGINS} (login|enable)", setting(501), only_undo=True),
    Rule(
        f"aaa authentication port-access (local|eap-radius|chap-radius) {_SERVERS} [(none|authorized|cached-reauth)]",
        setting(502, quotes=(0,), key="aaa authentication port-access"),
    ),
    Rule(
        f"aaa authentication mac-based (chap-radius|peap-radius) {_SERVERS} [(none|authorized|cached-reauth)]",
        setting(502, quotes=(0,), key="aaa authentication mac-based"),
    ),
    Rule("aaa authentication (port-access|mac-based)", setting(502), only_undo=True),
    Rule("aaa authorization commands (auto|local|radius|none)", setting(503, key="aaa authorization commands")),
    Rule("aaa authorization user-role (enable|disable)", setting(503, key="aaa authorization user-role")),
    *(
        Rule(
            f"aaa accounting {what} (start-stop|stop-only|interim-update) (radius|tacacs|syslog) {_SERVERS}",
            setting(504, quotes=(0,), key=f"aaa accounting {what}"),
        )
        for what in ("network", "exec", "system", "commands")
    ),
    Rule("aaa accounting (network|exec|system|commands)", setting(504), only_undo=True),
    Rule("aaa accounting update periodic {int:1-525600}", setting(505)),
    Rule("aaa accounting suppress null-username", switched(505)),
    Rule("aaa server-group radius {str!:32} host {ip!}", setting(115, quotes=(0,))),
    Rule("aaa port-access (gvrp-vlans|use-lldp-data)", switched(510)),
    Rule("aaa port-access {ports} (auth-order|auth-priority) {rest}", port_methods),
    Rule("aaa port-access {ports} (auth-order|auth-priority)", port_methods, only_undo=True),
    Rule("aaa port-access {ports} critical-auth (data-vlan|voice-vlan)", critical, only_undo=True),
    Rule("aaa port-access {ports} critical-auth (data-vlan|voice-vlan) {int:1-4094}", critical),
    Rule("aaa port-access {ports} supplicant", each_port(518, "aaa port-access {port} supplicant")),
    Rule("aaa port-access authenticator {ports}", listed(511, "aaa port-access authenticator *")),
    *_per_port("aaa port-access authenticator", 512, _OPTIONS),
    Rule("aaa port-access authenticator active", switched(513)),
    Rule("aaa port-access mac-based {ports}", listed(514, "aaa port-access mac-based *")),
    *_per_port("aaa port-access mac-based", 515, _MAC_OPTIONS),
    Rule(
        "aaa port-access mac-based addr-format (no-delimiter|single-dash|multi-dash|multi-colon|no-delimiter-uppercase|"
        "single-dash-uppercase|multi-dash-uppercase|multi-colon-uppercase)",
        setting(516, key="aaa port-access mac-based addr-format"),
    ),
    Rule(
        "aaa port-access {ports} controlled-direction in",
        each_port(517, "aaa port-access {port} controlled-direction in"),
    ),
    Rule(
        "aaa port-access {ports} controlled-direction both",
        each_port(517, "aaa port-access {port} controlled-direction both"),
    ),
    Rule("aaa port-access {ports} mixed", each_port(518, "aaa port-access {port} mixed")),
)
