"""`show running-config`, `show startup-config`, `show archive ...`: the configurations and how they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.interfaces import full_name
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.files import split_path
from trustctl.lab.makes.cisco_ios.shell.grammar import INCOMPLETE, CommandError, Words
from trustctl.lab.makes.cisco_ios.times import stamp

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_DEFAULT_VLANS = frozenset({1, 1002, 1003, 1004, 1005})
_NVRAM = {Family.IOS12: 65_536, Family.IOS15: 524_288, Family.IOSXE: 2_097_152}


def _header(device: IosDevice, change: tuple[datetime, str] | None, save: tuple[datetime, str] | None) -> str:
    lines = ["!"]
    if change is not None:
        lines.append(f"! Last configuration change at {stamp(device.clock, change[0])} by {change[1]}")
    if save is not None:
        lines.append(f"! NVRAM config last updated at {stamp(device.clock, save[0])} by {save[1]}")
    if change is not None or save is not None:
        lines.append("!")
    return "".join(f"{line}\n" for line in lines)


def running_config(device: IosDevice, *, counted: bool = False) -> str:
    """The running configuration with its comment lines; `counted` adds the line with the number of bytes."""
    body = _header(device, device.last_change, device.last_save) + device.running()
    if not counted:
        return body
    return f"Current configuration : {len(body.encode('utf-8', 'surrogateescape'))} bytes\n{body}"


def show_running(shell: Shell, words: Words) -> str:
    """`show running-config`, also for one interface or VLAN."""
    device = shell.device
    if not words.text:
        return f"Building configuration...\n\n{running_config(device, counted=True)}\n"
    first, *rest = words.list
    if "all".startswith(first) and len(first) > 1:
        return f"Building configuration...\n\n{running_config(device, counted=True)}\n"
    if len(first) > 2 and "interface".startswith(first):  # noqa: PLR2004 - shorter is ambiguous
        if not rest:
            raise CommandError(INCOMPLETE)
        return _one_section(device, words, full_name("".join(rest)))
    if len(first) > 1 and "vlan".startswith(first):
        return _vlans(device, rest)
    raise words.refuse()


def _one_section(device: IosDevice, words: Words, name: str | None) -> str:
    section = device.switch.running_text(f"interface {name}") if name else ""
    if not section.strip():
        raise words.refuse(1)
    size = len(section.encode("utf-8", "surrogateescape")) + 2
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n!\n{section}\n"


def _vlans(device: IosDevice, rest: list[str]) -> str:
    wanted = rest[0] if rest else ""
    rows = [row for row in device.switch.vlans() if row.id not in _DEFAULT_VLANS]
    rows = [row for row in rows if not wanted or str(row.id) == wanted]
    body = "".join(f"!\nvlan {row.id}\n name {row.name}\n" for row in rows)
    return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}end\n\n"


def show_startup(shell: Shell, _: Words) -> str:
    """`show startup-config`."""
    device = shell.device
    if device.startup is None:
        return "startup-config is not present\n"
    text = device.startup
    if not text.startswith("!"):
        text = _header(device, device.saved_change, device.last_save) + text
    size = len(text.encode("utf-8", "surrogateescape"))
    return f"Using {size} out of {_NVRAM[device.switch.family]} bytes\n{text}"


def show_archive(shell: Shell, words: Words) -> str:
    """`show archive`."""
    if not shell.device.switch.supports_archive:
        raise words.refuse()
    return shell.device.archive.show()


def show_rollback_timer(shell: Shell, _: Words) -> str:
    """`show archive config rollback timer`."""
    return shell.device.archive.show_timer()


def show_differences(shell: Shell, words: Words) -> str:
    """`show archive config differences [FROM [TO]]`: what stands only in TO is marked `+`."""
    names = list(words.list)
    first = names[0] if names else "nvram:startup-config"
    second = names[1] if len(names) > 1 else "system:running-config"
    try:
        old, new = _text(shell, first), _text(shell, second)
    except FileError as error:
        return f"%Error opening {error.path} ({error.reason})\n"
    lines = list(_differences(_sections(old), _sections(new)))
    body = "\n".join(lines) if lines else "!No changes were found"
    return f"!Contextual Config Diffs:\n{body}\n\n"


def show_incremental(shell: Shell, words: Words) -> str:
    """`show archive config incremental-diffs FILE`: the lines of a file that are not in force yet."""
    if not words.text:
        raise CommandError(INCOMPLETE)
    try:
        wanted = _text(shell, words.list[0])
    except FileError as error:
        return f"%Error opening {error.path} ({error.reason})\n"
    lines = list(_missing(_sections(wanted), _sections(shell.device.running()), 0))
    if not lines:
        return "!List of Commands:\nend\n!No changes were found\n\n"
    return "!List of Commands:\n" + "".join(f"{line}\n" for line in lines) + "end\n\n"


def _text(shell: Shell, url: str) -> str:
    if ":" not in url and url.startswith(("run", "start")):
        url = "system:running-config" if url.startswith("run") else "nvram:startup-config"
    return shell.device.read_file(*split_path(url)).decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class _Section:
    """A line and the deeper lines under it, by their text."""

    below: dict[str, _Section] = field(default_factory=dict[str, "_Section"])


def _sections(text: str) -> _Section:
    """A configuration as nested lines, comments and `end` left out, interface names in full."""
    top = _Section()
    stack = [(-1, top)]
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.strip()
        if not bare or bare.startswith("!") or bare in {"end", "exit"}:
            continue
        indent = len(line) - len(line.lstrip(" "))
        while stack[-1][0] >= indent:
            stack.pop()
        kept = stack[-1][1].below.setdefault(_canonical(bare), _Section())
        stack.append((indent, kept))
    return top


def _canonical(line: str) -> str:
    word, _, name = line.partition(" ")
    if len(word) > 2 and "interface".startswith(word.lower()):  # noqa: PLR2004 - shorter is no interface line
        return f"interface {full_name(name.replace(' ', '')) or name}"
    return line


def _differences(old: _Section, new: _Section, indent: int = 0) -> list[str]:
    """The contextual difference: changed lines with their mark, headers of changed sections without."""
    found: list[str] = []
    blank = " " * indent
    for line, section in new.below.items():
        if line not in old.below:
            found.append(f"{blank}+{line}")
            found += _whole(section, "+", indent + 1)
        else:
            inner = _differences(old.below[line], section, indent + 1)
            found += [f"{blank}{line}", *inner] if inner else []
    for line, section in old.below.items():
        if line not in new.below:
            found.append(f"{blank}-{line}")
            found += _whole(section, "-", indent + 1)
    return found


def _whole(section: _Section, mark: str, indent: int) -> list[str]:
    found: list[str] = []
    for line, below in section.below.items():
        found.append(f"{' ' * indent}{mark}{line}")
        found += _whole(below, mark, indent + 1)
    return found


def _missing(wanted: _Section, present: _Section, indent: int) -> list[str]:
    """The wanted lines that are not in force: not there, or there although `no` is wanted."""
    found: list[str] = []
    blank = " " * indent
    for line, section in wanted.below.items():
        if line.startswith("no "):
            if any(each == line[3:] or each.startswith(line[3:] + " ") for each in present.below):
                found.append(f"{blank}{line}")
            continue
        inner = _missing(section, present.below.get(line, _Section()), indent + 1)
        if inner or line not in present.below:
            found += [f"{blank}{line}", *inner]
    return found


COMMANDS = (
    Command("show running-config", show_running, words=True),
    Command("show startup-config", show_startup),
    Command("show configuration", show_startup),
    Command("show archive", show_archive),
    Command("show archive config differences", show_differences, words=True),
    Command("show archive config incremental-diffs", show_incremental, words=True),
    Command("show archive config rollback timer", show_rollback_timer),
)
