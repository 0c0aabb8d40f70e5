"""What all configuration models have in common: whose they are, their changes, their place in the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import Assumptions, Reachability

if TYPE_CHECKING:
    from trustctl.lab.spec import DeviceSpec


class ConfigurationModel(ABC):
    """The configuration of one device. A make inherits from it, and is a `Forwarder` by what it adds.

    Once it has booted for the first time it notes its `assumptions`, and is a network of its own until it joins one.
    """

    def __init__(self, spec: DeviceSpec) -> None:
        self.spec = spec
        """What the device was before it booted."""
        self.fabric = Fabric([])
        self.assumed = Assumptions(None, frozenset[str](), on_subnet=True)
        """What the world beyond the device expects of it, taken from the configuration that it first booted."""
        self.generation = 0
        """Counts changes of what is printed."""
        self._printed: tuple[int, str] = (-1, "")

    @abstractmethod
    def running_text(self) -> str:
        """The running configuration, without what a command prints around it."""

    def running(self) -> str:
        """The same, made once for each change."""
        if self._printed[0] != self.generation:
            self._printed = (self.generation, self.running_text())
        return self._printed[1]

    def changed(self) -> None:
        """Tell everybody that the state moved."""
        self.generation += 1
        self.fabric.changed(self.spec.name)

    def join(self, fabric: Fabric) -> None:
        """Belong to a fabric from now on."""
        self.fabric = fabric

    def reachable(self) -> Reachability:
        """Whether the management station can open a new session now, and why not."""
        return self.fabric.reachable(self.spec.name)
