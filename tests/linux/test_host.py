"""A host of the lab is a system of its own: booted by systemd, reached over SSH, and gone without a trace."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import paramiko
import pytest
from linux_hosts import PASSWORD, USER, StartHosts, server
from over_ssh import connect, say

from trustctl.lab.faults import Fault
from trustctl.lab.hosts.ground import HostLabError, finish
from trustctl.lab.hosts.lab import RUN, HostLab


@pytest.fixture(scope="module")
def pair(start_hosts: StartHosts) -> HostLab:
    """Two hosts of one subnet and one of another."""
    far = server(3, address="10.12.20.23", gateway="10.12.20.1", nopasswd=True)
    return start_hosts(server(1), server(2), far)


def test_each_host_is_booted_by_systemd_without_a_failed_unit(pair: HostLab) -> None:
    """The first process is systemd, and every unit that it started runs."""
    for name in pair.contacts:
        assert pair.run(name, ["systemctl", "is-system-running", "--wait"]).stdout == "running\n"
        assert pair.run(name, ["ps", "-p", "1", "-o", "comm="]).stdout == "systemd\n"


def test_the_account_signs_in_over_ssh_and_becomes_root_after_its_password(pair: HostLab) -> None:
    """A password is asked for by sudo unless the host's description says otherwise; the station is the source."""
    with connect(pair.contacts["oak-srv-01"], USER, PASSWORD) as client:
        assert say(client, "hostname") == (0, "oak-srv-01\n")
        assert say(client, "sudo -n id -u")[0] == 1
        assert say(client, "sudo -S -p '' id -u", f"{PASSWORD}\n") == (0, "0\n")
        assert say(client, "echo $SSH_CONNECTION")[1].split()[0] == "10.250.10.10"
    with connect(pair.contacts["oak-srv-03"], USER, PASSWORD) as client:
        assert say(client, "sudo -n id -u") == (0, "0\n")


def test_an_account_may_sign_in_by_key_and_give_sudo_another_password(start_hosts: StartHosts) -> None:
    """As where the inventory's login names a secret for sudo."""
    key = paramiko.ECDSAKey.generate()
    line = f"{key.get_name()} {key.get_base64()}"
    lab = start_hosts(server(4, authorized_key=line, sudo_password="Root-pass-1"))
    with connect(lab.contacts["oak-srv-04"], USER, key) as client:
        assert say(client, "sudo -S -p '' id -u", "Root-pass-1\n") == (0, "0\n")
        assert say(client, "sudo -k -S -p '' id -u", f"{PASSWORD}\n")[0] == 1
        lab.break_("oak-srv-04", Fault.parse("sudo-password"))
        assert say(client, "sudo -k -S -p '' id -u", "Root-pass-1\n")[0] == 1
        lab.heal("oak-srv-04")
        assert say(client, "sudo -k -S -p '' id -u", "Root-pass-1\n") == (0, "0\n")


def test_hosts_have_keys_ids_and_addresses_of_their_own_and_reach_each_other(pair: HostLab) -> None:
    """No two hosts share a key or a machine id; names are known, and other subnets are behind the gateway."""
    contacts = pair.contacts.values()
    assert len({one.host_key for one in contacts}) == len({one.machine_id for one in contacts}) == 3
    for name, contact in pair.contacts.items():
        assert pair.run(name, ["cat", "/etc/machine-id"]).stdout.strip() == contact.machine_id
        assert contact.host_key in pair.run(name, ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]).stdout
    assert pair.run("oak-srv-01", ["ping", "-c1", "-W2", "oak-srv-02"]).returncode == 0
    assert pair.run("oak-srv-01", ["ping", "-c1", "-W2", "oak-srv-03"]).returncode == 0


