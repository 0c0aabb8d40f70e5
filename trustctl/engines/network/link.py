"""The one place that holds netmiko and paramiko: a signed-in SSH channel, and what its failures mean.

netmiko supplies the driver of the device family (its sign-in quirks, its terminal) and the SSH client. What netmiko
does after sign-in by fixed sleeps, and its readers that scan the whole buffer again for each packet, are not used: the
session reads the channel itself (docs/sources.md, SSH and netmiko).
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
from functools import lru_cache
from typing import TYPE_CHECKING

import paramiko
from netmiko import BaseConnection
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from netmiko.ssh_dispatcher import ssh_dispatcher
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey
from paramiko.ssh_exception import IncompatiblePeer

from trustctl.engines.network.algorithms import disabled_for
from trustctl.engines.network.dial import dial, place
from trustctl.engines.network.limits import Limits
from trustctl.engines.protocol import Endpoint, Target
from trustctl.errors import (
    AlgorithmError,
    DeviceError,
    HostKeyError,
    LoginRefusedError,
    RulebookError,
    SessionLostError,
    UnreachableError,
)

if TYPE_CHECKING:
    from netmiko.channel import Channel as NetmikoChannel

for _name in ("paramiko", "netmiko"):
    # their debug logs print what goes over the channel; without a handler Python prints their errors to stderr
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).setLevel(logging.WARNING)

_SSH_PORT = 22
_CHUNK = 65536
_LATE = "Authentication timeout"
"""paramiko's words for a login that was not answered; it has the class of a refused one."""
_TICK = 0.5
"""Seconds after which a waiting read looks whether the transport is still alive."""


class _Plain(BaseConnection):
    """Overrides for every driver: one pinned key, and nothing sent before our own dialogue."""

    channel: NetmikoChannel
    pinned: tuple[str, paramiko.PKey]

    def _get_ssh_client_instance(self) -> paramiko.SSHClient:
        client = super()._get_ssh_client_instance()
        name, key = self.pinned
        client.get_host_keys().add(name, key.get_name(), key)
        return client

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: FBT001, FBT002 - as the parent
        """Our own dialogue prepares the terminal."""

    def cleanup(self, command: str = "") -> None:
        """Our own dialogue says good-bye."""


@lru_cache(maxsize=64)
def _driver(device_type: str) -> type[_Plain]:
    try:
        parent = ssh_dispatcher(device_type)
    except KeyError:
        raise RulebookError(
            f"netmiko has no device type {device_type!r}", remedy="Correct `netmiko` in the platform's platform.yml."
        ) from None
    return type(f"Pinned{parent.__name__}", (_Plain, parent), {})


def entry_name(endpoint: Endpoint) -> str:
    """The name of a host in known_hosts form: `host`, or `[host]:port` off port 22."""
    return endpoint.host if endpoint.port == _SSH_PORT else f"[{endpoint.host}]:{endpoint.port}"


def parse_key(text: str, device: str) -> paramiko.PKey:
    """Return the public key of a `ssh-ed25519 AAAA...` text. Raises HostKeyError if it is none."""
    entry = None
    with contextlib.suppress(InvalidHostKey, paramiko.SSHException, IndexError):
        entry = HostKeyEntry.from_line(f"pinned {text.strip()}")
    if entry is None:
        raise HostKeyError(
            "the pinned host key cannot be read",
            where=device,
            remedy=f"Adopt the device again: trustctl adopt SCHOOL --limit {device}",
        )
    return entry.key


def key_text(key: paramiko.PKey) -> str:
    """A public key as known_hosts has it: `ssh-ed25519 AAAA...`."""
    return f"{key.get_name()} {key.get_base64()}"


