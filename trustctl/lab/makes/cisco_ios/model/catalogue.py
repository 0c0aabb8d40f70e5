"""The switches that the lab can be: ports, family and what their images can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """How an image prints and hashes. Sources: published configurations of each family."""

    IOS12 = "ios12"
    """IOS 12.2(55)SE and older: 3560, 3750, 2960."""
    IOS15 = "ios15"
    """IOS 15.x: 2960X, 2960S, 3560X, 3750X."""
    IOSXE = "iosxe"
    """IOS-XE 16 and 17: 9200, 9300, 9500, 3650, 3850."""


USUAL = "WS-C2960X-48FPS-L"
"""The model of a switch of which none is said."""


@dataclass(frozen=True, slots=True)
class Model:
    """One product number."""

    name: str
    family: Family
    version: str
    ports: tuple[tuple[str, int], ...]
    """Port groups as (prefix with `N` for the stack member, number of ports), numbered from 1."""
    management_port: str = ""
    """The out-of-band port, empty if it has none."""
    poe: bool = False
    stackable: bool = True
    routes: bool = True
    """Whether ports can be routed ports (`no switchport`)."""
    archive: bool = True
    encapsulation: bool = False
    """Whether `switchport trunk encapsulation` is there (and needed before `switchport mode trunk`)."""
    image: str = ""

    def interfaces(self, member: int) -> list[str]:
        """The physical ports of stack member `member`, in printed order."""
        names: list[str] = []
        for prefix, count in self.ports:
            stem = prefix.replace("N", str(member), 1) if self.stackable else prefix
            names.extend(f"{stem}{port}" for port in range(1, count + 1))
        return names


def _family_2960x(name: str, copper: int, *, poe: bool, uplinks: tuple[tuple[str, int], ...] = ()) -> Model:
    ports = (("GigabitEthernetN/0/", copper + (0 if uplinks else 4)), *uplinks)
    return Model(
        name,
        Family.IOS15,
        "15.2(7)E8",
        ports,
        management_port="FastEthernet0",
        poe=poe,
        routes=False,
        image="C2960X-UNIVERSALK9-M",
    )


def _family_9000(name: str, copper: int, uplinks: tuple[tuple[str, int], ...], *, poe: bool, image: str) -> Model:
    return Model(
        name,
        Family.IOSXE,
        "17.09.04a",
        (("GigabitEthernetN/0/", copper), *uplinks),
        management_port="GigabitEthernet0/0",
        poe=poe,
        image=image,
    )


def _family_3560(name: str, copper: int, *, poe: bool) -> Model:
    return Model(
        name,
        Family.IOS12,
        "12.2(55)SE12",
        (("FastEthernet0/", copper), ("GigabitEthernet0/", 2 if copper < 48 else 4)),  # noqa: PLR2004 - data sheet
        poe=poe,
        stackable=False,
        archive=False,
        encapsulation=True,
        image="C3560-IPBASE-M",
    )


_TEN_X = (("TenGigabitEthernetN/0/", 2),)
_LITE_1G = (("GigabitEthernetN/1/", 4),)
_LITE_10G = (("TenGigabitEthernetN/1/", 4),)
_NM_8X = (
    ("GigabitEthernetN/1/", 4),
    ("TenGigabitEthernetN/1/", 8),
    ("FortyGigabitEthernetN/1/", 2),
    ("TwentyFiveGigEN/1/", 2),
    ("AppGigabitEthernetN/0/", 1),
)
_LITE = "CAT9K_LITE_IOSXE"
_FULL = "CAT9K_IOSXE"

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _family_2960x("WS-C2960X-24PS-L", 24, poe=True),
        _family_2960x("WS-C2960X-48FPS-L", 48, poe=True),
        _family_2960x("WS-C2960X-48LPS-L", 48, poe=True),
        _family_2960x("WS-C2960X-24TS-L", 24, poe=False),
        _family_2960x("WS-C2960X-48TS-L", 48, poe=False),
        _family_2960x("WS-C2960X-24PD-L", 24, poe=True, uplinks=_TEN_X),
        _family_2960x("WS-C2960X-48FPD-L", 48, poe=True, uplinks=_TEN_X),
        _family_9000("C9200L-24P-4G", 24, _LITE_1G, poe=True, image=_LITE),
        _family_9000("C9200L-48P-4G", 48, _LITE_1G, poe=True, image=_LITE),
        _family_9000("C9200L-24T-4G", 24, _LITE_1G, poe=False, image=_LITE),
        _family_9000("C9200L-48T-4G", 48, _LITE_1G, poe=False, image=_LITE),
        _family_9000("C9200L-24P-4X", 24, _LITE_10G, poe=True, image=_LITE),
        _family_9000("C9200L-48P-4X", 48, _LITE_10G, poe=True, image=_LITE),
        _family_9000("C9200-24P", 24, (*_LITE_1G, *_LITE_10G), poe=True, image=_LITE),
        _family_9000("C9200-48P", 48, (*_LITE_1G, *_LITE_10G), poe=True, image=_LITE),
        _family_9000("C9300-24P", 24, _NM_8X, poe=True, image=_FULL),
        _family_9000("C9300-48P", 48, _NM_8X, poe=True, image=_FULL),
        _family_9000("C9300-24U", 24, _NM_8X, poe=True, image=_FULL),
        _family_9000("C9300-48U", 48, _NM_8X, poe=True, image=_FULL),
        _family_9000("C9300-24T", 24, _NM_8X, poe=False, image=_FULL),
        _family_9000("C9300-48T", 48, _NM_8X, poe=False, image=_FULL),
        _family_3560("WS-C3560-24PS", 24, poe=True),
        _family_3560("WS-C3560-24PS-S", 24, poe=True),
        _family_3560("WS-C3560-48PS-S", 48, poe=True),
    )
}


def model(name: str) -> Model:
    """The catalogue entry; for an unknown product number a switch without ports of its own, family by its name."""
    found = MODELS.get(name.upper())
    if found is not None:
        return found
    if name.upper().startswith(("C9", "WS-C3650", "WS-C3850")):
        return Model(name, Family.IOSXE, "17.09.04a", (), poe=True, image=_FULL)
    return Model(name, Family.IOS15, "15.2(7)E8", (), poe=True, image="IOS-UNIVERSALK9-M")


def image_file(family: Family, image: str, version: str) -> str:
    """The name of the image in flash.

    Before: `C2960X-UNIVERSALK9-M`, `15.2(7)E8`.  After: `c2960x-universalk9-mz.152-7.E8.bin`.
    """
    stem = image.lower() or "ios-universalk9-m"
    if family is Family.IOSXE:
        return f"{stem.partition('_iosxe')[0]}_iosxe.{version}.SPA.bin"
    return f"{stem}z.{version.replace('.', '', 1).replace('(', '-').replace(')', '.')}.bin"
