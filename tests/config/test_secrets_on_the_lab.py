"""What each make holds of the trust's secrets: in step nothing is planned, rotated is said, untold never flaps (H28).

A device as it is new takes an intent with every kind of secret. Then it is compared with the same store, with a store
in which every secret is another one, and without a store.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from aos_cx_bench import CxBench
from aos_s_bench import AosBench
from golden_cases import intended_of, rulebook
from instant_bench import InstantBench
from ios_bench import IosBench
from lab_bench import Bench, Stores

from trustctl.config.compare import Comparison, compare
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.config.statement import Config
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import ChangeKind, Rule
from trustctl.model.secret import SECRET_TOKEN
from trustctl.secrets.verify import Verifier

AnyBench = Bench | InstantBench


class Rotated(Stores):
    """The same store when every secret is another one."""

    def get(self, name: str) -> str:
        """The value of a secret."""
        return "New." + super().get(name)


@dataclass(frozen=True)
class Make:
    """A make's device as it is new, an intent with its secrets, and which of them nobody can compare."""

    platform: str
    new: str
    intent: str
    untold: frozenset[str] = frozenset()
    model: str = ""

    def bench(self) -> AnyBench:
        """The device."""
        if self.platform == "aruba_instant":
            return InstantBench(self.new)
        if self.platform in {"cisco_ios", "cisco_9800"}:
            return IosBench(self.new, model=self.model, platform=self.platform)
        return (AosBench if self.platform == "aruba_aos_s" else CxBench)(self.new, model=self.model)

    def has(self, bench: AnyBench) -> Config:
        """What the device has."""
        return read(bench.text, rulebook(self.platform))

    def against(self, bench: AnyBench, store: Stores | None) -> Comparison:
        """The device against the intent, by the secrets of a store."""
        intended = read_intended(intended_of(self.intent, "one", self.platform), rulebook(self.platform))
        verifier = Verifier(store) if store else None
        return compare(self.has(bench), intended, Scope(Stage.ENSURE, {"*": Ownership.OWNED}, DeviceFacts(), verifier))


IOS = """enable secret <secret:enable>
username breakglass privilege 15 secret <secret:user>
snmp-server community <secret:community> RO
radius server NPS-01
 address ipv4 10.250.20.11 auth-port 1812 acct-port 1813
 key <secret:radius>
"""
WLAN = """wlan staff 1 staff
 security wpa psk set-key ascii 0 <secret:psk>
"""
MAKES = (
    Make("cisco_ios", "version 15.2\nhostname new\nend\n", IOS, model="WS-C2960X-48FPS-L"),
    Make("cisco_9800", "version 17.9\nhostname new\nend\n", IOS + WLAN, model="C9800-L-F-K9"),
    Make(
        "aruba_aos_s",
        '; JL255A Configuration Editor; Created on release #WC.16.10.0009\nhostname "new"\ninclude-credentials\n',
        'password manager user-name "breakglass" plaintext "<secret:user>"\n'
        'radius-server host 10.250.20.11 key "<secret:radius>"\n'
        'snmp-server community "<secret:community>" operator\n',
        model="JL255A",
    ),
    Make(
        "aruba_aos_cx",
        "!\n!Version ArubaOS-CX ML.10.10.1040\n!export-password: default\nhostname new\n",
        "user breakglass group administrators password plaintext <secret:user>\n"
        "radius-server host 10.250.20.11 key plaintext <secret:radius>\n"
        "snmp-server community <secret:community>\n",
        frozenset({"user", "radius"}),
        model="JL725A",
    ),
    Make(
        "aruba_instant",
        "version 8.10.0.6-8.10.0\nhash-mgmt-password\nterminal-access\nvirtual-controller-ip 10.11.10.40\n",
        "hash-mgmt-user breakglass password cleartext <secret:user>\n"
        "wlan auth-server NPS-01\n ip 10.250.20.11\n key <secret:radius>\n",
        frozenset({"user", "radius"}),
    ),
)


def _names(lines: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for line in lines for name in SECRET_TOKEN.findall(line))


def _said(result: Comparison) -> str:
    return "\n".join(flag.why for flag in result.flags if flag.rule is Rule.SECRET)


@pytest.mark.parametrize("make", MAKES, ids=[make.platform for make in MAKES])
def test_secrets_are_the_same_rotated_or_untold(make: Make) -> None:
    """Nothing is sent again; what is another one now is set once; what nobody can compare is said and left alone."""
    everything = _names(tuple(make.intent.split("\n")))
    bench = make.bench()
    joined = make.against(bench, Stores())
    assert _names(joined.commands) == everything
    assert bench.send(joined.commands, secret_values(make.has(bench))) == []

    same = make.against(bench, Stores())
    assert same.commands == ()
    for name in everything:
        assert (f"could not be compared with {name} " in _said(same)) is (name in make.untold), name

    rotated = make.against(bench, Rotated())
    assert _names(rotated.commands) == everything - make.untold
    for change in rotated.changes:
        # a community has no name but its value: the other one is a new one
        assert "rotated (secret " in change.summary or change.kind is ChangeKind.ADD, change.summary
    bench.secrets = Rotated()
    assert bench.send(rotated.commands, secret_values(make.has(bench))) == []
    assert make.against(bench, Rotated()).commands == ()
    # a community that nobody wants any more stays at this stage, so the old one is still there
    back = make.against(bench, Stores())
    assert _names(back.commands) == everything - make.untold - {"community"}

    without = make.against(bench, None)
    assert without.commands == ()
    assert "give --secrets FILE" in _said(without) or everything == make.untold
