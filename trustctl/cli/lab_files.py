"""What the background lab is given, and what is written down about it in the state folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from trustctl.cli.dialling import LAB_CONTACTS, LAB_FOLDER, LAB_SECRETS, Contact, ContactFile
from trustctl.cli.lab_hosts import cache_folder, dns_servers, host_specs
from trustctl.cli.lab_windows import lab_names, libraries, startable, windows_specs
from trustctl.cli.planning import captured_file
from trustctl.cli.screen import note
from trustctl.cli.select import school_of
from trustctl.cli.twins import cables, twins
from trustctl.cli.workspace import Workspace
from trustctl.engines.protocol import Endpoint
from trustctl.errors import SecretError, UsageError
from trustctl.journal import write_private
from trustctl.lab import state
from trustctl.lab.hosts.ground import is_root
from trustctl.lab.hosts.spec import HostSpec
from trustctl.lab.makes import known
from trustctl.lab.spec import DeviceSpec

EXAMPLE_SECRETS = "lab-secrets.example.yml"
_DEFINITION = "lab-definition.json"


def boots(workspace: Workspace, schools: tuple[str, ...]) -> dict[str, str]:
    """The captured configuration of every device of these schools (none named: all) that the lab can simulate."""
    found: dict[str, str] = {}
    for slug in schools or tuple(workspace.trust.schools):
        school = school_of(workspace.trust, slug)
        for switch in school.devices.values():
            path = captured_file(workspace, school, switch, None)
            if path is not None and switch.platform not in known():
                note(f"{switch.name} is left out: the lab does not simulate {switch.platform}")
            elif path is not None:
                found[switch.name] = path.read_text(encoding="utf-8")
    return found


def folder_of(workspace: Workspace) -> Path:
    """The lab's folder inside the state folder, private."""
    folder = workspace.state / LAB_FOLDER
    for part in (workspace.state, folder):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def lab_secrets(workspace: Workspace) -> None:
    """Give the lab the inventory's made-up passwords, unless the person named a secrets file of their own."""
    example = workspace.inventory / EXAMPLE_SECRETS
    if not example.is_file():
        return
    copy = folder_of(workspace) / LAB_SECRETS
    write_private(copy, example.read_text(encoding="utf-8"))
    workspace.use_secrets(copy)


def write_definition(
    workspace: Workspace, schools: tuple[str, ...], minute: float
) -> tuple[Path, tuple[DeviceSpec, ...]]:
    """Write the lab's definition and boot files; return its path and the switches in it.

    Raises UsageError if there is nothing to boot.
    """
    folder = folder_of(workspace)
    configurations = boots(workspace, schools)
    try:
        specs = twins(workspace, configurations)
        hosts, left_out = host_specs(workspace, schools)
        windows, without = startable(windows_specs(workspace, schools))
    except SecretError as error:
        remedy = f"give --secrets FILE, or put {EXAMPLE_SECRETS} into the inventory"
        raise SecretError(error.problem, where=error.where, remedy=remedy) from error
    say_left_out(left_out | without)
    if hosts and not is_root():
        note("Linux servers are an SSH server alone here: without root no systemd can be started")
    if not specs and not hosts and not windows:
        raise UsageError("no device has a captured configuration to boot from", where=str(workspace.inventory))
    for spec in specs:
        write_private(folder / f"{spec.name}.cfg", spec.boot)
    links = cables(workspace, frozenset(configurations))
    definition = {
        "minute_seconds": minute,
        "devices": [_entry(spec) for spec in specs],
        "links": [[link.a, link.port_a, link.b, link.port_b] for link in links],
        "hosts": [_host(spec) for spec in hosts],
        "cache": str(cache_folder().absolute()),
        "dns": list(dns_servers(workspace, schools)),
        "windows": [spec.as_json() for spec in windows],
        "libraries": [str(path) for path in libraries(workspace)],
    }
    path = folder / _DEFINITION
    write_private(path, json.dumps(definition, indent=1))
    return path, specs


def say_left_out(left_out: Mapping[str, str]) -> None:
    """Say which Linux servers are not in the lab, and why."""
    for name, why in sorted(left_out.items()):
        note(f"{name} is left out: {why}")


def _host(spec: HostSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "address": spec.address,
        "prefix": spec.prefix,
        "gateway": spec.gateway,
        "user": spec.user,
        "password": spec.password,
        "authorized_key": spec.authorized_key,
        "nopasswd": spec.nopasswd,
        "sudo_password": spec.sudo_password,
        "os": spec.os,
    }


def _entry(spec: DeviceSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "platform": spec.platform,
        "boot": f"{spec.name}.cfg",
        "model": spec.model,
        "serial": spec.serial,
        "base_mac": spec.base_mac,
        "members": list(spec.members),
        "management_address": spec.management_address,
        "attachment": spec.attachment,
        "station": spec.station,
        "accounts": [{"user": one.user, "password": one.password} for one in spec.radius_accounts],
        "local_accounts": [{"user": one.user, "password": one.password} for one in spec.local_accounts],
        "radius_servers": sorted(spec.radius_servers),
    }


def write_contacts(
    workspace: Workspace,
    specs: tuple[DeviceSpec, ...],
    ends: Mapping[str, tuple[str, int]],
    minute: float,
    schools: tuple[str, ...] = (),
) -> None:
    """Read each device's host key once and pin it, so that `--lab` checks host keys as strictly as real life does."""
    folder = folder_of(workspace)
    answer = state.status(folder)
    say_left_out(cast("Mapping[str, str]", answer["left_out"]))
    told = cast("Mapping[str, Mapping[str, object]]", answer["devices"])
    serials = {
        **{name: str(told[name].get("serial", "")) for name in ends},
        **{spec.name: spec.serial for spec in specs},
    }
    own = lab_names(workspace, schools)
    windows = {name for name, one in told.items() if one["platform"] == "windows"}
    devices = {
        name: Contact(
            host=host,
            port=port,
            host_key=workspace.connector.host_key(Endpoint(host, port)),
            serial=serials[name],
        )
        for name, (host, port) in ends.items()
        if name not in windows
    }
    devices |= {name: _windows_contact(ends[there], told[there]) for name, there in own.items() if there in windows}
    listing = ContactFile(devices=devices, minute_seconds=minute)
    write_private(folder / LAB_CONTACTS, listing.model_dump_json(indent=1))


def _windows_contact(end: tuple[str, int], told: Mapping[str, object]) -> Contact:
    """A Windows host is known by its certificate, which the lab's own authority signed."""
    return Contact(
        host=end[0],
        port=end[1],
        host_key=str(told["host_key"]),
        serial=str(told["serial"]),
        ca=str(told["ca"]),
        auth="basic",
    )
