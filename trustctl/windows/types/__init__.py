"""Every type of resource, one file for each subject. Importing this package makes them known (`resource.TYPES`)."""

from __future__ import annotations

from trustctl.windows.types import (
    dhcp,
    directory,
    dns,
    hyperv_host,
    hyperv_switch,
    hyperv_vm,
    logs,
    network,
    security,
    system,
    wellkept,
)

__all__ = [
    "dhcp",
    "directory",
    "dns",
    "hyperv_host",
    "hyperv_switch",
    "hyperv_vm",
    "logs",
    "network",
    "security",
    "system",
    "wellkept",
]
