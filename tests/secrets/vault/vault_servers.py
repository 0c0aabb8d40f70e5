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
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vault_ground import Ground, ask

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
    words.append("-dev-no-store-token")  # else it overwrites the person's own ~/.vault-token
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
