"""A device that puts its configuration back when the session that armed it ends: it stays open, and nothing is claimed.

Whether AOS-CX does so is unverified (docs/sources.md); the lab's switch plays both.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trustctl.apply.job import Job
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.engines.network import Limits, NetworkConnector
from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide
from trustctl.lab.spec import DeviceSpec
from trustctl.model.plan import Tier
from trustctl.model.run import Outcome
from trustctl.platforms import platform

if TYPE_CHECKING:
    Bencher = Any
    Bench = Any

CX = platform("aruba_aos_cx", (Path(__file__).parents[2] / "templates",))
NAME, PASSWORD = "fir-sw-a1-01", "Try-This-Login-1"
BOOT = f"""\
!Version ArubaOS-CX ML.10.10.1040
hostname {NAME}
user admin group administrators password ciphertext {hide(PASSWORD, "a")}
radius-server host 10.250.20.11 key ciphertext {hide("old-key-1", "b")}
ssh server vrf default
vlan 1,10
interface 1/1/28
    no shutdown
    vlan trunk native 1
    vlan trunk allowed 10
interface vlan 10
    ip address 10.21.10.5/24
ip route 0.0.0.0/0 10.21.10.1
"""
VLAN = ("vlan 20", "    name STAFF", "exit")
KEY = ("radius-server host 10.250.20.11 key plaintext new-key-2",)


class CanonicalJudge:
    """Judges as the product does: by meaning, in which a ciphertext that nobody can compare says nothing."""

    def __init__(self, planned: str, target: str) -> None:
        self._planned, self._target = planned, target

    def moved(self, running: str) -> tuple[str, ...]:
        """Compare with what was planned against."""
        return self.differ(self._planned, running)

    def off_target(self, running: str) -> tuple[str, ...]:
        """Compare with the target."""
        return self.differ(self._target, running)

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """The lines of one text that the other has not, ciphertext left out."""
        return tuple(sorted(_open(one) ^ _open(other)))


def _open(text: str) -> set[str]:
    for value in secret_values(read(text, CX.rulebook)).values():
        text = text.replace(value, "*")
    return {line for line in text.splitlines() if line and line[0] != "!" and not line.endswith("configuration:")}


def started(bench: Bencher, *, restores: bool, known: bool) -> Bench:
    """An AOS-CX switch that does, or does not, restore at the end of the session, and whether its platform says so."""
    features = {"restores_at_session_end": restores}
    spec = DeviceSpec(NAME, "aruba_aos_cx", model="JL725A", serial="SG1", boot=BOOT, features=features)
    made = bench(other=spec, user="admin")
    (way,) = CX.spec.safe_change
    told = way.model_copy(update={"ends_with_session": known})
    ours = replace(CX, spec=CX.spec.model_copy(update={"safe_change": (told,)}))
    connector = NetworkConnector(lambda _name: ours, Limits(silence_seconds=3.0))
    made.tools = replace(made.tools, connector=connector)
    return made


def job(made: Bench, lines: tuple[str, ...], target: str) -> Job:
    """The job that sends these lines; `target` is what stands in place of the VLANs afterwards."""
    planned = made.lab.running(NAME)
    return Job(
        device=NAME,
        plan_digest="sha256:00",
        tier=Tier.A,
        target=made.target,
        batches=tuple(CX.rulebook.gate.batches(lines)),
        judge=CanonicalJudge(planned, planned.replace("vlan 1,10", target)),
        fill=lambda _running, batch: batch,
        gateway="10.21.10.1",
    )


CHANGES = [
    pytest.param(VLAN, "vlan 1,10\nvlan 20\n    name STAFF", id="what-anybody-can-compare"),
    pytest.param(KEY, "vlan 1,10", id="a-secret-that-nobody-can"),
]


@pytest.mark.parametrize("restores", [True, False])
@pytest.mark.parametrize(("lines", "target"), CHANGES)
def test_a_change_is_confirmed_before_its_session_ends(
    bench: Bencher, lines: tuple[str, ...], target: str, *, restores: bool
) -> None:
    """The session that armed stays open until a new one has confirmed, so it holds in both cases."""
    made = started(bench, restores=restores, known=True)
    outcome = made.run(job(made, lines, target))
    assert (outcome.outcome, outcome.saved) == (Outcome.APPLIED, True), outcome.detail
    assert made.lab.counters(NAME).get("rollbacks", 0) == 0
    assert made.lab.counters(NAME)["logins"] == 2


@pytest.mark.parametrize(("lines", "target"), CHANGES)
def test_what_was_put_back_is_never_called_applied(bench: Bencher, lines: tuple[str, ...], target: str) -> None:
    """Where the session ended first, the new one finds what was before: rolled back, read back, the reason named."""
    made = started(bench, restores=True, known=False)
    outcome = made.run(job(made, lines, target))
    assert outcome.outcome is Outcome.ROLLED_BACK, outcome.detail
    assert "has put its configuration back already" in outcome.detail
    assert "reads back as before the change" in outcome.detail
    assert made.lab.running(NAME) == made.lab.startup(NAME)