def test_packages_come_from_the_labs_own_signed_repository(pair: HostLab) -> None:
    """Both versions of the lab's own package are there; without the key nothing is believed."""
    refreshed = pair.run("oak-srv-01", ["apt-get", "update"])
    assert refreshed.returncode == 0
    assert refreshed.stderr == ""
    policy = pair.run("oak-srv-01", ["apt-cache", "policy", "trustctl-lab-probe"]).stdout
    assert "Candidate: 1.1" in policy
    assert "1.0 500" in policy
    installed = pair.run("oak-srv-01", ["apt-get", "install", "-q", "-y", "trustctl-lab-probe=1.0"])
    assert installed.returncode == 0, installed.stderr
    assert pair.run("oak-srv-01", ["cat", "/usr/share/trustctl-lab-probe/version"]).stdout == "1.0\n"
    pair.run("oak-srv-02", ["rm", "/usr/share/keyrings/trustctl-lab.gpg"])
    refused = pair.run("oak-srv-02", ["apt-get", "update"])
    assert "NO_PUBKEY" in refused.stderr


def test_a_host_that_restarts_boots_again_with_its_files(start_hosts: StartHosts) -> None:
    """Its own systemd starts anew, in other processes; what was only in memory is gone."""
    lab = start_hosts(server(6))
    name = "oak-srv-06"
    before = lab.host(name).leader
    lab.run(name, ["touch", "/root/kept", "/run/gone"])
    lab.run(name, ["systemctl", "reboot"])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _leader(lab, name) in {before, None}:
        time.sleep(0.2)
    while time.monotonic() < deadline and not lab.status(name)["reachable"]:
        time.sleep(0.2)
    assert lab.run(name, ["ls", "-d", "/root/kept", "/run/gone"]).stdout == "/root/kept\n"
    connect(lab.contacts[name], USER, PASSWORD).close()


def test_nothing_of_the_machines_network_is_seen_by_a_host_and_none_of_the_hosts_by_the_machine(pair: HostLab) -> None:
    """The machine has no interface and no route of the lab; a host has no way out."""
    links = finish(["ip", "-o", "link"])
    assert "veth" not in links
    routes = finish(["ip", "route", "show", "table", "all"])
    assert "10.11.20." not in routes
    assert pair.run("oak-srv-01", ["ping", "-c1", "-W1", "198.51.100.1"]).returncode != 0


def test_down_leaves_no_process_mount_namespace_or_folder(lab_cache: Path) -> None:
    """Whatever `up` made is gone after `down`."""
    lab = HostLab([server(9)], lab_cache)
    lab.up()
    leader = lab.host("oak-srv-09").leader
    folder = next(path for path in RUN.iterdir() if (path / "oak-srv-09").is_dir())
    lab.down()
    assert not Path(f"/proc/{leader}").exists()
    assert not folder.exists()
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()
    assert folder.name not in finish(["ip", "netns"])
    assert not list(Path("/sys/fs/cgroup").glob(f"*/trustctl-lab/{folder.name}"))
    with pytest.raises(HostLabError, match="no host"):
        lab.run("oak-srv-09", ["true"])


def test_what_a_lab_that_died_left_behind_is_cleared_away_by_the_next(lab_cache: Path) -> None:
    """Killed without warning, it leaves a running host, mounts and namespaces; a living lab's are not touched."""
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from linux_hosts import server\n"
        "from trustctl.lab.hosts.lab import HostLab\n"
        "lab = HostLab([server(8)], Path(sys.argv[2]))\n"
        "lab.up()\n"
        "print(lab.host('oak-srv-08').leader, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    argv = [sys.executable, "-c", script, str(Path(__file__).parent), str(lab_cache)]
    with HostLab([server(7)], lab_cache) as living:
        died = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=90)
        assert died.returncode == -9, died.stderr
        leader = int(died.stdout)
        left = next(path for path in RUN.iterdir() if (path / "oak-srv-08").is_dir())
        assert Path(f"/proc/{leader}").exists()
        with HostLab([server(9)], lab_cache) as following:
            assert not left.exists()
            assert f"tclab-{left.name}" not in finish(["ip", "netns"])
            assert str(left) not in Path("/proc/self/mountinfo").read_text()
            assert _state(leader) in {"", "Z"}
            assert following.run("oak-srv-09", ["true"]).returncode == 0
        assert living.run("oak-srv-07", ["true"]).returncode == 0


def _leader(lab: HostLab, name: str) -> int | None:
    """The host's first process; None while it has none."""
    try:
        return lab.host(name).leader
    except HostLabError:
        return None


def _state(pid: int) -> str:
    """The state of a process (proc_pid_stat(5)): `Z` has ended and waits to be noticed; empty, there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
