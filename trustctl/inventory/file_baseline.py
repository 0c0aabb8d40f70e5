"""`baseline/*.yml`: what every school gets, with variants by phase. A section stands in exactly one of the files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trustctl.inventory.countries import Country
from trustctl.inventory.fields import (
    Description,
    FileModel,
    Network,
    Percent,
    PrefixLength,
    SecretName,
    Sentence,
    SettingPath,
    Slug,
    SsidName,
    Title,
    VlanId,
    VlanName,
)
from trustctl.inventory.file_linux import LinuxFile
from trustctl.inventory.file_windows import WindowsFile


class VlanFile(FileModel):
    """A VLAN role: its number, its name on the switch and the size of its block."""

    id: VlanId
    name: VlanName
    title: Title
    size: PrefixLength | None = None
    """Prefix length of the block; left out for a VLAN without addresses."""
    block: Network | None = None
    """The block itself, where it cannot follow from site and number."""
    gateway: bool = True
    dhcp: bool = True
    user_visible: bool = False
    carried: bool = True
    """False where a phase or a school does without this VLAN."""


class PortProfileFile(FileModel):
    """What a kind of port does; VLANs are named by role."""

    mode: Literal["access", "trunk", "unused"]
    description: Description | None = None
    access: Slug | None = None
    voice: Slug | None = None
    trunk: list[Slug] = Field(default_factory=list)
    native: Slug | None = None
    dot1x: bool = False
    edge: bool = False
    root_guard: bool = False
    loop_guard: bool = False
    storm_control: bool = False
    dhcp_trust: bool = False
    poe: bool = True
    uplink: bool = False
    shutdown: bool = False


Band = Literal["2.4", "5", "6"]


def _usual_bands() -> list[Band]:
    return ["2.4", "5"]


class SsidFile(FileModel):
    """A wireless network that every school carries."""

    name: SsidName
    purpose: Title
    security: Literal["802.1x", "psk", "portal", "open"]
    vlan: Slug
    isolation: bool = False
    psk: SecretName | None = None
    wpa: Literal["wpa2", "wpa3", "wpa2-wpa3"] = "wpa2"
    """`wpa2-wpa3` lets devices of both kinds in. A network without sign-in and key has none."""
    accounting: bool = True
    """Whether RADIUS is told who is connected; only with 802.1x."""
    hidden: bool = False
    bands: Annotated[list[Band], Field(min_length=1)] = Field(default_factory=_usual_bands)
    """In GHz, in quotes."""
    number: Annotated[int, Field(ge=1, le=4096)] | None = None
    """For controllers that number their networks; left out: 101 for the first of the trust's list and so on, from
    201 for a school's own."""


class RadioBandFile(FileModel):
    """Radio settings of one band."""

    enabled: bool = True
    width: Literal[20, 40, 80, 160] = 20
    """Of a channel, in MHz."""
    power_min: Annotated[int, Field(ge=-10, le=30)] = 6
    """In dBm."""
    power_max: Annotated[int, Field(ge=-10, le=30)] = 17
    channels: list[Annotated[int, Field(ge=1, le=233)]] = Field(default_factory=list[int])
    """Those that may be used; left out: all that the country allows."""


class RadioFile(FileModel):
    """Radio settings of a school's access points."""

    country: Country = "GB"
    """ISO 3166-1 code: which channels and powers are lawful."""
    band_24: RadioBandFile = RadioBandFile(channels=[1, 6, 11])
    band_5: RadioBandFile = RadioBandFile(width=40)
    band_6: RadioBandFile = RadioBandFile(enabled=False, width=80)
    legacy_rates: bool = False
    """Whether 802.11b rates are offered."""


class HardeningFile(FileModel):
    """Limits of access ports and of the management plane."""

    storm_broadcast_percent: Percent
    storm_multicast_percent: Percent
    dhcp_snooping_rate: Annotated[int, Field(ge=1, le=2048)]
    errdisable_recovery_seconds: Annotated[int, Field(ge=30, le=86400)]
    ssh_timeout_seconds: Annotated[int, Field(ge=1, le=120)]
    exec_timeout_minutes: Annotated[int, Field(ge=1, le=60)]
    archive_maximum: Annotated[int, Field(ge=1, le=14)]
    logging_buffer_bytes: Annotated[int, Field(ge=4096, le=2147483647)]
    logging_level: Literal["errors", "warnings", "notifications", "informational"]
    management_networks: list[Network] = Field(default_factory=list[Network])


class SettingFile(FileModel):
    """One value of the baseline replaced, by its path. The value is checked as the path's own kind."""

    path: SettingPath
    value: object
    reason: Sentence | None = None


class PhaseFile(FileModel):
    """A variant of the baseline for primaries, secondaries and so on."""

    title: Title
    overrides: list[SettingFile] = Field(default_factory=list[SettingFile])


class BaselineFile(FileModel):
    """One file of the baseline: any of the sections."""

    vlans: dict[Slug, VlanFile] | None = None
    port_profiles: dict[Slug, PortProfileFile] | None = None
    ssids: dict[Slug, SsidFile] | None = None
    radio: RadioFile | None = None
    """Left out: the values that are shown here as defaults."""
    hardening: HardeningFile | None = None
    linux: LinuxFile | None = None
    """Left out: the values that are shown there as defaults."""
    windows: WindowsFile | None = None
    """Left out: there is no domain, and nothing is asked of Windows hosts but their addresses."""
    phases: dict[Slug, PhaseFile] | None = None


SECTIONS = ("vlans", "port_profiles", "ssids", "radio", "hardening", "linux", "windows", "phases")
"""Every section of the baseline."""
OPTIONAL = frozenset({"radio", "linux", "windows"})
"""Sections that may be left out; all others must be somewhere."""
