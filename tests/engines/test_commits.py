"""The engine on a device whose lines wait for a commit and that has no rollback: an Instant cluster of the lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from trustctl.engines.network import NetworkConnector
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Endpoint, Target
from trustctl.errors import DeviceError, LineRejectedError
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.makes.aruba_instant.model.hiding import hashed
from trustctl.lab.spec import DeviceSpec
from trustctl.model.plan import Tier
from trustctl.platforms.spec import Command, Commit

NAME, SERIAL, PASSWORD = "wlc", "CNQHAAAAAM", "correct-horse"
BOOT = f"""\
version 8.10.0.6-8.10.0
virtual-controller-country GB
virtual-controller-ip 192.0.2.40
terminal-access
hash-mgmt-password
hash-mgmt-user admin password hash {hashed(PASSWORD, "a1b2c3")}
wlan access-rule a
 rule any any match any any any permit
"""
Open = Callable[[], DeviceSession]


@pytest.fixture
def cluster() -> Iterator[Lab]:
    """One cluster whose minute is half a second."""
    with Lab([DeviceSpec(NAME, "aruba_instant", serial=SERIAL, boot=BOOT)], minute_seconds=0.5) as lab:
        yield lab


@pytest.fixture
def sign_in(cluster: Lab, connector: NetworkConnector) -> Iterator[Open]:
    """Opens sessions on it; they are closed at the end."""
    opened: list[DeviceSession] = []
    host, port = cluster.endpoints[NAME]
    key = cluster.host_key(NAME)

    def sign_in() -> DeviceSession:
        target = Target(NAME, "aruba_instant", Endpoint(host, port), "admin", PASSWORD, None, key, SERIAL)
        opened.append(connector.open(target))
        return opened[-1]

    yield sign_in
    for session in opened:
        session.close()


def test_what_it_is_and_what_it_can(sign_in: Open) -> None:
    """The model as the inventory writes it; tier C, with all that is not verified; nothing to save or to read back."""
    session = sign_in()
    assert session.identity().model == "AP-515"
    ready = session.preflight()
    assert ready.tier is Tier.C
    assert ready.timer.pending is False
    assert all(note.startswith("Not verified: ") for note in ready.notes)
    assert len(ready.notes) >= 5
    assert session.startup() is None
    session.save()


def test_lines_wait_and_are_committed(cluster: Lab, sign_in: Open) -> None:
    """Nothing is in effect before the commit; afterwards the session is out of configuration mode."""
    session = sign_in()
    before = session.running()
    session.begin()
    session.push(("ntp-server 10.0.0.5",))
    session.push(("wlan access-rule a",))
    session.push((" no rule any any match any any any permit",))
    assert cluster.running(NAME) == before
    session.commit()
    assert "\nntp-server 10.0.0.5\n" in session.running()
    assert "rule any any" not in session.running()


def test_a_refused_line_can_be_dropped_with_those_before_it(cluster: Lab, sign_in: Open) -> None:
    """What waits on the session that saw the refusal is gone after `discard`, also from a later commit."""
    before = cluster.running(NAME)
    session = sign_in()
    session.begin()
    session.push(("ntp-server 10.0.0.5",))
    with pytest.raises(LineRejectedError, match="Parse error"):
        session.push(("virtual-controller-country England",))
    session.discard()
    session.begin()
    session.commit()
    assert cluster.running(NAME) == before


def test_more_than_the_device_takes_goes_in_parts(cluster: Lab, sign_in: Open) -> None:
    """Ten kilobytes of lines: several commits, each between two lines of the top, and all of it there."""
    session = sign_in()
    session.begin()
    macs = [f"00:00:5e:00:{number // 256:02x}:{number % 256:02x}" for number in range(400)]
    for mac in macs:
        session.push((f"allowed-ap {mac}",))
    session.commit()
    assert all(f"allowed-ap {mac}\n" in cluster.running(NAME) for mac in macs)
    assert sum(entry.line == "commit apply" for entry in cluster.log(NAME)) > 3


@pytest.mark.parametrize("filler", [69, 70])
def test_who_may_sign_in_is_never_said_by_half(cluster: Lab, sign_in: Open, filler: int) -> None:
    """Wherever the parts end, the networks that may sign in are committed together: the first alone leaves us out."""
    session = sign_in()
    session.begin()
    for number in range(filler):
        session.push((f"allowed-ap 00:00:5e:00:53:{number:02x}",))
    for network in ("10.9.0.0 255.255.0.0", "10.8.0.0 255.255.0.0", "192.0.2.0 255.255.255.0"):
        session.push((f"restricted-mgmt-access {network}",))
    session.commit()
    assert cluster.reachable(NAME).ok
    lines = [entry.line for entry in cluster.log(NAME)]
    first = next(at for at, line in enumerate(lines) if line.startswith("restricted"))
    assert all(line.startswith("restricted") for line in lines[first : first + 3])


def test_a_part_that_cannot_be_split_is_refused_before_it_is_sent(cluster: Lab, sign_in: Open) -> None:
    """One section longer than what may wait is never committed in halves."""
    before = cluster.running(NAME)
    session = sign_in()
    session.begin()
    session.push(("wlan access-rule long",))
    sent = 0
    while sent < 4000:
        line = f" rule any any match tcp {sent + 1} {sent + 1} permit"
        session.push((line,))
        sent += len(line) + 1
    with pytest.raises(DeviceError, match="takes 4,096 bytes"):
        session.push((f" rule any any match tcp 9 9 permit {'log ' * 20}".rstrip(),))
    assert cluster.running(NAME) == before


def test_a_commit_that_fails_is_an_error(cluster: Lab, sign_in: Open) -> None:
    """The success text alone proves a commit."""
    before = cluster.running(NAME)
    cluster.break_(NAME, Fault.parse("flash-full"))
    session = sign_in()
    session.begin()
    session.push(("ntp-server 10.0.0.5",))
    with pytest.raises(DeviceError, match="failed to save"):
        session.commit()
    assert cluster.running(NAME) == before


def test_a_commit_without_a_proof_is_no_platform() -> None:
    """The file must name the text that proves a commit."""
    with pytest.raises(ValueError, match="success"):
        Commit(apply=Command(send="commit"), drop=Command(send="revert"), longest=10)
