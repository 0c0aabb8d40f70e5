"""A host that runs no systemd, as far as the engine can see: its timer is a job of `at`, its services are scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from engine_hosts import description, engine, now, target
from linux_hosts import StartHosts, server

from trustctl.engines.linux.session import LinuxSession
from trustctl.errors import PreflightError
from trustctl.lab.hosts.lab import HostLab
from trustctl.model.plan import Tier

ONE = "oak-srv-01"
WANT = description(
    """\
topic SSH role=access armed=yes
file /etc/trust.conf owner=root group=root mode=0644
    new
user kv shell=/bin/bash groups=adm
service cron enabled=yes running=yes restart=/etc/trust.conf
"""
)
LATEST = 90
"""Seconds: ten that were asked for, at most a minute to the next full one, and the restoring itself."""
HIDE = "mv /run/systemd/system /run/systemd/system.off"


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """A host with `at`, whose systemd is out of sight."""
    made = start_hosts(server(1, nopasswd=True, packages=("at",)))
    done = made.run(ONE, ["sh", "-c", f"useradd -s /bin/sh kv; echo old >/etc/trust.conf; {HIDE}"])
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def session(lab: HostLab) -> Iterator[LinuxSession]:
    """A session with it."""
    made = engine(WANT.values())
    yield made.open(target(lab, ONE))
    made.close()


def join(session: LinuxSession) -> None:
    """Carry out the description."""
    for one in WANT.values():
        session.push(one.lines)


def test_services_are_read_and_set_by_their_scripts(lab: HostLab, session: LinuxSession) -> None:
    """Stopped and disabled, and again."""
    assert now(session)["service", "cron"].header == "service cron enabled=yes running=yes masked=no"
    session.push(("service cron enabled=no running=no",))
    assert now(session)["service", "cron"].header == "service cron enabled=no running=no masked=no"
    assert lab.run(ONE, ["pidof", "cron"]).returncode != 0
    session.push(("service cron enabled=yes running=yes",))
    assert now(session)["service", "cron"].header == "service cron enabled=yes running=yes masked=no"


@pytest.mark.parametrize("keeps", [True, False])
def test_a_change_is_armed_by_at(lab: HostLab, session: LinuxSession, *, keeps: bool) -> None:
    """Confirmed, the job is gone and the change holds; reverted, everything is as it was."""
    before = session.running()
    assert session.preflight().tier is Tier.A
    assert session.arm(5).method == "at timer on the host"
    assert lab.run(ONE, ["atq"]).stdout.count("\n") == 1
    join(session)
    if keeps:
        session.confirm()
    else:
        assert session.revert() is True
    assert session.timer().pending is False
    assert lab.run(ONE, ["sh", "-c", "ls /var/lib/trustctl/revert /etc/systemd/system/trustctl*"]).stdout == ""
    assert lab.run(ONE, ["atq"]).stdout == ""
    if keeps:
        lab.run(ONE, ["sh", "-c", "usermod -s /bin/sh -G '' kv; echo old >/etc/trust.conf"])
    else:
        assert session.running() == before


@pytest.mark.long
def test_a_job_that_nobody_confirms_fires_and_restores(lab: HostLab) -> None:
    """At the first full minute that is not too early, with no session open, and no job is left."""
    soon = engine(WANT.values(), minute=2)
    try:
        session = soon.open(target(lab, ONE))
        before = session.running()
        began = time.monotonic()
        session.arm(5)
        join(session)
        assert lab.run(ONE, ["cat", "/etc/trust.conf"]).stdout == "new\n"
        session.abandon()
        while lab.run(ONE, ["test", "-d", "/var/lib/trustctl/revert"]).returncode == 0:
            assert time.monotonic() - began < LATEST
            time.sleep(1)
        assert time.monotonic() - began >= 10 - 1
        fresh = soon.open(target(lab, ONE))
        assert fresh.timer().pending is False
        assert fresh.running() == before
        assert "put back /etc/trust.conf" in lab.run(ONE, ["cat", "/var/lib/trustctl/reverted.log"]).stdout
        assert lab.run(ONE, ["atq"]).stdout == ""
    finally:
        soon.close()


def test_without_any_timer_nothing_is_armed(lab: HostLab, session: LinuxSession) -> None:
    """The host says so before anything is changed."""
    lab.run(ONE, ["sh", "-c", "service atd stop; mv /usr/bin/at /usr/bin/at.off"])
    try:
        assert session.preflight().tier is Tier.C
        with pytest.raises(PreflightError, match="no timer can be armed"):
            session.arm(5)
        assert session.timer().pending is False
    finally:
        lab.run(ONE, ["sh", "-c", "mv /usr/bin/at.off /usr/bin/at; service atd start"])
