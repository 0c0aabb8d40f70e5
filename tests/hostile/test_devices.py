"""Text that the inventory takes reaches a device of every make as it is, in planned lines, and nothing else does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from places import alone
from planting import BANNER, Soil, Spot, deal, laid_over, turns
from playing import NETWORK, SERVER, Devices
from strings import sample
from test_inventory import refused

from trustctl.cli.planning import rendered
from trustctl.cli.select import device_of
from trustctl.hosts import parse
from trustctl.model.plan import Intended

_FILES = ("trust.yml", "baseline/", "schools/oak/", "schools/elder/")
_LONGEST = 400
_EVERYWHERE = (
    "trust:services.snmp.contact",
    "trust:services.banner",
    "trust:services.radius.group",
    "baseline:vlans.*.name",
)
_SENT = {
    "cisco_ios": (
        *_EVERYWHERE, "switches:switches.*.ports[].description", "switches:switches.*.location",
        "baseline:port_profiles.*.description", "trust:services.local_user.name",
    ),
    "cisco_9800": (*_EVERYWHERE, "baseline:ssids.*.name", "trust:services.local_user.name"),
    "aruba_aos_s": (
        *_EVERYWHERE, "switches:switches.*.ports[].description", "switches:switches.*.location",
        "switches:switches.*.hostname",
    ),
    "aruba_aos_cx": (*_EVERYWHERE, "switches:switches.*.location"),
    "aruba_instant": ("baseline:ssids.*.name",),
}  # fmt: skip
"""Make -> the kinds of texts that its device of the example is sent, word for word."""


@cache
def taken(every: int) -> dict[str, tuple[str, ...]]:
    """The strings that each text's own model takes: of each `every`-th one."""
    strings = [one.text for one in sample(every) if one.plain and len(one.text) <= _LONGEST]
    return {place.name: tuple(text for text in strings if not refused(place, text)) for place in alone()}


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devices]:
    """A device of every make, with sessions that stay open."""
    with Devices(Soil(laid_over(tmp_path_factory.mktemp("hostile") / "trust"))) as made:
        yield made


def _spots(soil: Soil) -> dict[str, list[Spot]]:
    """The texts that the devices under test are rendered from."""
    mine = {"", SERVER, *NETWORK.values()}
    return {
        name: [spot for spot in some if spot.device in mine and spot.file.startswith(_FILES)]
        for name, some in soil.spots.items()
    }


class Ledger:
    """What happened to each string: (make, kind of text) -> the strings that were typed, and the counts."""

    def __init__(self) -> None:
        self.typed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.counts: Counter[str] = Counter()

    def __str__(self) -> str:
        whole = sum(len(texts) for texts in self.typed.values())
        return f"{dict(self.counts)}; {whole} (make, text, string) typed"


def _play(devices: Devices, turn: int, ledger: Ledger, every: int = 1) -> None:
    """One turn: sow, plan, type. Whatever a device noted down is what was planned, line by line."""
    sown = devices.soil.sow(deal(_spots(devices.soil), taken(every), turn))
    ledger.counts["refused at their place"] += len(sown.refused)
    ledger.counts["taken by the inventory"] += len(sown.standing)
    for plan in devices.plans(sown):
        assert plan.commands, f"turn {turn}, {plan.name}: {plan.reason}"
        typed = devices.type(sown, plan)
        assert typed.noted == typed.sent, f"turn {turn}, {plan.name}"
        said = "\n".join(typed.sent)
        for spot, text in sown.standing.items():
            if spot.device in {"", plan.name}:
                ledger.typed[plan.platform, spot.name].update(one for one in _parts(spot, text) if one.rstrip() in said)
        ledger.counts["lines typed"] += len(typed.sent)
        ledger.counts["lines that a device refused"] += len(typed.refused)
    _server(devices, turn, sown.standing, ledger)


def _parts(spot: Spot, text: str) -> list[str]:
    return text.split("\n") if spot.name == BANNER else [text]


def _server(devices: Devices, turn: int, standing: dict[Spot, str], ledger: Ledger) -> None:
    """The same inventory for a Linux server: its description has the same things as ever, whatever they are called."""
    trust = devices.soil.workspace()
    chosen = (device_of(trust.trust, SERVER),)
    meant = rendered(trust, chosen)[SERVER]
    assert isinstance(meant, Intended), f"turn {turn}: {meant}"
    lines = [line.text for line in meant.lines]
    assert all(line.isascii() and line.isprintable() for line in lines)
    ledger.counts["things of a server"] += len(parse(lines))
    for spot, text in standing.items():
        found = {one for one in _parts(spot, text) if any(one in line for line in lines)}
        if found:
            ledger.typed["linux", spot.name] |= found


def test_what_is_taken_is_typed_as_it_is(devices: Devices) -> None:
    """A few turns with some of the strings, on every make: no device noted down a line that was not planned."""
    ledger = Ledger()
    root = devices.soil.engineer.repository
    before = sorted(root.parent.rglob("*"))
    for turn in range(2):
        _play(devices, turn, ledger, every=9)
    assert sorted(root.parent.rglob("*")) == before, "a string made a file"
    makes = {make for make, _ in ledger.typed}
    assert makes == {*NETWORK, "linux"}, ledger
    assert ledger.counts["refused at their place"] > 0


def test_the_witness_sees_a_second_line(devices: Devices) -> None:
    """A line break that had got past everything is two lines to the switch, and it obeys the second."""
    noted = devices.type_unguarded(NETWORK["cisco_ios"], "snmp-server contact x\nsnmp-server location hacked")
    assert noted == ("snmp-server contact x", "snmp-server location hacked")
    assert "\nsnmp-server location hacked\n" in devices.site.lab.running(NETWORK["cisco_ios"])


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_that_is_taken_is_typed_as_it_is(devices: Devices) -> None:
    """Every string that a text takes, on every make that is sent it."""
    ledger = Ledger()
    spots = _spots(devices.soil)
    wanted = {name for names in _SENT.values() for name in names}
    for turn in range(turns({name: spots[name] for name in wanted}, taken(1))):
        _play(devices, turn, ledger)
    print(ledger)  # noqa: T201 - the figures of the run
    missing = {
        (make, name): sorted(_as_sent(make, name) - {text.rstrip() for text in ledger.typed[make, name]})
        for make, names in _SENT.items()
        for name in names
    }
    assert {place: texts for place, texts in missing.items() if texts} == {}


def _as_sent(make: str, name: str) -> set[str]:
    """The strings of a kind, without the blanks at their ends, which no device keeps; AOS-S doubles a backslash."""
    texts = {text.rstrip() for text in taken(1)[name]}
    return {text for text in texts if not (make == "aruba_aos_s" and "\\" in text)}
