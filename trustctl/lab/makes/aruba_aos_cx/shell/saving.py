"""Commands that store and bring back configurations: write, copy, checkpoint, erase.

Texts: AOS-CX Fundamentals Guide; `Copying configuration: [Success]` and the erase question are recorded (docs-csm).
Refusals are unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.shell.checkpoints import ALREADY, CREATED, EXPIRES, NOT_ARMED, STARTUP
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError, Exec

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell

_COPIED = "Copying configuration: [Success]\n"
_SUCCESS = "Success\n"
_NO_CHECKPOINT = "Checkpoint {} does not exist"
_FULL = "Maximum number of user checkpoints reached"
_NO_DIFFERENCE = "No difference in configs.\n"


def write(shell: Shell, _: Read) -> str:
    """`write memory`, `copy running-config startup-config`."""
    try:
        shell.device.save(shell.login.user)
    except FileError as error:
        raise CommandError(f"Copying configuration: [Failed]\n{error.reason}") from None
    return _COPIED


def store(shell: Shell, words: Read) -> str:
    """`copy running-config checkpoint NAME`."""
    name = words.arguments[0]
    if not shell.device.checkpoints.valid(name):
        raise CommandError(f"{INVALID}{name}")
    if not shell.device.checkpoints.store(name):
        raise CommandError(_FULL)
    return _COPIED


def _text(shell: Shell, name: str) -> str:
    """The configuration of that name. Raises CommandError."""
    found = shell.device.checkpoints.text(name)
    if found is None:
        raise CommandError(_NO_CHECKPOINT.format(name))
    return found


def rollback(shell: Shell, words: Read) -> str:
    """`checkpoint rollback NAME`: running becomes exactly that.

    Whether that ends auto mode is unverified; here it goes on.
    """
    text = _text(shell, words.words[-1])
    shell.device.counters.bump("rollbacks")
    shell.device.restore(text)
    return _SUCCESS


def restore(shell: Shell, words: Read) -> str:
    """`copy checkpoint NAME running-config|startup-config`, `copy startup-config running-config`."""
    name = STARTUP if words.words[1] == STARTUP else words.arguments[0]
    text = _text(shell, name)
    if words.words[-1] == STARTUP:
        shell.device.switch.startup = text
        shell.device.checkpoints.saved()
    else:
        shell.device.restore(text)
    return _SUCCESS


def auto(shell: Shell, words: Read) -> str:
    """`checkpoint auto N`: the configuration of now comes back after N minutes unless it is confirmed."""
    if shell.device.checkpoints.armed is not None:
        raise CommandError(ALREADY)
    minutes = int(words.arguments[0])
    shell.device.checkpoints.arm(shell.login.user, minutes, shell.line)
    return f"{EXPIRES.format(minutes)}\n"


def confirm(shell: Shell, _: Read) -> str:
    """`checkpoint auto confirm`: any user may."""
    if shell.device.checkpoints.armed is None:
        raise CommandError(NOT_ARMED)
    return f"{CREATED.format(shell.device.checkpoints.confirm())}\n"


def diff(shell: Shell, words: Read) -> str:
    """`checkpoint diff A B`."""
    first, second = words.words[2:4]
    return shell.device.checkpoints.diff(_text(shell, first), _text(shell, second)) or _NO_DIFFERENCE


def rename(shell: Shell, words: Read) -> str:
    """`checkpoint rename OLD NEW`."""
    old, new = words.arguments
    found = shell.device.checkpoints.find(old)
    if found is None or old == STARTUP:
        raise CommandError(_NO_CHECKPOINT.format(old))
    if not shell.device.checkpoints.valid(new):
        raise CommandError(f"{INVALID}{new}")
    found.name = new
    return ""


async def erase(shell: Shell, words: Read) -> str:
    """`erase checkpoint NAME`, `erase startup-config`: asks first."""
    name = words.words[-1]
    _text(shell, name)
    if not await shell.ask(f"Erase checkpoint {name} ? (y/n):"):
        return ""
    if name == STARTUP:
        shell.device.switch.startup = None
    else:
        shell.device.checkpoints.drop(name)
    return ""


def kept(_: Shell, __: Read) -> str:
    """`checkpoint post-configuration`: it is on; its interval stays 300 seconds in the lab."""
    return ""


def remote(_: Shell, __: Read) -> str:
    """`copy` to or from another machine: none answers."""
    raise CommandError("curl: (28) Connection timed out")


COMMANDS = (
    Exec("write memory", write, operator=False),
    Exec("copy running-config startup-config", write, operator=False),
    Exec("copy running-config checkpoint <name>", store, operator=False),
    Exec("copy checkpoint <name> (running-config|startup-config)", restore, operator=False),
    Exec("copy startup-config running-config", restore, operator=False),
    Exec("copy (running-config|startup-config) <word> (cli|json) [vrf <name>]", remote, operator=False),
    Exec("checkpoint auto <1-60>", auto, operator=False),
    Exec("checkpoint auto confirm", confirm, operator=False),
    Exec("checkpoint post-configuration [timeout <5-600>]", kept, operator=False),
    Exec("checkpoint diff <name> <name>", diff, operator=False),
    Exec("checkpoint rename <name> <name>", rename, operator=False),
    Exec("checkpoint rollback <name>", rollback, operator=False),
    Exec("erase (startup-config|checkpoint <name>)", erase, operator=False),
)
