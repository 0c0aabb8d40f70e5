"""What the switch says it has: `show running-config`.

The order of lines and the forms follow published configurations of 15.15 to 16.11; where several orders are published,
that of 16.x counts.
"""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import sort_key, written
from trustctl.lab.makes.aruba_aos_s.model.rules import line_text

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.state import Config, Credential, Port, Vlan
    from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch

INDENT = "   "
_HOSTNAME, _INCLUDE, _TRUNK, _INTERFACE, _VLAN, _PASSWORD = 10, 20, 60, 320, 700, 990
_CREDENTIALS = 21
"""Where passwords print once `include-credentials` is set; else they are at the end, without their digests."""


def text(switch: AosSwitch, *, hide: bool = True) -> str:
    """The configuration from its header line to its last line break.

    `hide`: without the credentials that the switch does not show.
    """
    config = switch.config
    shown = config.has("include-credentials") or not hide
    blocks = [*_lines(config, shown=shown), *_sections(config), *_parts(config), *_passwords(config, shown=shown)]
    blocks.sort(key=lambda block: block[0])
    head = f"; {config.product} Configuration Editor; Created on release #{switch.version}\n{config.ver}\n"
    return head + "".join(f"{line}\n" for _, lines in blocks for line in lines)


Block = tuple[tuple[int, int], list[str]]


def _lines(config: Config, *, shown: bool) -> list[Block]:
    blocks: list[Block] = [((_HOSTNAME, 0), [f'hostname "{config.hostname}"'])]
    for line in config.lines.values():
        printed = line_text(line) if shown or line.hidden is None else line.hidden
        if printed:
            blocks.append(((line.rank, line.age), [printed]))
    return blocks


def _sections(config: Config) -> list[Block]:
    return [
        ((section.rank, at), [section.header, *(f"{INDENT}{line}" for line in section.lines), f"{INDENT}exit"])
        for at, section in enumerate(config.sections.values())
    ]


def _parts(config: Config) -> list[Block]:
    blocks: list[Block] = []
    for trunk in sorted(config.trunks.values(), key=lambda each: sort_key(each.name)):
        number = sort_key(trunk.name)[-1]
        blocks.append(((_TRUNK, number), [f"trunk {written(trunk.ports)} {trunk.name.lower()} {trunk.kind}"]))
    for at, name in enumerate(sorted(config.ports, key=sort_key)):
        if config.ports[name].lines:
            blocks.append(((_INTERFACE, at), interface(config.ports[name])))
    blocks += [((_VLAN, number), vlan(config, config.vlans[number])) for number in sorted(config.vlans)]
    return blocks


def interface(port: Port) -> list[str]:
    """A port's lines, in the alphabetical order of its settings."""
    lines = sorted(port.lines.values(), key=lambda line: line.identity)
    return [f"interface {port.name}", *(f"{INDENT}{line.text}" for line in lines), f"{INDENT}exit"]


def vlan(config: Config, found: Vlan) -> list[str]:
    """A VLAN's lines: name, members, addresses, the rest."""
    body = [f'name "{found.name}"']
    if found.id == 1:
        bundled = {port for trunk in config.trunks.values() for port in trunk.ports}
        outside = set(config.ports) - bundled - found.untagged - found.tagged
        body += [f"no untagged {written(outside)}"] if outside else []
    body += [f"untagged {written(found.untagged)}"] if found.untagged else []
    body += [f"tagged {written(found.tagged)}"] if found.tagged else []
    body += [f"forbid {written(found.forbidden)}"] if found.forbidden else []
    body += [f"ip address {address_text(each)}" for each in found.addresses] or ["no ip address"]
    body += [line.text for line in sorted(found.lines.values(), key=lambda line: (line.rank, line.age))]
    return [f"vlan {found.id}", *(f"{INDENT}{line}" for line in body), f"{INDENT}exit"]


def address_text(address: str) -> str:
    """An address as it prints.  Before: `10.1.2.3/24`, `dhcp-bootp`.  After: `10.1.2.3 255.255.255.0`, `dhcp-bootp`."""
    if "/" not in address:
        return address
    found = IPv4Interface(address)
    return f"{found.ip} {found.netmask}"


def _passwords(config: Config, *, shown: bool) -> list[Block]:
    blocks: list[Block] = []
    for at, role in enumerate(("manager", "operator")):
        credential = config.credentials.get(role)
        if credential is not None:
            rank = _CREDENTIALS if shown and credential.stored is not None else _PASSWORD
            blocks.append(((rank, at), [_password(role, credential, shown=shown)]))
    return blocks


def _password(role: str, credential: Credential, *, shown: bool) -> str:
    if not shown or credential.stored is None:
        return f"password {role}"
    name = f' user-name "{credential.user}"' if credential.user else ""
    return f'password {role}{name} {credential.kind} "{credential.stored}"'
