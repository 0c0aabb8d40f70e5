"""How a switch becomes what a configuration text says: ports first, then line by line; nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model import catalogue
from trustctl.lab.makes.aruba_aos_s.model.ports import is_trunk, mentioned
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, EXEC, Context
from trustctl.lab.makes.aruba_aos_s.model.state import Config, Line, Port, Section, Vlan

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch

VLAN_LIMIT = 256
"""VLANs without `max-vlans` (recorded on a 2530, YA.16.11: `Maximum VLANs to support : 256`)."""
_VER = "; Ver #14:41.44.00.04.19.02.13.98.82.34.61.18.28.f3.84.9c.63.ff.37.27:05"
_HEADER = re.compile(r"^; (\S+) Configuration Editor; Created on release #([A-Z]{1,2}\.\d+\.\d+\.\d+\w*)", re.MULTILINE)
_MODULE = re.compile(r"^\s*(?:(?:flexible-)?module|member (\d+) flexible-module) ([A-L]) type ([\w-]+)", re.IGNORECASE)
_MEMBER = re.compile(r"^\s*member (\d+) ", re.IGNORECASE)
_TYPE = re.compile(r'type "?([A-Za-z0-9]+)')
_PRODUCT = re.compile(r"[A-Z]{1,2}\d{3,4}[A-Z]")
_LISTS = re.compile(r"^\s*(?:(?:no )?(?:un)?tagged|interface|forbid|trunk) (\S+)", re.IGNORECASE)
_NOISE = re.compile(r"^(?:;|Running configuration:|Startup configuration:|\S+[#>] )")
_RAW = re.compile(r"^(oobm|stacking|vsf|openflow|dhcp-server pool .*|policy .*|class .*|timesync .*\{)$")
_PROFILE = re.compile(r"^device-profile ")
_AFTER_UNKNOWN = 950
"""Rank of a line of the boot text that comes before any that is known."""


def product(text: str) -> str:
    """The product number that a configuration names: of the switch, or of a stack's first member."""
    header = _HEADER.search(text)
    if header is not None and _PRODUCT.fullmatch(header[1].upper()):
        return header[1].upper()
    member = next((found for line in text.split("\n") if (found := _TYPE.search(line)) and _MEMBER.match(line)), None)
    return member[1].upper() if member else catalogue.USUAL


def empty(switch: AosSwitch, text: str) -> Config:
    """A switch as delivered, with the ports that its model and a boot text have."""
    header = _HEADER.search(text)
    ver = next((line for line in text.split("\n") if line.startswith("; Ver #")), _VER)
    config = Config(
        hostname=f"{switch.model.brand}-{switch.model.title}",
        ver=ver.rstrip("\r"),
        product=header[1] if header else switch.model.product,
        release=header[2] if header else "",
    )
    for name in _ports(switch, text):
        config.ports[name] = Port(name)
    config.vlans[1] = Vlan(1, "DEFAULT_VLAN", untagged=set(config.ports), addresses=["dhcp-bootp"])
    return config


def _ports(switch: AosSwitch, text: str) -> list[str]:
    lines = text.split("\n")
    members = _stack(switch, lines)
    names: list[str] = []
    for number, product in members.items() or {0: switch.model.product}.items():
        model = catalogue.model(product) if product else switch.model
        names += model.ports(f"{number}/" if number else "")
    for line in lines:
        module = _MODULE.match(line)
        if module is not None:
            prefix = f"{module[1]}/" if module[1] else ""
            count = catalogue.MODULES.get(module[3].upper(), 0)
            names += [f"{prefix}{module[2].upper()}{port}" for port in range(1, count + 1)]
        listed = _LISTS.match(line)
        if listed is not None:
            names += [port for port in mentioned(listed[1]) if not is_trunk(port)]
    return list(dict.fromkeys(names))


def _stack(switch: AosSwitch, lines: list[str]) -> dict[int, str]:
    """Stack members and their product numbers, as the description or the boot text says."""
    if switch.spec.members:
        return dict(enumerate(switch.spec.members, start=1))
    found: dict[int, str] = {}
    for line in lines:
        member = _MEMBER.match(line)
        kind = _TYPE.search(line)
        if member is not None and kind is not None and "flexible-module" not in line:
            found[int(member[1])] = kind[1].upper()
    return found


def load(switch: AosSwitch, text: str) -> list[str]:
    """Obey every line of a text as at boot; the lines that were not understood, which are kept as they are."""
    lines = _lines(text)
    unknown: list[str] = []
    context: Context = CONFIG
    at, rank = 0, _AFTER_UNKNOWN
    while at < len(lines):
        line = lines[at]
        deeper = at + 1 < len(lines) and _indent(lines[at + 1]) > _indent(line)
        if context.kind == "config" and (_RAW.match(line.strip()) or (deeper and _PROFILE.match(line.strip()))):
            at = _section(switch, lines, at)
            continue
        reply = switch.configure(context, line, booting=True)
        if reply.refused:
            unknown.append(line.strip())
            at += _keep(switch, context, lines, at, rank)
            continue
        rank = _rank(switch, rank)
        context = CONFIG if reply.context == EXEC else reply.context
        at += 1
    return unknown


def _lines(text: str) -> list[str]:
    """The lines that say something; a value in quotes on a line of its own belongs to the line before."""
    kept: list[str] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.rstrip()
        if not line.strip() or _NOISE.match(line):
            continue
        if kept and line.startswith(' "'):
            kept[-1] = f"{kept[-1]}{line}"
        else:
            kept.append(line)
    return kept


def _rank(switch: AosSwitch, before: int) -> int:
    """The rank of the line set last: a line that is not understood prints after it."""
    newest = max(switch.config.lines.values(), key=lambda line: line.age, default=None)
    return newest.rank if newest is not None else before


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _section(switch: AosSwitch, lines: list[str], at: int) -> int:
    """Keep a section as it stands; where the next line is."""
    header, base = lines[at].strip(), _indent(lines[at])
    section = Section(header, _section_rank(header))
    at += 1
    deeper = at < len(lines) and _indent(lines[at]) > base
    inside = _indent(lines[at]) if deeper else base
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.strip() == "exit" and (not deeper or _indent(line) <= inside):
            break
        section.lines.append(line[inside:] if deeper else line.strip())
    switch.config.sections[header] = section
    return at


def _section_rank(header: str) -> int:
    ranks = {"stacking": 5, "vsf": 5, "oobm": 600, "dhcp-server": 920, "ip": 300, "policy": 310, "class": 305}
    return ranks.get(header.split(maxsplit=1)[0], 900)


def _keep(switch: AosSwitch, context: Context, lines: list[str], at: int, rank: int) -> int:
    """Keep a line that is not understood, with those below it; how many lines were taken."""
    line, config = lines[at], switch.config
    if context.kind == "config" and at + 1 < len(lines) and _indent(lines[at + 1]) > _indent(line):
        return _section(switch, lines, at) - at
    config.age += 1
    kept = Line(line.strip(), line.strip(), rank, config.age)
    if context.kind == "vlan":
        for key in context.keys:
            config.vlans[int(key)].lines[kept.identity] = kept
    elif context.kind in {"acl", "oobm"}:
        config.sections[context.keys[0] if context.keys else context.kind].lines.append(kept.text)
    elif context.kind == "eth":
        for key in context.keys:
            config.ports[key].lines[kept.identity] = kept
    else:
        config.lines[kept.identity] = kept
    return 1
