"""Guarded commands of the way in are taken back by the server itself, before the files that they need."""

from __future__ import annotations

import pytest
from engine_hosts import description, engine, join, now, target
from linux_hosts import StartHosts, server

from trustctl.lab.hosts.lab import HostLab

HOST = "oak-srv-01"
WANT = description("""\
topic Passwords role=access armed=yes
file /usr/share/pam-configs/trust-test owner=root group=root mode=0644
    Name: New files are not for everybody
    Default: yes
    Priority: 0
    Session-Type: Additional
    Session:
        optional pam_umask.so umask=027
command pam-profiles run="pam-auth-update --enable trust-test" unless="grep -q umask=027 /etc/pam.d/common-session" \
undo="pam-auth-update --disable trust-test"
command for-good run="touch /root/for-good" unless="test -e /root/for-good"
""")


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One bare server."""
    return start_hosts(server(1))


def test_pam_is_put_back_without_us(lab: HostLab) -> None:
    """The profile leaves the stack and its file goes; what has no way back stays."""
    linux = engine(WANT.values(), minute=60)
    try:
        session = linux.open(target(lab, HOST))
        before, stack = now(session), lab.run(HOST, ["cat", "/etc/pam.d/common-session"]).stdout
        session.arm(1)
        assert join(session, WANT) == len(WANT)
        assert "umask=027" in lab.run(HOST, ["cat", "/etc/pam.d/common-session"]).stdout
        # as the timer does
        lab.run(HOST, ["systemctl", "start", "trustctl-revert.service"])
        after = now(session)
        session.close()
    finally:
        linux.close()
    assert {key for key in WANT if after[key].lines != before[key].lines} == {("command", "for-good")}
    assert lab.run(HOST, ["cat", "/etc/pam.d/common-session"]).stdout == stack
