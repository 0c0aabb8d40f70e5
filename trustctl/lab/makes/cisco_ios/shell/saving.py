"""Exec commands about files and the startup configuration: copy, write, erase, dir, more, delete, verify."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios.merging import merge
from trustctl.lab.makes.cisco_ios.shell.archive import NOT_ENABLED
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.files import NOT_FOUND, directory, split_path
from trustctl.lab.makes.cisco_ios.shell.grammar import INCOMPLETE, CommandError, Words
from trustctl.lab.makes.cisco_ios.shell.show.configuration import running_config

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

RUNNING, STARTUP = ("system", "running-config"), ("nvram", "startup-config")
_REMOTE = frozenset({"tftp", "ftp", "scp", "http", "https", "sftp", "rcp", "usbflash0"})
_BUILDING = "Building configuration...\n"
_OTHER_VERSION = (
    "Warning: Attempting to overwrite an NVRAM configuration previously written\n"
    "by a different version of the system image.\n"
)

Place = tuple[str, str]
"""A file system and the name in it."""


def place(text: str) -> Place:
    """Where a word of `copy` points.

    Before: `run`, `flash:/x`.  After: `("system", "running-config")`, `("flash", "x")`.
    """
    if ":" not in text:
        if len(text) > 2 and "running-config".startswith(text.lower()):  # noqa: PLR2004 - shorter is ambiguous
            return RUNNING
        if len(text) > 2 and "startup-config".startswith(text.lower()):  # noqa: PLR2004 - shorter is ambiguous
            return STARTUP
    return split_path(text)


def opening_error(error: FileError) -> str:
    """A file error as IOS prints it."""
    return f"%Error opening {error.path} ({error.reason})\n"


async def copy(shell: Shell, words: Words) -> str:
    """`copy FROM TO`: files and configurations, with the questions that IOS asks."""
    names = [word for word in words.list if not word.startswith("/")]
    if len(names) < 2:  # noqa: PLR2004 - a source and a target
        raise CommandError(INCOMPLETE)
    source, target = place(names[0]), place(names[1])
    quiet = "\nfile prompt quiet\n" in shell.device.running()
    default = target[1] or source[1]
    if not quiet:
        answer = await shell.ask(f"Destination filename [{default}]? ")
        if answer.text.strip() and target not in {RUNNING, STARTUP}:
            default = answer.text.strip()
    target = (target[0], default)
    if source[0] in _REMOTE or target[0] in _REMOTE:
        remote = names[0] if source[0] in _REMOTE else names[1]
        return f"%Error opening {remote} (Timed out)\n"
    if target == STARTUP and source == RUNNING:
        return await save(shell)
    if target == RUNNING:
        return _merge(shell, source)
    return await _copy_file(shell, source, target, quiet=quiet)


async def _copy_file(shell: Shell, source: Place, target: Place, *, quiet: bool) -> str:
    try:
        data = shell.device.read_file(*source)
        if target[0] == "flash" and shell.device.flash.exists(target[1]) and not quiet:
            shell.terminal.write("%Warning:There is a file already existing with this name\n")
            if not await shell.confirm("Do you want to over write? "):
                return ""
        if source == RUNNING:
            data = running_config(shell.device).encode("utf-8", "surrogateescape")
        shell.device.write_file(*target, data)
    except FileError as error:
        return opening_error(error)
    return _copied(len(data))


def _merge(shell: Shell, source: Place) -> str:
    try:
        text = shell.device.read_file(*source).decode("utf-8", "surrogateescape")
    except FileError as error:
        return opening_error(error)
    printed = merge(shell.device, text, shell.login.user)
    return "".join(f"{line}\n" for line in printed) + _copied(len(text))


def _copied(count: int) -> str:
    return f"{count} bytes copied in 0.124 secs ({count * 8} bytes/sec)\n"


async def save(shell: Shell) -> str:
    """Save the running configuration; what IOS prints."""
    if shell.device.faults.get(FaultKind.SAVE_QUESTION):
        shell.terminal.write(_OTHER_VERSION)
        if not await shell.confirm("Overwrite the previous NVRAM configuration?"):
            return ""
    try:
        shell.device.save(shell.login.user)
    except FileError as error:
        if error.reason == "Device or resource busy":
            return f"startup-config file open failed ({error.reason})\n"
        return _BUILDING + opening_error(error)
    return f"{_BUILDING}[OK]\n"


async def write_memory(shell: Shell, _: Words) -> str:
    """`write` and `write memory`."""
    return await save(shell)


def write_terminal(shell: Shell, _: Words) -> str:
    """`write terminal`: the old name of `show running-config`."""
    return f"{_BUILDING}\n{running_config(shell.device, counted=True)}\n"


async def erase_startup(shell: Shell, _: Words) -> str:
    """`write erase`, `erase startup-config`, `erase nvram:`."""
    question = "Erasing the nvram filesystem will remove all configuration files! Continue? "
    if not await shell.confirm(question):
        return ""
    shell.device.switch.startup = None
    shell.device.syslog("%SYS-7-NV_BLOCK_INIT: Initialized the geometry of nvram")
    return "[OK]\nErase of nvram: complete\n"


def dir_command(shell: Shell, words: Words) -> str:
    """`dir [URL]`: the files of flash."""
    names = [word for word in words.list if not word.startswith("/")]
    system, name = split_path(names[0]) if names else ("flash", "")
    if system == "nvram":
        return _dir_nvram(shell)
    if system != "flash":
        return f"%Error opening {names[0]} ({NOT_FOUND})\n"
    try:
        return directory(shell.device.flash, name, "+00:00")
    except FileError as error:
        return opening_error(error)


def _dir_nvram(shell: Shell) -> str:
    size = len(shell.device.startup or "")
    listed = f"    1  -rw-  {size:>11}                    <no date>  startup-config\n" if size else ""
    return f"Directory of nvram:/\n\n{listed}\n524288 bytes total ({524288 - size} bytes free)\n"


def more(shell: Shell, words: Words) -> str:
    """`more URL`: the text of a file."""
    if not words.text:
        raise CommandError(INCOMPLETE)
    try:
        raw = shell.device.read_file(*split_path(words.list[-1]))
    except FileError as error:
        return opening_error(error)
    text = raw.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


async def delete(shell: Shell, words: Words) -> str:
    """`delete [/force] URL`."""
    names = [word for word in words.list if not word.startswith("/")]
    if not names:
        raise CommandError(INCOMPLETE)
    name = split_path(names[0])[1]
    if "/force" not in words.list:
        answer = await shell.ask(f"Delete filename [{name}]? ")
        name = answer.text.strip() or name
        if not await shell.confirm(f"Delete flash:/{name}? "):
            return ""
    try:
        shell.device.flash.delete(name)
    except FileError as error:
        return f"%Error deleting {error.path} ({error.reason})\n"
    return ""


def verify_md5(shell: Shell, words: Words) -> str:
    """`verify /md5 URL [DIGEST]`: the digest of a file, or whether it is the one given."""
    if not words.text:
        raise CommandError(INCOMPLETE)
    url = words.list[0]
    system, name = split_path(url)
    try:
        data = shell.device.read_file(system, name)
    except FileError as error:
        return opening_error(error)
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    shown = f"({system}:/{name}) = {digest}"
    if len(words.list) > 1:
        wanted = words.list[1]
        wrong = f"%Error verifying {system}:/{name}\nComputed signature  = {digest}"
        verdict = f"Verified {shown}" if wanted == digest else wrong
        return f".Done!\n{verdict}\n"
    return f".Done!\nverify /md5 {shown}\n\n"


def archive_config(shell: Shell, _: Words) -> str:
    """`archive config`: put the running configuration into the archive."""
    try:
        shell.device.archive.write()
    except FileError as error:
        if error.reason == NOT_ENABLED:
            return f"{NOT_ENABLED}\n% Error caught by command handler\n"
        return opening_error(error)
    return ""


COMMANDS = (
    Command("copy", copy, words=True),
    Command("write", write_memory),
    Command("write memory", write_memory),
    Command("write terminal", write_terminal),
    Command("write erase", erase_startup),
    Command("erase startup-config", erase_startup),
    Command("erase nvram:", erase_startup),
    Command("dir", dir_command, words=True),
    Command("more", more, words=True),
    Command("delete", delete, words=True),
    Command("verify /md5", verify_md5, words=True),
    Command("archive config", archive_config),
)
