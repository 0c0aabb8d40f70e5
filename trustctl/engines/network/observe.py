"""Reading many devices at once: one session each, threads for the waiting, a failure is a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from trustctl.engines.protocol import Connector, Reading, Target
from trustctl.errors import TrustctlError
from trustctl.model.plan import Observed

DEFAULT_THREADS = 30
"""More than about 50 gains nothing; more than 10 logins at once have overloaded AAA servers (docs/sources.md)."""


def observe(target: Target, connector: Connector, taken: datetime) -> Reading:
    """Read one device on one session: identity, running configuration, and whether it can roll back on a timer."""
    try:
        session = connector.open(target)
        try:
            identity = session.identity()
            running = session.running()
            archive = session.rollback_ready()
        finally:
            session.close()
    except TrustctlError as error:
        return Reading(target.device, error=error)
    observed = Observed(
        device=target.device,
        running=running,
        source="live",
        taken=taken,
        serial=identity.serial,
        model=identity.model,
        version=identity.version,
        archive=archive,
    )
    return Reading(target.device, observed, identity)


def observe_many(
    targets: Iterable[Target],
    connector: Connector,
    *,
    taken: datetime,
    threads: int = DEFAULT_THREADS,
    done: Callable[[Reading], None] | None = None,
) -> tuple[Reading, ...]:
    """Read all targets, at most `threads` at a time, in the order of the targets.

    A device that fails gives a Reading with its error; nothing is raised for it. `done` is called from the worker
    threads as each reading arrives, for a progress display.
    """

    def read(target: Target) -> Reading:
        reading = observe(target, connector, taken)
        if done is not None:
            done(reading)
        return reading

    wanted = tuple(targets)
    if not wanted:
        return ()
    with ThreadPoolExecutor(max_workers=min(threads, len(wanted)), thread_name_prefix="observe") as pool:
        return tuple(pool.map(read, wanted))
