"""What the host has now of one resource: read before, for many at once, or read here."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra.context import host

from trustctl.engines.linux.border import Host
from trustctl.engines.linux.facts import observed
from trustctl.errors import DeviceError
from trustctl.hosts import Key, Resource, differing

SEEN = "trustctl_seen"
"""Where a Host of pyinfra keeps what was read of it for the operations that are being prepared (`connector_data`)."""


def current(step: Resource) -> Resource:
    """Return what the host has, as read before by `seeing`, or read now."""
    seen: dict[Key, Resource] = host.connector_data.get(SEEN, {})
    return seen.get(step.key) or observed(host, [step])[step.key]


def missing(step: Resource) -> tuple[str, ...]:
    """Return the words in which the host is not as the step says. Raises DeviceError for what could not be read."""
    now = current(step)
    if now.untold:
        raise DeviceError(f"{step.kind} {step.name} could not be read: {now.get('why')}", where=str(host))
    return differing(step, now)


def seeing(on: Host, resources: Iterable[Resource]) -> None:
    """Let the operations of this host believe this reading, until `forgetting`."""
    on.connector_data[SEEN] = {one.key: one for one in resources}


def forgetting(on: Host) -> None:
    """Let the operations read for themselves again: something has changed."""
    on.connector_data.pop(SEEN, None)
