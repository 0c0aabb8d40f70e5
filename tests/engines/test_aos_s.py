"""The engine on ArubaOS-Switch: terminal codes, a key to press, a reload as its timer. The bytes are recorded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import wait_until

from trustctl.engines.network import NetworkConnector, dialogue
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Endpoint, Target
from trustctl.errors import LineRejectedError, SessionLostError
from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec
from trustctl.model.plan import Tier

BOOT = Path(__file__).parents[1] / "lab" / "data" / "aos_s_2530.cfg"
SERIAL = "CN01FP47X1"
NAME = "aos-s"

Open = Callable[[], DeviceSession]


@pytest.fixture
def aos_lab() -> Iterator[Lab]:
    """One AOS-S switch whose minute is half a second."""
    boot = BOOT.read_text(encoding="utf-8")
    spec = DeviceSpec(NAME, "aruba_aos_s", serial=SERIAL, boot=boot, attachment="Trk1")
    with Lab([spec], minute_seconds=0.5) as lab:
        yield lab


@pytest.fixture
def sign_in(aos_lab: Lab, connector: NetworkConnector) -> Iterator[Open]:
    """Opens sessions on it; they are closed at the end."""
    opened: list[DeviceSession] = []
    host, port = aos_lab.endpoints[NAME]
    key = aos_lab.host_key(NAME)

    def sign_in() -> DeviceSession:
        target = Target(NAME, "aruba_aos_s", Endpoint(host, port), "admin", "correct-horse", None, key, SERIAL)
        opened.append(connector.open(target))
        return opened[-1]

    yield sign_in
    for session in opened:
        session.close()


def change(session: DeviceSession, *lines: str, minutes: int) -> None:
    """Send the lines under the switch's timer and leave the session."""
    assert session.preflight().tier is Tier.B
    assert session.arm(minutes).method == "timed reload"
    for line in lines:
        session.push((line,))
    session.end()
    session.abandon()


def test_what_is_read_is_what_the_switch_holds(aos_lab: Lab, sign_in: Open) -> None:
    """No code of the terminal is left in a configuration, and nothing is missing."""
    session = sign_in()
    assert session.running() == f"Running configuration:\n\n{aos_lab.running(NAME)}\n"
    found = session.identity()
    assert (found.serial, found.model, found.hostname) == (SERIAL, "J9773A", "elder-sw-11")


def test_the_key_that_the_greeting_wants_is_pressed_at_once(sign_in: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the switch to fall silent before the first prompt."""
    monkeypatch.setattr(dialogue, "_RESYNC_SILENCE", 60.0)
    assert sign_in().identity().hostname == "elder-sw-11"


def test_a_change_is_confirmed_and_saved(aos_lab: Lab, sign_in: Open) -> None:
    """The reload that was scheduled first is cancelled on a new session, then the change is kept."""
    change(sign_in(), "vlan 77", 'name "Lab 7"', "exit", minutes=600)
    session = sign_in()
    assert session.timer().pending
    session.confirm()
    assert not session.timer().pending
    session.save()
    assert 'vlan 77\n   name "Lab 7"' in (aos_lab.startup(NAME) or "")
    assert aos_lab.counters(NAME)["reloads"] == 0


def test_without_a_confirm_it_reloads_into_what_was_saved(aos_lab: Lab, sign_in: Open) -> None:
    """The way in was cut by the change: the switch comes back with the old configuration by itself."""
    before = aos_lab.running(NAME)
    change(sign_in(), "vlan 77", "exit", minutes=4)
    assert "vlan 77" in aos_lab.running(NAME)
    wait_until(lambda: aos_lab.counters(NAME)["reloads"] == 1)
    wait_until(lambda: aos_lab.running(NAME) == before)
    assert not sign_in().timer().pending


def test_a_refused_line_is_told_with_the_words_of_the_switch(sign_in: Open) -> None:
    """What ProVision answers is in the error, and the session has left the configuration."""
    session = sign_in()
    session.preflight()
    session.arm(600)
    session.push(("vlan 77",))
    with pytest.raises(LineRejectedError, match="Module not present for port or invalid port: 99"):
        session.push(("untagged 99",))


def test_a_line_that_cuts_its_own_session_is_a_lost_session(aos_lab: Lab, sign_in: Open) -> None:
    """Taking the management VLAN off the uplink ends the talk; the reload brings the way back."""
    before = aos_lab.running(NAME)
    session = sign_in()
    session.preflight()
    session.arm(4)
    session.push(("vlan 99",))
    with pytest.raises(SessionLostError):
        session.push(("no tagged Trk1",))
    wait_until(lambda: aos_lab.counters(NAME)["reloads"] == 1)
    wait_until(lambda: aos_lab.reachable(NAME).ok and aos_lab.running(NAME) == before)
    assert sign_in().identity().serial == SERIAL
