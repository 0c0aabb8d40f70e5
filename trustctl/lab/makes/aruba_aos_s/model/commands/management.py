"""How people and systems reach the switch: SNMP, RADIUS for logins, authorized managers, LLDP."""

from __future__ import annotations

import hashlib
import re
from itertools import count
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import mentioned
from trustctl.lab.makes.aruba_aos_s.model.rules import Rule, drop, each_port, listed, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_QUOTED = re.compile(r'(contact|location) "([^"]*)"')
_LEVEL = "[(none|debug|all|not-info|critical)]"
_KEY_BYTES = {"aes": 16, "des": 16}
_MEGABYTE = 1_048_576


def contact(command: Command) -> None:
    """`snmp-server contact` and `location`: they share one line."""
    config = command.switch.config
    known = dict(_QUOTED.findall(config.text("snmp-server contact")))
    words = [word.text for word in command.words if not word.value and word.text in {"contact", "location"}]
    for at, word in enumerate(words):
        if command.undo:
            known.pop(word, None)
        else:
            known[word] = command.values[at]
    # an empty text is the default, and defaults do not print
    parts = [f'{word} "{known[word]}"' for word in ("contact", "location") if known.get(word)]
    if parts:
        line = Line("snmp-server contact", f"snmp-server {' '.join(parts)}", 430)
        command.changed = config.put(line)
    else:
        command.changed = drop(config.lines, "snmp-server contact")


def radius_host(command: Command) -> None:
    """`radius-server host A [auth-port N] [acct-port N] [key K]`: what is not named stays.

    A new one takes the first place that is free, which is where an older one was taken out (ArubaOS-Switch 16.09 Access
    Security Guide, changing RADIUS-server access order). Servers are asked, and print, by their places.
    """
    config, host = command.switch.config, command.values[0]
    identity = f"radius-server host {host}"
    if command.undo:
        command.changed = drop(config.lines, identity)
        return
    before = config.lines.get(identity)
    found: dict[str, str] = dict(
        re.findall(r'(auth-port|acct-port|key|encrypted-key) ("[^"]*"|\S+)', before.text if before else "")
    )
    names = [word.text for word in command.words[2:] if not word.value]
    for name, value in zip(names, command.values[1:], strict=True):
        found[name] = f'"{value}"' if "key" in name else value
    ports = "".join(f" {name} {found[name]}" for name in ("auth-port", "acct-port") if name in found)
    key = "".join(f" {name} {found[name]}" for name in ("key", "encrypted-key") if name in found)
    line = Line(identity, f"{identity}{ports}{key}", 110, hidden=f"{identity}{ports}")
    places = {one.age for one in config.starting("radius-server host ") if one.rank == line.rank}
    command.changed = config.put(line)
    if before is None:
        line.age = next(place for place in count(1) if place not in places)


def snmpv3_user(command: Command) -> None:
    """`snmpv3 user X [auth md5|sha PW [priv des|aes PW]]`: passwords are kept as keys of this engine (RFC 3414).

    How the switch prints the keys is [unverified].
    """
    config, user = command.switch.config, command.values[0]
    identity = f"snmpv3 user {user}"
    if command.undo:
        command.changed = drop(config.lines, identity)
        return
    kinds = [word.text for word in command.words if word.text in {"md5", "sha", "des", "aes"}]
    text = f'snmpv3 user "{user}"'
    names = ("auth", "priv")
    hash_name = kinds[0] if kinds else "sha"
    for at, value in enumerate(command.values[1:]):
        kind = kinds[at]
        key = value if value.startswith("0x") else f"0x{_localised(command, hash_name, value)}"
        text += f' {names[at]} {kind} "{key[: 2 + 2 * _KEY_BYTES[kind]] if at else key}"'
    line = Line(identity, text, 452, hidden=f'snmpv3 user "{user}"')
    command.changed = config.put(line)


