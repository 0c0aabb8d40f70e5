r"""The shape of `templates/<platform>/platform.yml`: how one family of devices is talked to and safely changed.

Everything here is data, so a new platform is a folder. Patterns are Python regular expressions and are searched in
device text after "\r\n" was folded to "\n"; a pattern that needs line ends carries `(?m)` itself.
"""

from __future__ import annotations

from re import Pattern
from typing import Literal, Self

from pydantic import Field, model_validator

from trustctl.model.plan import Tier
from trustctl.platforms.data import Data
from trustctl.platforms.port_lines import Membership

NAME = "[a-z][a-z0-9_]{1,30}"
"""A platform's name, which is its folder's."""


class Answer(Data):
    """What to type when the device asks: `expect` is searched in the last line of what it printed."""

    expect: Pattern[str]
    send: str
    """`{random}` stands for a value that nobody knows: for a password that must be given and is never used."""
    to: Pattern[str] | None = None
    """Only after a line in which this is found; for a question that does not say what it is about."""


class Command(Data):
    """One command of the EXEC mode and its dialogue.

    `success` must be found in the reply where it is given. `seconds` is the wall limit of the whole dialogue.
    """

    send: str
    answers: tuple[Answer, ...] = ()
    success: Pattern[str] | None = None
    seconds: int | None = None


class Prompt(Data):
    """`pattern` matches a whole last line, with groups `host`, `mode` (empty in EXEC mode) and `level`."""

    pattern: Pattern[str]
    privileged: str
    config_mode: Pattern[str]
    """Matches the `mode` group in any configuration mode."""
    host_cut: int
    """So many characters of the host name are certain to be in every prompt."""
    renames: Pattern[str]
    """A configuration line that changes the prompt."""


class Enable(Data):
    """How to get from the user to the privileged level."""

    command: str
    asks: Pattern[str]
    refused: Pattern[str]


class Named(Data):
    """A pattern with a name that says what it is."""

    name: str
    pattern: Pattern[str]


class Session(Data):
    """What is sent to open and leave a session, and what the device prints without being asked."""

    prompt: Prompt
    enable: Enable
    prepare: tuple[str, ...]
    """Sent after sign-in: paging off, width. Each must be accepted without an error text."""
    pager: Pattern[str]
    """Output that waits for a key: paging is not off after all."""
    noise: tuple[Named, ...]
    """Text that arrives without being asked; each match is taken out before a reply is judged."""
    question: Pattern[str]
    """A last line that waits for an answer nobody expected."""
    any_key: Pattern[str] | None = None
    """What stands before the first prompt until a key is pressed; an empty line is sent at once."""
    leave: str = "exit"


class Commit(Data):
    """Lines have no effect until they are committed, all at once."""

    apply: Command
    """Brings the pending lines into effect and stores them; its `success` text alone proves that it did."""
    drop: Command
    """Drops the pending lines."""
    longest: int
    """Bytes of pending lines that the device takes; more of them are committed in parts, at the top of the text."""
    settled: Pattern[str] | None = None
    """A line that the device judges by what is in effect: all that waits is committed before it."""
    together: Pattern[str] | None = None
    """Neighbouring lines that it fits go in one part: half a list of those who may sign in could leave us out."""

    @model_validator(mode="after")
    def _proved(self) -> Self:
        if self.apply.success is None:
            raise ValueError("`apply` needs the text that proves it (`success`)")
        return self


class Configure(Data):
    """How the configuration mode is entered and left, and what its lines may ask."""

    enter: str
    end: str
    answers: tuple[Answer, ...] = ()
    """Questions that a line of a reviewed plan may bring, and the answer that means yes."""
    banner_opened: Pattern[str]
    """What the device prints after the opening line of a banner."""
    slow: Pattern[str]
    """Lines that may take long; they get `Limits.command_seconds` instead of `Limits.line_seconds`."""
    commit: Commit | None = None
    """None: each line takes effect when it is sent."""


class Errors(Data):
    """Which lines of a reply are refusals. `harmless` is looked at first, line by line."""

    patterns: tuple[Named, ...]
    harmless: tuple[Named, ...]


class Reads(Data):
    """The commands that read a configuration, and how to see that it is whole."""

    running: Command
    startup: Command | None
    """None: the device shows none, because what takes effect is stored with it."""
    whole: Pattern[str]
    """Must be the end of a complete configuration."""
    startup_absent: Pattern[str]


class StackReads(Data):
    """How a stack says which members are there; asked only where more than one serial number was printed."""

    command: Command
    member: Pattern[str]
    """One hit for each member, with the groups `number` and `state`."""


class IdentityReads(Data):
    """How the device says what it is. Each list is tried in order; the first group of the first hit counts."""

    command: Command
    also: tuple[Command, ...] = ()
    """Further commands whose replies are read together with the first."""
    serial: tuple[Pattern[str], ...]
    members: Pattern[str] | None = None
    stack: StackReads | None = None
    model: tuple[Pattern[str], ...]
    model_form: str = "{0}"
    """How the inventory writes what the device says: `AP-{0}` for a device that calls itself 515."""
    version: Pattern[str]
    hostname: Pattern[str]
    uptime: Pattern[str]


