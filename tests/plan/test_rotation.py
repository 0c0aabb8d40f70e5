"""A RADIUS key is rotated step by step: at every moment each device agrees with a server, whatever fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.plan.rotation import Client, Key, Server, Step, next_step


@dataclass
class Estate:
    """Servers that take one key of each school's devices, and devices that ask one or more of them."""

    hosts: dict[str, str]
    """Server -> the Linux server that it is; "" for one that a person changes."""
    asks: dict[str, dict[str, Key]]
    takes: dict[str, Key] = field(default_factory=dict[str, Key])
    stuck: set[str] = field(default_factory=set[str])
    lost: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.takes = self.takes or dict.fromkeys(self.hosts, Key.NOW)

    def look(self) -> None:
        """Note every device that no server answers."""
        for name, asked in self.asks.items():
            if not any(self.takes[server] is key for server, key in asked.items()):
                self.lost.append(name)

    def step(self, *, gap: bool = False) -> Step | None:
        """What is to be done next, by what is there."""
        servers = [Server(name, self.takes[name], host) for name, host in self.hosts.items()]
        clients = [
            Client(
                name,
                dict.fromkeys(asked, Key.UNREAD) if name in self.stuck else dict(asked),
                "it did not answer" if name in self.stuck else "",
            )
            for name, asked in self.asks.items()
        ]
        return next_step(servers, clients, gap=gap)

    def set(self, server: str) -> None:
        """The server takes the new key."""
        self.takes[server] = Key.NEXT
        self.look()

    def give(self, device: str, server: str, outcome: str) -> None:
        """The device is given the new key; a change that is rolled back was there for a moment."""
        before = self.asks[device][server]
        if outcome != "unchanged":
            self.asks[device][server] = Key.NEXT
            self.look()
        if outcome == "rolled back":
            self.asks[device][server] = before
            self.look()


OUTCOMES = st.sampled_from(["applied", "unchanged", "rolled back", "applied"])


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Two to four servers, each ours or somebody's, and devices that ask two of them at least."""
    names = [f"s{number}" for number in range(draw(st.integers(2, 4)))]
    hosts = {name: draw(st.sampled_from(["", f"host-{name}"])) for name in names}
    asks: dict[str, dict[str, Key]] = {}
    for number in range(draw(st.integers(0, 5))):
        chosen = draw(st.lists(st.sampled_from(names), min_size=2, unique=True))
        asks[f"d{number}"] = dict.fromkeys(chosen, Key.NOW)
    return Estate(hosts, asks)


@given(estates(), st.data())
@settings(max_examples=100, deadline=None)
def test_each_device_agrees_with_a_server_at_every_moment(estate: Estate, data: st.DataObject) -> None:
    """In whatever order a step's devices are done, whichever fail or are away: nobody is lost, and it ends."""
    for turn in range(60):
        patient = turn > 15
        estate.stuck = (
            set() if patient or not estate.asks else set(data.draw(st.sets(st.sampled_from(sorted(estate.asks)))))
        )
        step = estate.step()
        if step is None:
            break
        if step.by_hand or (step.of_server and step.devices):
            if patient or data.draw(st.booleans()):
                estate.set(step.server)
            continue
        for device in data.draw(st.permutations(step.devices)):
            estate.give(device, step.server, "applied" if patient else data.draw(OUTCOMES))
    assert estate.lost == []
    assert estate.step() is None
    assert set(estate.takes.values()) == {Key.NEXT}
    assert all(key is Key.NEXT for asked in estate.asks.values() for key in asked.values())


@given(estates(), st.data())
@settings(max_examples=60, deadline=None)
def test_what_somebody_began_by_hand_is_mended_first(estate: Estate, data: st.DataObject) -> None:
    """From any mixture of keys it comes to an end, and no device that had a server loses it on the way."""
    for asked in estate.asks.values():
        for server in asked:
            asked[server] = data.draw(st.sampled_from([Key.NOW, Key.NEXT, Key.OTHER]))
    for server in estate.takes:
        estate.takes[server] = data.draw(st.sampled_from([Key.NOW, Key.NEXT]))
    estate.look()
    without, estate.lost = set(estate.lost), []
    for _ in range(50):
        step = estate.step()
        if step is None or (step.waits and not step.devices):
            break
        if step.of_server:
            estate.set(step.server)
        for device in () if step.of_server else step.devices:
            estate.asks[device][step.server] = step.key
            estate.look()
    assert set(estate.lost) <= without
    assert estate.step() is None or without or "" in estate.hosts.values()


def test_two_servers_take_four_steps() -> None:
    """A domain controller's by hand, ours by us, each followed by the devices."""
    estate = Estate({"nps": "", "ours": "srv"}, {"sw": {"nps": Key.NOW, "ours": Key.NOW}})
    seen: list[tuple[int, str, bool, tuple[str, ...], bool]] = []
    while (step := estate.step()) is not None:
        seen.append((step.number, step.server, step.of_server, step.devices, step.by_hand))
        if step.of_server:
            estate.set(step.server)
        else:
            estate.give("sw", step.server, "applied")
    assert seen == [
        (1, "nps", True, (), True),
        (2, "nps", False, ("sw",), False),
        (3, "ours", True, ("srv",), False),
        (4, "ours", False, ("sw",), False),
    ]
    assert estate.lost == []


@pytest.mark.parametrize("stuck", [False, True])
def test_an_only_server_waits_for_a_word(stuck: bool) -> None:
    """With one server there is a gap: never unless it was asked for, and not for a device that does not answer."""
    estate = Estate({"ours": "srv"}, {"sw": {"ours": Key.NOW}}, stuck={"sw"} if stuck else set())
    step = estate.step()
    assert step is not None
    assert step.devices == ()
    assert any("--gap" in why for why in step.waits) is True
    step = estate.step(gap=True)
    assert step is not None
    assert step.devices == (() if stuck else ("srv",))
    assert step.cut_off == ("sw",)


def test_a_server_whose_devices_do_not_answer_is_not_touched() -> None:
    """Nobody knows whether the other server answers them."""
    estate = Estate({"a": "", "b": ""}, {"sw": {"a": Key.NOW, "b": Key.NOW}}, stuck={"sw"})
    step = estate.step()
    assert step is not None
    assert not step.by_hand
    assert step.waits == ("sw: it did not answer",)
