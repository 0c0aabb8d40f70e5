"""Running Windows hosts: all of a lab's in one process, each at a port of its own."""

from __future__ import annotations

import json
import ssl
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trustctl.errors import UsageError
from trustctl.lab.certificates import LOOPBACK, Authority
from trustctl.lab.faults import OF_WINDOWS, Fault, FaultKind
from trustctl.lab.windows.documents import Library, Module, NoModuleError
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.payload import Task
from trustctl.lab.windows.running import Runner
from trustctl.lab.windows.server import Server, ready
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.lab.windows.world import World

_VALID = timedelta(days=30)
_AGES_AGO = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class WindowsContact:
    """Where a running host answers, and by what it is known: the digest of its certificate, and its machine's id."""

    host: str
    port: int
    host_key: str
    uuid: str
    user: str
    password: str = field(repr=False)


class WindowsLab:
    """Running Windows hosts; a context manager, or `up` and `down`.

    `libraries` are the roles' folders with modules of their own. `ports` fixes the port of a host. `today` is what
    certificates are valid around: now, unless given, as clients look at their own clock. `plain`: HTTP without TLS.
    `folder` is where the CA and the certificates lie: a temporary one that `down` removes, unless given.
    """

    def __init__(
        self,
        specs: Sequence[WindowsSpec],
        libraries: Sequence[Path] = (),
        *,
        today: datetime | None = None,
        folder: Path | None = None,
        ports: Mapping[str, int] | None = None,
        plain: bool = False,
    ) -> None:
        ready()
        self._specs = tuple(specs)
        self._library = Library(libraries)
        self._today = (today or datetime.now(tz=UTC)).astimezone(UTC)  # noqa: TID251 - TLS clients have the real clock
        self._scratch = None if folder else tempfile.TemporaryDirectory(prefix="trustctl-lab-windows-")
        self._folder = folder or Path(self._scratch.name if self._scratch else "")
        self._ports = dict(ports or {})
        self._plain = plain
        self.world = World(self._specs)
        self._authority = Authority(self._folder, "windows-lab-ca", self._today)
        self._servers: dict[str, Server] = {}
        self._certificates: dict[tuple[str, bool], tuple[Path, Path]] = {}
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> Mapping[str, WindowsContact]:
        """Answer for every host from now on; where each does, by name."""
        for spec in self._specs:
            machine = self.machine(spec.name)
            runner = Runner(machine, self._library)
            self._servers[spec.name] = Server(runner, self._wrapping(machine), self._ports.get(spec.name, 0))
        return self.contacts

    def down(self) -> None:
        """Answer no more."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()
        if self._scratch is not None:
            self._scratch.cleanup()

    @property
    def ca(self) -> Path:
        """The certificate of the CA that signed the hosts' own."""
        return self._authority.file

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all hosts."""
        return tuple(spec.name for spec in self._specs)

    @property
    def bugs(self) -> tuple[str, ...]:
        """What the lab could not honestly answer, of all hosts."""
        return tuple(f"{one.name}: {bug}" for one in self.world.machines.values() for bug in one.bugs)

    @property
    def contacts(self) -> Mapping[str, WindowsContact]:
        """Where each running host answers."""
        return {
            spec.name: WindowsContact(
                LOOPBACK, self._servers[spec.name].port, self._digest(spec.name), spec.uuid, spec.user, spec.password
            )
            for spec in self._specs
            if spec.name in self._servers
        }

    def machine(self, name: str) -> Machine:
        """A host's state. Raises UsageError."""
        found = self.world.machine(name)
        if found is None:
            raise UsageError(f"the lab has no Windows host {name!r}", remedy=f"it has: {', '.join(sorted(self.names))}")
        return found

    def server(self, name: str) -> Server:
        """What answers for a running host. Raises KeyError."""
        return self._servers[name]

    def runner(self, name: str) -> Runner:
        """What runs modules on a host, past its server. Raises UsageError."""
        return Runner(self.machine(name), self._library)

    def edit(self, name: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Change things by hand at a host, a line each: `trust_vm OAK-FS-01 processors=4`.

        A line is a module, the name of what it is about ("" for none) and options as JSON. Raises UsageError.
        """
        runner = self.runner(name)
        printed: list[str] = []
        for line in lines:
            kind, args = self._written(line, name)
            result = runner.module(Task(kind, args, check=False))
            if result.get("failed"):
                raise UsageError(str(result["msg"]), where=f"{name}: {line}")
            printed.append(f"{kind.name}: {'changed' if result['changed'] else 'as it was'}")
        return tuple(printed)

    def _written(self, line: str, name: str) -> tuple[Module, dict[str, Any]]:
        """A line of `edit`. Raises UsageError."""
        word, _, rest = line.partition(" ")
        label, *options = rest.split(" ") if rest else [""]
        try:
            kind = self._library.module(word)
            values: dict[str, Any] = {
                key: json.loads(text) for key, _, text in (one.partition("=") for one in options if one)
            }
        except (NoModuleError, ValueError) as error:
            raise UsageError(
                f"that cannot be done by hand: {error}",
                where=f"{name}: {line}",
                remedy="write MODULE NAME OPTION=JSON, without blanks in the JSON",
            ) from None
        keys = [one.name for one in kind.options.values() if one.required]
        named = {keys[0]: label} if keys and label else {}
        how = {"operation": "set"} if "operation" in kind.options else {}
        return kind, {**named, **how, **values}

    def break_(self, name: str, fault: Fault) -> None:
        """Let a host suffer a fault (`faults.OF_WINDOWS`). Raises UsageError."""
        machine = self.machine(name)
        if fault.kind not in OF_WINDOWS:
            raise UsageError(
                f"a Windows host cannot suffer {fault.kind}",
                where=name,
                remedy=f"use one of: {', '.join(sorted(OF_WINDOWS))}",
            )
        if fault.kind is FaultKind.REBOOT:
            machine.restart()
        elif fault.kind is FaultKind.DROP:
            machine.drop()
        else:
            machine.faults.add(fault)
            machine.moved()

    def heal(self, name: str, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away from a host, or all; with all, its way in is put right too. Raises UsageError."""
        machine = self.machine(name)
        machine.faults.clear(kind)
        if kind is None:
            machine.restore()
        machine.moved()

    def snapshot(self, name: str) -> dict[str, Any]:
        """All that a host is and has, and the directories of the world, in JSON's types. Raises UsageError."""
        whole = {**self.machine(name).snapshot(), "directories": self.world.snapshot()}
        plain: dict[str, Any] = json.loads(json.dumps(whole, default=sorted))
        return plain

    def status(self, name: str) -> dict[str, object]:
        """`platform`, `serial` (the machine's id), `reachable`, `why`, `up`, `faults`, `bugs`, `restart` (why).

        And how it is known: `host_key` (of its certificate) and `ca` (the file of the CA).
        """
        machine = self.machine(name)
        off = machine.faults.get(FaultKind.OFF) is not None
        why = "no power" if off else machine.cut_off or ("away for a moment" if machine.down else "")
        if not why and (machine.faults.get(FaultKind.REFUSE) or machine.faults.get(FaultKind.DEAD)):
            why = "its WinRM service does not answer"
        return {
            "platform": "windows",
            "serial": machine.spec.uuid,
            "reachable": not why,
            "why": why,
            "up": not off,
            "faults": [str(fault) for fault in machine.faults.active()],
            "restart": sorted(machine.pending),
            "bugs": list(machine.bugs),
            "host_key": self._digest(name),
            "ca": str(self.ca),
        }

    # --- certificates -----------------------------------------------------------------------------------------------

    def _wrapping(self, machine: Machine) -> Any:
        def context() -> ssl.SSLContext | None:
            if self._plain:
                return None
            return self._context(machine.name, expired=machine.faults.get(FaultKind.EXPIRED) is not None)

        return context

    def _certificate(self, name: str, *, expired: bool) -> tuple[Path, Path]:
        key = (name, expired)
        if key not in self._certificates:
            begins, ends = (-_AGES_AGO, -timedelta(days=1)) if expired else (-timedelta(days=1), _VALID)
            file = f"{name}.expired" if expired else name
            names = (name.lower(), "localhost")
            self._certificates[key] = self._authority.leaf(file, names=names, begins=begins, ends=ends)
        return self._certificates[key]

    def _context(self, name: str, *, expired: bool) -> ssl.SSLContext:
        key = (name, expired)
        if key not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._certificate(name, expired=expired))
            self._contexts[key] = context
        return self._contexts[key]

    def _digest(self, name: str) -> str:
        pem = self._certificate(name, expired=False)[0].read_text(encoding="ascii")
        return f"x509 sha256:{sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()}"
