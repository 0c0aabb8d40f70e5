"""The rules of a rulebook: what each command of a platform means, as data.

A `Rulebook` is loaded from the yml files of `templates/<platform>/` by `trustctl.config.rulebook.load_rulebook`. It
holds `SectionRule`s (what a header line opens) and `LineRule`s (what a line inside a section is). Nothing in here does
any comparing: `read` turns text into `Statement`s by these rules, and the writing side (merge, transition, order,
undo, hazards) turns two sets of statements into commands by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trustctl.config.grammar import PLAIN_GRAMMAR, Grammar
from trustctl.config.lines import Gate
from trustctl.config.pattern import Pattern
from trustctl.model.levels import Ownership
from trustctl.model.origin import Place
from trustctl.model.plan import Rule, Severity

ROOT = "global"
"""The context at the top of configuration mode; the id of the rulebook's root section rule too."""


class Kind(StrEnum):
    """What kind of thing a line is, and so how one value becomes another."""

    SINGLE = "single"
    """One value per section: a new line replaces the old one in place. Never removed on the way to a new value."""
    FLAG = "flag"
    """On or off. `Statement.value` is a bool; off has a line of its own (`LineRule.off`)."""
    SET = "set"
    """A set of members (VLANs, words) that has forms to add and to take away members."""
    LIST = "list"
    """Many lines; `LineRule.identity` names the captures that tell one item from another. The rest of the line is the
    item's value; `LineRule.in_place` says whether a new value replaces the old one or must be added first."""
    ORDERED = "ordered"
    """Entries whose order matters (access lists): in `Section.ordered`, not in `Section.statements`."""
    BLOCK = "block"
    """A block of free text between delimiters (banner); sent in a batch of its own."""


class Ranking(StrEnum):
    """Whether the order of a list's items counts, as that of the servers that are asked one after the other."""

    NOT = ""
    """It does not."""
    MENDED = "mended"
    """It does, and what comes stands last: it is brought into order by taking out and putting back."""
    TOLD = "told"
    """It does, and nobody can mend it without a moment that is worse: a plan says so."""


class SectionRemoval(StrEnum):
    """What may happen to a section that the intent does not have."""

    NO = "no"
    """It can be removed by the line that `SectionRule.remove` prints (`no vlan 10`)."""
    RESET = "reset"
    """The section itself cannot go (a physical interface): its owned statements go one by one (H10)."""
    NEVER = "never"
    """Nothing in it is removed because the section is missing from the intent (`line vty`: our own session, H11)."""


