"""Captured configurations: what a school's devices said when somebody was there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from trustctl.errors import DeviceError, LosslessError
from trustctl.model.plan import Observed
from trustctl.model.switch import Device

MAX_BYTES = 8 * 1024 * 1024
_BROKEN = frozenset("\x00\b")
"""What a damaged file or a pager on the screen leaves behind."""
_NAMES = ("{name}.cfg", "{name}.txt", "{name}.conf", "{hostname}.cfg", "{hostname}.txt", "{name}", "{hostname}")


def find(folder: Path, switch: Device) -> Path | None:
    """Return the captured file of a switch in a folder: named after the device or its host name; None if none is."""
    for pattern in _NAMES:
        path = folder / pattern.format(name=switch.name, hostname=switch.hostname)
        if path.is_file():
            return path
    return None


def _check_owner(line: str, switch: Device, hostnames: Mapping[str, str], where: str) -> None:
    if not line.startswith("hostname "):
        return
    bears = line.split(maxsplit=1)[1].strip().strip('"')
    owner = hostnames.get(bears.lower(), switch.name)
    if owner != switch.name and bears.lower() != switch.hostname.lower():
        raise DeviceError(
            f"this is the configuration of {owner}, not of {switch.name}: its host name is {bears}",
            where=where,
            remedy=f"save the `show running-config` of {switch.name} there, and look at {owner}'s file too",
        )


def read_captured(
    path: Path, switch: Device, *, shown_as: str = "", hostnames: Mapping[str, str] | None = None
) -> Observed:
    """Read one captured configuration. Raises DeviceError if it cannot be read, LosslessError if it is no text.

    `hostnames` (host name in small letters -> device) are those of the trust: a text that bears another device's host
    name is that device's, saved under the wrong name, and is refused with DeviceError.
    """
    where = shown_as or str(path)
    try:
        raw = path.read_bytes()
        taken = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except OSError as error:
        raise DeviceError(f"the captured configuration cannot be read: {error}", where=where) from error
    if len(raw) > MAX_BYTES:
        raise LosslessError(f"the captured configuration is larger than {MAX_BYTES} bytes", where=where)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    for number, line in enumerate(text.split("\n"), start=1):
        if not _BROKEN.isdisjoint(line):
            raise LosslessError(
                "this line holds bytes that no device prints (NUL or backspace)",
                where=f"{where}:{number}",
                remedy="capture again with `terminal length 0`, and save the text itself, not the screen",
            )
        _check_owner(line, switch, hostnames or {}, f"{where}:{number}")
    return Observed(device=switch.name, running=text.replace("\r\n", "\n"), source=where, taken=taken)
