"""Exec commands that lead into configuration mode, and Rollback Confirmed Change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios import merging
from trustctl.lab.makes.cisco_ios.shell.archive import ALREADY_PENDING, DONE, NOT_PENDING, TURN_ON
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.files import split_path
from trustctl.lab.makes.cisco_ios.shell.grammar import INCOMPLETE, CommandError, Words
from trustctl.lab.makes.cisco_ios.shell.saving import opening_error

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_LEAST, _MOST = 1, 120
_ENTER = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
_TIMER = re.compile(r"^(?:lock )?rev(?:ert)? ti(?:mer)? (\d+)$")
_NOT_A_CONFIG = "%The input file is not a valid config file.\n"
_ABORTED = "Rollback aborted after 5 passes\n"
_WARNING = (
    "This will apply all necessary additions and deletions\n"
    "to replace the current running configuration with the\n"
    "contents of the specified configuration file, which is\n"
    "assumed to be a complete configuration, not a partial\n"
    "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
)


async def configure(shell: Shell, _: Words) -> str:
    """`configure` alone asks from where; only the terminal is there."""
    answer = await shell.ask("Configuring from terminal, memory, or network [terminal]? ")
    return configure_terminal(shell, Words()) if answer.text.strip() in {"", "terminal"} else '?Must be "terminal"\n'


def configure_terminal(shell: Shell, words: Words) -> str:
    """`configure terminal [revert timer N]`."""
    locked = shell.device.faults.get(FaultKind.LOCKED)
    if locked:
        who = locked.text or "unknown"
        return f"Configuration mode is locked by process '58' user '{who}' from terminal '2'. Please try later.\n"
    text = " ".join(words.list)
    if text in {"", "lock"}:
        shell.enter_config()
        return _ENTER
    found = _TIMER.match(text)
    if found is None:
        raise words.refuse()
    if not shell.device.switch.supports_archive:
        raise words.refuse()
    backup = _arm(shell, _minutes(words, found[1]))
    shell.enter_config()
    return f"Rollback Confirmed Change: Backing up current running config to {backup}\n\n{_ENTER}"


def _minutes(words: Words, text: str) -> int:
    minutes = int(text)
    if not _LEAST <= minutes <= _MOST:
        raise words.refuse(words.list.index(text))
    return minutes


def _arm(shell: Shell, minutes: int) -> str:
    """Back up and start the timer; the URL of the backup. Raises CommandError."""
    device = shell.device
    if not device.switch.archive_enabled:
        raise CommandError(TURN_ON)
    if device.archive.pending is not None:
        raise CommandError(ALREADY_PENDING)
    try:
        backup = device.archive.write()
    except FileError as error:
        raise CommandError(opening_error(error)) from None
    device.archive.arm(shell.login.user, minutes, backup)
    return backup


def _own_pending(shell: Shell) -> None:
    """Refuse anybody but the user who armed the timer [wording unverified]. Raises CommandError."""
    pending = shell.device.archive.pending
    if pending is None:
        raise CommandError(NOT_PENDING)
    if pending.user != shell.login.user:
        raise CommandError(f"%Rollback Confirmed Change can only be changed by user {pending.user}, who started it\n")


def confirm(shell: Shell, _: Words) -> str:
    """`configure confirm`: keep the changes."""
    _own_pending(shell)
    shell.device.archive.confirm()
    return ""


def revert(shell: Shell, words: Words) -> str:
    """`configure revert now` and `configure revert timer N`."""
    if not words.text:
        raise CommandError(INCOMPLETE)
    first, rest = words.list[0], words.list[1:]
    if "now".startswith(first) and not rest:
        _own_pending(shell)
        shell.device.archive.revert()
        return ""
    if "timer".startswith(first) and len(rest) == 1 and rest[0].isdigit():
        minutes = _minutes(words, rest[0])
        _own_pending(shell)
        shell.device.archive.rearm(minutes)
        return ""
    raise words.refuse()


@dataclass(frozen=True, slots=True)
class Replacement:
    """What `configure replace` was told: the file, whether to ask, whether an error undoes it, and a revert timer."""

    url: str
    force: bool
    undo_on_error: bool
    minutes: int | None


def _replacement(words: Words) -> Replacement:
    if not words.text:
        raise CommandError(INCOMPLETE)
    url, *options = words.list
    minutes: int | None = None
    flags: set[str] = set()
    while options:
        option = options.pop(0)
        if option in {"time", "timer"}:
            if not options or not options[0].isdigit():
                raise CommandError(INCOMPLETE)
            minutes = _minutes(words, options.pop(0))
        elif option in {"list", "force", "nolock", "ignorecase", "revert", "trigger", "error"}:
            flags.add(option)
        else:
            raise words.refuse(words.list.index(option))
    return Replacement(url, "force" in flags, "trigger" in flags, minutes)


async def replace(shell: Shell, words: Words) -> str:
    """`configure replace URL [force] [revert trigger error] [timer N]`."""
    wanted = _replacement(words)
    device = shell.device
    if not device.switch.supports_archive:
        raise words.refuse()
    try:
        text = device.read_file(*split_path(wanted.url)).decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    except FileError as error:
        return opening_error(error)
    if not _is_config(text):
        return _NOT_A_CONFIG
    if not wanted.force:
        answer = await shell.ask(_WARNING)
        if answer.text.strip().lower() not in {"y", "yes"}:
            return ""
    head = ""
    if wanted.minutes is not None:
        backup = _arm(shell, wanted.minutes)
        head = f"Rollback Confirmed Change: Backing up current running config to {backup}\n\n"
    return head + _replace(device, shell.login.user, text, undo=wanted.undo_on_error)


def _replace(device: IosDevice, user: str, text: str, *, undo: bool) -> str:
    before = device.running()
    refused = merging.replace(device, text, user)
    if not refused:
        return f"\n{DONE}"
    listed = "".join(f"{line}\n" for line in refused)
    if undo:
        merging.replace(device, before, user)
        return f"\n{listed}\n{_ABORTED}The original configuration has been successfully restored.\n"
    return f"\nThe rollback configlet from the last pass is listed below:\n********\n{listed}********\n\n{_ABORTED}"


def _is_config(text: str) -> bool:
    """Whether IOS takes a text for a whole configuration."""
    lines = [line.strip() for line in text.split("\n")]
    return "end" in lines and any(line.startswith("version ") for line in lines)


COMMANDS = (
    Command("configure", configure),
    Command("configure terminal", configure_terminal, words=True),
    Command("configure confirm", confirm),
    Command("configure revert", revert, words=True),
    Command("configure replace", replace, words=True),
)
