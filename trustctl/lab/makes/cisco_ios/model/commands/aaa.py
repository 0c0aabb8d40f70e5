"""Who may log in: users, AAA, RADIUS and TACACS+ servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.commands.passwords import enable_secret, keyed, username
from trustctl.lab.makes.cisco_ios.model.rules import Rule, Undo, explicit, open_section, quirk, section, setting, store
from trustctl.lab.makes.cisco_ios.model.spec import Confirm, Mode

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command

_METHODS = "{group (radius|tacacs+|ldap|WORD)|local|local-case|enable|line|none|cache WORD|if-authenticated}"
_ACCOUNTING = "[(start-stop|stop-only|wait-start|none)] {group (radius|tacacs+|WORD)|broadcast}"
_XE, _OLD = frozenset({Family.IOSXE}), frozenset({Family.IOS12, Family.IOS15})
_EVENTS = "(exec|network|dot1x|system|connection|identity|auth-proxy|resource)"


OFF_WARNING = "Changing configuration back to no aaa new-model is not supported."


def new_model(command: Command) -> None:
    """`aaa new-model`: line passwords and `login local` on the lines give way to the method lists, at once.

    `no aaa new-model` asks first. It then leaves bare `login` on every vty, a line password, whatever stood there
    before AAA (Cisco document 200173, "Verify AAA behaviour when login local is configured", tried there on 12.2 to
    15.3M). The console goes back to no login at all [unverified].
    """
    root = command.switch.root
    before = root.has("aaa new-model")
    if before and command.undoing and not command.confirmed and not command.booting:
        command.say(OFF_WARNING)
        command.confirm = Confirm("Continue?[confirm]", command.line)
        return
    store(command)
    after = root.has("aaa new-model")
    if after and not before:
        for node in root.starting("line "):
            if node.text_of("login") in {"login", "login local"}:
                del node.settings["login"]
    if before and not after:
        for identity in [key for key in root.settings if key.startswith("aaa ") and key != "aaa new-model"]:
            del root.settings[identity]
        for node in root.starting("line "):
            node.settings.pop("login", None)
        vtys = tuple(key for key in root.settings if key.startswith("line vty "))
        command.switch.configure(Mode("config-line", vtys), "login")


def server_group(command: Command) -> None:
    """`aaa group server radius NAME`: the mode is named after the protocol."""
    open_section(command)
    if not command.undoing:
        name = "config-sg-radius" if command.words[3] == "radius" else "config-sg-tacacs+"
        command.next_mode = type(command.mode)(name, (command.identity,))


def server_address(command: Command) -> None:
    """`address ipv4 IP` in a RADIUS server: prints with both ports, 1645 and 1646 unless given."""
    if command.undoing:
        command.drop(command.identity)
        return
    words = list(command.words)
    given = {words[index]: words[index + 1] for index in range(3, len(words) - 1, 2)}
    auth, acct = given.get("auth-port", "1645"), given.get("acct-port", "1646")
    command.put(command.identity, f"{' '.join(words[:3])} auth-port {auth} acct-port {acct}")


_SECRET = "[(0|6|7)] LINE"  # noqa: S105 - the pattern of a key, not a key
GLOBAL: dict[str, tuple[Rule, ...]] = {
    "enable": (
        quirk("enable secret / [level <1-15>] [(0|4|5|8|9)] LINE", enable_secret),
        quirk("enable password / [level <1-15>] [(0|6|7)] LINE", keyed),
    ),
    "username": (
        quirk(
            "username WORD / {privilege <0-15>|view WORD|nopassword|one-time} "
            "[((secret|password) [(0|4|5|6|7|8|9)] LINE|autocommand LINE)]",
            username,
        ),
    ),
    "aaa": (
        Rule("aaa new-model", run=new_model, undo=Undo.STORE, default="no aaa new-model"),
        quirk("aaa group server (radius|tacacs+) WORD", server_group),
        setting("aaa local authentication LINE"),
        setting("aaa authentication attempts login / <1-25>", default="aaa authentication attempts login 3"),
        setting("aaa authentication (banner|fail-message|username-prompt|password-prompt) / LINE"),
        setting(f"aaa authentication (login|enable|dot1x|ppp) (default|WORD) / {_METHODS}"),
        setting("aaa authorization console"),
        setting("aaa authorization config-commands"),
        setting(f"aaa authorization commands <0-15> (default|WORD) / {_METHODS}"),
        setting(f"aaa authorization (exec|network|auth-proxy|configuration) (default|WORD) / {_METHODS}"),
        setting("aaa accounting update / LINE"),
        explicit("aaa accounting system guarantee-first"),
        setting(f"aaa accounting commands <0-15> (default|WORD) / {_ACCOUNTING}"),
        setting(f"aaa accounting {_EVENTS} (default|WORD) / {_ACCOUNTING}"),
        section("aaa server radius dynamic-author", "config-locsvr-da-radius", families=_OLD),
        setting("aaa session-id / (common|unique)"),
        section("aaa server radius dynamic-author", "config-locsvr-da-radius", families=_XE),
    ),
    "servers": (
        section("tacacs server WORD", "config-server-tacacs"),
        quirk("tacacs-server host (IP|WORD) / {port <1-65535>|timeout <1-1000>|single-connection} [key LINE]", store),
        quirk(f"tacacs-server key / {_SECRET}", keyed),
        setting("radius-server attribute LINE"),
        setting("radius-server dead-criteria / {time <1-120>|tries <1-100>}"),
        quirk(
            "radius-server host (IP|WORD) / {auth-port <0-65535>|acct-port <0-65535>|timeout <1-1000>} [key LINE]",
            store,
        ),
        setting("radius-server timeout / <1-1000>", default="radius-server timeout 5"),
        setting("radius-server retransmit / <0-100>", default="radius-server retransmit 3"),
        setting("radius-server deadtime / <1-1440>"),
        quirk(f"radius-server key / {_SECRET}", keyed),
        setting("radius-server vsa send [(accounting|authentication|cisco-nas-port)]"),
        section("radius server WORD", "config-radius-server"),
    ),
}
_GROUP = (
    setting("server name WORD"),
    setting("server-private LINE"),
    setting("ip vrf forwarding / WORD"),
    setting("ip (radius|tacacs) source-interface / IFACE"),
    setting("deadtime / <0-1440>"),
    setting("load-balance / LINE"),
    setting("attribute LINE"),
)
MODES: dict[str, tuple[Rule, ...]] = {
    "config-sg-radius": _GROUP,
    "config-sg-tacacs+": _GROUP,
    "config-locsvr-da-radius": (
        quirk(f"client (IP|WORD) / [vrf WORD] [server-key {_SECRET}]", keyed),
        quirk(f"server-key / {_SECRET}", keyed),
        setting("port / <0-65535>", default="port 1700"),
        setting("auth-type / (all|any|session-key)", default="auth-type all"),
        setting("ignore (session-key|server-key)"),
    ),
    "config-radius-server": (
        quirk(
            "address (ipv4|ipv6) / (IP|IPV6|WORD) {auth-port <0-65535>|acct-port <0-65535>|alias WORD}", server_address
        ),
        setting("timeout / <1-1000>", default="timeout 5"),
        setting("retransmit / <0-100>", default="retransmit 3"),
        setting("automate-tester / LINE"),
        setting("backoff exponential / LINE"),
        quirk(f"key / {_SECRET}", keyed),
        quirk(f"pac key / {_SECRET}", keyed),
        setting("non-standard"),
    ),
    "config-server-tacacs": (
        setting("address (ipv4|ipv6) / (IP|IPV6|WORD)"),
        quirk(f"key / {_SECRET}", keyed),
        setting("timeout / <1-1000>", default="timeout 5"),
        setting("port / <1-65535>", default="port 49"),
        setting("single-connection"),
    ),
}
