"""Intended, Observed, Change, Plan: what would change and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from trustctl.model.levels import Stage
from trustctl.model.origin import LineOrigin
from trustctl.model.rotation import Rotation


class Rule(StrEnum):
    """Why a change deserves a second look."""

    MGMT = "MGMT"
    """Touches the path by which the device is managed: management VLAN, SVI, gateway, vty, AAA, SSH."""
    UPLINK = "UPLINK"
    """Touches a trunk or bundle between devices."""
    LINK = "LINK"
    """The two ends of a cable would not agree: VLANs, native VLAN or bundle."""
    STP = "STP"
    """May move the spanning-tree root or block a port."""
    DHCP = "DHCP"
    """May stop clients from getting an address."""
    POE = "POE"
    """Drops powered devices: phones, access points, cameras."""
    RELOAD = "RELOAD"
    """Takes effect only after a reload, or causes one."""
    DELETE = "DELETE"
    """Removes something that the device has today."""
    LASTING = "LASTING"
    """Nothing takes it back: no command, and no way back of the device's own."""
    CLIENT = "CLIENT"
    """Interrupts the devices on a port or network for a moment."""
    SERVICE = "SERVICE"
    """A service of a server pauses for a moment: names, sign-ins."""
    SECRET = "SECRET"  # noqa: S105 - the name of a rule
    """Sets a secret, or a secret could not be compared."""
    UNPARSED = "UNPARSED"
    """A line that the rulebook does not know stands in a section that trustctl owns: shown, and left alone."""
    UNKNOWN = "UNKNOWN"
    """Nobody can tell before an apply whether it does anything, or what."""


class Severity(StrEnum):
    """How much a flag weighs; a device's and a plan's risk is its heaviest flag's."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Flag:
    """A risk of one change: the rule, its weight, and why it applies here, in words for a person."""

    rule: Rule
    severity: Severity
    why: str


class ChangeKind(StrEnum):
    """What a change does, as its mark in the diff: + add, ~ replace in place, - remove."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Own:
    """Lines whose text is another on each port or device: how they start, and what a person calls them."""

    start: str
    what: str


@dataclass(frozen=True, slots=True)
class Change:
    """One meaningful edit.

    `section` is the path of section headers as the device prints them (empty: top level). `topic` is the heading it is
    grouped under ("VLANs", "Uplinks", "RADIUS", ...). `commands` and `undo` are native lines in send order, complete in
    themselves: they start at the top of configuration mode with the section header and, if they enter a section, end
    with `exit`. `before` and `after` are the lines as the device prints them, for the diff. Secrets are tokens
    (`trustctl.model.secret`).
    """

    summary: str
    topic: str
    kind: ChangeKind
    section: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    commands: tuple[str, ...]
    undo: tuple[str, ...]
    origin: tuple[LineOrigin, ...] = ()
    flags: tuple[Flag, ...] = ()
    in_commands: tuple[int, ...] = ()
    """Indexes into the device's whole command list of the lines that belong to this change."""
    own: tuple[Own, ...] = ()
    """Those of its lines that are each port's or device's own."""
    diff: tuple[str, ...] = ()
    """Of a file: its lines as a unified diff, from the first `@@`; `before` and `after` are empty then."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """Something that the plan leaves alone, and why ("unmanaged", "stage ensure removes nothing", "school's own")."""

    section: tuple[str, ...]
    lines: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class IntendedLine:
    """One line of the intended configuration with its indentation, and where it comes from."""

    text: str
    origin: LineOrigin


@dataclass(frozen=True, slots=True)
class Intended:
    """What the inventory means for one device, in the device's own language."""

    device: str
    platform: str
    lines: tuple[IntendedLine, ...]

    @property
    def text(self) -> str:
        """The lines as one text that ends in a newline."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a device says it has: its running configuration and, where it was asked, what it is.

    `source` is "live" or the path of the captured file, relative to the repository where possible.
    """

    device: str
    running: str
    source: str
    taken: datetime
    startup: str | None = None
    serial: str | None = None
    model: str | None = None
    version: str | None = None
    archive: bool | None = None
    """Whether the device can roll back on a timer; None if it was not asked (captured file)."""
    native: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict[tuple[str, str], tuple[str, ...]])
    """Of a Linux server: by kind and name of a resource the commands that would put it right, secrets masked."""

    @property
    def live(self) -> bool:
        """Whether the device itself was read, up to the prompt behind the text."""
        return self.source == "live"


