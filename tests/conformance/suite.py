"""What every engine must do, whatever it drives: one set of tests, written against `engines/protocol.py` alone.

A subclass named `Test...` gives the fixture `ground`: one device of the lab, a change of it, and a witness that looks
at the device past the engine. `tests/conformance` runs it on simulated switches and Windows hosts, `tests/linux` on
real Linux hosts. `Promises` is what each engine keeps, `Conformance` what those keep as well whose devices have a
timer of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import pytest

from trustctl.engines.protocol import ChangeSession, Connector, Endpoint, Target
from trustctl.errors import (
    DeviceError,
    HostKeyError,
    LineRejectedError,
    LoginRefusedError,
    PreflightError,
    SecretError,
    UnreachableError,
    WrongDeviceError,
)

WRONG_PASSWORD = "Canary-Wrong-5512"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0bP0Wn1Q2Xv4uQ9yYdK7sT3mC5eF8gH1jL6nR4zB2x"
LONG = 60
"""Minutes of a timer that must not run out while a test runs."""
_PATIENCE = 60.0
"""Seconds after which a device that was to go back did not."""


class Witness(Protocol):
    """Looks at the device, and repairs it, past the engine."""

    def changed(self) -> bool:
        """Whether the change is in force."""
        ...

    def logins(self) -> int:
        """How many sign-ins the device has seen, refused ones included."""
        ...

    def tidy(self) -> None:
        """Bring the device back to its beginning: no timer, no change."""
        ...


@dataclass(frozen=True)
class Ground:
    """One device and what the suite does to it."""

    connector: Connector
    target: Target
    witness: Witness
    units: tuple[tuple[str, ...], ...]
    """A change that belongs to the way in, unit by unit, as a plan sends it."""
    shown: str
    """What `running` has of it."""
    refused: tuple[tuple[str, ...], ...]
    """Units of which the device takes all but the last."""
    says: str
    """Of the device's reply to that one."""
    secret: tuple[str, ...]
    """A unit with the token `<secret:radius/key>`."""
    reaches: str = ""
    """An address that answers the device; empty: its engine asks no device for it."""
    nowhere: str = ""
    meaning: Callable[[str], object] = str
    """What counts of a configuration; a switch also prints when it was changed."""

    def read(self, session: ChangeSession) -> object:
        """What the running configuration means."""
        return self.meaning(session.running())

    @contextmanager
    def session(self, **fields: object) -> Generator[ChangeSession]:
        """A session that is closed at the end; fields replace those of the target."""
        opened = self.connector.open(replace(self.target, **fields))  # type: ignore[arg-type] - words of each field, as the caller has them
        try:
            yield opened
        finally:
            opened.close()

    def change(self, minutes: int = LONG) -> None:
        """Arm, make the change, and lose the session without a word."""
        session = self.connector.open(self.target)
        session.preflight()
        session.arm(minutes)
        for unit in self.units:
            session.push(unit)
        session.end()
        session.abandon()


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < ends, "the device did not get there"
        time.sleep(0.1)


