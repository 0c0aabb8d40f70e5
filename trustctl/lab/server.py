"""The SSH server of one lab device: its port, host key, logins, and what happens to them when management is cut."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import socket
import struct
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import asyncssh
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trustctl.lab.faults import FaultKind
from trustctl.lab.session import DeviceSession

if TYPE_CHECKING:
    from trustctl.lab.device import Device
    from trustctl.lab.login import Login

LOOPBACK = "127.0.0.1"
_NO_MORE_METHODS = 14
"""SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE (RFC 4253, section 11.1)."""
_QUESTION = ("Password: ", False)
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Algorithms:
    """What an SSH server offers; an empty tuple is the default. `rsa_sha1`: the host key signs with SHA-1 only."""

    kex: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    rsa_sha1: bool = False


PROFILES = {
    "kex-group14-sha1": Algorithms(kex=("diffie-hellman-group14-sha1",)),
    "kex-group1-sha1": Algorithms(kex=("diffie-hellman-group1-sha1",)),
    "key-ssh-rsa": Algorithms(rsa_sha1=True),
    "cipher-cbc": Algorithms(ciphers=("aes128-cbc", "3des-cbc"), macs=("hmac-sha2-256", "hmac-sha1")),
    "mac-hmac-sha1": Algorithms(ciphers=("aes128-ctr", "aes256-ctr"), macs=("hmac-sha1",)),
    "all-legacy": Algorithms(
        kex=("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
        ciphers=("aes128-cbc", "3des-cbc"),
        macs=("hmac-sha1",),
        rsa_sha1=True,
    ),
}
"""Legacy servers, one per class of algorithm (docs/sources.md, SSH and netmiko)."""


def host_key(seed: str) -> asyncssh.SSHKey:
    """The ed25519 host key that belongs to a seed, always the same."""
    return _imported(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))


def _imported(private: Ed25519PrivateKey | rsa.RSAPrivateKey) -> asyncssh.SSHKey:
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return asyncssh.import_private_key(pem)


@lru_cache(maxsize=1)
def _rsa_key() -> asyncssh.SSHKey:
    """One RSA key for all legacy servers of this process: making one is slow, and nobody checks that they differ."""
    return _imported(rsa.generate_private_key(public_exponent=65_537, key_size=2048))


@lru_cache(maxsize=64)
def _base_options(algorithms: Algorithms, version: str) -> asyncssh.SSHServerConnectionOptions:
    """Options that all devices with these algorithms and that identification share, without host key and server."""
    return asyncssh.SSHServerConnectionOptions(
        server_factory=asyncssh.SSHServer,
        server_host_keys=[_rsa_key() if algorithms.rsa_sha1 else host_key("any")],
        encoding=None,
        line_editor=False,
        allow_scp=False,
        gss_host=None,
        x11_forwarding=False,
        agent_forwarding=False,
        server_version=version,
        login_timeout=120,
        kex_algs=algorithms.kex or (),
        encryption_algs=algorithms.ciphers or (),
        mac_algs=algorithms.macs or (),
    )


class Front:
    """The network side of one device: it listens while the device can be reached, and holds the open connections."""

    def __init__(self, device: Device, seed: str, port: int = 0) -> None:
        self.device = device
        self.port = port
        self.connections: set[Wire] = set()
        self._seed = seed
        self._reserved: socket.socket | None = None
        self._listener: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        """One opens at a time: a device may settle again before the port listens."""
        device.attach(self)

    async def start(self) -> None:
        """Take the port, and listen if the device can be reached. Raises OSError if the port is taken."""
        self._reserved = self._bind()
        self.port = self._reserved.getsockname()[1]
        await self._listen()

    async def settle(self) -> None:
        """Listen or stop listening, as the device's reachability and faults say now."""
        if self.device.accepts_connections():
            await self._listen()
        else:
            self.refuse()

    async def stop(self) -> None:
        """Close the port and every connection."""
        self.refuse()
        self.device.drop_sessions()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    def abort_all(self) -> None:
        """Reset every connection."""
        for wire in list(self.connections):
            wire.abort()

    def freeze_all(self) -> None:
        """Let every connection go silent: nothing more is read or answered, nothing is closed."""
        for wire in self.connections:
            wire.freeze()

    def key(self) -> asyncssh.SSHKey:
        """The host key that is in force."""
        if self._algorithms().rsa_sha1:
            return _rsa_key()
        changed = self.device.faults.get(FaultKind.HOST_KEY)
        return host_key(f"{self._seed}/changed" if changed else self._seed)

    def options(self) -> asyncssh.SSHServerConnectionOptions:
        """The SSH options for a new connection."""
        algorithms = self._algorithms()
        options = copy.copy(_base_options(algorithms, self.device.ssh_version))
        pair = asyncssh.load_keypairs([self.key()])[0]
        names = [b"ssh-rsa"] if algorithms.rsa_sha1 else list(options.server_host_keys)
        options.server_host_keys = OrderedDict((name, pair) for name in names)
        options.protocol_factory = lambda: LoginServer(self)
        return options

    def _algorithms(self) -> Algorithms:
        fault = self.device.faults.get(FaultKind.ALGORITHMS)
        return PROFILES[fault.text] if fault else Algorithms()

    def _bind(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.settimeout(0)
        try:
            bound.bind((LOOPBACK, self.port))
        except OSError:
            bound.close()
            raise
        return bound

    async def _listen(self) -> None:
        async with self._opening:
            if self._listener is not None or not self.device.accepts_connections():
                return
            loop = asyncio.get_running_loop()
            # the first socket stays bound and never listens: it keeps the port while the device is cut off
            self._listener = await loop.create_server(lambda: Wire(self), sock=self._bind())
            if not self.device.accepts_connections():
                self.refuse()

    def refuse(self) -> None:
        """Stop listening; the port stays reserved, so a client is refused."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class _Outlet:
    """A transport that swallows what is written after its end: a session may still print while its client is gone."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> object:
        """Everything else is the transport's."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, while there is somebody to send to; asyncio would complain on stderr of each write behind the end."""
        if not self._transport.is_closing():
            self._transport.write(data)


class Wire(asyncio.Protocol):
    """One TCP connection: hands bytes to the SSH connection, or swallows them once the wire is cut."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._transport: asyncio.Transport | None = None
        self._ssh: asyncssh.SSHServerConnection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client dialled; a dead device never answers it."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"no stream transport: {transport!r}")
        self._transport = transport
        self._front.connections.add(self)
        if self._front.device.faults.get(FaultKind.DEAD):
            transport.pause_reading()
            return
        self._ssh = asyncssh.SSHServerConnection(asyncio.get_running_loop(), self._front.options())
        self._ssh.connection_made(cast("asyncio.Transport", _Outlet(transport)))

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._ssh is not None:
            self._ssh.data_received(data)

    def eof_received(self) -> None:
        """The client closed its side."""
        if self._ssh is not None:
            self._ssh.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._front.connections.discard(self)
        if self._ssh is not None:
            self._ssh.connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not keep up."""
        if self._ssh is not None:
            self._ssh.pause_writing()

    def resume_writing(self) -> None:
        """The client takes bytes again."""
        if self._ssh is not None:
            self._ssh.resume_writing()

    def freeze(self) -> None:
        """Read nothing more; the sessions above print nothing more (`Device.cut_off`)."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def abort(self) -> None:
        """Reset the connection: the client sees it at once."""
        if self._transport is None or self._transport.is_closing():
            return
        held: socket.socket = self._transport.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()


class LoginServer(asyncssh.SSHServer):
    """Logins of one connection: the login banner, then a password or the keyboard-interactive form of one."""

    def __init__(self, front: Front) -> None:
        self._device = front.device
        self._connection: asyncssh.SSHServerConnection | None = None
        self._login: Login | None = None
        self._tries = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, to send the banner on and to end it."""
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        """Send the login banner; a password is always needed."""
        banner = self._device.auth_banner()
        if banner and self._connection is not None and not self._tries:
            self._connection.send_auth_banner(banner)
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are taken."""
        return True

    def kbdint_auth_supported(self) -> bool:
        """So are passwords typed at a prompt."""
        return True

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """One question: the password."""
        return "", "", "", [_QUESTION]

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - asyncssh takes a coroutine here too
        """The answer to the question is the password."""
        return len(responses) == 1 and await self.validate_password(username, responses[0])

    async def validate_password(self, username: str, password: str) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - asyncssh takes a coroutine here too
        """Ask the device, which may be slow; the last of its wrong passwords ends the connection."""
        slow = self._device.faults.get(FaultKind.SLOW_AAA)
        if slow:
            await asyncio.sleep(slow.amount)
        self._login = self._device.authenticate(username, password)
        self._tries += 1
        spent = self._tries >= self._device.password_tries
        if self._login is None and spent and self._connection is not None:
            self._connection.disconnect(_NO_MORE_METHODS, "Too many tries")
        return self._login is not None

    def session_requested(self) -> DeviceSession | bool:
        """Open a shell or run a command, while the device has a line free."""
        if self._login is None or self._connection is None:
            return False
        return DeviceSession(self._device, self._login, self._connection)
