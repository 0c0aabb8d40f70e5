"""The box itself: services, host name, boot, clock, logging to memory, archive, licences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands.passwords import encrypt_all
from trustctl.lab.makes.cisco_ios.model.rules import (
    InvalidWordError,
    RefusedError,
    Rule,
    Undo,
    device_owned,
    explicit,
    on_by_default,
    open_section,
    quirk,
    section,
    setting,
    store,
)

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command

_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_LEVEL = "(emergencies|alerts|critical|errors|warnings|notifications|informational|debugging|<0-7>)"
_LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")


def hostname(command: Command) -> None:
    """`hostname`: takes effect on the prompt at once; characters that DNS does not know are warned about."""
    if command.undoing:
        command.drop("hostname")
        return
    if _HOSTNAME.fullmatch(command.words[1]) is None:
        command.say("% Hostname contains one or more illegal characters.", "")
    store(command)


def password_encryption(command: Command) -> None:
    """`service password-encryption`: passwords in clear become type 7 now; switching it off decrypts nothing."""
    store(command)
    if not command.undoing:
        encrypt_all(command.switch)


def timestamps(command: Command) -> None:
    """`service timestamps`: options print in the device's order."""
    order = (
        "service",
        "timestamps",
        "debug",
        "log",
        "datetime",
        "uptime",
        "msec",
        "localtime",
        "show-timezone",
        "year",
    )
    command.words = tuple(sorted(command.words, key=order.index))
    store(command)


def archive(command: Command) -> None:
    """`archive`: unknown to images without it."""
    if not command.switch.supports_archive:
        raise InvalidWordError(0)
    open_section(command)


def level(command: Command) -> None:
    """Severities by number print by name.  Before: `logging trap 5`.  After: `logging trap notifications`."""
    last = command.words[-1]
    if not command.undoing and len(last) == 1 and last.isdigit():
        command.words = (*command.words[:-1], _LEVELS[int(last)])
    if not command.undoing and len(command.words) == 2:  # noqa: PLR2004 - only the two keywords: the default severity
        command.drop(command.identity)
        return
    store(command)


def buffered(command: Command) -> None:
    """`logging buffered [size] [severity]`: prints the size, and the severity unless it is debugging."""
    if command.undoing:
        store(command)
        return
    size, severity = "4096", ""
    for word in command.words[2:]:
        if word.isdigit() and len(word) > 1:
            size = word
        else:
            severity = _LEVELS[int(word)] if word.isdigit() else word
    severity = "" if severity == "debugging" else severity
    command.put("logging buffered", " ".join(part for part in ("logging buffered", size, severity) if part))


def clock_zone(command: Command) -> None:
    """`clock timezone NAME HOURS`: prints with minutes."""
    if not command.undoing and len(command.words) == 4:  # noqa: PLR2004 - without minutes
        command.words = (*command.words, "0")
    store(command)


def provision(command: Command) -> None:
    """`switch N provision MODEL`: the device writes it for members that are there."""
    if command.booting:
        store(command)
        return
    if command.undoing and int(command.words[1]) <= max(1, len(command.switch.spec.members)):
        raise RefusedError(f"%Switch {command.words[1]} is physically present; provisioning cannot be removed")
    store(command)


