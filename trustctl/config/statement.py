"""The canonical form of a configuration: `Config`, made of `Section`s, made of `Statement`s.

Two configurations that mean the same have the same canonical form, however they are written (VLAN ranges, wrapped
lines, interface abbreviations, written-out defaults, ACL numbers, banner delimiters). `read` and `read_intended` build
it; nobody changes a `Config` that was read: the writing side makes copies (`Section.copy`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from trustctl.config.pattern import Pattern
from trustctl.config.rules import Kind, LineRule, Rulebook, SectionRule
from trustctl.config.setlines import set_lines
from trustctl.config.syntax import Wholeness
from trustctl.config.values import Members
from trustctl.model.origin import LineOrigin

Key = tuple[str, ...]
"""Which statement it is within its section: (rule id, identity values...). A new value never changes the key."""
UNSEEN = "<not shown>"
"""The value of a statement by which a device says only that there is one."""
Value = str | bool | frozenset[int] | frozenset[str] | tuple[str, ...]
"""str: single, list, ordered. bool: flag. frozenset: set (ints for VLANs, words otherwise). tuple: block (body lines).

In a str each secret is replaced by `*`; compare `Statement.secrets` beside it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a statement: where it stands, how it is encoded, and what it is.

    `token` is how it is printed: `<observed:key>` for a secret that the device holds, `<secret:name>` for a reference.
    `encoding` is what `trustctl.secrets.verify` calls it ("0" where no word stands before the value); the word itself
    for one that nobody can verify. `value` is what the device printed; for a reference it is the token. Never print it.
    """

    encoding: str
    value: str = field(repr=False)
    token: str
    name: str = ""
    """The secret's name in the trust's store, for a reference; empty for an observed secret."""
    observable: bool = True
    """False if the device or somebody masked it (`****`, `<removed>`): neither equal nor different to anything."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One meaning in a section: one line, or the lines that together mean one thing (a wrapped VLAN list, a banner).

    Equality is by meaning: key, value, absence and secrets as printed; not by spelling or origin. For secrets of
    different encodings ask a verifier (`LineRule.secrets` says which encodings can be verified).
    """

    rule: LineRule = field(compare=False, repr=False)
    key: Key
    value: Value
    lines: tuple[str, ...] = field(compare=False)
    """As the device prints it, without indentation, secrets as tokens; a set is joined to as few lines as fit."""
    captures: Mapping[str, str] = field(compare=False, repr=False)
    """The normalised captures of the line; secrets as tokens."""
    secrets: tuple[Secret, ...] = ()
    absent: bool = False
    """The line says that there is no such thing (`no snmp-server community public`). Only in intended configurations:
    a captured configuration leaves such lines out, or they are a flag's off."""
    sequence: int | None = field(default=None, compare=False)
    """The number of an ordered entry, if the text has one."""
    is_default: bool = field(default=False, compare=False)
    """It says what would hold without it (H9): written out or not, it is the same."""
    origin: LineOrigin | None = field(default=None, compare=False, repr=False)

    @property
    def line(self) -> str:
        """The first line; for most statements the only one."""
        return self.lines[0]

    @property
    def followed(self) -> str:
        """The header of the section whose settings the device copies to this one; empty if there is none."""
        form = self.rule.follows
        return form.print(self.captures) if form is not None and self.value is not False else ""

    @property
    def observable(self) -> bool:
        """False if a secret in it is masked: it can be neither equal nor different."""
        return all(secret.observable for secret in self.secrets)

    @property
    def unseen(self) -> bool:
        """Whether the device says only that there is one (`LineRule.unseen`)."""
        return self.value == UNSEEN

    @property
    def open_identity(self) -> Key:
        """Which item of its rule it is, as far as no secret says it: the address of a trap receiver."""
        hidden = {spec.capture for spec in self.rule.secrets}
        named = zip(self.rule.identity, self.key[1:], strict=True)
        return (self.rule.id, *(text for name, text in named if name not in hidden))

    def rivals(self, other: Statement) -> bool:
        """Whether a member of this exclusive set leaves it by coming into the other one."""
        if self.rule is not other.rule or self.key == other.key:
            return False
        return all(self.captures.get(name) == other.captures.get(name) for name in self.rule.apart)

    def bars(self, other: Statement) -> bool:
        """Whether a member must be taken out of this exclusive set before the other one takes it."""
        return any(self.captures.get(name) != other.captures.get(name) for name in self.rule.leaves_first)

    def removal(self) -> tuple[str, ...]:
        """The lines that take this statement away, by the negation table; empty if there is no way.

        A flag is taken away by its other form. A set loses all its members. What a removal line itself switched off
        goes back only to a default.
        """
        rule = self.rule
        if rule.kind is Kind.FLAG:
            form = rule.off if self.value else rule.pattern
            return (form.print(self.captures),) if form is not None else ()
        if self.value is False and rule.remove == rule.off:
            # `no logging console` once more would leave it off
            return ()
        form = rule.remove or (rule.subtract if rule.kind is Kind.SET and rule.default is None else None)
        if form is None:
            return ()
        if rule.kind is Kind.SET and rule.members in form.names:
            return self._set_lines(form, self.members, None)
        return (form.print(self.captures),)

    @property
    def members(self) -> Members:
        """The members of a set statement; TypeError for another kind."""
        if not isinstance(self.value, frozenset):
            raise TypeError(f"{self.key} is not a set")
        return self.value

    def adding(self, members: Members) -> tuple[str, ...]:
        """The delta lines that add `members` to this set (H1); each fits the device's line length."""
        form = self.rule.add or self.rule.pattern
        return self._set_lines(form, members, None)

    def subtracting(self, members: Members) -> tuple[str, ...]:
        """The delta lines that take `members` out of this set (H1); empty if the rule has no such form."""
        form = self.rule.subtract or self.rule.remove
        return self._set_lines(form, members, None) if form is not None else ()

    def absolute(self, first: int | str | None = None) -> tuple[str, ...]:
        """The lines that set the whole set: the absolute form, then add forms where one line is too short.

        `first` is a member that must be in the first line (H4: our own VLAN stays on the trunk while it is set).
        """
        return self._set_lines(self.rule.pattern, self.members, self.rule.add, first)

    def with_members(self, members: Members) -> Statement:
        """This set statement with other members and the lines that print it."""
        captures = {**self.captures, self.rule.members: self.rule.pattern.print_members(self.rule.members, members)}
        bare = replace(self, value=members, captures=captures, is_default=False)
        return replace(bare, lines=bare.absolute())

    def _set_lines(
        self, form: Pattern, members: Members, more: Pattern | None, first: int | str | None = None
    ) -> tuple[str, ...]:
        return set_lines(self.rule, (form, more), self.captures, members, first)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Lines that the rulebook does not know: one line, or a header with everything under it. Kept, never touched."""

    lines: tuple[str, ...]
    """Without the section's indentation; the lines under an unknown header keep their indentation below it."""
    number: int = field(default=0, compare=False)
    """Line number in the text, from 1."""
    origin: LineOrigin | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True, eq=False)