def _localised(command: Command, kind: str, password: str) -> str:
    """The key that a password makes for this switch's engine (RFC 3414, A.2)."""
    make = hashlib.md5 if kind == "md5" else hashlib.sha1
    repeated = (password.encode() * (_MEGABYTE // max(len(password.encode()), 1) + 1))[:_MEGABYTE]
    plain = make(repeated, usedforsecurity=False).digest()
    engine = bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", engine_id(command)))
    return make(plain + engine + plain, usedforsecurity=False).hexdigest()


def engine_id(command: Command) -> str:
    """The SNMP engine's identity: as set, or HP's number and the base MAC address (published configurations)."""
    set_to = command.switch.config.text("snmpv3 engineid")
    if set_to:
        return set_to.split('"')[1]
    digits = re.sub(r"[^0-9a-f]", "", command.switch.spec.base_mac.lower())
    mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return f"00:00:00:0b:00:00:{mac}"


def authorized_manager(command: Command) -> None:
    """`ip authorized-managers A [MASK] [access manager|operator] [access-method M]`.

    An address has an entry for each method (ArubaOS-Switch 16.06 Hardening Guide, Authorized IP managers). What is
    entered again takes the place of the old mask and level, what is not said is the default, and `no` with the address
    alone takes all of it away (Access Security Guide 15.15); what `no` with a mask and no method takes is [unverified].
    """
    config, host = command.switch.config, command.values[0]
    said = next((word.text for word in command.words if not word.value and word.text in _METHOD_NAMES), "")
    identity = f"ip authorized-managers {host} {said or 'all'}"
    if command.undo:
        whole = len(command.values) == 1 and not said
        prefix = f"ip authorized-managers {host}" if whole else identity
        command.changed = drop(config.lines, prefix)
        return
    mask = command.values[1] if len(command.values) > 1 else "255.255.255.255"
    level = "operator" if command.has("operator") else "manager"
    text = f"ip authorized-managers {host} {mask} access {level}"
    text += f" access-method {said}" if said not in {"", "all"} else ""
    command.changed = config.put(Line(identity, text, 180))


def tlv(command: Command) -> None:
    """`lldp config PORTS basicTlvEnable X`: what is told on a port; on unless switched off."""
    config = command.switch.config
    kind = next(word.text for word in command.words if word.text in _TLV_NAMES)
    for port in mentioned(command.values[0]):
        identity = f"lldp config {port} {_TLV_NAMES[kind]} {command.values[1]}"
        if command.undo:
            command.changed |= config.put(Line(identity, f"no {identity}", 464))
        else:
            command.changed |= config.lines.pop(identity, None) is not None


_SNMPV3 = "snmpv3 user {str!:32} [auth (md5|sha) {str:128} [priv (des|aes) {str:128}]]"
_METHOD_NAMES = ("all", "ssh", "telnet", "web", "snmp", "tftp")
_METHODS = f"({'|'.join(_METHOD_NAMES)})"
_TLV_NAMES = {
    "basictlvenable": "basicTlvEnable",
    "dot1tlvenable": "dot1TlvEnable",
    "dot3tlvenable": "dot3TlvEnable",
    "medtlvenable": "medTlvEnable",
}

RULES = (
    Rule(
        "snmp-server community {str!:32} [(operator|manager)] [(restricted|unrestricted)]",
        setting(400, quotes=(0,), key="snmp-server community {0}"),
    ),
    Rule("snmp-server contact {str:255}", contact),
    Rule("snmp-server location {str:255}", contact),
    Rule("snmp-server contact {str:255} location {str:255}", contact),
    Rule("snmp-server (contact|location)", contact, only_undo=True),
    Rule(
        f"snmp-server host {{ip!}} community {{str:32}} [trap-level {_LEVEL}] [informs]",
        setting(410, quotes=(1,), key="snmp-server host {0} community {1}"),
    ),
    Rule(f"snmp-server host {{ip!}} {{str:32}} {_LEVEL}", setting(410, quotes=(1,), key="snmp-server host {0} {1}")),
    Rule("snmp-server enable", switched(399, default=True)),
    Rule("snmp-server enable traps {word!}", switched(420)),
    Rule("snmp-server trap-source {ip}", setting(421)),
    Rule("snmp-server response-source {ip}", setting(421)),
    Rule("snmpv3 enable", switched(449)),
    Rule("snmpv3 only", switched(450)),
    Rule("snmpv3 restricted-access", switched(450)),
    Rule("snmpv3 engineid {str:80}", setting(451, quotes=(0,))),
    Rule(_SNMPV3, snmpv3_user),
    Rule(
        "snmpv3 group {word!} user {str!:32} sec-model (ver1|ver2c|ver3)",
        setting(453, quotes=(1,), key="snmpv3 group {0} user {1}"),
    ),
    Rule(
        "snmpv3 targetaddress {str!:32} params {str:32} {ip} [taglist {str:103}]",
        setting(454, quotes=(0, 1, 3), key="snmpv3 targetaddress {0}"),
    ),
    Rule(
        "snmpv3 params {str!:32} user {str:32} sec-model (ver1|ver2c|ver3) message-processing (ver1|ver2c|ver3) "
        "(noauth|auth|priv)",
        setting(454, quotes=(0, 1), key="snmpv3 params {0}"),
    ),
    Rule(
        "snmpv3 community index {str!:32} name {str:32} sec-name {str:32} [tag {str:103}]",
        setting(455, quotes=(0, 1, 2, 3), key="snmpv3 community index {0}"),
    ),
    Rule("snmpv3 notify {str!:32} tagvalue {str:103}", setting(455, quotes=(0, 1), key="snmpv3 notify {0}")),
    Rule(
        "radius-server host {ip!} [oobm] [auth-port {int:1-65535}] [acct-port {int:1-65535}] "
        "[(key|encrypted-key) {str:128}]",
        radius_host,
    ),
    Rule("radius-server host {ip!} dyn-authorization", switched(111)),
    Rule("radius-server host {ip!} time-window {int:0-65535}", setting(112)),
    Rule("radius-server key {str:32}", setting(109, quotes=(0,), masked="")),
    Rule("radius-server host {ip!} clearpass", switched(112)),
    Rule(
        "radius-server cppm identity {str!:63} key {str:128}", setting(114, quotes=(0, 1), key="radius-server cppm {0}")
    ),
    Rule("radius-server tracking {word!}", switched(114)),
    Rule(
        "tacacs-server host {ip!} [key {str:100}]",
        setting(118, quotes=(1,), masked="tacacs-server host {0}", key="tacacs-server host {0}"),
    ),
    Rule("tacacs-server key {str:100}", setting(117, quotes=(0,), masked="")),
    Rule("tacacs-server timeout {int:1-255}", setting(117)),
    Rule("radius-server timeout {int:1-15}", setting(113, default="radius-server timeout 5")),
    Rule("radius-server retransmit {int:1-5}", setting(113, default="radius-server retransmit 3")),
    Rule("radius-server dead-time {int:1-1440}", setting(113)),
    Rule("radius-server dyn-autz-port {int:1-65535}", setting(113)),
    Rule("ip source-interface (radius|sntp|syslog|tacacs|telnet|tftp|all) vlan {vlan}", setting(195)),
    Rule(
        f"ip authorized-managers {{ip!}} [{{mask}}] [access (manager|operator)] [access-method {_METHODS}]",
        authorized_manager,
    ),
    Rule("lldp run", switched(460, default=True)),
    Rule("lldp refresh-interval {int:5-32768}", setting(461)),
    Rule("lldp holdtime-multiplier {int:2-10}", setting(461)),
    Rule("lldp admin-status {onlyports} txonly", each_port(462, "lldp admin-status {port} txonly")),
    Rule("lldp admin-status {onlyports} rxonly", each_port(462, "lldp admin-status {port} rxonly")),
    Rule("lldp admin-status {onlyports} disable", each_port(462, "lldp admin-status {port} disable")),
    Rule("lldp enable-notification {onlyports}", listed(463, "lldp enable-notification *")),
    Rule("lldp config {onlyports} ipAddrEnable {ip}", each_port(464, "lldp config {port} ipAddrEnable {0}")),
    Rule("lldp fast-start-count {int:1-10}", setting(461)),
    Rule("lldp auto-provision radio-ports {rest}", setting(465)),
    Rule("lldp top-change-notify {onlyports}", listed(463, "lldp top-change-notify *")),
    Rule("lldp config {onlyports} (basicTlvEnable|dot1TlvEnable|dot3TlvEnable|medTlvEnable) {word}", tlv),
    Rule("cdp run", switched(470, default=True)),
    Rule("cdp mode (rxonly|pass-through)", setting(471, key="cdp mode")),
    Rule("sflow {int!:1-3} destination {ip}", setting(90)),
    Rule("sflow {int!:1-3} (polling|sampling) {onlyports} {int:0-16777215}", setting(91)),
)
