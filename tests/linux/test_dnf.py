"""Packages of a system of the Red Hat family: the real dnf, rpm and a repository of rpms that are built here.

No such system can be had for the lab. The host is a Debian that calls itself rocky-9 and has these tools: what is read
of packages, what installs and removes them, and what is refused is therefore real; nothing else of the family is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_hosts import description, engine, go_back, join, left, now, target
from linux_hosts import StartHosts, server
from school_servers import School, open_school

from trustctl.engines.linux import LinuxEngine
from trustctl.engines.linux.session import LinuxSession
from trustctl.errors import LineRejectedError, PreflightError
from trustctl.lab.hosts.lab import HostLab

HOST = "oak-srv-01"
TOOLS = ("createrepo-c", "dnf", "rpm")
DISGUISE = """\
set -eu
rm /etc/os-release
printf 'ID=rocky\\nVERSION_ID=9.4\\nID_LIKE="rhel centos fedora"\\nPRETTY_NAME="Not Rocky"\\n' >/etc/os-release
built() { # name, version, more of its description
    cat >/root/one.spec <<SPEC
Name: $1
Version: $2
Release: 1
Summary: made for a test
License: none
BuildArch: noarch
$3
%description
made for a test
%install
mkdir -p %{buildroot}/etc
echo $2 >%{buildroot}/etc/$1
%files
%config(noreplace) /etc/$1
SPEC
    rpmbuild -bb --quiet --define "_topdir /root/built" /root/one.spec
}
built probe 1.0 "Requires: probe-needs
Recommends: probe-likes" 2>&1
built probe 1.1 "Requires: probe-needs
Recommends: probe-likes" 2>&1
built probe-needs 1 '' 2>&1
built probe-likes 1 '' 2>&1
built counted 3 'Epoch: 2' 2>&1
built rpm 4 '' 2>&1
createrepo_c -q /root/built/RPMS/noarch
mkdir -p /etc/yum.repos.d
printf '[lab]\\nname=lab\\nbaseurl=file:///root/built/RPMS/noarch\\ngpgcheck=0\\n' >/etc/yum.repos.d/lab.repo
dnf -q install -y rpm
"""
"""Makes rpms and their repository, and what every such system has: rpm in its own database."""
WANT = description(
    "topic Packages role=base\npackage probe version=1.1-1\npackage counted\npackage gone state=absent\n"
)


def disguised(lab: HostLab) -> None:
    """Let the host be what the tests need."""
    done = lab.run(HOST, ["sh", "-c", DISGUISE], seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """The host, with nothing installed by rpm but rpm."""
    lab = start_hosts(server(1, packages=TOOLS))
    disguised(lab)
    return lab


@pytest.fixture(scope="module")
def linux() -> Iterator[LinuxEngine]:
    """The engine."""
    made = engine(WANT.values())
    yield made
    made.close()


@pytest.fixture
def session(lab: HostLab, linux: LinuxEngine) -> Iterator[LinuxSession]:
    """A session; after the test nothing of its packages is there."""
    opened = linux.open(target(lab, HOST))
    yield opened
    lab.run(HOST, ["sh", "-c", "dnf -q remove -y probe counted probe-needs; rm -f /etc/*.rpmsave"])


def installed(lab: HostLab) -> list[str]:
    """What rpm itself says."""
    return sorted(lab.run(HOST, ["rpm", "-qa", "--qf", "%{NAME} %{VERSION}\\n"]).stdout.splitlines())


def test_packages_come_and_go_with_what_they_need(lab: HostLab, session: LinuxSession) -> None:
    """And without what they only like; the second reading is in step; the way back leaves nothing behind."""
    assert session.identity().model == "rocky-9"
    before = now(session)
    assert join(session, WANT) == 2
    assert left(WANT, now(session)) == []
    assert now(session)["package", "counted"].get("version") == "2:3-1"
    assert installed(lab) == ["counted 3", "probe 1.1", "probe-needs 1", "rpm 4"]
    go_back(session, WANT, before)
    assert installed(lab) == ["rpm 4"]


def test_a_package_is_brought_to_a_version_and_back_to_the_older_one(lab: HostLab, session: LinuxSession) -> None:
    """The undo of an upgrade is the version that was there; another package stays as it is."""
    lab.run(HOST, ["dnf", "-q", "install", "-y", "--setopt=install_weak_deps=False", "probe-1.0-1"])
    before = now(session)
    assert before["package", "probe"].get("version") == "1.0-1"
    join(session, WANT)
    assert "probe 1.1" in installed(lab)
    go_back(session, WANT, before)
    assert installed(lab) == ["probe 1.0", "probe-needs 1", "rpm 4"]


def test_a_package_that_does_not_exist_is_named(session: LinuxSession) -> None:
    """As on other systems."""
    with pytest.raises(LineRejectedError, match="no source of the host has a package no-such-thing"):
        session.push(("package no-such-thing",))


def test_a_source_that_does_not_answer_is_named(lab: HostLab, session: LinuxSession) -> None:
    """With its name, and without half a package."""
    broken = "[broken]\nname=broken\nbaseurl=http://192.0.2.80/nothing\ngpgcheck=0\n"
    lab.run(HOST, ["sh", "-c", "cat >/etc/yum.repos.d/broken.repo"], given=broken)
    try:
        with pytest.raises(LineRejectedError, match="source of the host does not answer as it shall: 'broken'"):
            session.push(("package probe",))
    finally:
        lab.run(HOST, ["rm", "/etc/yum.repos.d/broken.repo"])
    assert installed(lab) == ["rpm 4"]


def test_a_lock_that_somebody_holds_is_told_before_anything_is_changed(lab: HostLab, session: LinuxSession) -> None:
    """By whom; a file that a dead dnf left behind holds nobody up."""
    hold = "sleep 60 & printf %s $! >/var/lib/dnf/rpmdb_lock.pid; printf %s $!"
    pid = lab.run(HOST, ["sh", "-c", f"({hold}) 2>/dev/null >/root/pid; cat /root/pid"]).stdout
    with pytest.raises(PreflightError, match=rf"dnf is locked by sleep \(process {pid}\)"):
        session.preflight()
    lab.run(HOST, ["kill", pid])
    assert session.preflight().free_bytes > 0
    join(session, WANT)


def test_a_database_that_cannot_be_read_is_no_server_without_packages(lab: HostLab, session: LinuxSession) -> None:
    """It is not told, which is never taken for absent."""
    lab.run(HOST, ["mv", "/root/.rpmdb", "/root/kept"])
    try:
        found = now(session)["package", "probe"]
    finally:
        lab.run(HOST, ["sh", "-c", "rm -rf /root/.rpmdb; mv /root/kept /root/.rpmdb"])
    assert found.untold
    assert "database of rpm" in found.get("why")


def test_the_plan_says_that_nobody_has_seen_it_work(start_hosts: StartHosts, tmp_path: Path) -> None:
    """And a server that runs another system than the inventory says is refused, with both names."""
    school: School = open_school("oak", start_hosts, tmp_path, packages=TOOLS)
    disguised(school.lab)
    refused = school.plan()
    assert refused.code == 3, str(refused)
    assert "runs rocky-9, the inventory says debian-12" in " ".join(refused.out.split())
    school.engineer.edit("schools/oak/servers.yml", "os: debian-12", "os: rocky-9")
    school.engineer.edit("baseline/linux.yml", "debian-12,", "debian-12, rocky-9,")
    planned = school.plan()
    assert planned.code == 0, str(planned)
    assert f"{HOST}: rocky-9 is rendered only, nobody has seen it work" in " ".join(planned.out.split())
    assert "install bind-utils" in planned.out
