"""The TCP connection under a session: our own timeout, our own words for what failed, no delayed small packets."""

from __future__ import annotations

import socket

from trustctl.engines.network.limits import Limits
from trustctl.engines.protocol import Endpoint
from trustctl.errors import UnreachableError


def place(device: str, endpoint: Endpoint) -> str:
    """Where a connection fails, for errors: `oak-sw-a1-01: 10.21.10.2 port 22`."""
    address = f"{endpoint.host} port {endpoint.port}"
    return f"{device}: {address}" if device else address


def dial(endpoint: Endpoint, device: str, limits: Limits) -> socket.socket:
    """Return a connected socket with TCP_NODELAY. Raises UnreachableError saying how it failed.

    The path's death is noticed by the kernel: unacknowledged data fails the connection after
    `limits.unacknowledged_seconds` (Linux; elsewhere TCP keepalive alone).
    """
    where = place(device, endpoint)
    try:
        sock = socket.create_connection((endpoint.host, endpoint.port), timeout=limits.connect_seconds)
    except ConnectionRefusedError as error:
        raise UnreachableError(
            "the device refuses the connection", where=where, remedy="Check that SSH is on and the port is right."
        ) from error
    except TimeoutError as error:
        raise UnreachableError(
            f"the device did not answer within {limits.connect_seconds:g} s",
            where=where,
            remedy="Check that it is on, and that a firewall or access list lets us in.",
        ) from error
    except socket.gaierror as error:
        raise UnreachableError(
            "the name cannot be resolved", where=where, remedy="Use the management address, or mend DNS."
        ) from error
    except OSError as error:
        raise UnreachableError(
            f"there is no way to the device: {error.strerror or error}", where=where, remedy="Check route and VPN."
        ) from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limits.unacknowledged_seconds * 1000)
    return sock
