"""The hosts of this process: one State of pyinfra for its whole life, one Host of pyinfra for each session.

By docs/sources.md: the State's context is set once (P1); each request works in a greenlet of its own (P2); an
operation's identity is its position, so what it returns is kept beside its resource and no name is read back (P3);
stages only go forward; `run_ops` is not used, so a host that fails is no other's business (P11).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from trustctl.engines.linux.border import Host, add_host, connect, drop_host, new_state
from trustctl.engines.linux.child.spec import HostSpec
from trustctl.engines.linux.child.transport import SPEC, HostTransport
from trustctl.engines.linux.operations.packages import has_apt
from trustctl.errors import DeviceError


@dataclass(slots=True)
class Session:
    """One signed-in session with one host."""

    number: int
    spec: HostSpec
    host: Host
    transport: HostTransport


class Sessions:
    """Makes and keeps the sessions of this process."""

    def __init__(self, parallel: int) -> None:
        self.state = new_state(parallel)
        self._numbers = itertools.count(1)
        self._open: dict[int, Session] = {}

    def open(self, spec: HostSpec) -> Session:
        """Dial and sign in. Raises the errors of `Connector.open`."""
        number = next(self._numbers)
        host = add_host(self.state, f"{spec.name}#{number}", HostTransport, {SPEC: spec})
        transport = host.connector
        if not isinstance(transport, HostTransport):
            raise TypeError(type(transport))
        try:
            connect(host)
        except BaseException:
            drop_host(self.state, host)
            raise
        has_apt(host, bool(transport.said.get("apt")))
        self._open[number] = Session(number, spec, host, transport)
        return self._open[number]

    def get(self, number: object) -> Session:
        """The session of a request. Raises DeviceError if it is closed."""
        session = self._open.get(number) if isinstance(number, int) else None
        if session is None:
            raise DeviceError("the session is closed")
        return session

    def close(self, session: Session, *, abandon: bool = False) -> None:
        """End a session; never raises."""
        self._open.pop(session.number, None)
        drop_host(self.state, session.host)
        if abandon:
            session.transport.abandon()
        else:
            session.transport.disconnect()

    def close_all(self) -> None:
        """End all sessions; never raises."""
        for session in list(self._open.values()):
            self.close(session)
