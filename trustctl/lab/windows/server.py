"""The server of one Windows host: HTTPS on loopback, Basic authentication, WS-Management, PowerShell Remoting."""

from __future__ import annotations

import base64
import binascii
import socket
import ssl
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast

from trustctl.lab.faults import FaultKind
from trustctl.lab.windows import wsman
from trustctl.lab.windows.documents import installed
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.parts import Accounts, System
from trustctl.lab.windows.running import Runner
from trustctl.lab.windows.sockets import bound, end

if TYPE_CHECKING:
    from trustctl.lab.windows.psrp import Shell

_BACKLOG = 64
_PATH = "/wsman"
_HANDSHAKE_SECONDS = 20.0

Context = Callable[[], ssl.SSLContext | None]
"""What a new connection is wrapped in; None: plain HTTP."""


class Server:
    """Answers for one machine at one port, which stays its own while nobody listens."""

    def __init__(self, runner: Runner, context: Context, port: int = 0) -> None:
        self.machine: Machine = runner.machine
        self._runner = runner
        self._context = context
        # a socket that is bound and does not listen keeps the port while the host is down
        self._place = bound(port)
        self.port: int = self._place.getsockname()[1]
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()
        self._heard = self.machine.dropped
        self._closed = False
        self.machine.moved = self.settle
        self.settle()

    # --- the port ---------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Listen or not, and let connections live or not, as the machine's state says."""
        faults = self.machine.faults
        away = self.machine.cut_off or faults.get(FaultKind.OFF) or faults.get(FaultKind.REFUSE)
        down = self.machine.down  # asked once: who found it down looks again, or nobody would listen any more
        with self._lock:
            if self._closed:
                return
            if away or down:
                self._shut()
            elif self._listener is None:
                self._listen()
            if away or self.machine.dropped != self._heard:
                self._heard = self.machine.dropped
                self._drop()
        if down and not away:
            again = threading.Timer(0.05, self.settle)
            again.daemon = True
            again.start()

    def close(self) -> None:
        """Answer no more, and give the port up."""
        with self._lock:
            self._closed = True
            self._shut()
            self._drop()
        self._place.close()

    def _listen(self) -> None:
        listener = bound(self.port)
        listener.listen(_BACKLOG)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True, name="lab-windows-accept").start()

    def _shut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            end(listener)
            listener.close()

    def _drop(self) -> None:
        """Every connection and every shell dies at once."""
        for shell in self._shells.values():
            shell.kill()
        self._shells.clear()
        for one in self._open:
            end(one, reset=True)
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                accepted, address = listener.accept()
            except OSError:
                return
            with self._lock:
                if listener is not self._listener:
                    accepted.close()
                    return
                self._open.add(accepted)
            threading.Thread(target=self._serve, args=(accepted, address), daemon=True, name="lab-windows").start()

    def _serve(self, accepted: socket.socket, address: Any) -> None:
        try:
            if self.machine.faults.get(FaultKind.DEAD):
                accepted.recv(1)
                threading.Event().wait(_HANDSHAKE_SECONDS)
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = self._context()
            talk = context.wrap_socket(accepted, server_side=True) if context else accepted
            with self._lock:
                if accepted not in self._open:
                    talk.close()  # everything was dropped while the two were still shaking hands
                    return
                self._open.discard(accepted)
                self._open.add(talk)
            try:
                _Handler(talk, address, self)  # type: ignore[arg-type]  # it is its own server
            finally:
                with self._lock:
                    self._open.discard(talk)
                end(talk)
                talk.close()
        except OSError:
            # a client that went away, does not trust us, or that the host dropped: its side is what tests look at
            return
        finally:
            with self._lock:
                self._open.discard(accepted)
            accepted.close()

    # --- what is asked ----------------------------------------------------------------------------------------------

    def allowed(self, header: str) -> bool:
        """Whether these credentials sign in. WinRM says no in the same way for every reason."""
        kind, _, coded = header.partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self.signs_in(user, password)

    def signs_in(self, user: str, password: str) -> bool:
        """Whether this account may use PowerShell Remoting."""
        faults = self.machine.faults
        locked = faults.get(FaultKind.ACCOUNT_LOCKED)
        if faults.get(FaultKind.WRONG_PASSWORD) or (locked and locked.text.casefold() in {"", user.casefold()}):
            return False
        with self.machine.lock:
            return self.machine.part(Accounts).signs_in(user, password) or self._from_domain(user, password)

    def _from_domain(self, user: str, password: str) -> bool:
        """Whether an account of the host's domain signs in.

        Windows takes those by Kerberos, not by Basic; the lab has Basic in its place.
        """
        machine = self.machine
        own = machine.spec.directory
        found = machine.world.directory(own.domain if own else machine.part(System).domain)
        if found is None:
            return False
        with machine.world.lock:
            try:
                who = found.login(user, password, machine.world.locked(found.spec.domain))
            except RefusedError:
                return False
            groups = {one.casefold() for one in found.groups_of(who.name)}
        local = machine.part(Accounts).groups["administrators"].members
        known = groups | {f"{found.spec.netbios}\\{who.name}".casefold()}
        return bool(own and who.admin) or bool(known & {one.casefold() for one in local})

    def answer(self, request: wsman.Request, owner: str) -> tuple[int, bytes] | None:
        """Status and envelope; None: the connection dies."""
        if request.action == "Create":
            return self._create(request, owner)
        with self._lock:
            shell = self._shells.get(request.shell)
        if shell is None:
            said = (
                f'The request for the Windows Remote Shell with ShellId "{request.shell}" failed because the shell was '
                "not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no "
                "longer exists on the server. Provide the correct ShellId or create a new shell and retry the "
                "operation."
            )
            return 500, wsman.fault(request, wsman.NO_SHELL, self.machine.name, said)
        if request.action == "Receive":
            return self._receive(request, shell)
        return self._take(request, shell)

    def _take(self, request: wsman.Request, shell: Shell) -> tuple[int, bytes]:
        match request.action:
            case "Command" if request.command:
                shell.command(request.command, request.data)
                return 200, wsman.commanded(request)
            case "Send":
                shell.send(request.data)
            case "Signal" if request.command:
                shell.stop(request.command)
            case "Delete":
                with self._lock:
                    self._shells.pop(request.shell, None)
            case _:
                said = f"the WS-Management action {request.action}"
                self.machine.bugs.append(said)
                return 500, wsman.fault(request, wsman.NO_ACTION, self.machine.name, f"the lab does not model {said}")
        return 200, wsman.done(request)

    def _create(self, request: wsman.Request, owner: str) -> tuple[int, bytes]:
        if request.resource != wsman.POWERSHELL:
            self.machine.bugs.append(f"a shell that is no PowerShell: {request.resource}")
            return 500, wsman.fault(
                request, wsman.NO_ACTION, self.machine.name, f"the lab does not model the shell {request.resource}"
            )
        ident = str(uuid.uuid4()).upper()
        shell = _psrp(request.data, self._runner)
        with self._lock:
            self._shells[ident] = shell
        return 200, wsman.created(request, ident, owner)

    def _receive(self, request: wsman.Request, shell: Shell) -> tuple[int, bytes] | None:
        found = shell.receive(request.command, request.seconds)
        if shell.dead:
            return None
        if found is None:
            said = (
                "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
            )
            return 500, wsman.fault(request, wsman.OPERATION_TIMEOUT, self.machine.name, said)
        return 200, wsman.received(request, found[0], over=found[1])


