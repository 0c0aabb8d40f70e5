"""Where the values of Windows hosts come from: the host's own entry, else the trust's baseline."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.inventory.layers import Settings
from trustctl.inventory.origin_paths import below, joined, paths
from trustctl.model.origin import Origin
from trustctl.model.windows import DirectoryHost, HypervHost, WindowsHost

_NAMED_OTHERWISE = {
    "title": "notes",
    "memory": "memory.startup",
    "dynamic.minimum": "memory.minimum",
    "dynamic.maximum": "memory.maximum",
}
"""Path of a machine in the files -> in the model."""


def networks(host: WindowsHost, given: Mapping[str, Origin], school: Mapping[str, Origin]) -> dict[str, Origin]:
    """The addresses of a host. `given`: its own entry's paths."""
    here = f"{host.path}.networks[0]"
    found = {f"{here}.address": given[f"{host.path}.address"], f"{here}.dns": school["services.dns"]}
    if host.gateway is not None:
        found[f"{here}.gateway"] = school[f"vlans.{host.management.role}.gateway"]
    return found


def parts(host: HypervHost, given: Mapping[str, Origin], settings: Settings) -> dict[str, Origin]:
    """The switches and machines of a host. `given`: its own entry's paths."""
    found: dict[str, Origin] = {}
    for name in host.switches:
        here = f"{host.path}.switches.{name}"
        if name in settings.values.windows.hyperv.switches:
            found |= _of_baseline(here, ["windows", "hyperv", "switches", name], settings)
            found |= {path: origin for path, origin in given.items() if path.startswith(f"{here}.")}
        if f"{here}.adapters" not in {**given, **found} and f"{host.path}.adapters" in given:
            found[f"{here}.adapters"] = given[f"{host.path}.adapters"]
    for name, machine in host.machines.items():
        here, said = f"{host.path}.machines.{name}", f"{host.path}.vms.{name}"
        kind = _of_baseline(here, ["windows", "hyperv", "machines", machine.standard], settings)
        own = {here + path.removeprefix(said): origin for path, origin in given.items() if path.startswith(said)}
        both = {**kind, **own}
        found |= both
        for old, new in _NAMED_OTHERWISE.items():
            if f"{here}.{old}" in both:
                found[f"{here}.{new}"] = both[f"{here}.{old}"]
    return found


def facet(host: DirectoryHost, settings: Settings) -> dict[str, Origin]:
    """A server of the trust."""
    return _of_baseline(host.path, ["windows", "servers", host.hostname], settings)


def _of_baseline(here: str, at: list[str], settings: Settings) -> dict[str, Origin]:
    found = {here: settings.origin(at)}
    for steps in paths(below(settings.raw, at)):
        found[joined(here, steps)] = settings.origin([*at, *steps])
    return found
