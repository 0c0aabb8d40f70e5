"""The little of `tclsh` that clients use: writing a file with `puts [open "flash:F" w+] {...}`.

What is no Tcl command is an exec command, as on a switch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios.shell.files import split_path

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_PUTS_FILE = re.compile(r'^puts\s+\[\s*open\s+"?([^"\s\]]+)"?\s+(w\+?|a\+?)\s*\]\s+\{(.*)\}\s*$', re.DOTALL)
_PUTS = re.compile(r"^puts\s+(?:\{(.*)\}|\"(.*)\"|(\S+))\s*$", re.DOTALL)
_LEAVE = frozenset({"tclquit", "exit", "quit"})


class TclInput:
    """The Tcl interpreter of one session: collects lines until the braces balance, then obeys."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def prompt(self, host: str) -> str:
        """`host(tcl)#`, or `+>` inside an open brace."""
        return "+>" if self._lines else f"{host}(tcl)#"

    def take(self, shell: Shell, line: str) -> str | None:
        """One line; what Tcl prints, or None if it is a line for exec mode."""
        if not self._lines and line.strip() in _LEAVE:
            shell.tcl = None
            return ""
        self._lines.append(line)
        script = "\n".join(self._lines)
        if _depth(script) > 0:
            return ""
        self._lines.clear()
        return self._obey(shell, script)

    def _obey(self, shell: Shell, script: str) -> str | None:
        if not script.strip():
            return ""
        to_file = _PUTS_FILE.match(script.strip())
        if to_file is not None:
            return _write(shell, to_file[1], to_file[2], to_file[3])
        puts = _PUTS.match(script.strip())
        if puts is not None:
            return f"{puts[1] or puts[2] or puts[3] or ''}\n"
        return None


def _write(shell: Shell, url: str, how: str, text: str) -> str:
    system, name = split_path(url)
    data = f"{text}\n".encode("utf-8", "surrogateescape")
    try:
        before = b""
        if how.startswith("a") and shell.device.flash.exists(name):
            before = shell.device.read_file(system, name)
        shell.device.write_file(system, name, before + data)
    except FileError as error:
        return f'couldn\'t open "{url}": {error.reason.lower()}\n\n'
    return ""


def _depth(script: str) -> int:
    """How many braces are open; escaped ones do not count."""
    bare = re.sub(r"\\.", "", script)
    return bare.count("{") - bare.count("}")
