"""What a host of the lab can be made to suffer is what it would be in real life, and ends when it is told to."""

from __future__ import annotations

import socket

import paramiko
import pytest
from linux_hosts import PASSWORD, USER, StartHosts, server
from over_ssh import connect, say

from trustctl.errors import UsageError
from trustctl.lab.faults import Fault
from trustctl.lab.hosts.lab import HostLab

ONE, OTHER = "oak-srv-01", "oak-srv-02"
PROBE = ("apt-get", "install", "-q", "-y", "--reinstall", "trustctl-lab-probe")


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """Two hosts: one suffers, the other shows that it suffers alone."""
    return start_hosts(server(1), server(2))


def suffer(lab: HostLab, written: str) -> None:
    """Put a fault in force on the first host, written as on the command line."""
    lab.break_(ONE, Fault.parse(written))


@pytest.fixture(autouse=True)
def _healed(lab: HostLab) -> None:
    """Both are well before each test, and installing works."""
    lab.heal(ONE)
    assert lab.status(ONE)["reachable"]
    assert lab.status(ONE)["faults"] == []


def test_a_full_disk_takes_nothing_more(lab: HostLab) -> None:
    """Writing fails with the kernel's own error, on this host alone."""
    suffer(lab, "disk-full")
    assert "No space left" in lab.run(ONE, ["dd", "if=/dev/zero", "of=/root/x", "bs=64k", "count=1"]).stderr
    assert lab.run(OTHER, ["dd", "if=/dev/zero", "of=/root/x", "bs=64k", "count=1"]).returncode == 0
    lab.heal(ONE)
    assert lab.run(ONE, ["dd", "if=/dev/zero", "of=/root/x", "bs=64k", "count=1"]).returncode == 0


def test_apt_waits_for_nobody_while_its_lock_is_held(lab: HostLab) -> None:
    """The message is apt's own, and names the process."""
    assert lab.run(ONE, ["apt-get", "update"]).returncode == 0
    suffer(lab, "apt-locked")
    assert "Could not get lock /var/lib/dpkg/lock-frontend" in lab.run(ONE, PROBE).stderr
    lab.heal(ONE)
    assert lab.run(ONE, PROBE).returncode == 0


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("gone", "Connection refused"),
        ("empty", "no longer has a Release file"),
        ("silent", "timed out"),
        ("damaged", "Hash Sum mismatch"),
    ],
)
def test_a_broken_mirror_fails_as_apt_says_it(lab: HostLab, how: str, told: str) -> None:
    """Refused, empty, silent or with damaged files: for this host, while the other still installs."""
    for name in (ONE, OTHER):
        assert lab.run(name, ["apt-get", "update"]).returncode == 0
        lab.run(name, ["apt-get", "clean"])
    suffer(lab, f"mirror={how}")
    tried = lab.run(ONE, ["apt-get", "-o", "Acquire::http::Timeout=2", "-o", "Acquire::Retries=0", "update"])
    tried_more = lab.run(ONE, ["apt-get", "-o", "Acquire::http::Timeout=2", *PROBE[1:]])
    assert told in tried.stdout + tried.stderr + tried_more.stdout + tried_more.stderr
    assert tried_more.returncode != 0
    assert lab.run(OTHER, PROBE).returncode == 0


def test_no_name_is_answered_while_dns_is_dead(lab: HostLab) -> None:
    """The other host still resolves the same name."""
    suffer(lab, "dns-dead")
    assert lab.run(ONE, ["timeout", "3", "getent", "ahostsv4", OTHER]).returncode != 0
    assert lab.run(OTHER, ["getent", "ahostsv4", ONE]).returncode == 0


def test_python_is_missing_and_comes_back(lab: HostLab) -> None:
    """Nothing else of the host is touched."""
    suffer(lab, "no-python")
    assert lab.run(ONE, ["python3", "-c", "0"]).returncode == 127
    lab.heal(ONE)
    assert lab.run(ONE, ["python3", "-c", "0"]).returncode == 0


def test_sudo_refuses_the_password_that_ssh_takes(lab: HostLab) -> None:
    """As when somebody changed who may become root."""
    suffer(lab, "sudo-password")
    with connect(lab.contacts[ONE], USER, PASSWORD) as client:
        assert say(client, "sudo -S -p '' id -u", f"{PASSWORD}\n")[0] == 1


def test_another_host_key_is_refused_by_a_client_that_pinned_the_first(lab: HostLab) -> None:
    """The old key comes back when it is over."""
    suffer(lab, "host-key")
    with pytest.raises(paramiko.BadHostKeyException):
        connect(lab.contacts[ONE], USER, PASSWORD)
    lab.heal(ONE)
    connect(lab.contacts[ONE], USER, PASSWORD).close()


def test_a_wrong_password_is_refused(lab: HostLab) -> None:
    """Every password is."""
    suffer(lab, "wrong-password")
    with pytest.raises(paramiko.AuthenticationException):
        connect(lab.contacts[ONE], USER, PASSWORD)


@pytest.mark.parametrize(("written", "error"), [("off", ConnectionRefusedError), ("refuse", ConnectionResetError)])
def test_a_host_without_power_or_ssh_server_refuses(lab: HostLab, written: str, error: type[OSError]) -> None:
    """Nothing is left to wait for."""
    suffer(lab, written)
    assert not lab.status(ONE)["reachable"]
    with pytest.raises(error):
        _first_bytes(lab)


def test_a_pulled_cable_leaves_callers_waiting_and_sessions_silent(lab: HostLab) -> None:
    """A session that was open goes on when the cable is back."""
    with connect(lab.contacts[ONE], USER, PASSWORD) as client:
        suffer(lab, "dead")
        with pytest.raises(TimeoutError):
            _first_bytes(lab)
        lab.heal(ONE)
        assert say(client, "hostname") == (0, f"{ONE}\n")


def test_files_outlive_power_and_the_host_key_stays(lab: HostLab) -> None:
    """A host that was off is the same host."""
    lab.run(ONE, ["touch", "/root/kept"])
    suffer(lab, "off")
    lab.heal(ONE)
    assert lab.run(ONE, ["ls", "/root/kept"]).returncode == 0
    connect(lab.contacts[ONE], USER, PASSWORD).close()


def test_a_fault_of_switches_means_nothing_here(lab: HostLab) -> None:
    """It is refused, not ignored."""
    with pytest.raises(UsageError, match="means nothing on a Linux host"):
        suffer(lab, "reject-line=3")
    with pytest.raises(UsageError, match="no state of a mirror"):
        suffer(lab, "mirror=odd")


def _first_bytes(lab: HostLab) -> bytes:
    contact = lab.contacts[ONE]
    with socket.create_connection((contact.host, contact.port), timeout=3) as line:
        return line.recv(4)
