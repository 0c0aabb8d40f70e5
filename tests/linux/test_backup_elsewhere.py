"""Backups that go to another host by SFTP, with a key and a host key of the inventory; and how old an update is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from linux_hosts import StartHosts
from school_servers import School, open_school
from secure_hosts import HOST, add, applied, audited, planned, taken_back

pytestmark = pytest.mark.timeout(600)

ADDRESS, TOPICS = "10.11.20.21", ("Backup", "Updates")
_BACKUP = """\
  backup:
    repository: "sftp:keeper@10.11.20.21:/home/keeper/{{name}}"
    password: secret://backup/restic
    paths: [/etc]
    sftp:
      key: secret://backup/sftp
      host_keys: ["{host_key}"]
"""


@pytest.fixture(scope="module")
def work(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A server whose backups go over SSH to an account that takes its key alone: here it is its own keeper."""
    packages = ("restic", "unattended-upgrades")
    school = open_school("oak", start_hosts, tmp_path_factory.mktemp("trust"), packages=packages)
    own = ed25519.Ed25519PrivateKey.generate()
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    given = own.public_key().public_bytes(*form).decode()
    school.on(HOST, "useradd -m keeper && install -d -o keeper -m 0700 /home/keeper/.ssh")
    school.lab.run(HOST, ["sh", "-c", "cat >/home/keeper/.ssh/authorized_keys"], given=f"{given}\n")
    host_key = " ".join(school.on(HOST, "cat /etc/ssh/ssh_host_ed25519_key.pub").split()[:2])
    value = f"backup/sftp: |\n{textwrap.indent(private, '  ')}"
    add(school.engineer, _BACKUP.format(host_key=host_key), f"backup/restic: Restic-pass-5519\n{value}")
    school.engineer.edit("schools/oak/servers.yml", "roles: [dns, syslog]", "roles: [backup]")
    planned(school, TOPICS)
    run = applied(school)
    yield school
    taken_back(school, run)
    assert "trust" not in school.on(HOST, "ls /etc/restic /etc/ssh/ssh_config.d /usr/local/sbin")
    secret = private.splitlines()[2]
    assert not any(secret in said.out + said.err for said in school.engineer.said)


def start(work: School, unit: str) -> int:
    """Start a unit that ends by itself; its exit code."""
    return work.lab.run(HOST, ["systemctl", "start", unit], seconds=120).returncode


def test_a_backup_goes_to_another_host_and_is_read_back(work: School) -> None:
    """With the key of the store, and nobody's password; a second plan is empty."""
    assert start(work, "trust-backup.service") == 0, work.on(HOST, "journalctl -u trust-backup -n 30 --no-pager")
    assert start(work, "trust-restore-check.service") == 0
    assert "Accepted publickey for keeper" in work.on(HOST, "journalctl -t sshd --no-pager")
    assert work.on(HOST, "ls /home/keeper/oak-srv-01/config") == "/home/keeper/oak-srv-01/config\n"
    assert audited(work)["backup"]["wrong"] == []
    assert "nothing to change" in planned(work, TOPICS)
    assert work.on(HOST, "stat -c %a:%U /etc/restic/key") == "600:root\n"


def test_a_host_with_another_key_is_given_nothing(work: School) -> None:
    """Somebody who took the keeper's address; and root's other connections are as they were."""
    assert "identityfile /etc/restic/key\n" in work.on(HOST, f"ssh -G {ADDRESS}")
    assert "/etc/restic/key" not in work.on(HOST, f"ssh -G 10.11.20.99; runuser -u keeper -- ssh -G {ADDRESS}")
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    line = other.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    work.on(HOST, f"cp /etc/restic/known_hosts /root/; echo '{ADDRESS} {line}' >/etc/restic/known_hosts")
    work.on(HOST, "rm -f /var/lib/trust-backup/made")
    try:
        assert start(work, "trust-backup.service") != 0
    finally:
        work.on(HOST, "cp /root/known_hosts /etc/restic/known_hosts")
    said = work.on(HOST, "journalctl -u trust-backup --no-pager")
    assert "Host key verification failed" in said, said
    assert "the last backup is older than 26 hours" in str(audited(work)["backup"]["wrong"])


def pending(work: School, *packages: str) -> dict[str, int]:
    """Have the server note what waits, where apt says these packages; its record."""
    lines = "\n".join(f"Inst {name} [1] (2 Debian-Security:12/stable-security [amd64])" for name in packages)
    said = f"#!/bin/sh\ncat <<'END'\n{lines}\nInst other [1] (2 Debian:12/stable [amd64])\nEND\n"
    work.lab.run(HOST, ["sh", "-c", "mkdir -p /root/bin && cat >/root/bin/apt-get"], given=said)
    done = work.on(HOST, "chmod 755 /root/bin/apt-get; PATH=/root/bin:$PATH trust-updates-seen")
    assert not done
    record = work.on(HOST, "cat /var/lib/trust-updates/pending").splitlines()
    return {name: int(since) for name, since in (line.split() for line in record)}


def test_an_update_is_as_old_as_it_was_first_seen(work: School) -> None:
    """Whatever the installer's stamp says: it stays in the record until it is installed, and its age is the first."""
    assert start(work, "trust-updates-seen.service") == 0, work.on(HOST, "journalctl -u trust-updates-seen --no-pager")
    assert "a security update is pending for over 14 days" not in audited(work)["updates"]["untold"]
    first = pending(work, "libssl3", "curl")
    assert set(first) == {"libssl3", "curl"}
    work.on(HOST, f"sed -i 's/^libssl3 .*/libssl3 {first['libssl3'] - 15 * 86400}/' /var/lib/trust-updates/pending")
    again = pending(work, "libssl3", "bash")
    assert again["libssl3"] == first["libssl3"] - 15 * 86400
    assert set(again) == {"libssl3", "bash"}
    found = audited(work)["updates"]
    assert "a security update is pending for over 14 days" in str(found["wrong"])
    pending(work, "bash")
    assert "14 days" not in str(audited(work)["updates"]["wrong"])
    work.on(HOST, "touch -d '4 days ago' /var/lib/trust-updates/looked")
    assert "a security update is pending for over 14 days" in str(audited(work)["updates"]["untold"])