class Shared:
    """What is worked out once for all sections that were read from the same text, when it is first asked for."""

    digested: tuple[str, ...] | None = None
    """What a digest takes of the section: one text, or nothing."""
    printed: tuple[str, ...] | None = None
    """The lines below its header, masked, as they stand in the whole configuration."""


@dataclass(slots=True)
class Section:
    """One section in canonical form: the statements directly in it, and the sections under it.

    `path` is the canonical headers from the top, such as `("interface GigabitEthernet1/0/3",)`; `()` is the top.
    """

    rule: SectionRule
    path: tuple[str, ...]
    captures: Mapping[str, str] = field(default_factory=dict[str, str])
    """The captures of the header: `{"name": "GigabitEthernet1/0/3"}`, `{"vlan": "10"}`."""
    statements: dict[Key, Statement] = field(default_factory=dict[Key, Statement])
    ordered: list[Statement] = field(default_factory=list[Statement])
    """The entries of an ordered section (access list), in force order."""
    sections: dict[str, Section] = field(default_factory=dict[str, "Section"])
    """By canonical header, in the order of the text."""
    unknown: list[Unknown] = field(default_factory=list[Unknown])
    absent: bool = False
    """The intent says that there is no such section (`no vlan 30`). Never in a captured configuration."""
    origin: LineOrigin | None = None
    origin_of: Callable[[Key], LineOrigin | None] | None = field(default=None, compare=False, repr=False)
    """For an intended section whose statements are shared with other devices: where each of them comes from here."""
    shared: Shared | None = field(default=None, compare=False, repr=False)
    """For a section that nobody changes; a copy has none."""

    @property
    def header(self) -> str:
        """The section's own canonical header line; empty at the top."""
        return self.path[-1] if self.path else ""

    def find(self, rule_id: str, *identity: str) -> Statement | None:
        """The statement that is written, with its origin, or None."""
        key = (rule_id, *identity)
        return self.sourced(key) if key in self.statements else None

    def sourced(self, key: Key) -> Statement:
        """The statement with this key and its origin. Take it so wherever the origin counts."""
        statement = self.statements[key]
        origin = self.origin_of(key) if self.origin_of is not None and statement.origin is None else None
        return statement if origin is None else replace(statement, origin=origin)

    def copy(self) -> Section:
        """A copy whose containers can be changed without changing this one; statements are shared, being frozen."""
        return Section(
            rule=self.rule,
            path=self.path,
            captures=self.captures,
            statements=dict(self.statements),
            ordered=list(self.ordered),
            sections={header: section.copy() for header, section in self.sections.items()},
            unknown=list(self.unknown),
            absent=self.absent,
            origin=self.origin,
            origin_of=self.origin_of,
        )

    def walk(self) -> Iterator[Section]:
        """This section and all below it, parents first."""
        yield self
        for section in self.sections.values():
            yield from section.walk()


@dataclass(frozen=True, slots=True)
class Config:
    """The canonical form of one configuration.

    What holds where nothing is written is `trustctl.config.defaults.effective(config, section, key)`.
    """

    rulebook: Rulebook = field(repr=False)
    root: Section
    captured: bool = True
    """True for what a device said, False for what the inventory means. A captured configuration is complete (what is
    missing is at its default); an intended one says nothing about what it does not mention."""
    whole: Wholeness = Wholeness.ENDED
    """How it is known that the text it was read from was all there."""

    def walk(self) -> Iterator[Section]:
        """The top and every section, parents first."""
        return self.root.walk()

    def section(self, *path: str) -> Section | None:
        """The section at this path of canonical headers, or None."""
        section: Section | None = self.root
        for header in path:
            if section is None:
                return None
            section = section.sections.get(header)
        return section
