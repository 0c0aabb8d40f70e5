"""The part of `platform.yml` that names the statements which say what a port carries."""

from __future__ import annotations

from trustctl.platforms.data import Data


class Said(Data):
    """A statement that says something: by being there, or by the word in `capture` being `among` some words."""

    rules: tuple[str, ...]
    """Ids of line rules; any of them counts."""
    capture: str = ""
    among: tuple[str, ...] = ()


class PortSide(Data):
    """The statements of an interface's own section that say which VLANs it carries. Names are ids of line rules."""

    trunk: Said
    """It carries tagged VLANs; else it is an access port."""
    access: str
    native: str
    native_vlan: int = 1
    """Where `native` is not written."""
    allowed: str
    """Not written: every VLAN."""
    voice: str = ""
    bundle: Said
    """It is a member of the bundle with the number in `capture`."""
    lacp: Said
    """The bundle speaks LACP; looked for in the member's section and in the bundle's."""


class VlanSide(Data):
    """The statements of a VLAN's section that say which ports carry it. Names are ids of line rules."""

    section: str
    """The id of the section rule."""
    number: str = "vlan"
    """The capture of its header that is the VLAN's number."""
    untagged: str
    tagged: str


class BundleSide(Data):
    """The statement at the top that names all members of a bundle: a set of ports."""

    rule: str
    bundle: str
    """The capture that is the bundle's name."""
    lacp: Said


class Membership(Data):
    """Which statements of the rulebook say what a port carries; `port`, or `vlan` and `bundles`."""

    port: PortSide | None = None
    vlan: VlanSide | None = None
    bundles: BundleSide | None = None
