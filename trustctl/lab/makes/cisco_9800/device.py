"""One lab controller with all that its configuration is not."""

from __future__ import annotations

from typing import ClassVar

from trustctl.lab.makes.cisco_9800.model import WlcSwitch
from trustctl.lab.makes.cisco_9800.show import COMMANDS
from trustctl.lab.makes.cisco_ios.device import IosDevice
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.shell import table
from trustctl.lab.makes.cisco_ios.shell.command import Handler
from trustctl.lab.makes.cisco_ios.shell.grammar import Grammar


class WlcDevice(IosDevice):
    """A powered controller."""

    model_class: ClassVar[type[IosSwitch]] = WlcSwitch
    commands: ClassVar[Grammar[Handler]] = table.grammar_of((*table.COMMANDS, *COMMANDS))

    def suffered(self) -> tuple[str, ...]:
        """Whose clients were cut off, and which access points joined again."""
        return tuple(self.switch.suffered) if isinstance(self.switch, WlcSwitch) else ()
