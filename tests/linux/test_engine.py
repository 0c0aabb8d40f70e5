"""The Linux engine on real hosts with systemd: every kind there and back, and the way back on the host itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from engine_hosts import SECRET, WHOLE, description, engine, go_back, join, left, now, target
from linux_hosts import PASSWORD, StartHosts, server

from trustctl.engines.linux import LinuxEngine
from trustctl.engines.linux.session import LinuxSession
from trustctl.errors import DeviceError, LineRejectedError, PreflightError, SessionLostError, TrustctlError
from trustctl.lab.faults import Fault
from trustctl.lab.hosts.lab import HostLab

ONE, OTHER = "oak-srv-01", "oak-srv-02"
WANT = description(WHOLE)
SSHD = "/etc/ssh/sshd_config.d/10-trust.conf"
Open = Callable[..., LinuxSession]


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One host whose sudo asks for a password, one whose does not."""
    return start_hosts(server(1), server(2, nopasswd=True))


@pytest.fixture
def linux() -> Iterator[LinuxEngine]:
    """An engine whose hosts' minutes have 3 seconds."""
    made = engine(WANT.values(), minute=3)
    yield made
    made.close()


@pytest.fixture
def dial(lab: HostLab, linux: LinuxEngine) -> Iterator[Open]:
    """Opens sessions with a host; after the test nothing is pending on it and nothing is broken."""

    def opened(name: str = ONE, **more: object) -> LinuxSession:
        return linux.open(target(lab, name, **more))

    yield opened
    for name in (ONE, OTHER):
        lab.heal(name)
        lab.run(name, ["sh", "-c", "systemctl start trustctl-revert.service; rm -rf /var/lib/trustctl/revert"])


