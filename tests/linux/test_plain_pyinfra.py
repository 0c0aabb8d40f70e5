"""The deploys with plain pyinfra, its own command line and connector: the same operations, the same verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_hosts import WHOLE, description, engine, left, now, target
from linux_hosts import StartHosts, server

from trustctl.engines.linux.wire import resources_out
from trustctl.lab.hosts.lab import HostLab

SECRETS = {"login/break-glass": "Canary-secret-7731"}
ONE = "oak-srv-01"
ROLES = ("base", "firewall", "access")
DEPLOYS = Path(__file__).parents[2] / "trustctl/engines/linux/deploys"
WANT = description(WHOLE)


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One host whose sudo asks for nothing."""
    return start_hosts(server(1, nopasswd=True))


@pytest.fixture
def inventory(lab: HostLab, tmp_path: Path) -> Path:
    """An inventory file of pyinfra for the host, with its description as data."""
    contact = lab.contacts[ONE]
    (tmp_path / "known_hosts").write_text(f"[{contact.host}]:{contact.port} {contact.host_key}\n")
    store = tmp_path / "secrets.yml"
    store.write_text(json.dumps(SECRETS))
    store.chmod(0o600)
    data = {
        "ssh_hostname": contact.host,
        "ssh_port": contact.port,
        "ssh_user": "trustctl",
        "ssh_password": "Lab-host-pass-1",
        "ssh_known_hosts_file": str(tmp_path / "known_hosts"),
        "ssh_strict_host_key_checking": "yes",
        "description": WHOLE,
        "secrets_file": str(store),
    }
    path = tmp_path / "inventory.py"
    path.write_text(f"linux = [({ONE!r}, {data!r})]\n")
    return path


def pyinfra(inventory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pyinfra's command line on the deploys."""
    deploys = [str(DEPLOYS / f"{role}.py") for role in ROLES]
    program = Path(sys.executable).with_name("pyinfra")
    return subprocess.run(
        [str(program), *words, str(inventory), *deploys],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=inventory.parent,
        env={**os.environ, "PYINFRA_PROGRESS": "off"},
    )


def planned(inventory: Path) -> set[str]:
    """The names of the operations that pyinfra's dry run would carry out."""
    said = pyinfra(inventory, "--dry", "--json")
    assert said.returncode == 0, said.stderr[-2000:]
    plan = json.loads(said.stdout)["plan"]
    return {name for one in plan if one["hosts_with_change"] for name in one["names"]}


def test_a_dry_run_of_pyinfra_and_ours_name_the_same(lab: HostLab, inventory: Path) -> None:
    """Before and after pyinfra itself has carried them out; then the host is in step for both."""
    linux = engine(WANT.values())
    try:
        session = linux.open(target(lab, ONE))

        def ours() -> set[str]:
            found = session._ask("prepare", want=resources_out(WANT.values()))["resources"]
            rows = zip(WANT.values(), found, strict=True)
            return {f"{one.kind} {one.name}" for one, row in rows if row["will_change"]}

        assert planned(inventory) == ours()
        done = pyinfra(inventory, "-y")
        assert done.returncode == 0, done.stderr[-3000:]
        assert SECRETS["login/break-glass"] not in done.stdout + done.stderr
        assert [key for key, _ in left(WANT, now(session))] == [("user", "kv-admin")]
        assert planned(inventory) == set()
        # the deploys took another value of the secret than the one that the comparison above knows
    finally:
        linux.close()
