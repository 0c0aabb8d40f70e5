"""The SSH connection of one session: our own timeouts, one pinned key, one attempt, our own words for what failed."""

from __future__ import annotations

import contextlib
import io
import logging
import socket

import paramiko
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey
from paramiko.ssh_exception import IncompatiblePeer

from trustctl.engines.linux.child.spec import HostSpec
from trustctl.errors import AlgorithmError, DeviceError, HostKeyError, LoginRefusedError, UnreachableError

logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").setLevel(logging.WARNING)

_CONNECT_SECONDS = 10.0
_HANDSHAKE_SECONDS = 15.0
_LOGIN_SECONDS = 60.0
_KEEPALIVE_SECONDS = 5
_UNACKNOWLEDGED_SECONDS = 5
_LATE = "Authentication timeout"
"""paramiko's words for a login that was not answered; it has the class of a refused one."""


def dial(spec: HostSpec) -> paramiko.SSHClient:
    """Return a signed-in client. Raises UnreachableError, HostKeyError, LoginRefusedError, AlgorithmError.

    Nothing is retried: after a refused login or a host key that does not fit, a retry does harm.
    """
    pinned = _pinned(spec)
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.get_host_keys().add(spec.entry, pinned.get_name(), pinned)
    own_key = _private_key(spec)
    sock = _connect(spec)
    try:
        client.connect(
            spec.address,
            spec.port,
            username=spec.user,
            password=spec.password or None,
            pkey=own_key,
            sock=sock,
            timeout=_HANDSHAKE_SECONDS,
            banner_timeout=_HANDSHAKE_SECONDS,
            auth_timeout=_LOGIN_SECONDS,
            allow_agent=False,
            look_for_keys=False,
        )
        transport = client.get_transport()
        if transport is None:
            raise EOFError  # noqa: TRY301 - said in one place, below
        transport.set_keepalive(_KEEPALIVE_SECONDS)
    except Exception as error:  # noqa: BLE001 - each is given its meaning
        with contextlib.suppress(Exception):
            client.close()
        sock.close()
        raise _meaning(error, spec) from None
    return client


def host_key(address: str, port: int) -> str:
    """Exchange keys without signing in; return the host's public key in `known_hosts` form."""
    spec = HostSpec(address, address, port, "", "")
    sock = _connect(spec)
    transport: paramiko.Transport | None = None
    try:
        transport = paramiko.Transport(sock)
        transport.banner_timeout = _HANDSHAKE_SECONDS
        transport.start_client(timeout=_HANDSHAKE_SECONDS)
        key = transport.get_remote_server_key()
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _meaning(error, spec) from None
    finally:
        if transport is not None:
            transport.close()
        sock.close()
    return f"{key.get_name()} {key.get_base64()}"


def _pinned(spec: HostSpec) -> paramiko.PKey:
    entry = None
    with contextlib.suppress(InvalidHostKey, paramiko.SSHException, IndexError):
        entry = HostKeyEntry.from_line(f"pinned {spec.host_key.strip()}")
    if entry is None:
        raise HostKeyError(
            "the host's key is not pinned, or its pin cannot be read",
            where=spec.name,
            remedy=f"Look at its fingerprint and adopt it: trustctl adopt SCHOOL --limit {spec.name}",
        )
    return entry.key


def _private_key(spec: HostSpec) -> paramiko.PKey | None:
    if not spec.key:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with contextlib.suppress(paramiko.SSHException, ValueError, IndexError):
            return kind.from_private_key(io.StringIO(spec.key))
    raise LoginRefusedError(
        "our private key cannot be read",
        where=spec.place,
        remedy="Store an OpenSSH key without a passphrase in the secret store.",
    )


def _connect(spec: HostSpec) -> socket.socket:
    try:
        sock = socket.create_connection((spec.address, spec.port), timeout=_CONNECT_SECONDS)
    except (ConnectionRefusedError, ConnectionResetError):
        raise UnreachableError(
            "the host refuses the connection", where=spec.place, remedy="Check that sshd runs and the port is right."
        ) from None
    except TimeoutError:
        raise UnreachableError(
            f"the host did not answer within {_CONNECT_SECONDS:g} s",
            where=spec.place,
            remedy="Check that it is on, and that a firewall lets us in.",
        ) from None
    except socket.gaierror:
        raise UnreachableError(
            "the name cannot be resolved", where=spec.place, remedy="Use the management address, or mend DNS."
        ) from None
    except OSError as error:
        raise UnreachableError(
            f"there is no way to the host: {error.strerror or error}",
            where=spec.place,
            remedy="Check route and VPN.",
        ) from None
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_SECONDS * 1000)
    return sock


_RESET = "Connection reset by peer"
"""How paramiko tells of it while it waits for the banner. If it comes before ours is sent, that is an EOFError."""


def _meaning(error: Exception, spec: HostSpec) -> DeviceError:
    """Say what a failed connection means."""
    if isinstance(error, paramiko.BadHostKeyException):
        return HostKeyError(
            f"the host key has changed: pinned {error.expected_key.fingerprint}, "
            f"the host shows {error.key.fingerprint}",
            where=spec.place,
            remedy="Find out why on another path (new host? new key? somebody in between?), then: "
            f"trustctl adopt SCHOOL --limit {spec.name} --rekey",
        )
    if isinstance(error, paramiko.AuthenticationException):
        if _LATE in str(error):
            return UnreachableError(
                "the host did not answer the login in time",
                where=spec.place,
                remedy="Its PAM, sssd or DNS may be slow or gone; look at its console.",
            )
        return LoginRefusedError(
            f"the host refuses the login of {spec.user!r}",
            where=spec.place,
            remedy="Check user name, key and password in the secret store. It is not tried again, so nothing locks.",
        )
    if isinstance(error, IncompatiblePeer):
        return AlgorithmError(
            f"no SSH algorithm in common: {error}", where=spec.place, remedy="Upgrade the host's OpenSSH."
        )
    if isinstance(error, paramiko.SSHException) and "not found in known_hosts" in str(error):
        return HostKeyError(
            "the host shows another kind of key than the pinned one",
            where=spec.place,
            remedy=f"Find out why, then: trustctl adopt SCHOOL --limit {spec.name} --rekey",
        )
    detail = str(error).strip().split("\n", 1)[0]
    if _RESET in detail or isinstance(error, EOFError):
        detail = "it refuses the connection, or is not there"
    return UnreachableError(
        f"no SSH session with the host: {detail or type(error).__name__}",
        where=spec.place,
        remedy="Check that it answers SSH at this address and takes more sessions (MaxStartups).",
    )