class Tier(StrEnum):
    """How a change is undone if we lose the device: A by its own timer, B by a timed reload, C only by us."""

    A = "A"
    B = "B"
    C = "C"

    @property
    def words(self) -> str:
        """What takes a change back, for a person who does not know the letters."""
        return {
            Tier.A: "the device's own rollback timer (tier A)",
            Tier.B: "a timed reload, or a rollback timer that nobody has seen work yet (tier B)",
            Tier.C: "no way to undo a change by itself (tier C)",
        }[self]


class Action(StrEnum):
    """What the plan does with a device."""

    NONE = "none"
    CHANGE = "change"
    CONSOLE = "console"
    """As `change`, but it could cut us off and nothing takes it back: only while somebody is at its console."""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """The part of a plan that concerns one device."""

    name: str
    school: str
    kind: str
    platform: str
    engine: str
    stage: Stage
    tier: Tier
    action: Action
    restarts: bool = False
    """It undoes a change by a restart: what `tier` does not say, as an unproved timer is trusted one tier less."""
    reason: str = ""
    """Why it is refused, unreachable or not applied; empty otherwise."""
    address: str = ""
    serial: str | None = None
    observed_source: str = ""
    observed_digest: str = ""
    intended_digest: str = ""
    target_digest: str = ""
    """Digest of the configuration that the device must read back as after the change."""
    changes: tuple[Change, ...] = ()
    commands: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    untouched: tuple[Untouched, ...] = ()
    flags: tuple[Flag, ...] = ()
    """Flags of the device as a whole (UNPARSED lines, a secret that could not be compared)."""
    observed_lines: tuple[str, ...] = ()
    """The observed configuration with secrets masked, so that a stale plan can name the lines that moved."""

    @property
    def applies(self) -> bool:
        """Whether `apply` may write to this device."""
        return self.differs and self.stage is not Stage.OBSERVE

    @property
    def differs(self) -> bool:
        """Whether there are changes that could be sent, at whatever stage and on whatever condition."""
        return self.action in {Action.CHANGE, Action.CONSOLE}

    @property
    def needs_console(self) -> bool:
        """Whether `apply` writes to it only while somebody is at its console."""
        return self.applies and self.action is Action.CONSOLE

    @property
    def risk(self) -> Severity:
        """The heaviest flag among the device's and its changes'."""
        order = list(Severity)
        flags = [*self.flags, *(flag for change in self.changes for flag in change.flags)]
        return max((flag.severity for flag in flags), key=order.index, default=Severity.NONE)


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes for a set of devices, bound to the observed digests and the inventory's state."""

    created: datetime
    expires: datetime
    inventory_commit: str
    """Git commit of the repository, with `-dirty` if files differ from it; empty outside Git."""
    inventory_digest: str
    tool_version: str
    devices: tuple[DevicePlan, ...]
    digest: str = ""
    """sha256 of the canonical JSON without this field; set by `plan.save` and `plan.load`."""
    against: str = ""
    """The folder of captured configs that the plan compares with; empty for live devices. Such a plan can be applied:
    the digest check decides."""
    only: tuple[str, ...] = ()
    """Topics that the plan is limited to (`plan --only`); empty: all."""
    notes: tuple[str, ...] = field(default=())
    """Sentences for the head of the report: overrides, waivers near expiry."""
    overdue: tuple[str, ...] = ()
    """Sentences about exceptions that still hold although their day has passed: shown in every form of the report."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """By name of a secret that was compared or is set: its version in the trust's store, where that keeps versions."""
    rotation: Rotation | None = None
    """The step of a rotation that this plan is; None for an ordinary plan."""

    @property
    def changed(self) -> tuple[DevicePlan, ...]:
        """The devices with changes, applied or not."""
        return tuple(device for device in self.devices if device.differs)

    @property
    def risk(self) -> Severity:
        """The heaviest risk among the devices."""
        order = list(Severity)
        return max((device.risk for device in self.devices), key=order.index, default=Severity.NONE)
