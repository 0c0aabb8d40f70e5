"""The few commands that Ansible sends as plain PowerShell, known by their text. Any other is a loud fault.

They are what `ansible.windows.win_reboot` sends (`plugin_utils/_reboot.py` of ansible.windows 3.3.0).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import NotModelledError

_TAIL = (
    "; If (-not $?) { If (Get-Variable LASTEXITCODE -ErrorAction SilentlyContinue) "
    "{ exit $LASTEXITCODE } Else { exit 1 } }"
)
_BOOT_TIME = "(Get-CimInstance -ClassName Win32_OperatingSystem -Property LastBootUpTime).LastBootUpTime.ToFileTime()"
_LOGON = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\AutoLogonChecked"
_SHUTDOWN = re.compile(
    r"\$ErrorActionPreference = 'Continue'\n\nif \(\$(True|False)\) \{\n"
    rf"    Remove-Item -LiteralPath '{re.escape(_LOGON)}' -Force -ErrorAction SilentlyContinue\n\}}\n\n"
    r"\$stdout = \$null\n\$stderr = \. \{ C:\\Windows\\System32\\shutdown\.exe /r /t (\d+) /c '(?:[^']|'')*' "
    r"\| Set-Variable stdout \} 2>&1 \| ForEach-Object ToString\n\n"
    r"ConvertTo-Json -Compress -InputObject @\{\n    stdout = \(@\(\$stdout\) -join \"`n\"\)\n"
    r"    stderr = \(@\(\$stderr\) -join \"`n\"\)\n    rc = \$LASTEXITCODE\n\}\n",
)
_READY = re.compile(rf"Get-Item -LiteralPath '{re.escape(_LOGON)}' -ErrorAction Stop; '(success-[0-9a-f-]{{36}})'")
_ABORT = r"C:\Windows\System32\shutdown.exe /a"

_ALREADY, _NONE = 1190, 1116
"""ERROR_SHUTDOWN_IS_SCHEDULED and ERROR_NO_SHUTDOWN_IN_PROGRESS (System Error Codes, learn.microsoft.com)."""
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
"""FILETIME counts from here, in units of 100 ns."""


class LostError(Exception):
    """The connection dies here, and nobody hears what came of it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a script wrote to its output, its exit code, and its errors."""

    lines: tuple[str, ...]
    code: int = 0
    errors: tuple[str, ...] = ()


def file_time(moment: datetime) -> int:
    """A moment as FILETIME."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def command(machine: Machine, script: str) -> Output:
    """Carry out a command. Raises NotModelledError for a text that is not known."""
    text = script.removesuffix(_TAIL)
    with machine.lock:
        if text == _BOOT_TIME:
            return Output((str(file_time(machine.last_boot)),))
        if shutdown := _SHUTDOWN.fullmatch(text):
            return _shut_down(machine, forget_logon=shutdown[1] == "True")
        if ready := _READY.fullmatch(text):
            if machine.logon_seen:
                return Output((ready[1],))
            return Output((), 1, (f"Cannot find path '{_LOGON}' because it does not exist.",))
        if text == _ABORT:
            if machine.abort_restart():
                return Output(())
            words = f"Unable to abort the system shutdown because no shutdown was in progress.({_NONE})"
            return Output((), _NONE, (words,))
    raise NotModelledError(f"the command {text.strip().splitlines()[0][:120] if text.strip() else '(empty)'}")


def _shut_down(machine: Machine, *, forget_logon: bool) -> Output:
    if machine.restart_scheduled:
        said, code = f"A system shutdown has already been scheduled.({_ALREADY})", _ALREADY
    else:
        machine.schedule_restart()
        said, code = "", 0
    if forget_logon:
        machine.logon_seen = False
    return Output((json.dumps({"stdout": "", "stderr": said, "rc": code}, separators=(",", ":")),))
