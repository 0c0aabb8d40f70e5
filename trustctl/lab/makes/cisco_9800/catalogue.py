"""The controllers that the lab can be. Source: a published configuration and session of a C9800-L; data sheets."""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.lab.makes.cisco_ios.model.catalogue import Family, Model

USUAL = "C9800-L-F-K9"


@dataclass(frozen=True, slots=True)
class Controller(Model):
    """One product number. Its ports are numbered from 0, those of the virtual one from 1."""

    first: int = 0

    def interfaces(self, member: int) -> list[str]:
        """The physical ports in printed order."""
        return [f"{prefix}{port}" for prefix, count in self.ports for port in range(self.first, self.first + count)]


def _controller(name: str, ports: tuple[tuple[str, int], ...], *, first: int = 0, service: str = "") -> Controller:
    image = "C9800-CL-K9_IOSXE" if "-CL-" in name else "C9800_IOSXE-K9"
    return Controller(
        name, Family.IOSXE, "17.09.05", ports, management_port=service, stackable=False, image=image, first=first
    )


_LITE = (("TwoGigabitEthernet0/0/", 4), ("TenGigabitEthernet0/1/", 2))
MODELS: dict[str, Controller] = {
    model.name: model
    for model in (
        _controller("C9800-L-F-K9", _LITE, service="GigabitEthernet0"),
        _controller("C9800-L-C-K9", _LITE, service="GigabitEthernet0"),
        _controller("C9800-40-K9", (("TenGigabitEthernet0/0/", 4),), service="GigabitEthernet0"),
        _controller("C9800-CL-K9", (("GigabitEthernet", 3),), first=1),
    )
}


def model(name: str) -> Controller:
    """The catalogue entry; for an unknown product number the usual controller under that name."""
    return MODELS.get(name.upper()) or _controller(name or USUAL, _LITE, service="GigabitEthernet0")