def waiting(until: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.mark.parametrize("name", [ONE, OTHER])
def test_every_kind_goes_there_and_back(lab: HostLab, dial: Open, name: str) -> None:
    """A first apply leaves nothing to do, the host agrees with it, and the way back gives the old text."""
    want = {**WANT, ("hostname", "static"): WANT["hostname", "static"].having(value=f"{name}.trust.example")}
    session = dial(name)
    before = now(session)
    assert join(session, want) > len(want) - 3
    assert left(want, now(session)) == []
    assert join(session, want) == 0
    shadow = lab.run(name, ["getent", "shadow", "kv-admin"]).stdout
    assert shadow.startswith("kv-admin:$6$")
    assert lab.run(name, ["cat", "/root/note"]).stdout == SECRET
    assert lab.run(name, ["stat", "-c%U:%G:%a", "/srv/trust", "/srv/trust/blob"]).stdout.split() == [
        "kv-admin:kv-admins:2750",
        "kv-admin:kv-admins:600",
    ]
    assert lab.run(name, ["sh", "-c", "od -An -tx1 </srv/trust/current"]).stdout.strip() == "00 01 02 03 04 05 ff"
    assert "noexec" in lab.run(name, ["findmnt", "-no", "OPTIONS", "/mnt"]).stdout
    assert "tcp dport 22 accept" in lab.run(name, ["nft", "list", "ruleset"]).stdout
    go_back(session, want, before)
    after = now(session)
    assert {key for key in want if after[key].lines != before[key].lines} == set()
    assert lab.run(name, ["find", "/etc", "/srv", "-name", ".*trustctl*"]).stdout == ""
    assert lab.run(name, ["ls", "-A", "/srv"]).stdout == ""


def test_reading_many_hosts_gives_one_reading_each(lab: HostLab, linux: LinuxEngine) -> None:
    """A host that cannot be read is an error of its own; the commands come with what differs."""
    lab.break_(OTHER, Fault.parse("refuse"))
    try:
        good, bad = linux.observe_many([target(lab, ONE), target(lab, OTHER)], taken=datetime.now(UTC))
    finally:
        lab.heal(OTHER)
    assert good.observed is not None
    assert good.observed.archive is True
    assert good.observed.model == "debian-12"
    assert good.observed.serial == lab.contacts[ONE].machine_id
    assert any("apt-get" in line for line in good.observed.native["package", "chrony"])
    assert ("service", "ssh") not in good.observed.native
    assert bad.observed is None
    assert isinstance(bad.error, DeviceError)


def test_the_host_puts_back_its_way_in_when_nobody_confirms(lab: HostLab, dial: Open) -> None:
    """Rules that let nobody in: the session is dead, nobody can dial, and the timer opens the way again."""
    session = dial()
    session.push(("package nftables",))
    before = now(session)
    session.arm(5)
    content = "flush ruleset\ntable inet cut {\nchain input { type filter hook input priority 0; policy drop; }\n}"
    lab.run(ONE, ["sh", "-c", f"printf '%s\\n' '{content}' >/etc/nftables.conf"])

    def closed() -> bool:
        return "policy drop" in lab.run(ONE, ["nft", "list", "ruleset"]).stdout

    with ThreadPoolExecutor(1) as pool:
        cut = pool.submit(session.push, ("ruleset nftables file=/etc/nftables.conf",))
        waiting(closed)
        waiting(lambda: not closed())
        with suppress(TrustctlError):
            cut.result(60)
    session.abandon()
    fresh = dial()
    assert fresh.timer().pending is False
    after = now(fresh)
    assert after["file", "/etc/nftables.conf"].lines == before["file", "/etc/nftables.conf"].lines
    assert "put back /etc/nftables.conf" in lab.run(ONE, ["cat", "/var/lib/trustctl/reverted.log"]).stdout
    fresh.push(("package nftables state=absent",))


def test_a_confirmed_change_stays(lab: HostLab, dial: Open) -> None:
    """Confirmed over a new session: no timer, no unit and no copy is left, and the change holds."""
    session = dial()
    armed = session.arm(30)
    assert "systemd" in armed.method
    session.push((f"file {SSHD} owner=root group=root mode=0644 check='sshd -t -f {{}}'", "    MaxAuthTries 4"))
    session.push(("service ssh do=reload",))
    session.close()
    fresh = dial()
    state = fresh.timer()
    assert (state.pending, state.user) == (True, "trustctl")
    with pytest.raises(PreflightError, match="another change is armed"):
        fresh.arm(30)
    fresh.confirm()
    assert fresh.timer().pending is False
    with pytest.raises(DeviceError, match="too late"):
        fresh.confirm()
    rest = "ls /var/lib/trustctl; find /etc/systemd /run/systemd -name 'trustctl*'; cat " + SSHD
    assert lab.run(ONE, ["sh", "-c", rest]).stdout.splitlines()[-1:] == ["MaxAuthTries 4"]
    assert "trustctl-revert" not in lab.run(ONE, ["systemctl", "list-timers", "--all"]).stdout
    fresh.push((f"file {SSHD} state=absent",))


def test_a_confirmation_that_was_cut_short_keeps_the_change(lab: HostLab, dial: Open) -> None:
    """It was begun, so nothing is put back any more; what is left of it is cleared away."""
    session = dial()
    session.arm(600)
    session.push((f"file {SSHD} owner=root group=root mode=0644", "    MaxAuthTries 4"))
    begun = "mkdir /var/lib/trustctl/revert/claimed; echo confirm >/var/lib/trustctl/revert/claimed/by"
    assert lab.run(ONE, ["sh", "-c", begun]).returncode == 0
    assert session.timer().pending is True
    session.revert()
    assert session.timer().pending is False
    assert not now(session)["file", SSHD].absent
    assert lab.run(ONE, ["sh", "-c", "ls /etc/systemd/system/trustctl*"]).stdout == ""
    session.push((f"file {SSHD} state=absent",))


def test_a_dead_child_is_an_error_and_the_host_still_goes_back(lab: HostLab, dial: Open, linux: LinuxEngine) -> None:
    """Whoever waits is told that the state is not known; another process takes the change back."""
    session = dial()
    session.arm(60)
    session.push((f"file {SSHD} owner=root group=root mode=0644", "    MaxAuthTries 2"))
    child = linux._child.pid
    assert child is not None
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(session.push, ('command slow run="sleep 60" unless=false',))
        time.sleep(1)
        os.kill(child, signal.SIGKILL)
        with pytest.raises(SessionLostError, match="ended"):
            waits.result(10)
    later = engine(WANT.values(), minute=2)
    try:
        again = later.open(target(lab, ONE))
        assert again.timer().pending is True
        assert again.revert() is True
        assert again.timer().pending is False
        assert now(again)["file", SSHD].absent
    finally:
        later.close()


def test_a_host_that_restarts_goes_back_before_it_is_reached(lab: HostLab, dial: Open) -> None:
    """The timer is gone with the restart; the old files are in place when sshd starts."""
    session = dial()
    session.arm(600)
    session.push((f"file {SSHD} owner=root group=root mode=0644", "    MaxAuthTries 2"))
    session.abandon()
    lab.break_(ONE, Fault.parse("off"))
    lab.heal(ONE)
    fresh = dial()
    assert fresh.timer().pending is False
    assert now(fresh)["file", SSHD].absent


def test_a_file_that_its_program_refuses_never_takes_the_place(lab: HostLab, dial: Open) -> None:
    """The server's own words are in the error; the old file is still there, and nothing is left beside it."""
    session = dial()
    session.push((f"file {SSHD} owner=root group=root mode=0644 check='sshd -t -f {{}}'", "    MaxAuthTries 4"))
    with pytest.raises(LineRejectedError, match="refuses the file") as failed:
        session.push((f"file {SSHD} owner=root group=root mode=0644 check='sshd -t -f {{}}'", "    MaxAuthTreis 4"))
    assert "Bad configuration option: MaxAuthTreis" in failed.value.reply
    assert lab.run(ONE, ["sh", "-c", f"cat {SSHD}; ls -A /etc/ssh/sshd_config.d"]).stdout == (
        "MaxAuthTries 4\n10-trust.conf\n"
    )
    session.push((f"file {SSHD} state=absent",))


def test_no_secret_is_in_the_process_list(lab: HostLab, dial: Open) -> None:
    """Neither sudo's password nor a step's secret is an argument or in an environment, while it is at work."""
    session = dial()
    step = 'command slow run="cat >/dev/null; sleep 3" unless=false stdin="<secret:login/break-glass>"'
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.push, (step,))
        time.sleep(1.5)
        said = lab.run(ONE, ["sh", "-c", "ps -eo args; cat /proc/[0-9]*/environ | tr '\\0' '\\n'"]).stdout
        running.result(20)
    assert "sleep 3" in said
    assert PASSWORD not in said
    assert SECRET not in said
    assert SECRET not in lab.run(ONE, ["journalctl", "--no-pager", "-n", "300"]).stdout


def test_several_packages_are_one_transaction(lab: HostLab, dial: Open) -> None:
    """Installed together, upgraded by version, and taken back."""
    session = dial(OTHER)
    session.push(("package trustctl-lab-probe version=1.0", "package nftables"))
    session.push(("package trustctl-lab-probe version=1.1",))
    listed = lab.run(OTHER, ["dpkg-query", "-W", "-f", "${Package}=${Version}\\n", "trustctl-lab-probe"]).stdout
    assert listed == "trustctl-lab-probe=1.1\n"
    session.push(("package trustctl-lab-probe version=1.0",))
    session.push(("package trustctl-lab-probe state=absent", "package nftables state=absent"))
    calls = lab.run(OTHER, ["grep", "-c", "^Commandline", "/var/log/apt/history.log"]).stdout
    assert int(calls) >= 4
