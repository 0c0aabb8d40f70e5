"""Configuration files in flash, and `cfg-restore`: putting one of them in the place of what runs, without a reboot.

Texts and behaviour: "Configuration backup and restore without reboot" of the ArubaOS-Switch 16.07 to 16.10 guides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.device import AosSDevice

FILES = 5
"""How many configuration files there is room for, the startup configuration's among them."""
ACTIVE = "config"
_REBOOT = ("max-vlans", "console terminal", "console local-terminal", "module ", "stacking", "vsf", "access-list")


@dataclass(frozen=True, slots=True)
class Status:
    """The latest restore, as `show cfg-restore status` tells it."""

    outcome: str = "Not Started"
    file: str = "-"
    ran: str = "-"
    reason: str = "-"
    added: int = 0
    removed: int = 0
    add_list: tuple[str, ...] = ()
    delete_list: tuple[str, ...] = ()


class Files:
    """The configuration files of one switch, and its latest restore."""

    def __init__(self, device: AosSDevice) -> None:
        self._device = device
        self._texts: dict[str, str] = {}
        self.status = Status()

    def names(self) -> list[str]:
        """The files there are; the startup configuration's first."""
        return [ACTIVE, *self._texts]

    def read(self, name: str) -> str:
        """The text of a file as it is stored. Raises FileError if there is none."""
        if name == ACTIVE:
            return self._device.switch.startup
        if name not in self._texts:
            raise FileError(name, "File not found")
        return self._texts[name]

    def backup(self, name: str, *, startup: bool) -> None:
        """`cfg-backup`. Raises FileError if there is no room."""
        full = self._device.faults.get(FaultKind.FLASH_FULL) is not None
        if full or (name not in self._texts and len(self._texts) >= FILES - 1):
            raise FileError(name, "Maximum number of configuration files reached")
        self._texts[name] = self._device.switch.startup if startup else self._device.switch.full_text()

    def delete(self, name: str) -> None:
        """`erase config NAME`. Raises FileError if there is none."""
        if name not in self._texts:
            raise FileError(name, "File not found")
        del self._texts[name]

    def compare(self, name: str) -> tuple[list[str], list[str]]:
        """The lines that a restore would add and remove, with the sections they are in. Raises FileError."""
        wanted, present = _entries(self.read(name)), _entries(self._device.switch.full_text())
        add = [line for line in wanted if line not in set(present)]
        remove = [line for line in present if line not in set(wanted)]
        return _spelled(add), _spelled(remove)

    def restore(self, name: str, *, force: bool = False) -> Status:
        """Put a file in the place of what runs. Raises FileError if there is none.

        It fails, and changes nothing, if a line takes a reboot to come into force (`force` reboots instead).
        """
        add, remove = self.compare(name)
        device = self._device
        stamp = f"{device.clock.now():%a %b} {device.clock.now().day:>2} {device.clock.now():%H:%M:%S %Y}"
        blocked = next((line.strip() for line in [*add, *remove] if line.strip().startswith(_REBOOT)), "")
        counts = (_commands(add), _commands(remove))
        if blocked and not force:
            reason = f"Reboot required commands present.\n Command : {blocked}"
            self.status = Status("Failed", name, stamp, reason, *counts)
            return self.status
        skip = device.faults.get(FaultKind.ROLLBACK_SKIPS)
        text = self.read(name)
        if skip:
            text = "\n".join(line for line in text.split("\n") if skip.text not in line)
        device.switch.boot(text)
        device.counters.bump("rollbacks")
        self.status = Status("Success", name, stamp, "-", *counts, tuple(add), tuple(remove))
        device.touched()
        return self.status

    def show(self) -> str:
        """What `show cfg-restore status` prints."""
        status = self.status
        source, taken = ("-", "-") if status.outcome == "Not Started" else ("Flash", "2 Seconds")
        return (
            f" Status                 : {status.outcome}\n Config File Name       : {status.file}\n"
            f" Source                 : {source}\n Time Taken             : {taken}\n"
            f" Last Run               : {status.ran}\n\n Recovery Mode          : Enabled\n"
            f" Failure Reason         : {status.reason}\n\n Number of Add Commands    : {status.added}\n"
            f" Number of Remove Commands : {status.removed}\n\nTime Taken for Each Phase :\n"
            "      Calculating diff     : 1 Seconds\n      Adding commands      : 0 Seconds\n"
            "      Removing commands    : 0 Seconds\n\n"
        )

    def lists(self, add: list[str], remove: list[str]) -> str:
        """Two lists of commands, as `cfg-restore ... diff` prints them."""
        parts = [("Configuration delete list:", remove), ("Configuration add list:", add)]
        return "".join("\n".join([title, "", *lines, "", ""]) for title, lines in parts if lines)


def _entries(text: str) -> list[tuple[str, str]]:
    """Every line with the header of its section (empty for a line of its own)."""
    found: list[tuple[str, str]] = []
    header = ""
    for line in text.split("\n"):
        if not line.strip() or line.startswith(";") or line.strip() == "exit":
            continue
        if line.startswith(" "):
            found.append((header, line))
        else:
            header = line
            found.append(("", line))
    return found


def _spelled(entries: list[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    open_header = ""
    for header, line in entries:
        if header != open_header and open_header:
            lines.append("   exit")
            open_header = ""
        if header and header != open_header and (not lines or lines[-1] != header):
            lines.append(header)
        open_header = header
        lines.append(line)
    return [*lines, "   exit"] if open_header else lines


def _commands(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip() != "exit")
