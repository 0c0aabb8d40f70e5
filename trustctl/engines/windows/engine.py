"""The engine for Windows hosts: one run of Ansible for all that are read, one each for those that are changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from trustctl.engines.protocol import Endpoint, Reading, Target
from trustctl.engines.windows import foreign, tls
from trustctl.engines.windows.identity import identity_of
from trustctl.engines.windows.inventory import (
    Connection,
    host_entry,
    inventory_json,
    role_variables,
    secret_names,
)
from trustctl.engines.windows.process import Ansible, Play
from trustctl.engines.windows.reading import IDENTITY, HostReading, Told
from trustctl.engines.windows.reading import Reading as Heard
from trustctl.engines.windows.session import WindowsSession, running_of
from trustctl.errors import DeviceError, SecretError, TrustctlError, WrongDeviceError
from trustctl.secrets import Redactor
from trustctl.windows import Resource
from trustctl.windows.action import EXACTLY
from trustctl.windows.asked import WindowsObserved
from trustctl.windows.values import Value, Values

SITE = "site.yml"
RESTART = "windows_facts_restart_allowed"
"""The role variable by which a run may restart hosts."""
_PARALLEL = 20
_CHECK_SECONDS, _CHECK_SECONDS_EACH, _APPLY_SECONDS = 900.0, 30.0, 5400.0
_STALLED_SECONDS = 300
"""No task of a dry run takes so long: a host of which one does hangs, and must not keep the others of the run."""
_MOST_FORKS = 50
_WHO = json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [{"name": "Identity | Read", IDENTITY: {}}]}])
_WAY_BACK = "Way back | Set what was there before"
_BACK = "trust_back"
_DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a host shall be, and how Ansible reaches it beside its address."""

    groups: tuple[str, ...]
    variables: Mapping[str, Value] = field(repr=False)
    auth: str = "negotiate"
    ca: str = ""
    delegate: bool = False


