"""A real sshd on loopback: what needs no systemd and no other host is shown here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from loopback import PROGRAM, SUDO, Server

from trustctl.engines.linux.process import Child


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """One process for all tests of a file."""
    made = Child()
    yield made
    made.close()


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes one key."""
    keygen = shutil.which("ssh-keygen")
    if keygen is None or not PROGRAM.exists():
        pytest.skip(f"there is no {PROGRAM}: install openssh-server")
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "own"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "bin").mkdir()
    for name, text in {"sudo": SUDO, "id": "#!/bin/sh\necho 1000\n"}.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "host",
        "PidFile": "none",
        "AuthorizedKeysFile": folder / "own.pub",
        "StrictModes": "no",
        "PermitRootLogin": "yes",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "UsePAM": "no",
        "MaxStartups": "100",
        "SetEnv": f"PATH={folder / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin HOME_OF_TEST={folder}",
    }
    config = folder / "sshd_config"
    config.write_text("".join(f"{word} {value}\n" for word, value in words.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    log = (folder / "log").open("wb")
    process = subprocess.Popen([str(PROGRAM), "-D", "-e", "-f", str(config)], stdout=log, stderr=log)
    try:
        _wait(port, process, folder / "log")
        public = " ".join((folder / "host.pub").read_text().split()[:2])
        yield Server(port, public, (folder / "own").read_text(), folder)
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            pytest.skip(f"sshd does not start here: {log.read_text().strip()[-300:]}")
        try:
            with closing(socket.create_connection(("127.0.0.1", port), 1)) as line:
                if line.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("sshd does not answer")
