"""The Windows engine conforms, as far as a host without a rollback timer can: on the lab's host, by real Ansible.

What does not apply is asked as well: there is nothing to arm, to confirm or to save, and nobody is asked to ping.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from suite import LONG, Ground, Promises

from trustctl.cli.guard import child_environment
from trustctl.engines.protocol import Endpoint, Target
from trustctl.engines.windows.engine import WindowsEngine, wanted
from trustctl.engines.windows.process import Ansible, Content
from trustctl.errors import DeviceError, LineRejectedError, PreflightError, SessionLostError
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.model.features import Features
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.model.plan import Tier
from trustctl.secrets import KnownSecrets

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
NAME, PASSWORD = "OAK-FS-01", "Canary-Login-8374"
WANT = """\
windows_baseline_timezone: "GMT Standard Time"
windows_baseline_features:
  - name: "Telnet-Client"
    installed: true
"""
FEATURE = "trust_feature Telnet-Client"
HAS, HAD = (FEATURE, "    installed: true"), (FEATURE, "    installed: false")


@dataclass(frozen=True)
class HostWitness:
    """Looks into the simulated host, and counts who came to its door."""

    lab: WindowsLab
    came: list[str]

    def changed(self) -> bool:
        """Whether the feature is there."""
        return "Telnet-Client" in self.lab.machine(NAME).part(Features).installed

    def logins(self) -> int:
        """Sign-ins, refused ones included."""
        return len(self.came)

    def tidy(self) -> None:
        """Take the feature away, and every fault."""
        self.lab.heal(NAME)
        self.lab.edit(NAME, [f"{FEATURE} installed=false"])


@pytest.fixture(scope="module")
def lab() -> Iterator[WindowsLab]:
    """One host as it is delivered."""
    made = WindowsSpec(name=NAME, uuid="4C4C4544-0044-1111-8043-B7C04F4E3901", password=PASSWORD, user="Administrator")
    with WindowsLab((made,), sorted(ROOT.glob("roles/*/library"))) as running:
        yield running
        assert running.bugs == ()


@pytest.fixture(scope="module")
def witness(lab: WindowsLab) -> HostWitness:
    """Stands at its door."""
    server, came = lab.server(NAME), list[str]()
    true: Callable[[str, str], bool] = server.signs_in

    def signs_in(user: str, password: str) -> bool:
        came.append(user)
        return true(user, password)

    setattr(server, "signs_in", signs_in)  # noqa: B010 - a witness stands in the way of a method
    return HostWitness(lab, came)


@pytest.fixture(scope="module")
def engine() -> Iterator[WindowsEngine]:
    """The engine."""
    ansible = Ansible(Content((ROOT,)), child_environment())
    made = WindowsEngine(lambda _: wanted(("oak", "windows"), WANT, "basic", ""), ansible, lambda: datetime.now(tz=UTC))
    yield made
    made.close()


class TestWindowsEngine(Promises):
    """The suite on a Windows host, and what stands in the place of a timer."""

    @pytest.fixture
    def ground(self, lab: WindowsLab, witness: HostWitness, engine: WindowsEngine) -> Ground:
        """A feature comes; one that Windows does not have is refused."""
        contact = lab.contacts[NAME]
        target = Target(
            NAME,
            "windows",
            Endpoint(contact.host, contact.port),
            contact.user,
            PASSWORD,
            host_key=engine.host_key(Endpoint(contact.host, contact.port)),
            serial=contact.uuid,
            ca=str(lab.ca),
            resolve=KnownSecrets({}).get,
        )
        return Ground(
            connector=engine,
            target=target,
            witness=witness,
            units=(HAS,),
            shown="\n".join(HAS),
            refused=(HAS, ("trust_feature No-Such-Feature", "    installed: true")),
            says="No-Such-Feature",
            secret=("ansible.windows.win_timezone", '    timezone: "<secret:radius/key>"'),
        )

    def test_a_change_stays_and_is_taken_back_by_what_was_there(self, clean: Ground) -> None:
        """A new session sees it; the same resource as the first reading had it is the way back."""
        with clean.session() as session:
            before = clean.read(session)
            self.begin(session)
            for unit in clean.units:
                session.push(unit)
            session.end()
            session.commit()
            session.save()
            assert clean.shown in session.running()
        assert clean.witness.changed()
        with clean.session() as again:
            assert clean.shown in again.running()
            again.push(HAD)
            assert clean.read(again) == before
        assert not clean.witness.changed()

    def test_what_a_host_without_a_timer_says(self, ground: Ground) -> None:
        """It is of tier C, arms nothing, has nothing to go back by, and is not asked whom it reaches."""
        with ground.session() as session:
            told = session.preflight()
            assert (told.tier, told.timer.pending, session.startup(), session.revert()) == (Tier.C, False, None, False)
            with pytest.raises(PreflightError) as refused:
                session.arm(LONG)
            assert refused.value.remedy
            with pytest.raises(DeviceError):
                session.ping("10.11.20.1")

    def test_a_reading_that_failed_is_no_reading(self, clean: Ground, lab: WindowsLab) -> None:
        """A host that cannot tell one resource is not read as one that has nothing of it."""
        lab.break_(NAME, Fault(FaultKind.MODULE, text="trust_feature: the servicing stack is busy"))
        with pytest.raises(LineRejectedError, match="servicing stack is busy"), clean.session():
            pytest.fail("it opened")

    def test_a_connection_that_is_lost_leaves_it_open_what_was_done(self, clean: Ground, lab: WindowsLab) -> None:
        """It is the session that was lost, not a refusal; only a new session tells what became of it."""
        with clean.session() as session:
            self.begin(session)
            lab.break_(NAME, Fault(FaultKind.DROP_BEFORE, text="trust_feature"))
            with pytest.raises(SessionLostError):
                session.push(HAS)
        lab.heal(NAME)
        _answers(lab)
        with clean.session() as fresh:
            assert clean.shown not in fresh.running()


def _answers(lab: WindowsLab) -> None:
    """Wait until the host lets somebody in again: for a moment after a lost connection it does not."""
    contact = lab.contacts[NAME]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection((contact.host, contact.port)):
            return
        time.sleep(0.05)
