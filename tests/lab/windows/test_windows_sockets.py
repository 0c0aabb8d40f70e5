"""The end of a connection that another thread of the lab still reads."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.lab.certificates import Authority
from trustctl.lab.windows.sockets import bound, end


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """The server's and the client's end of one TLS connection."""
    authority = Authority(tmp_path, "ca", datetime.now(tz=UTC))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(*authority.leaf("host", names=("localhost",)))
    theirs = ssl.create_default_context(cafile=str(authority.file))
    with bound(0) as listener, ThreadPoolExecutor(1) as pool:
        listener.listen()
        dialled = pool.submit(
            lambda: theirs.wrap_socket(socket.create_connection(listener.getsockname()), server_hostname="localhost")
        )
        accepted, _ = listener.accept()
        with ours.wrap_socket(accepted, server_side=True) as server, dialled.result() as client:
            yield server, client


@pytest.mark.parametrize("reset", [False, True])
def test_what_comes_after_the_end_is_no_ciphertext(ends: tuple[ssl.SSLSocket, ssl.SSLSocket], reset: bool) -> None:
    """A request that lay there when the host dropped its connections is read by TLS or not at all."""
    server, client = ends
    client.sendall(b"the first")
    assert server.recv(100) == b"the first"
    client.sendall(b"the second")
    end(server, reset=reset)
    try:
        found = server.recv(100)
    except OSError:
        return
    assert found in {b"", b"the second"}


def test_an_end_twice_is_one(ends: tuple[ssl.SSLSocket, ssl.SSLSocket]) -> None:
    """The server's thread ends its connection too, after whoever dropped it."""
    server, client = ends
    end(server)
    end(server)
    assert client.recv(100) == b""
