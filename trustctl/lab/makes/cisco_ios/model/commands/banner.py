"""Banners and certificates: text that arrives as raw lines until an end mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.rules import Command, Rule, quirk
from trustctl.lab.makes.cisco_ios.model.spec import BlockRequest, Mode, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node

ETX = "^C"
"""How the device prints the delimiter of a banner, the byte 0x03."""
_KINDS = {"exec": 0, "incoming": 1, "login": 2, "motd": 3}


def delimiter_of(text: str) -> str:
    """The delimiter that opens a banner: its first character.

    Typed as two characters, `^C` is the delimiter `^` and a text that starts with `C`: that is how banners collect
    the `^CC` and `^CCC` of published configurations. Only the byte 0x03 means what the device prints as `^C`.
    """
    return text[:1]


def banner(command: Command) -> None:
    """`banner motd DTEXTD` on one line, or `banner motd D` and then the body until a line with D."""
    if command.undoing:
        command.drop(command.identity)
        return
    opening = command.words[2]
    mark = delimiter_of(opening)
    body = opening[len(mark) :]
    if mark in body:
        set_banner(command.switch, command.identity, body[: body.index(mark)], command.rule.rank)
        command.changed = True
        return
    command.block = BlockRequest(command.identity, delimiter=mark, first=body)
    command.say(f"Enter TEXT message.  End with the character '{mark.replace(chr(3), ETX)}'.")


def set_banner(switch: IosSwitch, identity: str, body: str, rank: float) -> Node:
    """Keep a banner; it prints between two `^C`, the body as it was typed."""
    lines = f"{identity} {ETX}{body}{ETX}".split("\n")
    command = switch.root.settings
    node = command.get(identity)
    kind = _KINDS.get(identity.split()[1], 9)
    if node is None:
        from_scratch = type(switch.root)(lines[0], (rank, (kind,), switch.next_age()))
        node = command.setdefault(identity, from_scratch)
    node.text = lines[0]
    node.raw = lines[1:] or None
    return node


def finish_banner(switch: IosSwitch, mode: Mode, request: BlockRequest, lines: Sequence[str]) -> Reply:
    """Take the body of a banner, or the lines of a certificate."""
    if not request.delimiter:
        return _finish_certificate(switch, mode, request, lines)
    body: list[str] = [request.first]
    for line in lines:
        if request.delimiter in line:
            body.append(line[: line.index(request.delimiter)])
            break
        body.append(line)
    existing = switch.root.get(request.what)
    rank = existing.order[0] if existing else _rank(switch, request.what)
    set_banner(switch, request.what, "\n".join(body), rank)
    return Reply(mode=mode, mutated=True)


def _rank(switch: IosSwitch, identity: str) -> float:
    from trustctl.lab.makes.cisco_ios.model.tables import rank_of  # noqa: PLC0415 - the tables are made of these actions

    return rank_of("banner", switch.family) if identity else 0.0


def _finish_certificate(switch: IosSwitch, mode: Mode, request: BlockRequest, lines: Sequence[str]) -> Reply:
    chain = switch.root.get(mode.keys[0]) if mode.keys else None
    if chain is None:
        return Reply(mode=mode)
    kept = [f" {request.first}", *(f"  {line.strip()}" for line in lines if line.strip() != request.terminator)]
    chain.raw = [*(chain.raw or []), *kept, "  \tquit"]
    return Reply(mode=mode, mutated=True)


def certificate(command: Command) -> None:
    """`certificate ca 01`: hexadecimal lines follow until `quit`."""
    if command.undoing:
        command.node.raw = None
        command.changed = True
        return
    command.block = BlockRequest("certificate", terminator="quit", first=command.text)
    command.say("Enter the certificate in hexadecimal representation....", "")


GLOBAL: dict[str, tuple[Rule, ...]] = {"banner": (quirk("banner (motd|login|exec|incoming) / LINE", banner),)}
