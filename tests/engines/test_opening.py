"""Opening a session: each way it goes wrong has its own error, and nothing is tried twice."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import paramiko
import pytest

from trustctl.engines.network import Limits, NetworkConnector, adopt, fingerprint_of, load_pins, save_pins
from trustctl.engines.network.link import _Plain
from trustctl.engines.protocol import Endpoint, Target
from trustctl.errors import (
    AlgorithmError,
    DeviceError,
    ExitCode,
    HostKeyError,
    LoginRefusedError,
    UnreachableError,
    WrongDeviceError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.platforms import platform

# what asyncssh's key exchange says about itself on the lab's side
pytestmark = pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")

ROOT = Path(__file__).parents[2] / "templates"
MakeTarget = Callable[..., Target]
WRONG = "Canary-Wrong-5512"


def refused(connector: NetworkConnector, target: Target) -> DeviceError:
    """The error with which a session does not open; no secret is in it."""
    with pytest.raises(DeviceError) as caught:
        connector.open(target).close()
    assert "Canary" not in str(caught.value)
    assert target.device in caught.value.where
    assert caught.value.remedy
    return caught.value


def test_a_session_opens_and_closes(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """One login, paging off, and the session is gone after close."""
    before = lab.counters("lab-a")["logins"]
    session = connector.open(target())
    assert session.identity().serial == "FOC0000A001"
    session.close()
    assert lab.counters("lab-a")["logins"] == before + 1
    deadline = time.monotonic() + 2
    while lab.sessions("lab-a") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert lab.sessions("lab-a") == 0
    assert "terminal length 0" in [entry.line for entry in lab.log("lab-a")]


def test_a_wrong_password_is_tried_once(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A refused login is not retried, so that no account locks."""
    before = lab.counters("lab-a")["failed_logins"]
    error = refused(connector, target(password=WRONG))
    assert isinstance(error, LoginRefusedError)
    assert error.exit_code is ExitCode.TRUST
    assert lab.counters("lab-a")["failed_logins"] == before + 1


def test_a_login_that_is_not_answered_is_not_refused(lab: Lab, target: MakeTarget) -> None:
    """A slow AAA server is a time-out, which may be tried again, not a wrong password."""
    lab.break_("lab-a", Fault(FaultKind.SLOW_AAA, amount=3.0))
    patient = NetworkConnector(partial(platform, roots=[ROOT]), Limits(login_seconds=10.0))
    patient.open(target()).close()
    hasty = NetworkConnector(partial(platform, roots=[ROOT]), Limits(login_seconds=0.5))
    error = refused(hasty, target())
    assert isinstance(error, UnreachableError)
    assert "did not answer the login" in error.problem


