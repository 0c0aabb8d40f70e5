"""`show privilege`, `show users`, `show logging`, `show history`: the sessions and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell


def show_privilege(shell: Shell, _: Words) -> str:
    """`show privilege`."""
    return f"Current privilege level is {shell.privilege}\n"


def show_users(shell: Shell, _: Words) -> str:
    """`show users`."""
    lines = ["    Line       User       Host(s)              Idle       Location"]
    for vty, other in sorted(shell.device.shells.items()):
        mark = "*" if other is shell else " "
        line = f"{mark}{vty + 1:>3} vty {vty:<4} {other.login.user:<10}"
        lines.append(f"{line} idle                 00:00:00 {other.login.address}")
    lines += ["", "  Interface    User               Mode         Idle     Peer Address", ""]
    return "\n".join(lines) + "\n"


def show_logging(shell: Shell, _: Words) -> str:
    """`show logging`: the buffer, oldest line first."""
    lines = shell.device.syslog_lines
    return (
        "Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, "
        "xml disabled, filtering disabled)\n\nNo Active Message Discriminator.\n\n\n"
        f"    Console logging: level debugging, {len(lines)} messages logged, xml disabled,\n"
        "                     filtering disabled\n"
        f"    Buffer logging:  level debugging, {len(lines)} messages logged, xml disabled,\n"
        "                    filtering disabled\n\n"
        "Log Buffer (4096 bytes):\n\n" + "".join(f"{line}\n" for line in lines)
    )


COMMANDS = (
    Command("show privilege", show_privilege, level=USER),
    Command("show users", show_users, words=True, level=USER),
    Command("show logging", show_logging, words=True),
)