GLOBAL: dict[str, tuple[Rule, ...]] = {
    "version": (device_owned("version / WORD"),),
    "service": (
        on_by_default("service pad"),
        setting("service nagle"),
        setting("service tcp-keepalives-in"),
        setting("service tcp-keepalives-out"),
        quirk("service timestamps (debug|log) / [(datetime|uptime)] {msec|localtime|show-timezone|year}", timestamps),
        Rule(
            "service password-encryption",
            run=password_encryption,
            undo=Undo.STORE,
            default="no service password-encryption",
        ),
        setting("service compress-config"),
        setting("service sequence-numbers"),
        setting("service unsupported-transceiver"),
        setting("service call-home"),
        setting("service counters max age / <0-60>"),
        on_by_default("service dhcp"),
        on_by_default("service password-recovery"),
        on_by_default("service config-register"),
        setting("service internal"),
        explicit("platform punt-keepalive disable-kernel-core"),
        setting("platform LINE"),
    ),
    "hostname": (quirk("hostname / WORD", hostname),),
    "boot": (
        device_owned("boot-start-marker"),
        setting("boot system LINE"),
        device_owned("boot-end-marker"),
    ),
    "logging-early": (
        on_by_default("logging on"),
        setting("logging userinfo"),
        setting("logging persistent / LINE"),
        setting("logging discriminator WORD / LINE"),
        Rule(
            f"logging buffered / [<4096-2147483647>] [{_LEVEL}]",
            run=buffered,
            undo=Undo.STORE,
        ),
        Rule(f"logging console / [{_LEVEL}]", run=level, undo=Undo.STORE),
        Rule(f"logging monitor / [{_LEVEL}]", run=level, undo=Undo.STORE),
        setting("logging rate-limit / LINE"),
        setting("logging exception / <4096-2147483647>"),
    ),
    "clock": (
        quirk("clock timezone / WORD WORD [<0-59>]", clock_zone),
        setting("clock summer-time / LINE"),
        setting("clock calendar-valid"),
    ),
    "switch": (
        quirk("switch <1-16> provision / WORD", provision),
        setting("switch <1-16> priority / <1-15>"),
        setting("stack-mac persistent timer / <0-60>"),
        setting("stack-mac update force"),
        setting("system mtu [(routing|jumbo)] <1500-9216>"),
        setting("system env temperature threshold yellow / <1-100>"),
        setting("authentication mac-move (permit|deny-uncontrolled)"),
        setting("software auto-upgrade enable"),
    ),
    "login": (
        setting("login on-failure / LINE"),
        setting("login on-success / LINE"),
        setting("login block-for / <1-65535> attempts <1-65535> within <1-65535>"),
        setting("login delay / <1-10>"),
        setting("login quiet-mode access-class / WORD"),
        setting("security passwords min-length / <0-16>"),
        setting("security authentication failure rate / <2-1024> log"),
    ),
    "license": (
        device_owned("license udi LINE"),
        setting("license boot level / WORD [addon WORD]"),
        setting("license smart / LINE"),
        setting("diagnostic bootup level / WORD"),
        setting("memory free low-watermark processor / <1-4294967295>"),
        setting("file prompt / (quiet|noisy|alert)", default="file prompt alert"),
        setting("device classifier"),
        setting("device-tracking LINE"),
        setting("access-session LINE"),
        setting("macro LINE"),
        setting("setup express"),
    ),
    "redundancy": (
        section("redundancy", "config-red"),
        section("transceiver type all", "config-xcvr-type"),
        setting("configuration mode exclusive / (auto|manual)"),
    ),
    "archive": (quirk("archive", archive, enters="config-archive"),),
    "control": (section("control-plane", "config-cp"),),
    "privilege": (
        setting("alias (exec|configure|interface) WORD / LINE"),
        setting("privilege (exec|configure|interface) [all] level <0-15> LINE"),
    ),
    "end": (
        setting("mac address-table LINE"),
        setting("monitor session <1-66> (source|destination|filter) / LINE"),
        setting("event manager LINE"),
        setting("scheduler LINE"),
        setting("exception LINE"),
        setting("kron LINE"),
    ),
}

MODES: dict[str, tuple[Rule, ...]] = {
    "config-archive": (
        section("log config", "config-archive-log-cfg"),
        setting("path / LINE"),
        setting("maximum / <1-14>", default="maximum 10"),
        setting("rollback filter adaptive"),
        setting("rollback retry timeout / <0-65535>"),
        setting("write-memory"),
        setting("time-period / <1-525600>"),
    ),
    "config-archive-log-cfg": (
        setting("logging enable"),
        setting("logging size / <1-1000>", default="logging size 100"),
        setting("logging persistent [auto] [reload]"),
        setting("record rc"),
        setting("notify syslog / [contenttype (plaintext|xml)]"),
        setting("hidekeys"),
    ),
    "config-red": (setting("mode / (sso|rpr|rpr-plus|none)"), setting("main-cpu")),
    "config-xcvr-type": (setting("monitoring [interval <300-3600>]"),),
    "config-cp": (setting("service-policy (input|output) / WORD"),),
}
