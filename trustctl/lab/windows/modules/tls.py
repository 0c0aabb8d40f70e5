"""trust_tls_protocol: the values of Schannel in the registry ("Transport Layer Security (TLS) registry settings")."""

from __future__ import annotations

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, Result, handler
from trustctl.lab.windows.registry import Registry

_ROOT = r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
_SIDES = {"server": "Server", "client": "Client"}


def _told(registry: Registry, path: str) -> str:
    """A value that is there decides over one that is not; Enabled 0 is the end of it."""
    enabled, disabled = registry.read(path, "Enabled"), registry.read(path, "DisabledByDefault")
    if (enabled, disabled) == (None, None):
        return "default"
    if enabled is not None:
        return "disabled" if enabled == 0 else "mixed" if disabled else "enabled"
    return "mixed"


@handler("trust_tls_protocol")
def trust_tls_protocol(host: Machine, args: Args, check: bool) -> Result:
    """Whether Windows speaks a protocol."""
    registry, key = host.part(Registry), rf"{_ROOT}\{args.text('name')}"
    if args.text("operation") == "read":
        told = {name: _told(registry, rf"{key}\{side}") for name, side in _SIDES.items()}
        build = int(host.spec.build.partition(".")[0])
        return {"changed": False, "value": told, "facts": {"name": args.text("name"), "build": build}}
    for name, side in _SIDES.items():
        word, path = args[name], rf"{key}\{side}"
        if word == "default":
            there = registry.key(path)
            for value in ("enabled", "disabledbydefault"):
                if there is not None:
                    there.values.pop(value, None)
        elif word is not None:
            registry.set(path, "Enabled", "DWord", int(word == "enabled"))
            registry.set(path, "DisabledByDefault", "DWord", int(word == "disabled"))
    return {"changed": True, "reboot_required": True}
