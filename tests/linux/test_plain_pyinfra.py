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
CHRONY = "/etc/chrony/chrony.conf"
WHEN = "systemctl show -P ActiveEnterTimestamp"
STARTED = f'touch -d "$({WHEN} chrony)" /run/then; [ /run/then -nt {CHRONY} ] && echo after || echo before'
"""Whether chrony was started after its file was written; both are known to the second, or better."""


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


def pyinfra(inventory: Path, *words: str, roles: tuple[str, ...] = ROLES) -> subprocess.CompletedProcess[str]:
    """Run pyinfra's command line on the deploys."""
    deploys = [str(DEPLOYS / f"{role}.py") for role in roles]
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
        # its package started it before our file was there
        started = lab.run(ONE, ["sh", "-c", STARTED]).stdout
        assert started == "after\n", lab.run(ONE, ["sh", "-c", f"{WHEN} chrony; stat -c %z {CHRONY}"]).stdout
        # the deploys took another value of the secret than the one that the comparison above knows
    finally:
        linux.close()


BESIDE = """\
topic Jobs role=base
service cron enabled=yes running=yes restart=/etc/cron.d/trust-collector
topic Collector role=syslog
file /etc/cron.d/trust-collector owner=root group=root mode=0644
    # nothing to do
"""


def test_a_service_of_another_part_starts_again_after_its_file(lab: HostLab, inventory: Path) -> None:
    """Once: what is in step restarts nothing."""

    def invocation() -> str:
        return lab.run(ONE, ["systemctl", "show", "-P", "InvocationID", "cron"]).stdout

    inventory.write_text(inventory.read_text().replace(repr(WHOLE), repr(BESIDE)))
    before = invocation()
    done = pyinfra(inventory, "-y", roles=("syslog",))
    assert done.returncode == 0, done.stderr[-3000:]
    after = invocation()
    assert after != before
    assert pyinfra(inventory, "-y", roles=("syslog",)).returncode == 0
    assert invocation() == after
