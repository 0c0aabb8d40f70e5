"""pyinfra operations, one for each kind of resource: each takes one resource and makes the host have it.

What differs is told by `trustctl.hosts`, the same comparison as the plan's. Every file is staged beside its place,
given its owner and mode, checked by its own program and only then moved over the old one. No secret is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trustctl.engines.linux.border import OperationMeta
from trustctl.engines.linux.operations.accounts import group, user
from trustctl.engines.linux.operations.packages import package, packages
from trustctl.engines.linux.operations.paths import directory, file, link
from trustctl.engines.linux.operations.services import service
from trustctl.engines.linux.operations.system import command, hostname, mount, ruleset, sysctl, timezone

OPERATIONS: Mapping[str, Callable[..., OperationMeta]] = {
    "package": package,
    "file": file,
    "directory": directory,
    "link": link,
    "group": group,
    "user": user,
    "service": service,
    "sysctl": sysctl,
    "hostname": hostname,
    "timezone": timezone,
    "mount": mount,
    "ruleset": ruleset,
    "command": command,
}
"""Kind -> the operation that carries out a step of it."""

together: Callable[..., OperationMeta] = packages
"""The operation that carries out several packages in one transaction."""

__all__ = ["OPERATIONS", "together"]