def wanted(groups: Sequence[str], text: str, auth: str, ca: str, *, delegate: bool = False) -> Wanted:
    """Return what a host's rendered text means. Raises RenderError."""
    return Wanted(tuple(groups), role_variables(text), auth, ca, delegate)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A host that may be dialled: its entry of the inventory, and the secrets that are named there."""

    groups: tuple[str, ...]
    entry: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


class WindowsEngine:
    """Opens sessions with Windows hosts and reads many at once: implements `Connector`.

    `wants` gives what a host shall be, by its name.
    """

    def __init__(self, wants: Callable[[str], Wanted], ansible: Ansible, now: Callable[[], datetime]) -> None:
        self._wants = wants
        self._stalled = _STALLED_SECONDS
        self._ansible = ansible
        self._now = now
        self._pinned: tempfile.TemporaryDirectory[str] | None = None

    # -- what every engine can do --------------------------------------------------------------------------

    def open(self, target: Target) -> WindowsSession:
        """Check the certificate, sign in, and read the host by its roles; see `Connector`. One run of Ansible."""
        return WindowsSession(self, target, self.checked(target))

    def host_key(self, endpoint: Endpoint, legacy: tuple[str, ...] = ()) -> str:
        """Read the certificate without signing in, as it is pinned: `x509 sha256:...`."""
        return tls.pin_of(tls.certificate(endpoint))

    def observe_many(
        self, targets: Iterable[Target], *, taken: datetime, done: Callable[[Reading], None] | None = None
    ) -> tuple[Reading, ...]:
        """Read all targets in one run, in their order; a host that fails gives a Reading with its error."""
        wanted_ones = tuple(targets)
        if not wanted_ones:
            return ()
        try:
            found = self._run(wanted_ones, self._ansible.content.playbook(SITE))
        except TrustctlError as error:
            found = {target.device: HostReading(error=error) for target in wanted_ones}
        readings = tuple(_reading(target, found[target.device], taken) for target in wanted_ones)
        for reading in readings:
            if done is not None:
                done(reading)
        return readings

    def identify(self, target: Target) -> WindowsSession:
        """Open a session that knows who the host is and nothing else: for adoption."""
        reading = _well(self._run((target,), _WHO, bare=True)[target.device])
        return WindowsSession(self, target, reading)

    def close(self) -> None:
        """End what runs; never raises."""
        self._ansible.close()
        if self._pinned is not None:
            self._pinned.cleanup()
            self._pinned = None

    # -- what a session asks for ---------------------------------------------------------------------------

    def checked(self, target: Target) -> HostReading:
        """Run all roles in check mode on one host. Raises what came of it."""
        return _well(self._run((target,), self._ansible.content.playbook(SITE))[target.device])

    def carried_out(self, target: Target, tags: Sequence[str], told: Told, *, restart: bool) -> HostReading:
        """Run the roles on one host, of these tags only. What went wrong stands in the reading."""
        play = _Carried(tags=tuple(tags), extra={RESTART: restart}, told=told)
        return self._run((target,), self._ansible.content.playbook(SITE), play)[target.device]

    def set_back(self, target: Target, steps: Sequence[Resource]) -> None:
        """Set resources of one host to exactly these values. Raises DeviceError for one that cannot be."""
        given = [(one.module, _arguments(one, target.device)) for one in steps]
        tasks = [
            {"name": _WAY_BACK, module: {key: f"{{{{ {_BACK}[{number}]['{key}'] }}}}" for key in arguments}}
            for number, (module, arguments) in enumerate(given)
        ]
        play = {"hosts": "all", "gather_facts": False, "vars": {EXACTLY: True}, "tasks": tasks}
        carried = _Carried(variables={_BACK: [arguments for _, arguments in given]})
        _well(self._run((target,), json.dumps([play]), carried)[target.device])

    # -- inside --------------------------------------------------------------------------------------------

    def _run(
        self, targets: Sequence[Target], playbook: Path | str, carried: _Carried | None = None, *, bare: bool = False
    ) -> dict[str, HostReading]:
        """Run a playbook on hosts, in check mode unless it is to be `carried` out; each host's reading."""
        readings: dict[str, HostReading] = {}
        ready: dict[str, _Ready] = {}

        def prepare(target: Target) -> _Ready | TrustctlError:
            try:
                return self._made_ready(target, carried, bare=bare)
            except TrustctlError as error:
                return error

        with ThreadPoolExecutor(min(_PARALLEL, len(targets)), thread_name_prefix="windows-tls") as pool:
            made = tuple(pool.map(prepare, targets))
        for target, one in zip(targets, made, strict=True):
            if isinstance(one, _Ready):
                ready[target.device] = one
            else:
                readings[target.device] = HostReading(error=one)

        def run(part: Mapping[str, _Ready]) -> dict[str, HostReading]:
            return self._heard(part, playbook, carried)

        parts = [part for part in _apart(ready) if part]
        with ThreadPoolExecutor(max(len(parts), 1), thread_name_prefix="windows-ansible") as pool:
            for found in pool.map(run, parts):
                readings |= found
        for target in targets:
            _same_machine(target, readings[target.device])
        return readings

    def _heard(
        self, ready: Mapping[str, _Ready], playbook: Path | str, carried: _Carried | None
    ) -> dict[str, HostReading]:
        secrets = {name: value for one in ready.values() for name, value in one.secrets.items()}
        heard = Heard(ready, Redactor(secrets.values()).mask, carried.told if carried else None)
        play = Play(
            playbook,
            inventory_json({name: (one.groups, one.entry) for name, one in ready.items()}),
            secrets,
            check=carried is None,
            tags=carried.tags if carried else (),
            forks=min(len(ready), _MOST_FORKS),
            seconds=_CHECK_SECONDS + _CHECK_SECONDS_EACH * len(ready) if carried is None else _APPLY_SECONDS,
            task_seconds=self._stalled if carried is None else 0,
            extra=carried.extra if carried else {},
        )
        ended = self._ansible.run(play, heard.hear)
        heard.over(ended.code, ended.words, late=ended.late)
        return heard.hosts

    def _made_ready(self, target: Target, carried: _Carried | None, *, bare: bool) -> _Ready:
        want = self._wants(target.device)
        data = tls.certificate(target.endpoint, target.device)
        tls.check(data, target.host_key, target.device, self._now())
        login = f"login/{target.device.lower()}"
        auth = target.auth or want.auth
        connection = Connection(
            address=tls.dialled(data, target.endpoint, target.device, by_name=auth == "kerberos"),
            user=target.username,
            password=login,
            port=target.endpoint.port,
            auth=auth,
            ca=target.ca or want.ca or self._own_authority(data, target.device),
            delegate=want.delegate and auth == "kerberos",
        )
        variables: Mapping[str, Value] = {} if bare else want.variables
        if carried is not None and carried.variables:
            variables = carried.variables
        secrets = {login: target.password} | {name: _value(target, name) for name in secret_names(dict(variables))}
        return _Ready(want.groups, host_entry(target.device, connection, variables), secrets)

    def _own_authority(self, data: bytes, device: str) -> str:
        """A file with the certificate itself, where it vouches for itself; empty: the system's authorities decide."""
        if not tls.self_signed(data):
            return ""
        if self._pinned is None:
            self._pinned = tempfile.TemporaryDirectory(prefix="trustctl-windows-certificates-")
        path = Path(self._pinned.name) / f"{device}.pem"
        path.write_text(tls.pem_of(data), encoding="ascii")
        return str(path)


