"""Whole texts into the running configuration: merged line by line, or put in its place."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, EXEC, BlockRequest, Reply
from trustctl.lab.makes.cisco_ios.times import follow

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice


def merge(device: IosDevice, text: str, user: str) -> tuple[str, ...]:
    """Feed a file to the running configuration, as `copy FILE running-config` does; what the switch printed."""
    printed: list[str] = []
    mode, lines = CONFIG, deque(text.replace("\r\n", "\n").split("\n"))
    while lines:
        line = lines.popleft()
        if line.rstrip() == "end":
            break
        reply = device.configure(mode, line, user)
        if reply.wants_block is not None:
            reply = device.switch.finish_block(reply.mode, reply.wants_block, _block(lines, reply.wants_block))
            device.after(reply, user)
        if reply.confirm is not None:
            reply = device.answer(reply.mode, reply.confirm, yes=True, user=user)
        printed += reply.output
        mode = CONFIG if reply.mode == EXEC else reply.mode
    return tuple(printed)


def replace(device: IosDevice, text: str, user: str) -> tuple[str, ...]:
    """Make the running configuration equal to `text`, as `configure replace` does; the lines that were refused."""
    skip = device.faults.get(FaultKind.ROLLBACK_SKIPS)
    kept = _lines_with(device.running(), skip.text) if skip else []
    refused = tuple(device.switch.replace_running(_without(text, skip.text, kept) if skip else text))
    for header, line in kept:
        reply = device.switch.configure(CONFIG, header) if header else Reply()
        device.switch.configure(reply.mode, line)
    follow(device.clock, device.running())
    device.touched(user)
    return refused


def _block(lines: deque[str], request: BlockRequest) -> tuple[str, ...]:
    """Take the lines of a banner or certificate from those that wait, with the end mark."""
    body = [request.first] if request.first else []
    while lines:
        line = lines.popleft()
        if request.delimiter and request.delimiter in line:
            return (*body, line.partition(request.delimiter)[0])
        if not request.delimiter and line.strip() == request.terminator:
            break
        body.append(line)
    return tuple(body)


def _lines_with(text: str, wanted: str) -> list[tuple[str, str]]:
    """The lines with that text, each with its section header (empty for a top line)."""
    found: list[tuple[str, str]] = []
    header = ""
    for line in text.split("\n"):
        nested = line.startswith(" ")
        if not nested:
            header = line
        if wanted in line:
            found.append((header if nested else "", line.strip()))
    return found


def _without(text: str, unwanted: str, kept: list[tuple[str, str]]) -> str:
    """The text without lines that contain `unwanted`, unless they are among those kept."""
    stay = {line for _, line in kept}
    return "\n".join(line for line in text.split("\n") if unwanted not in line or line.strip() in stay)
