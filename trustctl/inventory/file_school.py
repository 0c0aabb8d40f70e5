"""`schools/<slug>/`: one school's facts and choices (`school.yml`) and its switches; `file_servers` has its servers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from trustctl.inventory.fields import (
    Address,
    CapturedPath,
    Code,
    Day,
    Description,
    FileModel,
    Hostname,
    Network,
    PartName,
    Position,
    Sentence,
    SettingPath,
    Slug,
    Title,
    VlanId,
    VlanName,
    no_control_characters,
)
from trustctl.inventory.file_baseline import PortProfileFile, SsidFile, VlanFile
from trustctl.inventory.file_trust import LoginFile

StageName = Literal["observe", "ensure", "own"]
OwnershipName = Literal["owned", "ensured", "ignored"]


def _one_port(value: object) -> object:
    """A port that is a bare number.  Before: 24 as YAML reads it.  After: `24`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


PortList = Annotated[
    str,
    BeforeValidator(_one_port),
    Field(min_length=1, max_length=400),
    AfterValidator(no_control_characters),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 400}, {"type": "integer", "minimum": 1}]}
    ),
]


ModelName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(no_control_characters)]
"""As the make writes it on the box; which there are is said by the platform's own list."""
_CableEnd = Annotated[str, Field(pattern=r"^\S+ \S+$", max_length=400), AfterValidator(no_control_characters)]


class OverrideFile(FileModel):
    """A value of the baseline that this school replaces: `default` needs a reason, `locked` also a waiver."""

    path: SettingPath
    value: object
    reason: Sentence | None = None
    expires: Day | None = None


class WaiverFile(FileModel):
    """The trust's leave to replace a locked value, until a day."""

    path: SettingPath
    reason: Sentence
    owner: Title
    expires: Day


class LegacyFile(FileModel):
    """A VLAN with its addresses from before the school joined, carried until it is renumbered."""

    vlan: VlanId
    name: VlanName
    prefix: Network
    purpose: Title
    gateway: Address | None = None
    routed_by: Literal["core", "elsewhere"] = "elsewhere"
    """`core`: the school's core switch has the gateway address; `elsewhere`: a router or firewall has."""
    dhcp_relay: list[Address] = Field(default_factory=list[Address])
    until: Day | None = None


class ExtraVlanFile(VlanFile):
    """A VLAN that only this school has."""

    reason: Sentence


class ExtraSsidFile(SsidFile):
    """A wireless network that only this school has."""

    reason: Sentence


class ExtraProfileFile(PortProfileFile):
    """A port profile that only this school has."""

    reason: Sentence


class ExtraFile(FileModel):
    """What a school has on top of the baseline."""

    vlans: dict[Slug, ExtraVlanFile] = Field(default_factory=dict)
    ssids: dict[Slug, ExtraSsidFile] = Field(default_factory=dict)
    port_profiles: dict[Slug, ExtraProfileFile] = Field(default_factory=dict)


class SchoolFile(FileModel):
    """The whole of `school.yml`."""

    slug: Slug
    name: Title
    code: Code
    phase: Slug
    site: Annotated[int, Field(ge=0, le=255)]
    stage: StageName
    login: LoginFile | None = None
    overrides: list[OverrideFile] = Field(default_factory=list[OverrideFile])
    waivers: list[WaiverFile] = Field(default_factory=list[WaiverFile])
    legacy: list[LegacyFile] = Field(default_factory=list[LegacyFile])
    extra: ExtraFile = ExtraFile()


class PortsFile(FileModel):
    """Ports that share a profile: `ports: 1/0/1-24,1/0/30`."""

    ports: PortList
    profile: Slug
    description: Description | None = None
    legacy_vlan: VlanId | None = None
    """The access (on a trunk: native) VLAN stays this old one until it is renumbered."""
    legacy_voice_vlan: VlanId | None = None
    legacy_carried: list[VlanId] = Field(default_factory=list[VlanId])
    """Further old VLANs that a trunk to an end device keeps carrying."""


class RouteFile(FileModel):
    """A static route of a core switch."""

    to: Network
    via: Address


class DeviceFile(FileModel):
    """What every device has. `address` is where it is; `position` n takes the n-th device address of the plan."""

    platform: Slug | Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
    model: ModelName
    stack: Annotated[list[ModelName], Field(max_length=15)] | None = None
    """Models of the further members, in member order from 2. An empty list is a stack of one, where the make then
    writes a member number into port names."""
    modules: dict[
        Annotated[str, Field(pattern=r"^(?:[1-9][0-9]?/)?[A-Z0-9]{1,3}$")],
        ModelName,
    ] = Field(default_factory=dict)
    """What is plugged into the slots: `A: J9986A`, in a stack `2/A: JL083A`."""
    hostname: Hostname | None = None
    address: Address | None = None
    position: Position | None = None
    location: Description | None = None
    serial: Annotated[str, Field(pattern=r"^[A-Z0-9]{6,20}$")] | None = None
    stage: StageName | None = None
    login: LoginFile | None = None
    ports: list[PortsFile] = Field(default_factory=list[PortsFile])
    rest: Slug | None = None
    """Profile of every port that nothing else names; left out: those ports are left alone."""
    ssh_legacy: list[Annotated[str, Field(pattern=r"^[a-z0-9@.-]{3,60}$")]] = Field(default_factory=list)
    ownership: dict[PartName, OwnershipName] = Field(default_factory=dict)
    """Part of the configuration -> what trustctl does with it: a topic (`NTP`), the id of a line or section rule
    (`global/ntp-server`, `acl-standard`), a section's header (`interface Gi1/0/5`), or `*` for all the rest."""
    captured: CapturedPath | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The models of all members, in order."""
        return (self.model, *(self.stack or ()))


class SwitchFile(DeviceFile):
    """One switch or stack."""

    role: Literal["core", "access"]
    routes: list[RouteFile] = Field(default_factory=list[RouteFile])


class LinkFile(FileModel):
    """A cable between two devices: `a: oak-sw-core-01 1/0/23`. A range of ports on both ends with `bundle` is LACP."""

    a: _CableEnd
    b: _CableEnd
    bundle: Annotated[int, Field(ge=1, le=4096)] | None = None
    bundle_b: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Number of the port-channel at the `b` end, where it differs."""
    legacy_vlan: VlanId | None = None
    """The native VLAN stays this old one, until nothing crosses the link untagged."""


class SwitchesFile(FileModel):
    """The whole of `switches.yml`."""

    switches: dict[Slug, SwitchFile]
    links: list[LinkFile] = Field(default_factory=list[LinkFile])
