"""How devices are reached: at their own address, in the lab, or through a file of endpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trustctl.cli.workspace import Workspace
from trustctl.engines.network import is_model
from trustctl.engines.protocol import Coming, Endpoint, Target
from trustctl.errors import UnreachableError, UsageError, WrongDeviceError
from trustctl.model.switch import Device, Login
from trustctl.model.windows import WindowsHost
from trustctl.secrets import SecretSource
from trustctl.secrets.verify import coming

LAB_FOLDER = "lab"
"""In the state folder: the lab's own files, and ours beside them."""

LAB_CONTACTS = "contacts.json"
LAB_SECRETS = "secrets.yml"


class Contact(BaseModel):
    """Where one device answers. Without `host_key` and `serial` its pins hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    host_key: str | None = None
    serial: str | None = None
    ca: str = ""
    """Path of a PEM file with the authorities of a Windows host's certificate; empty: what the inventory says."""
    auth: str = ""
    """How a Windows host has us sign in: `basic` in the lab; empty: what the inventory says."""


class ContactFile(BaseModel):
    """What `--endpoints` reads and `trustctl lab up` writes. `minute_seconds` is the lab's length of a minute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    devices: dict[str, Contact]
    minute_seconds: float = Field(default=60.0, gt=0)


@dataclass(frozen=True, slots=True)
class Dial:
    """How to reach devices. `contacts` is None for their own addresses; `minute` is a device's minute in seconds."""

    contacts: Mapping[str, Contact] | None = None
    minute: float = 60.0

    def target(self, workspace: Workspace, switch: Device) -> Target:
        """Everything needed to open a session. Raises SecretError, UnreachableError."""
        secrets, login = workspace.secrets, switch.login
        contact, key, serial = self._contact(switch), None, None
        if contact.host_key is None:
            pin = workspace.pins.get(switch.name)
            key, serial = (pin.host_key, pin.serial) if pin else (None, switch.serial)
        return Target(
            device=switch.name,
            platform=switch.platform,
            endpoint=Endpoint(contact.host, contact.port),
            username=switch.account if isinstance(switch, WindowsHost) and not contact.auth else login.username,
            password=secrets.get(login.password),
            enable=secrets.get(login.enable) if login.enable else None,
            host_key=contact.host_key or key,
            serial=contact.serial or serial,
            legacy=switch.ssh_legacy,
            ca=contact.ca,
            auth=contact.auth,
            resolve=secrets.get if isinstance(switch, WindowsHost) else None,
            coming=_coming(secrets, login),
        )

    def adopted(self, workspace: Workspace, switch: Device) -> Target:
        """As `target`, for a device that was adopted as the inventory's model. Raises WrongDeviceError too."""
        pin = workspace.pins.get(switch.name)
        if self.contacts is None and pin is not None and not is_model(pin.model, switch.model):
            raise WrongDeviceError(
                f"it was adopted as a {pin.model}, the inventory has {switch.model}",
                where=switch.name,
                remedy=f"Correct `model`, or adopt the new one: trustctl adopt SCHOOL --limit {switch.name} --rekey",
            )
        return self.target(workspace, switch)

    def _contact(self, switch: Device) -> Contact:
        if self.contacts is None:
            if isinstance(switch, WindowsHost):
                return Contact(host=str(switch.address), port=switch.connection.port)
            return Contact(host=str(switch.address))
        if switch.name not in self.contacts:
            there = ", ".join(sorted(self.contacts))
            raise UnreachableError("there is no endpoint for it", where=switch.name, remedy=f"There are: {there}.")
        return self.contacts[switch.name]


def _coming(secrets: SecretSource, login: Login) -> Coming | None:
    """How we sign in to a device that a rotation has been at; None if nothing of the login is being rotated."""
    password = coming(secrets, login.password)
    enable = coming(secrets, login.enable) if login.enable else None
    if password is None and enable is None:
        return None
    held = secrets.get(login.enable) if login.enable else None
    return Coming(password or secrets.get(login.password), enable or held)


def dial(workspace: Workspace, *, lab: bool, endpoints: Path | None) -> Dial:
    """How this command reaches devices. Raises UsageError if the lab is not up or the file is not well formed."""
    if lab and endpoints:
        raise UsageError("--lab and --endpoints do not fit together", remedy="give one or the other")
    if not lab and endpoints is None:
        return Dial()
    folder = workspace.state / LAB_FOLDER
    if endpoints is None and (folder / LAB_SECRETS).is_file():
        workspace.use_secrets(folder / LAB_SECRETS)
    found = contacts(folder / LAB_CONTACTS if endpoints is None else endpoints)
    workspace.minute = found.minute_seconds
    return Dial(found.devices, found.minute_seconds)


def contacts(path: Path) -> ContactFile:
    """Read a file of endpoints. Raises UsageError."""
    try:
        return ContactFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UsageError("no lab is up", where=str(path), remedy="start it: trustctl lab up") from None
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        raise UsageError(
            f"not a file of endpoints: {_first_line(error)}",
            where=str(path),
            remedy='the shape is {"devices": {"NAME": {"host": "...", "port": 22}}}',
        ) from None


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).split("\n", maxsplit=1)[0]