class Promises:
    """What every engine keeps."""

    TIMER = False
    """Whether the device has a timer that takes a change back."""

    @pytest.fixture
    def clean(self, ground: Ground) -> Generator[Ground]:
        """The device as it was, before and after."""
        ground.witness.tidy()
        yield ground
        ground.witness.tidy()

    # --- opening ------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"host_key": OTHER_KEY}, HostKeyError),
            ({"host_key": None}, HostKeyError),
            ({"password": WRONG_PASSWORD}, LoginRefusedError),
            ({"serial": "0000"}, WrongDeviceError),
            ({"endpoint": Endpoint("127.0.0.1", 1)}, UnreachableError),
        ],
        ids=["another-key", "no-key", "wrong-password", "another-device", "nobody-there"],
    )
    def test_a_session_that_does_not_open(
        self, ground: Ground, fields: dict[str, object], error: type[DeviceError]
    ) -> None:
        """Each reason is an error of its own, which names the device and what to do, and no password."""
        with pytest.raises(error) as failed, ground.session(**fields):
            pytest.fail("it opened")
        assert type(failed.value) is error
        assert ground.target.device in failed.value.where
        assert failed.value.remedy
        assert WRONG_PASSWORD not in str(failed.value)

    @pytest.mark.parametrize(("key", "attempts"), [(OTHER_KEY, 0), (None, 0), ("", 1)], ids=["another", "none", "good"])
    def test_a_password_is_tried_once_and_never_on_another_key(
        self, ground: Ground, key: str | None, attempts: int
    ) -> None:
        """Nobody but the pinned device gets a password, and no account is locked."""
        before = ground.witness.logins()
        pinned = ground.target.host_key if key == "" else key
        with pytest.raises(DeviceError), ground.session(host_key=pinned, password=WRONG_PASSWORD):
            pytest.fail("it opened")
        assert ground.witness.logins() == before + attempts

    def test_the_host_key_is_read_without_signing_in(self, ground: Ground) -> None:
        """It is the one that is pinned."""
        before = ground.witness.logins()
        assert ground.connector.host_key(ground.target.endpoint) == ground.target.host_key
        assert ground.witness.logins() == before

    # --- reading ------------------------------------------------------------------------------------------------------

    def test_reading_twice_says_the_same(self, clean: Ground) -> None:
        """Identity and configuration, in one session and in the next; nothing is changed by it."""
        with clean.session() as one:
            identity, running = one.identity(), one.running()
            assert one.running() == running
            assert one.timer().pending is False
            assert one.rollback_ready() is self.TIMER
        assert identity.serial == clean.target.serial
        assert identity.model
        assert identity.version
        with clean.session() as other:
            assert replace(other.identity(), uptime="") == replace(identity, uptime="")
            assert other.running() == running

    def test_a_session_ends_once_and_quietly(self, ground: Ground) -> None:
        """Closing is always possible; afterwards there is no session."""
        session = ground.connector.open(ground.target)
        session.close()
        session.close()
        session.abandon()
        with pytest.raises(DeviceError):
            session.running()

    # --- changing -----------------------------------------------------------------------------------------------------

    def begin(self, session: ChangeSession) -> None:
        """What comes before the first unit."""
        session.preflight()
        session.begin()

    def go_back(self, ground: Ground) -> None:
        """Take back what was sent."""
        ground.witness.tidy()

    def test_a_refused_unit_leaves_its_words(self, clean: Ground) -> None:
        """The error names the unit and has the device's reply; afterwards the change can be taken back whole."""
        with clean.session() as session:
            before = clean.read(session)
            self.begin(session)
            *taken, last = clean.refused
            for unit in taken:
                session.push(unit)
            with pytest.raises(LineRejectedError) as refused:
                session.push(last)
            assert refused.value.line
            assert last[0].startswith(refused.value.line)
            assert clean.says in refused.value.reply
            assert clean.target.device in refused.value.where
        self.go_back(clean)
        with clean.session() as fresh:
            assert clean.read(fresh) == before

    def test_a_secret_without_a_value_is_not_sent(self, clean: Ground) -> None:
        """A token is never written to a device as it stands."""
        with clean.session(resolve=None) as session:
            self.begin(session)
            with pytest.raises(SecretError):
                session.push(clean.secret)
        self.go_back(clean)
        with clean.session() as again:
            assert "secret:" not in again.running()


class Conformance(Promises):
    """The whole suite, for devices that take a change back by themselves."""

    TIMER = True

    def begin(self, session: ChangeSession) -> None:
        """As the parent."""
        session.preflight()
        session.arm(LONG)

    def go_back(self, ground: Ground) -> None:
        """As the parent."""
        with ground.session() as session:
            session.revert()

    def test_a_device_tells_whom_it_reaches(self, ground: Ground) -> None:
        """Both answers are the device's own."""
        with ground.session() as session:
            assert session.ping(ground.reaches) is True
            assert session.ping(ground.nowhere) is False

    def test_a_confirmed_change_stays(self, clean: Ground) -> None:
        """Armed, sent, the session lost; a new one sees the change and whose timer runs, confirms, and it holds."""
        with clean.session() as session:
            assert session.preflight().timer.pending is False
        clean.change()
        with clean.session() as again:
            timer = again.timer()
            assert (timer.pending, timer.user) == (True, clean.target.username)
            assert clean.shown in again.running()
            again.confirm()
            assert again.timer().pending is False
            again.save()
            assert clean.shown in again.running()
        assert clean.witness.changed()

    def test_timers_are_not_layered(self, clean: Ground) -> None:
        """Somebody who comes meanwhile is told, and changes nothing."""
        clean.change()

        def begin(other: ChangeSession) -> None:
            other.preflight()
            other.arm(LONG)

        with clean.session() as other, pytest.raises(PreflightError) as told:
            begin(other)
        assert told.value.remedy

    def test_an_abandoned_session_is_recovered(self, clean: Ground) -> None:
        """A new session finds the timer, takes the change back at once, and the device reads as before."""
        with clean.session() as session:
            before = clean.read(session)
        clean.change()
        assert clean.witness.changed()
        with clean.session() as again:
            assert again.timer().pending
            assert again.revert() is True
            assert again.timer().pending is False
        with clean.session() as fresh:
            assert clean.read(fresh) == before
        assert not clean.witness.changed()

    def test_the_device_goes_back_by_itself(self, clean: Ground) -> None:
        """Nobody comes: the timer runs out, the device reads as before, and a late confirm is told so."""
        with clean.session() as session:
            before = clean.read(session)
        clean.change(minutes=1)
        _until(lambda: not clean.witness.changed())
        with clean.session() as late:
            _until(lambda: late.timer().pending is False)
            with pytest.raises(DeviceError):
                late.confirm()
            assert clean.read(late) == before
