"""Saving the configuration, and configuration files: `write memory`, `cfg-backup`, `cfg-restore`, `erase`, `copy`.

`write memory` prints nothing (recorded on YA.16.11). Texts of `cfg-restore`: the ArubaOS-Switch 16.07 to 16.10 guides.
"""

from __future__ import annotations

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec
from trustctl.lab.terminal import HungUp


def write(call: Call) -> str:
    """`write memory`."""
    try:
        call.session.device.save(call.session.login.user)
    except FileError as error:
        return f"{error.reason}.\n"
    return ""


def backup(call: Call) -> str:
    """`cfg-backup running-config|startup-config config NAME`."""
    try:
        call.session.device.files.backup(call.values[0], startup=call.has("startup-config"))
    except FileError as error:
        return f"{error.reason}.\n"
    return ""


async def restore(call: Call) -> str:
    """`cfg-restore flash NAME [diff|verbose|force|non-blocking|recovery-mode enable|disable]`."""
    session, name = call.session, call.values[0]
    files = session.device.files
    try:
        add, remove = files.compare(name)
    except FileError as error:
        return f"{error.reason}: {name}.\n"
    if call.has("diff"):
        return files.lists(add, remove) or "No differences in the configuration.\n"  # [unverified]
    question = f"Current running-configuration will be replaced with '{name}'.\nContinue (y/n)? "
    if call.has("force"):
        question = f"Device may be rebooted if the configuration file has reboot required commands.\n{question}"
    if not await session.confirm(question):
        return ""
    session.screen.write("Configuration restore is in progress, configuration changes are temporarily disabled.\n")
    status = files.restore(name, force=call.has("force"))
    if not session.device.up:
        raise HungUp
    if call.has("non-blocking"):
        return ""
    detail = (
        f"\nConfiguration Restore Information: \n\n{files.show()}{files.lists(add, remove)}"
        if call.has("verbose")
        else ""
    )
    if status.outcome != "Success":
        return f"{detail}Configuration restoration is not allowed as the configuration has reboot required commands.\n"
    return f"{detail}Successfully applied configuration '{name}' to running configuration.\n"


async def erase(call: Call) -> str:
    """`erase startup-config` and `erase config NAME`."""
    device = call.session.device
    if call.has("config"):
        try:
            device.files.delete(call.values[0])
        except FileError as error:
            return f"{error.reason}.\n"
        return ""
    question = "Configuration will be deleted and device rebooted, continue (y/n)? "
    if not await call.session.confirm(question):
        return ""
    device.switch.erase()
    device.reboot("User reboot")
    raise HungUp


COMMANDS = (
    Exec("write memory", write),
    Exec("cfg-backup (running-config|startup-config) config {str:63}", backup),
    Exec("cfg-restore flash {str:63} [(diff|verbose|force|non-blocking)]", restore),
    Exec("cfg-restore flash {str:63} recovery-mode (enable|disable)", restore),
    Exec("erase startup-config", erase),
    Exec("erase config {str:63}", erase),
)