@dataclass(frozen=True, slots=True)
class _Carried:
    """A run that changes something."""

    tags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    told: Told | None = None
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """In place of the host's role variables, if there are any."""


def _apart(ready: Mapping[str, _Ready]) -> tuple[dict[str, _Ready], ...]:
    """Split hosts by the plays that are about them: Ansible ends a run when all hosts of one play have failed.

    (Read in ansible-core 2.19.14, `executor/playbook_executor.py`: "break out if the entire batch failed".)
    """
    others = {name: one for name, one in ready.items() if _DIRECTORY in one.groups}
    return {name: one for name, one in ready.items() if name not in others}, others


def _arguments(one: Resource, device: str) -> Values:
    found = foreign.arguments(one.module, one.name, one.values)
    if found is None:
        raise DeviceError(f"{one.module} {one.name} cannot be set back".replace("  ", " "), where=device)
    return found


def _value(target: Target, name: str) -> str:
    if target.resolve is None:
        raise SecretError(f"the secret {name} has no value here: no secrets were given", where=target.device)
    return target.resolve(name)


def _well(reading: HostReading) -> HostReading:
    if reading.error is not None:
        raise reading.error
    return reading


def _same_machine(target: Target, reading: HostReading) -> None:
    """Hold a host that was read to the machine that was adopted; its error takes the place of what was read."""
    told = identity_of(reading.facts).serial
    if reading.error is None and target.serial is not None and told and told != target.serial.upper():
        reading.error = WrongDeviceError(
            f"another machine answers at this address: pinned id {target.serial}, the host says {told}",
            where=f"{target.device}: {target.endpoint.host} port {target.endpoint.port}",
            remedy=f"If it was installed anew, adopt it: trustctl adopt SCHOOL --limit {target.device} --rekey",
        )


def _reading(target: Target, found: HostReading, taken: datetime) -> Reading:
    if found.error is not None:
        return Reading(target.device, error=found.error)
    identity = identity_of(found.facts)
    if not identity.serial:
        error = DeviceError("the host did not say which machine it is", where=target.device)
        return Reading(target.device, error=error)
    asked = tuple(found.asked.values())
    observed = WindowsObserved(
        device=target.device,
        running=running_of(asked),
        source="live",
        taken=taken,
        serial=identity.serial,
        model=identity.model,
        version=identity.version,
        archive=False,
        asked=asked,
        facts=found.facts,
    )
    return Reading(target.device, observed, identity)
