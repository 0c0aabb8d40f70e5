"""What can be wrong with a host or the way to it: one clear error, with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine_hosts import description, engine, now, target
from linux_hosts import StartHosts, server

from trustctl.engines.linux import LinuxEngine
from trustctl.errors import (
    DeviceError,
    HostKeyError,
    LineRejectedError,
    LoginRefusedError,
    PreflightError,
    SessionLostError,
    UnreachableError,
    WrongDeviceError,
)
from trustctl.lab.faults import Fault
from trustctl.lab.hosts.lab import HostLab

ONE = "oak-srv-01"
WANT = description(
    """\
package trustctl-lab-probe
file /etc/trust.conf owner=root group=root mode=0644
    hello
"""
)
PROBE, FILE = (one.lines for one in WANT.values())


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One host, which suffers."""
    return start_hosts(server(1))


@pytest.fixture
def linux(lab: HostLab) -> Iterator[LinuxEngine]:
    """An engine, and a host that is well again afterwards."""
    lab.heal(ONE)
    made = engine(WANT.values())
    yield made
    made.close()
    lab.heal(ONE)


@pytest.mark.parametrize(
    ("fault", "error", "told"),
    [
        ("refuse", DeviceError, "refuses the connection|no SSH session|did not answer"),
        ("dead", UnreachableError, "did not answer within|no SSH session"),
        ("host-key", HostKeyError, "has changed: pinned SHA256:"),
        ("wrong-password", LoginRefusedError, "refuses the login of 'trustctl'"),
        ("sudo-password", LoginRefusedError, "refuses the sudo password"),
    ],
)
def test_a_host_that_does_not_let_us_in(
    lab: HostLab, linux: LinuxEngine, fault: str, error: type[DeviceError], told: str
) -> None:
    """Each says what it is; nothing is tried again."""
    lab.break_(ONE, Fault.parse(fault))
    with pytest.raises(error, match=told) as failed:
        linux.open(target(lab, ONE))
    assert failed.value.where.startswith(ONE)
    assert failed.value.remedy


def test_a_wrong_sudo_password_is_one_failed_attempt(lab: HostLab, linux: LinuxEngine) -> None:
    """More would lock the account."""
    with pytest.raises(LoginRefusedError, match="sudo password"):
        linux.open(target(lab, ONE, enable="Wrong-1"))
    said = lab.run(ONE, ["journalctl", "--no-pager", "-t", "sudo", "-n", "20"]).stdout
    assert "1 incorrect password attempt" in said
    assert "2 incorrect password attempts" not in said


def test_another_machine_at_the_address(lab: HostLab, linux: LinuxEngine) -> None:
    """The pinned machine id is another one."""
    with pytest.raises(WrongDeviceError, match="pinned machine id"):
        linux.open(target(lab, ONE, serial="0" * 32))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("apt-locked", r"apt is locked by \S+ \(process \d+\)"),
        ("disk-full", r"only [\d,]+ KiB are free on /"),
        ("dns-dead", "becoming root takes"),
    ],
)
def test_a_host_that_should_not_be_changed_now(lab: HostLab, linux: LinuxEngine, fault: str, told: str) -> None:
    """Nothing was armed."""
    lab.break_(ONE, Fault.parse(fault))
    if fault == "dns-dead":
        # sudo looks up the host's own name, which most hosts have in /etc/hosts
        lab.run(ONE, ["sh", "-c", "sed -i s/oak-srv-01/other/g /etc/hosts; echo options timeout:2 >>/etc/resolv.conf"])
    session = linux.open(target(lab, ONE))
    with pytest.raises(PreflightError, match=told) as failed:
        session.preflight()
    assert failed.value.remedy
    assert lab.run(ONE, ["ls", "/var/lib/trustctl/revert"]).returncode != 0
    lab.run(ONE, ["sed", "-i", "s/other/oak-srv-01/g", "/etc/hosts"])


