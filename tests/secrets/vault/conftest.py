"""Servers to try the Vault store on: the lab's in three flavours, and a real one where a person names one.

`VAULT_ADDR=... VAULT_TOKEN=... make contract-vault` runs the contract on a scratch server (`VAULT_CACERT` names its
CA); where `vault` or `bao` is on PATH one is started in dev mode.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from ground import Ground, ask

from trustctl.lab.vault import FLAVOURS, VAULT_1_8, Core, Flavour, VaultServer, start

NAMED = os.environ.get("TRUSTCTL_CONTRACT_VAULT", "")
"""Set by `make contract-vault`: then the named server alone is tried."""
PROGRAMS = [name for name in ("vault", "bao") if shutil.which(name)]
SERVERS = ["named"] if NAMED else [*FLAVOURS, *PROGRAMS]


@contextmanager
def lab_ground(folder: Path, flavour: Flavour = VAULT_1_8) -> Iterator[tuple[Ground, VaultServer]]:
    """A place on a lab server of its own."""
    core = Core(flavour)
    root = start(core)
    clock = core.tools.clock
    with VaultServer(core) as server:
        ground = Ground(
            server.address,
            root,
            "lab",
            folder,
            ticks=clock.seconds,
            now=lambda: clock.now().timestamp(),
            wait=clock.advance,
        )
        ground.prepare()
        server.seen.clear()
        yield ground, server
        assert server.bugs == []


@contextmanager
def real_ground(folder: Path, address: str, root: str, ca: Path | None = None) -> Iterator[Ground]:
    """A place on a real server, taken away at the end."""
    ground = Ground(address, root, f"trustctl-{secrets.token_hex(4)}", folder, ca=ca)
    try:
        ground.prepare()
        yield ground
    finally:
        ground.clear()


@contextmanager
def dev_server(program: str) -> Iterator[tuple[str, str]]:
    """`vault server -dev` or `bao server -dev` on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root, address = secrets.token_hex(12), f"http://127.0.0.1:{port}"
    words = [program, "server", "-dev", f"-dev-root-token-id={root}", f"-dev-listen-address=127.0.0.1:{port}"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    ask(address, "GET", "/v1/sys/health")
                    break
                except OSError:
                    time.sleep(0.1)
            yield address, root
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def real_address(request: pytest.FixtureRequest) -> Callable[[str], tuple[str, str, Path | None]]:
    """Where a real server is: named by a person, or started once for all tests."""
    started: dict[str, tuple[str, str, Path | None]] = {}

    def address(kind: str) -> tuple[str, str, Path | None]:
        if kind == "named":
            ca = os.environ.get("VAULT_CACERT")
            return os.environ["VAULT_ADDR"], os.environ["VAULT_TOKEN"], Path(ca) if ca else None
        if kind not in started:
            running = dev_server(kind)
            started[kind] = (*running.__enter__(), None)
            request.addfinalizer(lambda: running.__exit__(None, None, None))
        return started[kind]

    return address


@pytest.fixture(params=SERVERS)
def ground(
    request: pytest.FixtureRequest, tmp_path: Path, real_address: Callable[[str], tuple[str, str, Path | None]]
) -> Iterator[Ground]:
    """A place on each server that there is."""
    kind: str = request.param
    if kind in FLAVOURS:
        with lab_ground(tmp_path, FLAVOURS[kind]) as (place, _):
            yield place
    else:
        with real_ground(tmp_path, *real_address(kind)) as place:
            yield place


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[Ground, VaultServer]]:
    """A place on a lab server, and the server, whose state and troubles a test may change."""
    with lab_ground(tmp_path) as both:
        yield both
