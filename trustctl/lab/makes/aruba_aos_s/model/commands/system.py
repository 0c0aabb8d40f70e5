"""The switch itself: its name, banner, time, log, jobs, and services that are on unless switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.rules import RefusedError, Rule, drop, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

JOB = 880
"""Rank of scheduled jobs."""
_MOST_VLANS = 4094
_RULES_OF_TIME = (
    "(none|alaska|continental-us-and-canada|middle-europe-and-portugal|southern-hemisphere|western-europe|user-defined)"
)


def hostname(command: Command) -> None:
    """`hostname X`; `no hostname` goes back to the delivered name."""
    config = command.switch.config
    model = command.switch.model
    name = f"{model.brand}-{model.title}" if command.undo else command.values[0]
    command.changed = config.hostname != name
    config.hostname = name


def max_vlans(command: Command) -> None:
    """`max-vlans N`: in force after the next boot."""
    config = command.switch.config
    wanted = int(command.values[0]) if command.values else 0
    if wanted and wanted < len(config.vlans):
        raise RefusedError(f"Cannot set max-vlans below the {len(config.vlans)} VLANs that exist.")  # [unverified]
    if command.undo:
        command.changed = drop(config.lines, "max-vlans")
    else:
        command.changed = config.put(Line("max-vlans", f"max-vlans {wanted}", 16))
    if not command.booting:
        command.out.append("Command will take effect after saving configuration and reboot.")


def job(command: Command) -> None:
    """`job NAME delay|at TIME [config-save] "COMMAND" [count N]`; the device runs it."""
    config, name = command.switch.config, command.values[0]
    identity = f"job {name}"
    if command.undo:
        command.changed = config.lines.pop(identity, None) is not None
        return
    line = command.values[-1] if not command.has("count") else command.values[-2]
    times = f" count {command.values[-1]}" if command.has("count") else ""
    how = "delay" if command.has("delay") else "at"
    save = " config-save" if command.has("config-save") else ""
    text = f'job "{name}" {how} {command.values[1]}{save} "{line}"{times}'
    command.changed = config.put(Line(identity, text, JOB))


def include_credentials(command: Command) -> None:
    """`include-credentials`: digests and keys become part of the configuration, once it is confirmed."""
    config = command.switch.config
    if command.undo:
        command.changed = config.lines.pop("include-credentials", None) is not None
        return
    if command.ask("**** CAUTION ****\nCredentials will be part of the configuration.\nProceed?[y/n] "):  # [unverified]
        command.changed = config.put(Line("include-credentials", "include-credentials", 20))


def poll_interval(command: Command) -> None:
    """`sntp [poll-interval] SECONDS`, printed without the word (published configurations); 720 is the default."""
    config = command.switch.config
    if command.undo or command.values[0] == "720":
        command.changed = config.lines.pop("sntp interval", None) is not None
    else:
        command.changed = config.put(Line("sntp interval", f"sntp {command.values[0]}", 131))


RULES = (
    Rule("hostname {str:32}", hostname, undo=False),
    Rule("hostname", hostname, only_undo=True),
    Rule("module {word!} type {word}", setting(12)),
    Rule("max-vlans {int:16-4094}", max_vlans),
    Rule("max-vlans", max_vlans, only_undo=True),
    Rule("include-credentials", include_credentials),
    Rule("banner motd {str:3070}", setting(15, quotes=(0,))),
    Rule("banner exec {str:3070}", setting(15, quotes=(0,))),
    Rule("console baud-rate {word}", setting(14)),
    Rule("console idle-timeout {int:0-7200}", setting(14, default="console idle-timeout 0")),
    Rule("console idle-timeout serial-usb {int:0-7200}", setting(14)),
    Rule("console inactivity-timer {int:0-120}", setting(14)),
    Rule("console local-terminal (vt100|ansi|none)", setting(14, key="console local-terminal")),
    Rule("console terminal (vt100|ansi|none)", setting(14, key="console terminal")),
    Rule("rest-interface", switched(13, default=True)),
    Rule("fault-finder {word!} sensitivity (low|medium|high)", setting(18, key="fault-finder {0} sensitivity")),
    Rule("fault-finder {word!} action (warn|warn-and-disable)", setting(18, key="fault-finder {0} action")),
    Rule("telnet-server", switched(140, default=True)),
    Rule("web-management", switched(160, default=True)),
    Rule("web-management ssl", switched(161)),
    Rule("web-management idle-timeout {int:120-7200}", setting(162)),
    Rule("ip ssh", switched(170, default=True)),
    Rule("ip ssh filetransfer", switched(171)),
    Rule("ip ssh timeout {int:5-120}", setting(171, default="ip ssh timeout 120")),
    Rule("ip ssh port {int:1-65535}", setting(171)),
    Rule("ip ssh (cipher|mac|kex) {word!}", switched(172, default=True)),
    Rule("tftp (server|client)", switched(800, default=True)),
    Rule("autorun", switched(830, default=True)),
    Rule("dhcp (config-file-update|image-file-update|tr69-acs-url)", switched(840, default=True)),
    Rule("cwmp enable", switched(845, default=True)),
    Rule("aruba-central disable", switched(846)),
    Rule("allow-unsupported-transceiver", switched(850)),
    Rule("device-profile name {str!:32}", setting(860, quotes=(0,))),
    Rule("device-profile type {str!:32}", setting(861, quotes=(0,))),
    Rule("timesync (sntp|timep|timep-or-sntp|ntp)", setting(130, key="timesync")),
    Rule("timesync", setting(130), only_undo=True),
    Rule("sntp (unicast|broadcast|dhcp)", setting(131, key="sntp mode")),
    Rule("sntp", setting(131, key="sntp mode"), only_undo=True),
    Rule("sntp server priority {int!:1-3} {ip} [oobm] [{int:1-7}]", setting(132)),
    Rule("sntp [poll-interval] {int:30-720}", poll_interval),
    Rule("sntp poll-interval", poll_interval, only_undo=True),
    Rule("timep (dhcp|manual {ip})", setting(131, key="ip timep")),
    Rule("ip timep (dhcp|manual {ip})", setting(131, key="ip timep")),
    Rule("ntp (unicast|broadcast)", setting(133, key="ntp mode")),
    Rule(
        "ntp server {word!} [oobm] [iburst|burst] [max-poll {int:4-17}] [min-poll {int:4-17}]",
        setting(134, key="ntp server {0}"),
    ),
    Rule("ntp max-association {int:1-8}", setting(133)),
    Rule("ntp server {word!} key-id {int:1-4294967295} [iburst]", setting(134, key="ntp server {0}")),
    Rule("ntp enable", switched(136)),
    Rule("ntp authentication", switched(135)),
    Rule(
        f"time daylight-time-rule {_RULES_OF_TIME}",
        setting(150, key="time daylight-time-rule", default="time daylight-time-rule none"),
    ),
    Rule("time (begin-date|end-date) {rest}", setting(152)),
    Rule("time timezone {word}", setting(151)),
    Rule("logging {ip!} [(udp|tcp|tls)] [{int:1-65535}] [oobm]", setting(100, key="logging {0}")),
    Rule("logging system-module {word}", setting(102)),
    Rule("logging filter {str!:16} {rest}", setting(105, quotes=(0,))),
    Rule("logging {ip!} control-descr {str:25}", setting(100, quotes=(1,), key="logging {0}")),
    Rule("logging facility {word}", setting(101, default="logging facility user")),
    Rule(
        "logging severity (major|warning|error|info|debug)",
        setting(102, key="logging severity", default="logging severity debug"),
    ),
    Rule("logging priority-descr {str:255}", setting(103, quotes=(0,))),
    Rule("logging origin-id (hostname|ip-address|none)", setting(103, key="logging origin-id")),
    Rule("logging notify running-config-change", switched(104)),
    Rule("job {str!:31} delay {delay} [config-save] {str:255} [count {int:1-1000}]", job, undo=False),
    Rule("job {str!:31} at {word} [config-save] {str:255} [count {int:1-1000}]", job, undo=False),
    Rule("job {str!:31}", job, only_undo=True),
)
