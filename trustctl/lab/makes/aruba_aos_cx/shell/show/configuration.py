"""`show running-config` and its kin, `show checkpoint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model import printing
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError, Exec

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell

_NO_STARTUP = "No configuration saved in startup-config"


def running(shell: Shell, _: Read) -> str:
    """`show running-config`."""
    return f"Current configuration:\n{shell.device.running()}"


def startup(shell: Shell, _: Read) -> str:
    """`show startup-config`."""
    text = shell.device.startup
    if text is None:
        raise CommandError(_NO_STARTUP)
    return f"Startup configuration:\n{text}"


def one(shell: Shell, words: Read) -> str:
    """`show running-config interface X`, `vlan N`: that section, closed by `exit` [unverified]."""
    key = " ".join(words.words[2:])
    return _section(shell, key)


def here(shell: Shell, _: Read) -> str:
    """`show running-config current-context`."""
    paths = [path for path in shell.context.paths if path]
    return "".join(_section(shell, path[0]) for path in paths) or running(shell, _)


def _section(shell: Shell, key: str) -> str:
    switch = shell.device.switch
    node = switch.root.get(key)
    if node is None:
        raise CommandError(f"{key.removeprefix('interface ').capitalize()} does not exist")
    lines = [*printing.section(switch, node), f"{printing.INDENT}exit"]
    return "".join(f"{line}\n" for line in lines)


def checkpoints(shell: Shell, _: Read) -> str:
    """`show checkpoint`: the columns are those recorded (docs-csm)."""
    rows = ["NAME                            TYPE        WRITER  DATE(YYYY/MM/DD)      IMAGE VERSION"]
    for each, kind in shell.device.checkpoints.all():
        rows.append(f"{each.name:<31} {kind:<11} {each.writer:<7} {each.made:%Y-%m-%dT%H:%M:%SZ}  {each.version}")
    return "".join(f"{row}\n" for row in rows)


def checkpoint(shell: Shell, words: Read) -> str:
    """`show checkpoint NAME`."""
    name = words.arguments[0]
    text = shell.device.checkpoints.text(name)
    if text is None:
        raise CommandError(f"Checkpoint {name} does not exist")
    return f"Checkpoint configuration:\n{text}"


def post(_: Shell, __: Read) -> str:
    """`show checkpoint post-configuration`."""
    rule = "-" * 37
    return f"Checkpoint Post-Configuration feature\n{rule}\nStatus         : enabled\nTimeout (sec)  : 300\n"


COMMANDS = (
    Exec("show running-config [all]", running, operator=False),
    Exec("show running-config interface (mgmt|<port>|lag <1-256>|vlan <vlan>|loopback <0-255>)", one, operator=False),
    Exec("show running-config vlan <vlan>", one, operator=False),
    Exec("show running-config current-context", here, operator=False),
    Exec("show startup-config", startup, operator=False),
    Exec("show checkpoint [list [all]]", checkpoints, operator=False),
    Exec("show checkpoint post-configuration", post, operator=False),
    Exec("show checkpoint <name>", checkpoint, operator=False),
)