@pytest.mark.parametrize(
    ("fault", "batch", "told"),
    [
        ("mirror=gone", PROBE, "package source of the host does not answer|cannot resolve"),
        ("mirror=empty", PROBE, "package source of the host does not answer"),
        ("mirror=damaged", PROBE, "package source of the host does not answer"),
        ("disk-full", FILE, "the disk is full"),
        ("", ("package no-such-package",), "no source of the host has a package no-such-package"),
        (
            "",
            ("package trustctl-lab-probe version=9.9",),
            "no source of the host has version 9.9 of trustctl-lab-probe",
        ),
        ("", ("service nosuch enabled=yes running=yes",), "there is no unit nosuch"),
        ("", ("user kv-x shell=/bin/sh groups=nosuch",), "group 'nosuch' does not exist"),
        ("", ("file /etc/no/such/x owner=root group=root mode=0644", "    x"), "the folder of the file is not there"),
        ("", ("file /etc/x owner=nobody99 group=root mode=0644", "    x"), "invalid user"),
    ],
)
def test_a_step_that_the_host_refuses(
    lab: HostLab, linux: LinuxEngine, fault: str, batch: tuple[str, ...], told: str
) -> None:
    """The host's own words are in the reply, and a refused step leaves nothing half done beside its place."""
    session = linux.open(target(lab, ONE))
    lab.run(
        ONE,
        ["sh", "-c", "rm -f /var/lib/apt/periodic/trustctl-update-stamp; apt-get clean; rm -rf /var/lib/apt/lists/*"],
    )
    if fault:
        lab.break_(ONE, Fault.parse(fault))
    with pytest.raises(LineRejectedError, match=told) as failed:
        session.push(batch)
    assert failed.value.remedy
    assert failed.value.where.startswith(f"{ONE}: {batch[0].split()[0]}")
    lab.heal(ONE)
    assert "trustctl" not in lab.run(ONE, ["find", "/etc", "-name", "*.dpkg-new"]).stdout


def test_python_is_not_needed_on_a_host(lab: HostLab, linux: LinuxEngine) -> None:
    """A POSIX shell and the distribution's own tools are enough."""
    lab.break_(ONE, Fault.parse("no-python"))
    session = linux.open(target(lab, ONE))
    session.push(FILE)
    assert now(session)["file", "/etc/trust.conf"].content == ("hello",)
    session.push(("file /etc/trust.conf state=absent",))


def test_a_session_that_is_cut_in_the_middle(lab: HostLab, linux: LinuxEngine) -> None:
    """What came of the step is not known from this, and that is what the error says."""
    session = linux.open(target(lab, ONE))
    step = 'command slow run="pkill -KILL -f sshd:.trustctl; sleep 5" unless=false'
    with pytest.raises(SessionLostError, match="in the middle of a command") as failed:
        session.push((step,))
    assert "read again" in failed.value.remedy
    assert linux.open(target(lab, ONE)).timer().pending is False


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no-such-package", "no source of the host has a package no-such-package"),
        ("awk", "awk is no package but a name that others provide: .*mawk"),
    ],
)
def test_a_package_that_is_nowhere_is_refused_before_anything_is_changed(
    lab: HostLab, linux: LinuxEngine, name: str, told: str
) -> None:
    """Also where the lists were never fetched; one that is there is known then, and only then."""
    lab.run(ONE, ["sh", "-c", "rm -rf /var/lib/apt/periodic/trustctl-update-stamp /var/lib/apt/lists/*"])
    session = linux.open(target(lab, ONE))
    with pytest.raises(PreflightError, match=told) as failed:
        session.check_packages(["trustctl-lab-probe", name])
    assert failed.value.remedy
    session.check_packages(["trustctl-lab-probe"])


def test_where_the_sources_do_not_answer_no_name_is_called_unknown(lab: HostLab, linux: LinuxEngine) -> None:
    """The step itself says what is wrong with them."""
    lab.run(ONE, ["sh", "-c", "rm -rf /var/lib/apt/periodic/trustctl-update-stamp /var/lib/apt/lists/*"])
    lab.break_(ONE, Fault.parse("mirror=gone"))
    linux.open(target(lab, ONE)).check_packages(["trustctl-lab-probe"])
