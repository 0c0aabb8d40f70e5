"""What a switch keeps: lines, ports, VLANs, trunk groups, sections it only stores."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """One setting. `identity` tells it from others, `text` is how it prints, `rank` and `age` where.

    `hidden` is how it prints while credentials are not part of the configuration (None: like `text`, empty: not at
    all). `members` are the ports or VLAN ids of a line that lists them, printed in place of the `*` in `text`.
    """

    identity: str
    text: str
    rank: int
    age: int = 0
    hidden: str | None = None
    members: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Port:
    """A port or trunk group and its own settings, by identity."""

    name: str
    lines: dict[str, Line] = field(default_factory=dict[str, Line])

    def has(self, identity: str) -> bool:
        """Whether the port has that setting."""
        return identity in self.lines


@dataclass(slots=True)
class Vlan:
    """A static VLAN: its members by port name, and its other settings by identity."""

    id: int
    name: str
    untagged: set[str] = field(default_factory=set[str])
    tagged: set[str] = field(default_factory=set[str])
    forbidden: set[str] = field(default_factory=set[str])
    addresses: list[str] = field(default_factory=list[str])
    """`10.1.2.3/24`, or `dhcp-bootp`; the order is that in which they were set."""
    lines: dict[str, Line] = field(default_factory=dict[str, Line])


@dataclass(slots=True)
class Trunk:
    """A trunk group: its ports and how it is negotiated (`trunk`, `lacp`, `dt-lacp`, `dt-trunk`)."""

    name: str
    ports: set[str]
    kind: str


@dataclass(slots=True)
class Section:
    """A section that the switch prints as it was entered (`oobm`, `stacking`, access lists)."""

    header: str
    rank: int
    lines: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Credential:
    """Who may log in locally as manager or operator; `stored` is None where the configuration hides it."""

    user: str
    kind: str = ""
    """`sha1`, `sha256` or `plaintext`."""
    stored: str | None = None


@dataclass(slots=True)
class Config:
    """A whole configuration."""

    hostname: str
    ver: str
    product: str
    release: str
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    ports: dict[str, Port] = field(default_factory=dict[str, Port])
    vlans: dict[int, Vlan] = field(default_factory=dict[int, Vlan])
    trunks: dict[str, Trunk] = field(default_factory=dict[str, Trunk])
    sections: dict[str, Section] = field(default_factory=dict[str, Section])
    credentials: dict[str, Credential] = field(default_factory=dict[str, Credential])
    """By role: `manager`, `operator`."""
    age: int = 0

    def has(self, identity: str) -> bool:
        """Whether there is a global setting of that identity."""
        return identity in self.lines

    def text(self, identity: str) -> str:
        """The text of a global setting; empty if there is none."""
        line = self.lines.get(identity)
        return line.text if line else ""

    def starting(self, prefix: str) -> list[Line]:
        """The global settings whose identity starts so, in printing order."""
        found = [line for key, line in self.lines.items() if key.startswith(prefix)]
        return sorted(found, key=lambda line: (line.rank, line.age))

    def put(self, line: Line) -> bool:
        """Set a global setting in the place of another of its identity; whether that changed anything."""
        return put(self.lines, line, self)

    def vlan_of(self, port: str) -> int | None:
        """The VLAN in which a port is untagged."""
        return next((vlan.id for vlan in self.vlans.values() if port in vlan.untagged), None)


def put(lines: dict[str, Line], line: Line, config: Config) -> bool:
    """Set a line in the place of another of its identity, which keeps its place; whether that changed anything."""
    before = lines.get(line.identity)
    if before is not None and (before.text, before.members) == (line.text, line.members):
        return False
    if before is None:
        config.age += 1
        line.age = config.age
    else:
        line.age = before.age
    lines[line.identity] = line
    return True