class HazardWhen(StrEnum):
    """A condition under which a hazard holds; all conditions of a hazard must hold together."""

    UPLINK = "uplink"
    """The section is an interface that is an uplink (`DeviceFacts.uplinks`)."""
    PORT = "port"
    """The section is an interface that is not an uplink."""
    POE = "poe"
    """The section is an interface that powers devices (`DeviceFacts.poe_ports`)."""
    MANAGEMENT = "management"
    """The section or the VLANs of the change are the management interface, VLAN or address."""
    ADDED = "added"
    """The statement is new."""
    REPLACED = "replaced"
    """The statement's value changes."""
    REMOVED = "removed"
    """The statement goes, a set loses members, or a flag goes back to its default."""
    ON = "on"
    """A flag becomes true."""
    OFF = "off"
    """A flag becomes false."""
    STANDING = "standing"
    """The section is there today: nobody depends on one that the change makes."""
    USED = "used"
    """The section goes or loses its name, and something that stays refers to that name (`LineRule.needs`)."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """A risk that a change of this rule carries, if all of `when` hold (empty: always)."""

    rule: Rule
    severity: Severity
    why: str
    """A sentence for a person. May hold `{captures}` of the statement and `{section}` (the header)."""
    when: tuple[HazardWhen, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """Which capture of a line is a secret, and which encodings of it can be verified against a known secret.

    `verifiable` holds encodings as `Secret.encoding` names them ("0", "5", "sha1"); for another encoding nobody
    can tell whether the device holds the known secret (H28).
    """

    capture: str
    verifiable: frozenset[str]


@dataclass(frozen=True, slots=True)
class LineRule:
    """What one command is.

    Patterns (`trustctl.config.pattern`) have literal words, `{capture}`, `{capture:type}`, `{capture:type...}` (rest of
    the line) and `[optional]` groups. `pattern` reads and prints; `also` patterns only read (other spellings of the
    same thing: `Statement.lines` keeps the spelling that was read, `Statement.value` does not see the difference).

    `remove` is the negation table entry: the line that removes a statement, printed from its captures; None means that
    there is no way to remove it (never build one with a `no` in front, H32). For a flag `off` is the line of the
    negative and is also what "removes" a true flag.

    `default` is the statement that holds when no line is there (None: an absent line means absent, or not known). Its
    line is in the device's language; it is never printed by the device or can be written out without a change (H9).
    It may use the section's captures: `name VLAN{section.vlan:04d}`.

    Set rules: `add`/`subtract` are the delta forms with the same captures (`{vlans}` holding only the members to add or
    take away); `members` names the capture that holds the set. `exclusive` means that a member belongs to at most one
    item of this rule (`spanning-tree vlan V priority P`): moving a member is one add form, no subtract form.

    Order: `order` is the weight among the lines of one section (low first, removal high first). `needs` are rule ids
    that must be sent before this one where both are in one change; `conflicts` are rule ids that cannot stand beside
    this one and must be taken away before it is sent (`switchport` modes).
    """

    id: str
    """`<context>/<name>`, unique in the rulebook, such as `interface/switchport-access-vlan`."""
    contexts: tuple[str, ...]
    kind: Kind
    pattern: Pattern
    topic: str
    place: Place
    also: tuple[Pattern, ...] = ()
    off: Pattern | None = None
    remove: Pattern | None = None
    add: Pattern | None = None
    subtract: Pattern | None = None
    identity: tuple[str, ...] = ()
    members: str = ""
    exclusive: bool = False
    apart: tuple[str, ...] = ()
    """For an exclusive set: captures of `identity`. Items that differ in one of them take no members from each other: a
    port may have a `tx-period` and a `client-limit`, but one of each."""
    leaves_first: tuple[str, ...] = ()
    """For an exclusive set: captures of `identity`. A member of an item that differs in one of them is taken out there
    before it is put in here, as the device refuses it otherwise: a port that goes from one trunk group to another."""
    moves: bool = False
    """A set at most one of which, of all sections of the device, holds a member: set in another section it moves there
    by itself (a port's untagged VLAN, where VLANs store their ports)."""
    home: str = ""
    """For members that move: the header of the section where one stands that left another and is set nowhere."""
    excludes: tuple[str, ...] = ()
    """Ids of set rules of the same section that a member leaves by itself when it comes into this set (a port is tagged
    or untagged in a VLAN)."""
    absorbs: tuple[str, ...] = ()
    """Ids of set rules in which the members of this set have no place: a bundle's ports have no VLANs of their own."""
    into: str = ""
    """For a set that absorbs: the capture with the name that has places instead."""
    in_place: bool = True
    default: str | None = None
    idle: str = ""
    """A line that says only what holds anyway while the flag `unless` is off on the device: `spanning-tree portfast
    disable` means something only under `spanning-tree portfast default`."""
    unless: str = ""
    """The id of a flag at the top, for `idle`."""
    default_in: Mapping[str, str] = field(default_factory=dict[str, str])
    """The default where it is another one, by the header of the section: VLAN 1 is named `DEFAULT_VLAN`."""
    order: int = 500
    needs: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    joined: bool = False
    """For a single value of several parts: lines that say different parts say them together (contact, location)."""
    ranked: Ranking = Ranking.NOT
    """For a list: whether the order of its items counts (`trustctl.config.ranks`)."""
    ranked_within: tuple[str, ...] = ()
    """Captures that name the list in which the order counts, where a section has several (servers of groups)."""
    label: str = ""
    """What a person calls it in a summary ("access VLAN"); may hold `{captures}`. Empty: the line's literal words."""
    clear_first: bool = False
    """The device refuses a new value while an old one stands (`channel-group`): removed first, then set."""
    one_of: tuple[str, ...] = ()
    """Captures of which the device holds one: it refuses a line with another while the old one stands (an account has a
    `password` or a `secret`), so that then the old line goes first. The two are sent one right after the other."""
    follows: Pattern | None = None
    """The header of a section whose settings the device copies to this one while the line stands (a bundle, to its
    ports): a port that leaves does so before the section changes, or it would keep what is not its own."""
    wipes: tuple[str, ...] = ()
    """Ids of rules of the same section whose lines go by themselves when this value changes (`vrf forwarding` takes an
    interface's addresses): those that shall be there are set after it, those that shall not go before it."""
    on_only: tuple[str, ...] = ()
    """For a flag: ids of rules of the same section whose lines the device takes only while it is on (VLANs of a switch
    port): they come after it is switched on, and go before it is switched off."""
    off_only: tuple[str, ...] = ()
    """The same for lines that stand only while it is off (addresses of a routed port)."""
    supersedes: tuple[str, ...] = ()
    """Ids of rules of the same section whose lines go by themselves when this line is set, and that the device takes
    again only without it: `vlan access 10` for those of a trunk. `trustctl.config.supersede` has more."""
    restate: Mapping[str, str] = field(default_factory=dict[str, str])
    """Optional captures with their defaults that a replacing line must write out, because leaving them out changes
    nothing: `username a secret ...` keeps the privilege that `a` has."""
    displaces: tuple[str, ...] = ()
    """Ids of rules whose lines the device itself drops from every section when this flag is switched on
    (`aaa new-model` drops `login local`), and takes again only after it is off."""
    claims: tuple[str, ...] = ()
    """Captures (address, mask) of an IPv4 network, or a name, that no two statements of a device may
    hold at one moment: IOS says `% 10.1.1.0 overlaps with Vlan1`. The holder gives it up before another takes it."""
    claims_once: bool = False
    """The network stands once within the section too: the device has no second address in the same one. The old address
    goes before the new one comes; where our own session runs over it, nothing is planned."""
    claims_in: str = ""
    """The id of a rule of the same section whose value is the space of the claim: one network may stand in two VRFs."""
    own: str = ""
    """What a person calls its text, which is another on each port or device: a plan shows it apart."""
    next_hops: tuple[str, ...] = ()
    """Captures that may be the IPv4 address of another device. Where it is one of ours that goes in the same change,
    it goes first: IOS says `%Invalid next hop address (it's this router)`."""
    refers: tuple[str, ...] = ()
    """Captures that name another section (`access-class {acl} in`): what happens to that one happens to its user."""
    secrets: tuple[SecretSpec, ...] = ()
    unseen: tuple[Pattern, ...] = ()
    """Forms in which the device says that there is one and shows nothing of it (`password manager`): such a line can be
    compared with nothing, so it is reported and left as it is (H28)."""
    until: str = ""
    """For a block with a fixed end (`macro name X` ends at `@`); empty: it ends at its own first character."""
    device_owned: bool = False
    """The device writes it by itself (`ntp clock-period`, boot markers): read, accounted for, in no `Config`."""
    hidden: bool = False
    """The device takes the line but may not print it (H33: SNMPv3 users, `aaa session-id common`): its absence from a
    captured configuration says nothing, so it is neither missing nor equal."""
    account: str = ""
    """For `signs_in: account`: the capture with the user's name, where another one tells the item from others: a device
    with one manager account, whose name a new line replaces. A line without it lets any name in."""
    signs_in: str = ""
    """`account`: the line sets the secret with which the account that its first `by` names signs in; `enable`: that of
    the privileged level. After such a line a new session needs the new one (H13)."""
    refused: str = ""
    """Why no intent may hold the line, and what to write instead: the device prints something else for it, so nobody
    could ever tell whether it has it (`errdisable recovery cause all`)."""
    ownership: Ownership | None = None
    """Overrides the section's default ownership for this line."""
    calls: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a person calls a port while one of these lines stands in its section: `switchport mode trunk` -> Trunk."""
    grammar: Grammar = field(default=PLAIN_GRAMMAR, repr=False)
    """The language of the platform."""
    note: str = ""
    """Why the rule is as it is, with the source of the fact."""

    @property
    def placed(self) -> bool:
        """Whether it matters for its members in which section they stand."""
        return self.moves or bool(self.excludes)

    @property
    def accumulates(self) -> bool:
        """Whether members of a set come and go one by one; otherwise a new set replaces the old one as a whole."""
        return self.kind is Kind.SET and (self.subtract is not None or self.remove is not None)


@dataclass(frozen=True, slots=True)
class SectionRule:
    """What a header line opens.

    `context` names the set of line and section rules that hold inside. `remove` prints the line that removes the
    section, where `removal` is NO. `leave` is the line that ends the section when it is sent. A header that stands for
    several sections (`vlan 10,20-22`, `interface range ...`, `line vty 0 4`; H11, H12) is split by an `Expansion`.
    """

    id: str
    parents: tuple[str, ...]
    """Contexts in which the header may stand; `global` is the top."""
    context: str
    pattern: Pattern
    topic: str
    removal: SectionRemoval
    place: Place
    also: tuple[Pattern, ...] = ()
    remove: Pattern | None = None
    leave: str = "exit"
    resequence: Pattern | None = None
    """For an ordered section: the top-level line that renumbers its entries, with the section's captures, `{start}` and
    `{step}` (H17): `ip access-list resequence {name} {start} {step}`."""
    prefix: Pattern | None = None
    """A line form that stands for this section and one line in it, where the device prints both in one line:
    `access-list {name} {entry...}` is `ip access-list standard {name}` with the line `{entry}`."""
    until: str = ""
    """For opaque text: a line of this word alone ends the text that hangs below a line of the section (`quit`)."""
    order: int = 500
    """Weight among the sections and lines of the parent (low first, removal high first)."""
    needs: tuple[str, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    label: str = ""
    """What a person calls it in a summary ("VLAN {vlan}"); empty: the header."""
    ownership: Ownership = Ownership.ENSURED
    """What holds for the section if the inventory says nothing."""
    device_owned: bool = False
    """The whole section is the device's (certificate chains, H15): in no `Config`, never sent."""
    unlike: tuple[str, ...] = ()
    """Ids of section rules of which none may have the same captures on a device: it refuses an extended access list
    with the name of a standard one."""
    unique: tuple[str, ...] = ()
    """Captures of the header, each of which only one section of this rule may hold: name and number of a wireless
    network. A new section that would share one with another on the device is withheld."""
    reserved: tuple[str, ...] = ()
    """Canonical headers that are always there and are never removed (`vlan 1`, `vlan 1002`)."""
    used_by: tuple[str, ...] = ()
    """Ids of rules whose lines and sections can use a section of this one: while one of them stays and names it (by the
    value of a capture in the header), the section stays too."""
    goes_with: tuple[str, ...] = ()
    """Ids of section rules: the device takes a section of this rule along with one of those of the same name, so it is
    removed before them, although it is made before them too."""
    pause: str = ""
    """The id of a flag in this section that is switched on while anything else in the section changes, and off again
    after it: `shutdown` of a wireless network. Nothing is sent for it where the section stands switched off anyway."""
    fixed: bool = False
    """The section exists on the device whether it is printed or not (physical interface, console line)."""
    grammar: Grammar = field(default=PLAIN_GRAMMAR, repr=False)
    """The language of the platform."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A header that stands for several: `pattern` has one set capture, `header` prints each member's own header."""

    pattern: Pattern
    header: Pattern
    members: str
    member: str


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """A named rule for lines that mean nothing (`building-configuration`, `comment`, `clock-period`)."""

    name: str
    expression: re.Pattern[str]
    """Must match the whole line, without the blanks around it."""
    anywhere: bool
    """It holds in every section; otherwise only at the top."""
    closes: bool = False
    """The line ends the section that it stands in (`exit`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """All rules of one platform. Load it with `load_rulebook`; it is immutable and may be shared between threads."""

    platform: str
    root: SectionRule
    sections: Mapping[str, SectionRule]
    """By id."""
    lines: Mapping[str, LineRule]
    """By id."""
    ignores: tuple[IgnoreRule, ...]
    grammar: Grammar = field(repr=False)
    """The language of the platform: its syntax and its notation."""
    topics: tuple[str, ...]
    """The topic headings, in the order in which a person reads them."""
    expansions: tuple[Expansion, ...]
    by_context: Mapping[str, tuple[LineRule, ...]] = field(repr=False)
    """The line rules that hold in a context, in the order of the files."""
    sections_in: Mapping[str, tuple[SectionRule, ...]] = field(repr=False)
    """The section rules whose header may stand in a context, in the order of the files."""
    gate: Gate = field(repr=False)
    """What may never be sent to a device of the platform."""
    moving: tuple[LineRule, ...] = field(default=(), repr=False)
    """The rules whose members move."""
    idle: tuple[LineRule, ...] = field(default=(), repr=False)
    """The rules with an `idle` line."""
    digest: str = ""
    """sha256 of the files it was loaded from: part of what a plan is bound to."""

    def line(self, rule_id: str) -> LineRule:
        """The line rule with this id; KeyError is a programming error (references are checked on loading)."""
        return self.lines[rule_id]