def test_an_unknown_host_key_gets_no_password(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Without a pin nothing is dialled."""
    before = dict(lab.counters("lab-a"))
    error = refused(connector, target(host_key=None))
    assert isinstance(error, HostKeyError)
    assert "adopt" in error.remedy
    assert dict(lab.counters("lab-a")) == before


def test_a_changed_host_key_is_no_timeout(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Another key than the pinned one stops at once, names both fingerprints, and the password is not sent."""
    made = target()
    assert made.host_key is not None
    before = lab.counters("lab-a")["logins"] + lab.counters("lab-a")["failed_logins"]
    lab.break_("lab-a", Fault(FaultKind.HOST_KEY))
    error = refused(connector, made)
    assert isinstance(error, HostKeyError)
    assert error.exit_code is ExitCode.TRUST
    assert fingerprint_of(made.host_key) in error.problem
    assert fingerprint_of(lab.host_key("lab-a")) in error.problem
    assert lab.counters("lab-a")["logins"] + lab.counters("lab-a")["failed_logins"] == before


def test_without_its_pin_the_client_trusts_nobody(
    lab: Lab, connector: NetworkConnector, target: MakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the pin ever not reach the SSH client, the key is unknown and refused, not accepted silently."""
    monkeypatch.setattr(_Plain, "_get_ssh_client_instance", lambda _: paramiko.SSHClient())
    before = lab.counters("lab-a")["logins"]
    error = refused(connector, target())
    assert isinstance(error, HostKeyError)
    assert "unknown" in error.problem
    assert lab.counters("lab-a")["logins"] == before


def test_a_pin_of_another_key_type_is_a_changed_key(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A device that shows a key of another type than the pinned one is not trusted."""
    lab.break_("lab-a", Fault(FaultKind.ALGORITHMS, text="key-ssh-rsa"))
    rsa = connector.host_key(target().endpoint, ("ssh-rsa",))
    lab.heal("lab-a")
    assert rsa.startswith("ssh-rsa ")
    error = refused(connector, target(host_key=rsa))
    assert isinstance(error, HostKeyError)
    assert "has changed" in error.problem


def test_a_damaged_pin_is_a_host_key_error(connector: NetworkConnector, target: MakeTarget) -> None:
    """A pin that cannot be read is never taken as no pin."""
    assert isinstance(refused(connector, target(host_key="ssh-ed25519 !!!")), HostKeyError)
    assert isinstance(refused(connector, target(host_key="garbage")), HostKeyError)


def test_a_refused_port(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A closed port says so at once."""
    made = target()
    lab.break_("lab-a", Fault(FaultKind.REFUSE))
    error = refused(connector, made)
    assert isinstance(error, UnreachableError)
    assert "refuses the connection" in error.problem
    assert error.exit_code is ExitCode.FAILED_UNCHANGED


def test_a_black_hole_at_tcp(connector: NetworkConnector, target: MakeTarget) -> None:
    """A port that never completes the TCP handshake ends at the connect timeout."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            started = time.monotonic()
            error = refused(connector, target(endpoint=Endpoint(*full.getsockname())))
            assert time.monotonic() - started < 4
        finally:
            for filler in fillers:
                filler.close()
    assert isinstance(error, UnreachableError)
    assert "did not answer within 2 s" in error.problem


def test_a_device_that_takes_tcp_and_says_nothing(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """An SSH server without a word ends at the handshake timeout, as unreachable."""
    lab.break_("lab-a", Fault(FaultKind.DEAD))
    started = time.monotonic()
    error = refused(connector, target())
    assert isinstance(error, UnreachableError)
    assert time.monotonic() - started < 6


def test_a_name_that_does_not_resolve(connector: NetworkConnector, target: MakeTarget) -> None:
    """A name without an address is told from a device that is off."""
    error = refused(connector, target(endpoint=Endpoint("no-such-host.invalid")))
    assert isinstance(error, UnreachableError)
    assert "cannot be resolved" in error.problem


LEGACY = [
    ("kex-group14-sha1", ("diffie-hellman-group14-sha1",), "kex"),
    ("kex-group1-sha1", ("diffie-hellman-group1-sha1",), "kex"),
    ("key-ssh-rsa", ("ssh-rsa",), "host key"),
    ("cipher-cbc", ("aes128-cbc",), "cipher"),
    ("mac-hmac-sha1", ("hmac-sha1",), "mac"),
    ("all-legacy", ("diffie-hellman-group14-sha1", "ssh-rsa", "aes128-cbc", "hmac-sha1"), "kex"),
]


@pytest.mark.parametrize(("profile", "allowed", "stage"), LEGACY)
def test_legacy_algorithms_need_their_exception(
    lab: Lab, connector: NetworkConnector, target: MakeTarget, profile: str, allowed: tuple[str, ...], stage: str
) -> None:
    """Each class of legacy algorithm is refused with the stage named, and works once its names are given back."""
    lab.break_("lab-a", Fault(FaultKind.ALGORITHMS, text=profile))
    made = replace(target(), host_key=connector.host_key(target().endpoint, allowed))
    error = refused(connector, made)
    assert isinstance(error, AlgorithmError)
    assert stage in error.problem
    session = connector.open(replace(made, legacy=allowed))
    assert session.identity().serial == "FOC0000A001"
    session.close()


def test_an_exception_for_another_algorithm_does_not_help(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """Giving group14 back does not open a switch that only has group1."""
    lab.break_("lab-a", Fault(FaultKind.ALGORITHMS, text="kex-group1-sha1"))
    assert isinstance(refused(connector, target(legacy=("diffie-hellman-group14-sha1",))), AlgorithmError)


def test_another_box_at_the_address(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A serial number that is not the pinned one stops before anything is written."""
    lab.break_("lab-a", Fault(FaultKind.SERIAL, text="FOC9999Z999"))
    before = lab.counters("lab-a")["config_lines"]
    error = refused(connector, target())
    assert isinstance(error, WrongDeviceError)
    assert "FOC0000A001" in error.problem
    assert "FOC9999Z999" in error.problem
    assert lab.counters("lab-a")["config_lines"] == before


def test_enable_with_the_secret(connector: NetworkConnector, target: MakeTarget) -> None:
    """A login at the user level is raised with the enable secret."""
    session = connector.open(target("lab-user"))
    assert "hostname lab-user" in session.running()
    session.close()


def test_a_wrong_enable_secret_is_tried_once(
    connector: NetworkConnector, target: MakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The enable secret is not guessed at: nothing else is typed at the password prompt, not even a good-bye."""
    tried: list[str] = []
    monkeypatch.setattr(IosSwitch, "enable", lambda _, password: tried.append(password))
    error = refused(connector, target("lab-user", enable=WRONG))
    assert isinstance(error, LoginRefusedError)
    assert "enable" in error.problem
    time.sleep(0.2)
    assert [password for password in tried if password] == [WRONG]


def test_a_user_login_without_an_enable_secret(connector: NetworkConnector, target: MakeTarget) -> None:
    """A login that is not privileged says what is missing."""
    error = refused(connector, target("lab-user", enable=None))
    assert isinstance(error, LoginRefusedError)
    assert "enable secret" in error.problem


def test_no_secret_stays_on_netmikos_logger(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """After failed connections no filter with a password in it is left behind, and no socket."""
    before = len(logging.getLogger("netmiko").filters)
    for _ in range(3):
        refused(connector, target(password=WRONG))
    assert len(logging.getLogger("netmiko").filters) == before


def test_host_key_without_a_login(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Enrolment reads the key without a user name."""
    before = dict(lab.counters("lab-a"))
    assert connector.host_key(target().endpoint) == lab.host_key("lab-a")
    after = lab.counters("lab-a")
    assert (after["logins"], after["failed_logins"]) == (before.get("logins", 0), before.get("failed_logins", 0))


def test_adoption_pins_what_it_showed(
    lab: Lab, connector: NetworkConnector, target: MakeTarget, tmp_path: Path
) -> None:
    """Fingerprint, serial and model are read under the very key that is then pinned, and the pin opens a session."""
    found = adopt(target(host_key=None, serial=None), connector)
    assert found.fingerprint == fingerprint_of(lab.host_key("lab-a"))
    assert found.identity.serial == "FOC0000A001"
    assert found.identity.model.startswith("WS-C2960X")
    path = tmp_path / "pins.yml"
    save_pins(path, {"lab-a": found.pin(date(2026, 11, 22))})
    pin = load_pins(path)["lab-a"]
    connector.open(target(host_key=pin.host_key, serial=pin.serial)).close()


def test_adoption_with_a_known_fingerprint_sends_nothing_to_another(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """Where a person knows the fingerprint, a device with another one gets no login."""
    before = lab.counters("lab-a")["logins"]
    with pytest.raises(HostKeyError, match="SHA256:"):
        adopt(target(), connector, approve_key="SHA256:" + "x" * 43)
    assert lab.counters("lab-a")["logins"] == before


def test_adoption_warns_of_legacy_algorithms(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A device that needs an exception is adopted with a warning."""
    lab.break_("lab-a", Fault(FaultKind.ALGORITHMS, text="all-legacy"))
    found = adopt(target(legacy=LEGACY[-1][1]), connector)
    assert any("legacy" in warning for warning in found.warnings)