class Link:
    """A signed-in channel: bytes out, bytes in, and whether it is alive."""

    def __init__(self, connection: _Plain, sock: socket.socket, device: str) -> None:
        self._connection = connection
        self._socket = sock
        self._device = device
        channel = connection.remote_conn
        if not isinstance(channel, paramiko.Channel):
            raise SessionLostError("the SSH channel was not opened", where=device, remedy="Try again.")
        self._channel = channel
        self._channel.settimeout(_TICK)

    def write(self, data: str) -> None:
        """Send text. Raises SessionLostError if the session has ended."""
        try:
            self._channel.sendall(data.encode("ascii"))
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._lost() from error

    def read(self) -> bytes:
        """Return what arrives within a tick; empty if nothing does. Raises SessionLostError if the session is over."""
        try:
            data = self._channel.recv(_CHUNK)
        except TimeoutError:
            if not self._channel.get_transport().is_active():
                raise self._lost() from None
            return b""
        except (OSError, EOFError) as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        return data

    def patience(self, seconds: float) -> None:
        """How long the next reads wait at most, in seconds, up to a tick."""
        self._channel.settimeout(max(0.01, min(_TICK, seconds)))

    def software(self) -> tuple[str, str]:
        """The SSH server's name without `SSH-2.0-`, and what it shows before the sign-in; empty if nothing."""
        transport = self._channel.get_transport()
        banner = transport.get_banner() or b""
        text = banner if isinstance(banner, str) else banner.decode("utf-8", "replace")
        return transport.remote_version.partition("-")[2].partition("-")[2], text

    def close(self) -> None:
        """End the session; never raises."""
        with contextlib.suppress(Exception):
            self._connection.disconnect()
        self._socket.close()

    def abandon(self) -> None:
        """Cut TCP without a word (reset, nothing flushed); never raises."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        with contextlib.suppress(Exception):
            self._connection.disconnect()

    def _lost(self) -> SessionLostError:
        return SessionLostError(
            "the session ended in the middle of a dialogue",
            where=self._device,
            remedy="The device's state is not known from this; it must be read again.",
        )


def open_link(target: Target, device_type: str, limits: Limits) -> Link:
    """Dial, check the pinned host key and sign in. Raises the errors that `Connector.open` names.

    Nothing is retried here: after a refused login or a host key that does not fit, a retry does harm.
    """
    if target.host_key is None:
        raise HostKeyError(
            "the device's host key is not pinned",
            where=target.device,
            remedy=f"Look at its fingerprint and adopt it: trustctl adopt SCHOOL --limit {target.device}",
        )
    key = parse_key(target.host_key, target.device)
    driver = _driver(device_type)
    disabled = disabled_for(target.legacy)
    sock = dial(target.endpoint, target.device, limits)
    connection: _Plain | None = None
    try:
        connection = driver(
            device_type=device_type,
            host=target.endpoint.host,
            port=target.endpoint.port,
            username=target.username,
            password=target.password,
            secret=target.enable or "",
            sock=sock,
            ssh_strict=True,
            disabled_algorithms=disabled,
            conn_timeout=limits.handshake_seconds,
            banner_timeout=limits.handshake_seconds,
            auth_timeout=limits.login_seconds,
            keepalive=limits.keepalive_seconds,
            auto_connect=False,
        )
        connection.pinned = (entry_name(target.endpoint), key)
        connection.establish_connection()
        return Link(connection, sock, target.device)
    except Exception as error:
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.disconnect()
        sock.close()
        if isinstance(error, DeviceError):
            raise
        raise classify(error, target) from None


def classify(error: Exception, target: Target) -> DeviceError:
    """Say what a failed connection means, by its cause and not netmiko's class (docs/sources.md, SSH and netmiko)."""
    where = place(target.device, target.endpoint)
    cause = error.__context__ if isinstance(error, NetmikoTimeoutException) else error
    if isinstance(cause, paramiko.BadHostKeyException):
        return HostKeyError(
            f"the host key has changed: pinned {fingerprint(cause.expected_key)}, "
            f"the device shows {fingerprint(cause.key)}",
            where=where,
            remedy="Find out why on another path (new switch? new key? somebody in between?), then: "
            f"trustctl adopt SCHOOL --limit {target.device} --rekey",
        )
    if isinstance(cause, NetmikoAuthenticationException | paramiko.AuthenticationException) and _LATE in str(cause):
        return UnreachableError(
            "the device did not answer the login in time",
            where=where,
            remedy="Its RADIUS or TACACS server may be slow or gone; try again later.",
        )
    if isinstance(error, NetmikoAuthenticationException) or isinstance(cause, paramiko.AuthenticationException):
        return LoginRefusedError(
            f"the device refuses the login of {target.username!r}",
            where=where,
            remedy="Check user name and password in the secret store. It is not tried again, so that nothing locks.",
        )
    if isinstance(cause, IncompatiblePeer):
        return AlgorithmError(
            f"no SSH algorithm in common: {cause}",
            where=where,
            remedy="Upgrade the device or make it a new key; else name the legacy algorithm in its ssh_legacy.",
        )
    if isinstance(cause, paramiko.SSHException) and "not found in known_hosts" in str(cause):
        return HostKeyError(
            "the device's host key is unknown",
            where=where,
            remedy=f"Adopt it: trustctl adopt SCHOOL --limit {target.device}",
        )
    detail = str(cause or error).strip().split("\n", 1)[0]
    return UnreachableError(
        f"no SSH session with the device: {detail or type(error).__name__}",
        where=where,
        remedy="Check that it answers SSH at this address and has a free vty line.",
    )


def fingerprint(key: paramiko.PKey) -> str:
    """The SHA-256 fingerprint as OpenSSH prints it: `SHA256:...`."""
    return key.fingerprint


def read_host_key(endpoint: Endpoint, legacy: tuple[str, ...], limits: Limits) -> paramiko.PKey:
    """Exchange keys with a device without signing in and return its host key. Raises as `open_link`."""
    disabled = disabled_for(legacy)
    sock = dial(endpoint, "", limits)
    transport: paramiko.Transport | None = None
    try:
        transport = paramiko.Transport(sock, disabled_algorithms=disabled)
        transport.banner_timeout = limits.handshake_seconds
        transport.start_client(timeout=limits.handshake_seconds)
        return transport.get_remote_server_key()
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise classify(error, Target("", "", endpoint, "", "")) from None
    finally:
        if transport is not None:
            transport.close()
        sock.close()
