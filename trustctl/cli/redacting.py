"""A device's text for others: without its secrets, each named by its tag where the trust has a key for tags."""

from __future__ import annotations

from pathlib import Path

from trustctl.cli.workspace import Workspace
from trustctl.config import redacted
from trustctl.errors import StorageError
from trustctl.hosts import masked, parse, text_lines
from trustctl.journal import write_private
from trustctl.model.linux import LinuxHost
from trustctl.model.switch import Device
from trustctl.model.windows import WindowsHost
from trustctl.secrets.redact import redact
from trustctl.secrets.trust_keys import tagger


def redacted_text(workspace: Workspace, device: Device, text: str) -> str:
    """The text of a device without its secrets: a configuration by its platform's rulebook, a server by its words.

    What a Windows host has was read without its secrets; what a device, program or person wrote into it is masked too.

    Raises LosslessError for a description of a server that cannot be read, SecretError if the store cannot be asked.
    """
    if isinstance(device, LinuxHost):
        want = {one.key: one for one in workspace.wants.get(device.name, ())}
        return redact("\n".join((*masked(parse(text_lines(text), where=device.name), want), "")))
    if isinstance(device, WindowsHost):
        return redact(text)
    tag = tagger(workspace.store) if workspace.store else None
    return redacted(text, workspace.platform(device.platform).rulebook, tag)


def write_text(path: Path, text: str) -> None:
    """Write a device's text where a person wants it, mode 0600; its folder is made. Raises StorageError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, text)
    except OSError as error:
        raise StorageError(f"the file cannot be written: {error.strerror}", where=str(path)) from error
