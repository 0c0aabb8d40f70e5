"""The next step of rotating a RADIUS key, worked out anew from what every device and server has.

A server takes one key from a client, so a key is not changed on both sides at once. What keeps people signing in is the
other server: while one server and the devices that ask it come to the new key, each device still agrees with another.

    for each server in turn:  the server takes the new key  ->  the devices ask it with the new key

A step is made only if every device that it leaves without this server agrees with another one, as far as that was
read. Nothing is remembered between the steps: a rotation that broke off, or that somebody began by hand, goes on from
what is there (`tests/plan/test_rotation.py` has the property).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Key(StrEnum):
    """Which of the two values somebody has."""

    NOW = "now"
    """The value that the store gives out."""
    NEXT = "next"
    """The one that is coming."""
    OTHER = "other"
    """Neither."""
    UNREAD = "unread"
    """It could not be read: the device did not answer."""
    NONE = "none"
    """There is no such thing on it: nothing of it is rotated."""


@dataclass(frozen=True, slots=True)
class Server:
    """A RADIUS server: what it takes, and the Linux server of the inventory that it is, if it is one."""

    name: str
    takes: Key
    host: str = ""
    """Empty: somebody else's (a domain controller), whose key a person changes."""


@dataclass(frozen=True, slots=True)
class Client:
    """A device that asks RADIUS servers: with which key it asks each, and why nothing can be sent to it, if so."""

    name: str
    asks: Mapping[str, Key]
    stuck: str = ""

    def agrees(self, server: Server) -> bool:
        """Whether this server answers it."""
        return server.takes in {Key.NOW, Key.NEXT} and self.asks.get(server.name, Key.NONE) is server.takes


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done now. Without `devices`, and not `by_hand`, it waits for what `waits` says."""

    server: str
    of_server: bool
    """The server takes the new key; otherwise the devices ask with it."""
    number: int
    of: int
    devices: tuple[str, ...] = ()
    by_hand: bool = False
    waits: tuple[str, ...] = ()
    """Why somebody or something cannot take part yet."""
    key: Key = Key.NEXT
    """Which value the devices are given: the old one where somebody gave them the new one too early."""
    cut_off: tuple[str, ...] = field(default=())
    """Devices that no server answers from this step on until the next one is done: they know no other server."""


def next_step(servers: Sequence[Server], clients: Sequence[Client], *, gap: bool = False) -> Step | None:
    """Return the step to be done now; None if every server and every device has the new key.

    `gap`: devices that know one server alone may be without any until the step after it.
    """
    rounds = _rounds(servers, clients)
    for server in servers:
        if server.takes is Key.NEXT and (step := _devices(server, clients, rounds)) is not None:
            return step
    waiting: Step | None = None
    for server in servers:
        if server.takes is Key.NEXT:
            continue
        step = _server(server, servers, clients, rounds, gap=gap)
        if not step.waits:
            return step
        waiting = waiting or step
    return _mended(servers, clients, rounds) or waiting


def _rounds(servers: Sequence[Server], clients: Sequence[Client]) -> list[tuple[str, bool]]:
    """Every step there is, in order."""
    found: list[tuple[str, bool]] = []
    for server in servers:
        found.append((server.name, True))
        if any(server.name in client.asks for client in clients):
            found.append((server.name, False))
    return found


def _mended(servers: Sequence[Server], clients: Sequence[Client], rounds: list[tuple[str, bool]]) -> Step | None:
    """Devices that ask a server of ours with another key than it takes are given the one that it takes.

    So each agrees with two servers again, and the next step can be made. Of a server that a person changes nobody
    knows what it takes but by that person's word, so it is not done there.
    """
    for server in servers:
        if not server.host or server.takes is not Key.NOW:
            continue
        wrong = [one for one in clients if one.asks.get(server.name, Key.NONE) in {Key.NEXT, Key.OTHER}]
        ready = tuple(one.name for one in wrong if not one.stuck)
        if ready:
            number = rounds.index((server.name, False)) + 1
            return Step(server.name, of_server=False, number=number, of=len(rounds), devices=ready, key=Key.NOW)
    return None


def _devices(server: Server, clients: Sequence[Client], rounds: list[tuple[str, bool]]) -> Step | None:
    """The devices that do not ask this server with the new key yet; None if all do."""
    late = [one for one in clients if one.asks.get(server.name, Key.NONE) not in {Key.NEXT, Key.NONE}]
    if not late:
        return None
    ready = tuple(one.name for one in late if not one.stuck)
    waits = tuple(f"{one.name}: {one.stuck}" for one in late if one.stuck)
    number = rounds.index((server.name, False)) + 1
    return Step(server.name, of_server=False, number=number, of=len(rounds), devices=ready, waits=waits)


def _server(
    server: Server, servers: Sequence[Server], clients: Sequence[Client], rounds: list[tuple[str, bool]], *, gap: bool
) -> Step:
    """This server takes the new key, unless a device would be left without any."""
    asking = [one for one in clients if one.asks.get(server.name, Key.NONE) is not Key.NONE]
    others = [one for one in servers if one.name != server.name]
    left = [one for one in asking if not any(one.agrees(other) for other in others)]
    # who asks with the new key already is answered from this step on
    left = [one for one in left if one.asks[server.name] is not Key.NEXT]
    alone = tuple(
        one.name for one in left if not any(one.asks.get(other.name, Key.NONE) is not Key.NONE for other in others)
    )
    waits = [f"{one.name}: {one.stuck or _NO_OTHER}" for one in left if one.name not in alone]
    if alone and not gap:
        waits += [f"{name}: {_ALONE.format(server.name)}" for name in alone]
    stuck = [one for one in left if one.name in alone and one.stuck]
    waits += [f"{one.name}: {one.stuck}, and it would lose its only server" for one in stuck if gap]
    if server.takes is Key.UNREAD:
        waits.append(f"{server.name}: it did not answer")
    ready = () if waits or not server.host else (server.host,)
    number = rounds.index((server.name, True)) + 1
    return Step(
        server.name,
        of_server=True,
        number=number,
        of=len(rounds),
        devices=ready,
        by_hand=not server.host and not waits,
        waits=tuple(waits),
        cut_off=alone if gap else (),
    )


_NO_OTHER = (
    "no other server answers it with the key that it has. If another one was given the new key already, say so by "
    "--accepts; if not, set the device's key for it back by hand"
)
_ALONE = (
    "{} is the only server that it asks. Give the school a second RADIUS server first; or give --gap: nobody signs in "
    "by it from this step until the next one is done"
)
