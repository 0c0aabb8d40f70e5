"""`templates/<platform>/models.yml`: which models a platform has, their ports and modules, and what each can take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from trustctl.inventory import ranges
from trustctl.inventory.fields import FileModel, refuse

ModelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 +._/-]{0,39}$")]
SlotName = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")]
Count = Annotated[int, Field(ge=1)]


def _readable(ports: str) -> str:
    try:
        ranges.expand(filled(ports, "1", "1/", "A"))
    except ValueError as error:
        refuse(str(error), "Write GigabitEthernet{member}/0/1-48, {stack}1-24 or {stack}{slot}1-24.")
    return ports


def filled(ports: str, member: str, stack: str, slot: str) -> str:
    """A pattern of ports with its blanks filled in.  Before: `{stack}{slot}1-4`.  After: `2/A1-4`."""
    return ports.replace("{member}", member).replace("{stack}", stack).replace("{slot}", slot)


class PortGroupFile(FileModel):
    """Ports of one kind: `GigabitEthernet{member}/0/1-48`, `{stack}1-24`, on a module `{stack}{slot}1-4`.

    `{member}` is the number in the stack, 1 for a switch that is alone. `{stack}` is that number with a slash in a
    stack and nothing on a switch that is alone.
    """

    ports: Annotated[str, AfterValidator(_readable)]
    poe: bool = False
    optional: bool = False
    """On a module that may be missing, or not a front port: never meant by `rest`."""


class LimitsFile(FileModel):
    """What a device can take at most; a limit that is left out is not known and not checked."""

    vlans: Count | None = None
    """How many VLANs it can hold at once."""
    vlan_name: Count | None = None
    """Characters of a VLAN's name."""
    hostname: Count | None = None
    description: Count | None = None
    """Characters of a port's name or description."""
    location: Count | None = None
    """Characters of the SNMP location."""
    bundles: Count | None = None
    """The highest number of a bundle (LAG, trunk group, port-channel)."""
    bundle_members: Count | None = None
    stack: Count | None = None
    """How many members a stack has."""
    ssids: Count | None = None
    """How many wireless networks."""
    ssid: Count | None = None
    """Bytes of an SSID; 32 by IEEE 802.11."""
    unverified: list[str] = Field(default_factory=list)
    """Names of limits that no vendor's document or device was seen to state."""


class ModuleFile(FileModel):
    """A line card or uplink module: the ports that it adds."""

    ports: Annotated[list[PortGroupFile], Field(min_length=1)]
    title: str = ""


class ModelFile(FileModel):
    """One model: its groups of ports, the ones people mean by a bare `1/1/1` first."""

    title: str = ""
    """What people call it, where the model is a part number."""
    ports: list[PortGroupFile] = Field(default_factory=list[PortGroupFile])
    slots: list[SlotName] = Field(default_factory=list)
    """Where modules go; a modular chassis has no ports but theirs."""
    limits: LimitsFile = LimitsFile()
    """Where the model differs from the platform."""


class ModelsFile(FileModel):
    """The whole of `models.yml`."""

    kind: Literal["switch", "wlc"] = "switch"
    """Whether the models are switches or wireless controllers."""
    limits: LimitsFile = LimitsFile()
    modules: dict[ModelName, ModuleFile] = Field(default_factory=dict)
    models: dict[ModelName, ModelFile]

    def limits_of(self, model: str) -> LimitsFile:
        """The limits of a model: its own, else the platform's."""
        own = self.models[model].limits
        return self.limits.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
