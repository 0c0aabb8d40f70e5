"""Who may use a port: 802.1X, MAC authentication; and what logins are checked against."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.model.rules import Rule, each_port, listed, setting, switched

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

RULES = (
    Rule("aaa authentication login privilege-mode", switched(500)),
    Rule("aaa authentication num-attempts {int:1-10}", setting(500)),
    Rule(
        f"aaa authentication {_LOGINS} (login|enable) {_FIRST} {_SERVERS} [(local|none|authorized)]",
        lambda command: setting(501, quotes=(0,), key=" ".join(word.text for word in command.words[:4]))(command),
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
    Rule("aaa port-access gvrp-vlans", switched(510)),
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
