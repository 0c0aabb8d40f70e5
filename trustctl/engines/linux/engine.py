"""The engine for Linux servers: one child process for a whole run, sessions with many hosts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from trustctl.engines.linux.process import Child
from trustctl.engines.linux.session import LinuxSession
from trustctl.engines.protocol import Endpoint, Reading, Target
from trustctl.errors import HostKeyError, TrustctlError, WrongDeviceError
from trustctl.hosts import Resource, write
from trustctl.model.plan import Observed

PARALLEL = 20
"""Hosts that are read at once."""
_OPEN_SECONDS = 180.0


class LinuxEngine:
    """Opens sessions with Linux hosts and reads many at once: implements `Connector`.

    `wants` gives, by a host's name, the resources that its intent names; only these are read. `minute` is the length
    of a minute of the hosts' rollback timers in seconds: 60, but where a test has no time. `environment` is for
    the child.
    """

    def __init__(
        self,
        wants: Callable[[str], tuple[Resource, ...]],
        minute: float = 60.0,
        child: Child | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._wants = wants
        self._minute = minute
        self._child = child or Child(PARALLEL, environment=environment)

    def begin(self) -> None:
        """Start the engine's process now, without waiting for it, because hosts are about to be read."""
        self._child.begin()

    def open(self, target: Target) -> LinuxSession:
        """Dial, check the host key, sign in, become root, and check the machine id; see `Connector`."""
        opened = self._child.ask("open", seconds=_OPEN_SECONDS, host=_spec(target))
        session = LinuxSession(self._child, opened, target, self._wants(target.device), self._minute)
        serial = session.identity().serial
        if target.serial is not None and serial != target.serial:
            session.close()
            raise WrongDeviceError(
                f"another host answers at this address: pinned machine id {target.serial}, the host says {serial}",
                where=f"{target.device}: {target.endpoint.host} port {target.endpoint.port}",
                remedy=f"If it was installed anew, adopt it: trustctl adopt SCHOOL --limit {target.device} --rekey",
            )
        return session

    def host_key(self, endpoint: Endpoint, legacy: tuple[str, ...] = ()) -> str:
        """Read the host key without signing in, in `known_hosts` form."""
        return str(self._child.ask("host_key", address=endpoint.host, port=endpoint.port)["host_key"])

    def observe_many(
        self, targets: Iterable[Target], *, taken: datetime, done: Callable[[Reading], None] | None = None
    ) -> tuple[Reading, ...]:
        """Read all targets at once, in the order of the targets; a host that fails gives a Reading with its error."""

        def read(target: Target) -> Reading:
            reading = self._read(target, taken)
            if done is not None:
                done(reading)
            return reading

        wanted = tuple(targets)
        if not wanted:
            return ()
        with ThreadPoolExecutor(min(PARALLEL, len(wanted)), thread_name_prefix="observe-linux") as pool:
            return tuple(pool.map(read, wanted))

    def close(self) -> None:
        """End the child process, if it was started; never raises."""
        self._child.close()

    def _read(self, target: Target, taken: datetime) -> Reading:
        try:
            session = self.open(target)
            try:
                identity = session.identity()
                found, native = session.observe(native=True)
            finally:
                session.close()
        except TrustctlError as error:
            return Reading(target.device, error=error)
        observed = Observed(
            device=target.device,
            running=write(found.values()),
            source="live",
            taken=taken,
            serial=identity.serial,
            model=identity.model,
            version=identity.version,
            archive=session.rollback_ready(),
            native=native,
        )
        return Reading(target.device, observed, identity)


def _spec(target: Target) -> dict[str, Any]:
    """What the child needs to dial. A secret that is a private key is used as one; `enable` is sudo's password."""
    if target.host_key is None:
        raise HostKeyError(
            "the host's key is not pinned",
            where=target.device,
            remedy=f"Look at its fingerprint and adopt it: trustctl adopt SCHOOL --limit {target.device}",
        )
    is_key = target.password.lstrip().startswith("-----BEGIN")
    return {
        "name": target.device,
        "address": target.endpoint.host,
        "port": target.endpoint.port,
        "user": target.username,
        "host_key": target.host_key,
        "password": "" if is_key else target.password,
        "key": target.password if is_key else "",
        "sudo_password": target.enable or ("" if is_key else target.password),
    }
