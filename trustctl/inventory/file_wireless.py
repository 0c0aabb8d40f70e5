"""`schools/<slug>/wireless.yml`: one school's wireless controllers and clusters with their access points."""

from __future__ import annotations

from pydantic import Field

from trustctl.inventory.fields import Description, FileModel, Mac, Slug, Title
from trustctl.inventory.file_school import DeviceFile, ModelName


class ApGroupFile(FileModel):
    """Access points that radiate the same networks."""

    title: Title
    ssids: list[Slug] | None = None
    """Keys of the networks, such as `staff`; left out: all that the controller carries."""


class AccessPointFile(FileModel):
    """One access point."""

    mac: Mac
    """Of its wired side, as on its label, in small letters with colons."""
    group: Slug | None = None
    """One of the controller's groups; left out: it radiates everything that the controller carries."""
    model: ModelName | None = None
    location: Description | None = None


class ControllerFile(DeviceFile):
    """One controller, redundant pair or cluster, at the address that manages it."""

    ssids: list[Slug] | None = None
    """Keys of the networks that it carries, such as `staff`; left out: all that the school carries."""
    groups: dict[Slug, ApGroupFile] = Field(default_factory=dict)
    access_points: dict[Slug, AccessPointFile] = Field(default_factory=dict)


class WirelessFile(FileModel):
    """The whole of `wireless.yml`. Cables to controllers with ports of their own are `links:` in switches.yml."""

    controllers: dict[Slug, ControllerFile]
