"""The far end of `scp`: a sink (`-t`) or a source (`-f`) of one file, byte for byte."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios.shell.files import split_path
from trustctl.lab.terminal import Terminal, decode

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice

_COMMAND = re.compile(r"^scp\s+(?P<options>(?:-\S+\s+)*)(?P<path>\S+)\s*$")
_HEADER = re.compile(rb"^C(\d{4}) (\d+) (.+)$")
_OK = b"\0"
_LF = 10
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the client asked for: to send a file to `path`, or to fetch it."""

    sink: bool
    path: str


def parse(command: str) -> Transfer | None:
    """The transfer that an exec request means; None if it is another command."""
    found = _COMMAND.match(command)
    if found is None:
        return None
    options = found["options"]
    if "t" not in options and "f" not in options:
        return None
    return Transfer("t" in options, found["path"].strip("'\""))


async def serve(device: IosDevice, terminal: Terminal, transfer: Transfer) -> int:
    """Carry out a transfer; the exit status. Raises HungUp if the client leaves in the middle."""
    if "\nip scp server enable\n" not in device.running():
        return await _fail(terminal, "Administratively disabled.")
    system, name = split_path(transfer.path)
    try:
        if transfer.sink:
            return await _receive(device, terminal, system, name)
        return await _send(device, terminal, system, name)
    except FileError as error:
        return await _fail(terminal, f"{error.path} ({error.reason})")


async def _fail(terminal: Terminal, why: str) -> int:
    terminal.write_bytes(b"\x01" + why.encode() + b"\n")
    await terminal.drain()
    return 1


async def _receive(device: IosDevice, terminal: Terminal, system: str, name: str) -> int:
    terminal.write_bytes(_OK)
    while True:
        header = await _line(terminal)
        if header.startswith(b"T"):
            terminal.write_bytes(_OK)
            continue
        break
    found = _HEADER.match(header)
    if found is None or int(found[2]) > _LARGEST:
        return await _fail(terminal, "protocol error")
    target = name or decode(found[3])
    terminal.write_bytes(_OK)
    data = await _exactly(terminal, int(found[2]))
    await _exactly(terminal, 1)
    device.write_file(system, target, data)
    terminal.write_bytes(_OK)
    await terminal.drain()
    device.counters.bump("files")
    return 0


async def _send(device: IosDevice, terminal: Terminal, system: str, name: str) -> int:
    data = device.read_file(system, name)
    await _exactly(terminal, 1)
    terminal.write_bytes(f"C0644 {len(data)} {name.rpartition('/')[2]}\n".encode())
    await _exactly(terminal, 1)
    terminal.write_bytes(data + _OK)
    await terminal.drain()
    await _exactly(terminal, 1)
    return 0


async def _exactly(terminal: Terminal, count: int) -> bytes:
    """That many bytes, none of them touched."""
    raw = bytearray()
    while len(raw) < count:
        await terminal.wait()
        raw += terminal.take_raw(count - len(raw))
    return bytes(raw)


async def _line(terminal: Terminal) -> bytes:
    raw = bytearray()
    while True:
        byte = await _exactly(terminal, 1)
        if byte[0] == _LF:
            return bytes(raw)
        raw += byte