def _psrp(creation: bytes, runner: Runner) -> Shell:
    from trustctl.lab.windows.psrp import Shell  # noqa: PLC0415 - the extra may not be installed, see `ready`

    return Shell(creation, runner.run)


def ready() -> None:
    """Whether this installation can run Windows hosts. Raises UsageError."""
    for package in ("psrpcore", "ansible", "ansible_collections"):
        installed(package)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the parent
        """Print nothing: requests carry arguments."""

    def do_POST(self) -> None:
        """Answer one request."""
        server = cast("Server", self.server)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:
            self.close_connection = True
        elif self.path != _PATH:
            self._send(404, b"")
        elif not server.allowed(self.headers.get("Authorization", "")):
            self._send(401, b"")
        else:
            self._wsman(server, raw)

    def _wsman(self, server: Server, raw: bytes) -> None:
        try:
            request = wsman.read(raw)
        except wsman.BadEnvelopeError as error:
            server.machine.bugs.append(f"no WS-Management request: {error}")
            self._send(400, b"")
            return
        answer = server.answer(request, server.machine.spec.user)
        if answer is None:
            self.close_connection = True
        else:
            self._send(*answer)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 401:  # noqa: PLR2004 - HTTP's own number
            self.send_header("WWW-Authenticate", 'Basic realm="WSMAN"')
        self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
