"""What an administrator would type to make a virtual machine, or to change one.

Sources: as in `hyperv_vm`; disks: New-VHD, Resize-VHD, Add-VMHardDiskDrive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from trustctl.windows.powershell import command, literal
from trustctl.windows.properties import Property
from trustctl.windows.resource import Difference, pairs
from trustctl.windows.types.hyperv_switch import vlan_command
from trustctl.windows.values import Value, Values, caseless

DEFAULT_ADAPTER = "Network Adapter"
"""Name of the adapter that Windows gives a new machine (New-VM, SwitchName)."""
_VM = {
    "automatic_start": "AutomaticStartAction",
    "automatic_start_delay": "AutomaticStartDelay",
    "automatic_stop": "AutomaticStopAction",
    "checkpoint_type": "CheckpointType",
    "automatic_checkpoints": "AutomaticCheckpointsEnabled",
    "notes": "Notes",
}
_PROCESSOR = {
    "processors": "Count",
    "processor_compatibility": "CompatibilityForMigrationEnabled",
    "nested_virtualization": "ExposeVirtualizationExtensions",
}
_MEMORY = {
    "dynamic": "DynamicMemoryEnabled",
    "startup_bytes": "StartupBytes",
    "minimum_bytes": "MinimumBytes",
    "maximum_bytes": "MaximumBytes",
    "buffer_percent": "Buffer",
}
_ADAPTER = {
    "mac_spoofing": "MacAddressSpoofing",
    "dhcp_guard": "DhcpGuard",
    "router_guard": "RouterGuard",
    "teaming": "AllowTeaming",
    "bandwidth_weight": "MinimumBandwidthWeight",
}


def cmdlets(name: str, found: Difference, disks: Property, adapters: Property, services: Property) -> Sequence[str]:
    """Return the commands, in the order in which they work: off, the machine, its parts, its start, on."""
    after, before = found.after, found.before
    if after is None:
        return (command("Remove-VM", {"Name": name}, ["Force"]),)
    new = {each: after[each] for each in (found.names or after) if each in after}
    stop = before is not None and new.get("power") == "Off"
    return (
        *([command("Stop-VM", {"Name": name}, ["Force"])] if stop else ()),
        *(_made(name, after) if before is None else ()),
        *_settings(name, new, before),
        *(line for line in _disks(name, pairs(disks, (before or {}).get("disks"), new.get("disks")))),
        *_adapters(name, before, new, adapters),
        *_firmware(name, new),
        *_services(name, before, new, services),
        *([command("Start-VM", {"Name": name})] if new.get("power") == "Running" else ()),
    )


def _made(name: str, after: Values) -> Iterator[str]:
    memory = cast("Values", after.get("memory") or {})
    path = str(after.get("path") or "").rpartition("\\")[0]
    parameters: dict[str, Value] = {
        "Name": name,
        "Generation": after.get("generation"),
        "MemoryStartupBytes": memory.get("startup_bytes"),
        "Path": path or None,
    }
    yield command("New-VM", parameters, ["NoVHD"])


def _settings(name: str, new: Values, before: Values | None) -> Iterator[str]:
    if processor := _given(new, _PROCESSOR):
        yield command("Set-VMProcessor", {"VMName": name, **processor})
    memory, was = cast("Values", new.get("memory") or {}), cast("Values", (before or {}).get("memory") or {})
    only = {"dynamic", "startup_bytes"} if not memory.get("dynamic") else set(_MEMORY)
    if changed := _given(
        {each: memory[each] for each in memory if each in only and memory[each] != was.get(each)}, _MEMORY
    ):
        yield command("Set-VMMemory", {"VMName": name, **changed})
    if machine := _given(new, _VM):
        yield command("Set-VM", {"Name": name, **machine})


def _given(values: Values, names: Mapping[str, str]) -> dict[str, Value]:
    return {parameter: values[name] for name, parameter in names.items() if name in values}


def _disks(name: str, disks: Iterator[tuple[str, Values | None, Values | None]]) -> Iterator[str]:
    for path, was, now in disks:
        if now is None:
            continue
        if was is not None:
            if now.get("size_bytes") != was.get("size_bytes"):
                yield command("Resize-VHD", {"Path": path, "SizeBytes": now.get("size_bytes")})
            continue
        if "size_bytes" in now:
            switch = [str(now["type"])] if "type" in now else []
            make = command("New-VHD", {"Path": path, "SizeBytes": now["size_bytes"]}, switch)
            yield f"if (-not (Test-Path -LiteralPath {literal(path)})) {{ {make} }}"
        where: dict[str, Value] = {
            "VMName": name,
            "Path": path,
            "ControllerType": now.get("controller_type", "SCSI"),
            "ControllerNumber": now.get("controller_number", 0),
            "ControllerLocation": now.get("controller_location"),
        }
        yield command("Add-VMHardDiskDrive", where)


def _adapters(name: str, before: Values | None, new: Values, adapters: Property) -> Iterator[str]:
    made = before is None
    for adapter, was, now in pairs(adapters, (before or {}).get("network_adapters"), new.get("network_adapters")):
        who: dict[str, Value] = {"VMName": name, "Name": adapter}
        if now is None:
            if "network_adapters" in new:
                yield command("Remove-VMNetworkAdapter", who)
            continue
        if was is None and made:
            made = False
            if caseless(adapter) != caseless(DEFAULT_ADAPTER):
                yield command("Rename-VMNetworkAdapter", {"VMName": name, "Name": DEFAULT_ADAPTER, "NewName": adapter})
        elif was is None:
            yield command("Add-VMNetworkAdapter", who)
        yield from _adapter(name, adapter, was or {}, now)


def _adapter(name: str, adapter: str, was: Values, now: Values) -> Iterator[str]:
    who: dict[str, Value] = {"VMName": name, "Name": adapter}
    new = {each: value for each, value in now.items() if value != was.get(each)}
    if new.get("switch"):
        yield command("Connect-VMNetworkAdapter", {**who, "SwitchName": new["switch"]})
    if new.keys() & {"vlan", "trunk_vlans"}:
        trunk = cast("Sequence[int]", now.get("trunk_vlans") or ())
        yield vlan_command({"VMName": name, "VMNetworkAdapterName": adapter}, (), now.get("vlan", 0), trunk)
    flags = {parameter: _on_off(new[each]) for each, parameter in _ADAPTER.items() if each in new}
    mac = new.get("mac")
    if flags or mac is not None:
        static = {"StaticMacAddress": mac} if mac not in {None, "DYNAMIC"} else {}
        yield command(
            "Set-VMNetworkAdapter", {**who, **static, **flags}, ["DynamicMacAddress"] if mac == "DYNAMIC" else ()
        )
    if was.get("switch") and new.get("switch") == "":
        yield command("Disconnect-VMNetworkAdapter", who)


def _on_off(value: Value) -> Value:
    return ("On" if value else "Off") if isinstance(value, bool) else value


def _firmware(name: str, new: Values) -> Iterator[str]:
    parameters: dict[str, Value] = {
        "EnableSecureBoot": _on_off(new["secure_boot"]) if "secure_boot" in new else None,
        "SecureBootTemplate": new.get("secure_boot_template"),
    }
    if any(value is not None for value in parameters.values()):
        yield command("Set-VMFirmware", {"VMName": name, **parameters})
    if order := cast("Sequence[str]", new.get("boot_order") or ()):
        devices = ", ".join(_device(name, each) for each in order)
        yield f"Set-VMFirmware -VMName {literal(name)} -BootOrder {devices}"


def _device(name: str, entry: str) -> str:
    kind, _, what = entry.partition(" ")
    if kind == "network":
        return f"({command('Get-VMNetworkAdapter', {'VMName': name, 'Name': what})})"
    if kind == "dvd":
        number, _, location = what.partition(":")
        where: dict[str, Value] = {
            "VMName": name,
            "ControllerNumber": int(number),
            "ControllerLocation": int(location),
        }
        return f"({command('Get-VMDvdDrive', where)})"
    disk = command("Get-VMHardDiskDrive", {"VMName": name})
    return f"({disk} | Where-Object Path -EQ {literal(what)})"


def _services(name: str, before: Values | None, new: Values, services: Property) -> Iterator[str]:
    found = pairs(services, (before or {}).get("integration_services"), new.get("integration_services"))
    changed = [
        (each, bool(now["enabled"])) for each, was, now in found if now is not None and dict(now) != dict(was or {})
    ]
    for verb, on in (("Enable", True), ("Disable", False)):
        if names := [each for each, enabled in changed if enabled is on]:
            yield command(f"{verb}-VMIntegrationService", {"VMName": name, "Name": names})
