"""Ask a simulated Windows host as a task would: by the modules' own documentation, without a connection."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from trustctl.lab.windows.arguments import validated
from trustctl.lab.windows.documents import Library
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.running import Runner
from trustctl.lab.windows.spec import AdapterSpec, VolumeSpec, WindowsSpec
from trustctl.lab.windows.world import World

ROLES = Path(__file__).parents[3] / "roles"
GB = 1024**3
HYPER_V = ("Hyper-V", "Hyper-V-PowerShell")
ADDRESS = "10.11.10.5"


@cache
def library() -> Library:
    """The modules of the roles."""
    return Library(sorted(ROLES.glob("*/library")))


def hypervisor(**more: Any) -> Machine:
    """A Hyper-V host of 64 GB with three cards, of which the first has the address that it is managed at."""
    cards = (
        AdapterSpec("NIC1", mac="00155D0A0101", addresses=(f"{ADDRESS}/24",), gateway="10.11.10.1", management=True),
        AdapterSpec("NIC2", mac="00155D0A0102"),
        AdapterSpec("NIC3", mac="00155D0A0103"),
    )
    volumes = (VolumeSpec("C"), VolumeSpec("D", size=2000 * GB, free=1500 * GB))
    spec = WindowsSpec("OAK-HV-01", features=HYPER_V, adapters=cards, volumes=volumes, processors=16)
    return alone(replace(spec, **more))


def server(**spec: Any) -> Machine:
    """A server in no role."""
    return alone(WindowsSpec(name="OAK-SRV-01", **spec))


def alone(spec: WindowsSpec) -> Machine:
    """The only host of a lab."""
    return next(iter(World([spec]).machines.values()))


def ask(host: Machine, module: str, *, check: bool = False, **args: Any) -> dict[str, Any]:
    """Run a module as Ansible would have it run. Raises RefusedError, NotModelledError."""
    known = library().module(module)
    return Runner(host, library()).call(module, validated(known, args), check=check)


def read(host: Machine, module: str, **args: Any) -> Any:
    """What a module reads; it may not move anything."""
    before = host.snapshot()
    result = ask(host, module, operation="read", **args)
    assert result["changed"] is False
    assert host.snapshot() == before
    return result["value"]


def facts(host: Machine, module: str, **args: Any) -> Any:
    """What a module's reading tells beside the resource."""
    return ask(host, module, operation="read", **args)["facts"]


def put(host: Machine, module: str, **args: Any) -> dict[str, Any]:
    """Set something; a second reading must show what was asked for."""
    return ask(host, module, operation="set", **args)
