"""A key in one place of a device is rotated on the lab's device of each make, and nothing else of it moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from aos_cx_bench import CxBench
from aos_s_bench import AosBench
from golden_cases import intended_of, rulebook
from instant_bench import InstantBench
from ios_bench import IosBench
from lab_bench import Bench, Stores

from trustctl.config.compare import compare
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.lab.makes.aruba_aos_cx.model.hiding import reveal
from trustctl.lab.makes.aruba_instant.model.hiding import decrypt
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import Intended
from trustctl.plan.places import filled, held_on_device, held_values, places_of, resending
from trustctl.plan.rotation import Key
from trustctl.secrets.verify import Verifier

AnyBench = Bench | InstantBench
SECRET = "radius/key"


@dataclass(frozen=True)
class Make:
    """A make's device as it is new, its lines with two marked servers and a line beside them, and how it keeps keys."""

    platform: str
    bench: Callable[[], AnyBench]
    lines: str
    word: str
    """What stands before a key in the running configuration."""
    clear: Callable[[str], str | None]
    told: bool = True

    def keys(self, bench: AnyBench) -> list[str | None]:
        """The keys that the device has, in clear, in the order of its lines."""
        found = [line.partition(f" {self.word} ")[2].split() for line in bench.text.split("\n")]
        return [self.clear(words[0].strip('"')) for words in found if words]

    def step(self, bench: AnyBench, keys: dict[str, Key], lines: Intended) -> list[str]:
        """Carry out a step; the lines that were sent."""
        book = rulebook(self.platform)
        observed = read(bench.text, book)
        wanted = read_intended(filled(lines, SECRET, keys), book)
        result = compare(observed, wanted, resending(self.scope, SECRET, next(iter(keys.values()))))
        assert bench.send(result.commands, secret_values(observed)) == []
        return list(result.commands)

    @property
    def scope(self) -> Scope:
        """How far a change may go."""
        return Scope(Stage.OWN, {"*": Ownership.OWNED}, DeviceFacts(), Verifier(Stores()))


def _ios(platform: str, model: str, version: str) -> Make:
    lines = "".join(
        f"radius server NPS-{at + 1}\n address ipv4 10.250.20.1{at} auth-port 1812 acct-port 1813\n"
        f" key <secret:radius/key#rotating.radius.{at}>\n"
        for at in range(2)
    )
    start = f"version {version}\nhostname new\nend\n"
    return Make(
        platform,
        lambda: IosBench(start, model=model, platform=platform),
        f"ntp server 10.250.20.9\n{lines}",
        "key",
        lambda text: text,
    )


MAKES = (
    _ios("cisco_ios", "WS-C2960X-48FPS-L", "15.2"),
    _ios("cisco_9800", "C9800-L-F-K9", "17.9"),
    Make(
        "aruba_aos_s",
        lambda: AosBench(
            '; JL255A Configuration Editor; Created on release #WC.16.10.0009\nhostname "new"\ninclude-credentials\n',
            model="JL255A",
        ),
        "radius-server dead-time 10\n"
        'radius-server host 10.250.20.10 key "<secret:radius/key#rotating.radius.0>"\n'
        'radius-server host 10.250.20.11 key "<secret:radius/key#rotating.radius.1>"\n',
        "key",
        lambda text: text,
    ),
    Make(
        "aruba_aos_cx",
        lambda: CxBench("!\n!Version ArubaOS-CX ML.10.10.1040\n!export-password: default\nhostname new\n"),
        "ntp server 10.250.20.9\n"
        + "".join(
            f"radius-server host 10.250.20.1{at} key plaintext <secret:radius/key#rotating.radius.{at}> port 1812\n"
            for at in range(2)
        ),
        "key ciphertext",
        reveal,
        told=False,
    ),
    Make(
        "aruba_instant",
        lambda: InstantBench(
            "version 8.10.0.6-8.10.0\nhash-mgmt-password\nterminal-access\nvirtual-controller-ip 10.11.10.40\n"
        ),
        "syslocation Room\n"
        "wlan auth-server NPS-1\n ip 10.250.20.10\n key <secret:radius/key#rotating.radius.0>\n"
        "wlan auth-server NPS-2\n ip 10.250.20.11\n key <secret:radius/key#rotating.radius.1>\n",
        "key",
        decrypt,
        told=False,
    ),
)


@pytest.mark.parametrize("make", MAKES, ids=[make.platform for make in MAKES])
def test_one_key_is_rotated_and_nothing_else(make: Make) -> None:
    """Each server's key by itself; what nobody can compare is sent, and stays as it is without a rotation."""
    bench, lines = make.bench(), intended_of(make.lines, "one", make.platform)
    book, old, new = rulebook(make.platform), Stores().get(SECRET), Stores().get(f"{SECRET}#next")
    assert places_of(lines) == ("radius.0", "radius.1")
    ensure = replace(make.scope, stage=Stage.ENSURE)
    observed = read(bench.text, book)
    whole = read_intended(filled(lines, SECRET, {}, whole=True), book)
    assert bench.send(compare(observed, whole, ensure).commands, secret_values(observed)) == []
    assert make.keys(bench) == [old, old]

    before = bench.text.split("\n")
    earlier = read(bench.text, book)
    sent = make.step(bench, {"radius.0": Key.NEXT}, lines)
    assert make.keys(bench) == [new, old]
    assert len([line for line in bench.text.split("\n") if line not in before]) == 1
    assert "10.250.20.11" not in "\n".join(sent), "the other server's line is not sent"
    now = read(bench.text, book)
    held = [held_on_device(now, lines, SECRET, place, ensure, book) for place in places_of(lines)]
    if make.told:
        assert [(one.key, one.sure) for one in held] == [(Key.NEXT, True), (Key.NOW, True)]
        assert make.step(bench, {"radius.0": Key.NEXT}, lines) == []
    else:
        assert [one.sure for one in held] == [False, False]
        assert compare(now, whole, ensure).commands == (), "an ordinary plan leaves it as it is"
    if make.platform != "aruba_instant":  # which prints its own encryption, that the rulebook does not read
        moved = [
            held_values(now, lines, SECRET, place, book) != held_values(earlier, lines, SECRET, place, book)
            for place in places_of(lines)
        ]
        assert moved == [True, False]

    make.step(bench, {"radius.1": Key.NEXT}, lines)
    assert make.keys(bench) == [new, new]
    make.step(bench, {"radius.1": Key.NOW}, lines)
    assert make.keys(bench) == [new, old]


def test_a_device_that_has_no_such_server_is_left_out() -> None:
    """There is nothing of it to rotate, and nothing is added."""
    make = MAKES[0]
    lines = intended_of(make.lines, "one", make.platform)
    observed = read(make.bench().text, rulebook())
    ensure = replace(make.scope, stage=Stage.ENSURE)
    assert held_on_device(observed, lines, SECRET, "radius.0", ensure, rulebook()).key is Key.NONE