class Available(Data):
    """How a device shows that it has the mechanism. Neither `present` nor `absent`: an error, never a default."""

    command: Command
    present: Pattern[str]
    absent: Pattern[str]
    configured: Pattern[str]
    """Found in the running configuration of a device that has it; for captured files."""


class Timer(Data):
    """How to see whether a rollback is pending. `pending` may have the groups `user`, `hours` and `minutes`."""

    command: Command
    none: Pattern[str]
    pending: Pattern[str]


class Space(Data):
    """How much room is left; `factor` times the running configuration must be free."""

    command: Command
    free: Pattern[str]
    factor: int


class Remark(Data):
    """Something to tell a person before arming, unless `fine` matches the first group of `pattern`."""

    command: Command
    pattern: Pattern[str]
    fine: Pattern[str]
    text: str
    """With `{0}` for what was found."""


class Unverified(Data):
    """A step that was not seen on a device yet. `lowers`: the tier drops by one until it was."""

    what: str
    lowers: bool


class SafeChange(Data):
    """One way to change a device so that it undoes the change by itself."""

    name: str
    tier: Tier
    unit: Literal["minutes"]
    shortest: int
    longest: int
    sources: tuple[str, ...]
    unverified: tuple[Unverified, ...] = ()
    available: Available | None = None
    """None: every device of the platform has it."""
    timer: Timer | None = None
    """None: no command shows a pending rollback. Then `arm` and `confirm` must each have a `success` text, which alone
    proves them, and a way back is waited for until the timer has run out."""
    space: Space | None = None
    needs_saved: bool = False
    """The device goes back to its startup configuration, so that must equal the running one."""
    remarks: tuple[Remark, ...] = ()
    arm: Command
    """`{minutes}` in `send` is replaced."""
    arm_enters_config: bool
    ends_with_session: bool = False
    """The device may go back as soon as the session that armed it ends: it stays open until the change is confirmed."""
    backup: Pattern[str] | None = None
    """First group: where the device says it keeps its own backup."""
    confirm: Command
    revert: Command | None = None
    """None: it only acts when the timer ends."""

    @model_validator(mode="after")
    def _proved(self) -> Self:
        if self.timer is None and (self.arm.success is None or self.confirm.success is None):
            raise ValueError("without `timer`, `arm` and `confirm` need the text that proves them (`success`)")
        return self

    @property
    def restarts(self) -> bool:
        """It goes back by a restart into its startup configuration, whatever its tier."""
        return self.needs_saved

    @property
    def effective_tier(self) -> Tier:
        """The tier, lowered by one where an unverified step says so."""
        order = list(Tier)
        lowered = order.index(self.tier) + any(mark.lowers for mark in self.unverified)
        return order[min(lowered, len(order) - 1)]


class OffBox(Data):
    """The device cannot undo a change by itself: trustctl takes it back, if it still gets a session (tier C)."""

    sources: tuple[str, ...]
    unverified: tuple[Unverified, ...] = ()


class Most(Data):
    """How many of something a device takes, where a line of its configuration says so. Names are ids of rules."""

    section: str
    """The section rule whose sections are counted."""
    what: str
    """What a person calls them: `VLANs`."""
    line: str
    """The line rule that holds the number: `global/max-vlans`."""
    count: str = "count"
    """The capture of that line with the number."""
    raise_it: str
    """What a person does about it."""


class Corpus(Data):
    """Published configurations of real devices that the rulebook understands (`platform check`); tests count them."""

    folders: tuple[str, ...]
    """Their folders in the corpus."""
    files: int


class Ping(Data):
    """How the device itself checks that it reaches an address."""

    command: Command
    """`{address}` in `send` is replaced."""
    reached: Pattern[str]
    """First group: the percentage of answers."""


class PlatformSpec(Data):
    """One platform.yml."""

    name: str = Field(pattern=rf"^{NAME}$")
    extends: str | None = None
    """The platform that it stands on: what this file does not say is as it is there."""
    title: str
    netmiko: str
    """netmiko's `device_type`."""
    evidence: str
    """Where the transcripts come from that this file was written after."""
    session: Session
    configure: Configure
    errors: Errors
    reads: Reads
    identity: IdentityReads
    save: Command | None
    """None: nothing is left to save (`Reads.startup`)."""
    ping: Ping
    safe_change: tuple[SafeChange, ...]
    """Best first. Empty: tier C."""
    off_box: OffBox | None = None
    """Without it, and without a way of `safe_change` that a device has, nothing is written to the device."""
    corpus: Corpus | None = None
    membership: Membership | None = None
    """None: nobody can tell from its configuration what crosses a cable."""
    most: tuple[Most, ...] = ()
    """Limits that a device's own configuration sets."""
