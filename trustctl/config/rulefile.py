"""One rule file: its keys, checked strictly, as rules."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from trustctl.config.entry import Entry
from trustctl.config.gatefile import GateParts
from trustctl.config.grammar import Grammar
from trustctl.config.pattern import Pattern, printed_like
from trustctl.config.rules import (
    ROOT,
    Expansion,
    Hazard,
    HazardWhen,
    IgnoreRule,
    Kind,
    LineRule,
    Ranking,
    SecretSpec,
    SectionRemoval,
    SectionRule,
)
from trustctl.inventory.yaml_document import Document
from trustctl.model.levels import Ownership
from trustctl.model.plan import Rule, Severity

_DEFAULT_ORDER = 500
_FORMAT = 1
_FILE_KEYS = (
    *("format", "platform", "topics", "syntax", "gate", "hazards", "ignore", "expansions"),
    *("topic", "ownership", "order", "sections", "lines"),
)
_SECTION_KEYS = (
    *("header", "also", "in", "context", "removal", "remove", "leave", "prefix", "until", "order", "needs"),
    *(
        "hazards",
        "label",
        "ownership",
        "device_owned",
        "unlike",
        "unique",
        "reserved",
        "resequence",
        "fixed",
        "interface",
        "topic",
        "note",
    ),
    *("pause", "used_by", "goes_with"),
)
_LINE_KEYS = (
    *(kind.value for kind in Kind),
    *("also", "off", "remove", "add", "subtract", "by", "members", "exclusive", "in_place", "default", "order"),
    *("apart", "leaves_first", "default_in", "claims_once", "ranked", "ranked_within", "joined"),
    *("idle", "unless", "moves", "home", "excludes", "absorbs", "into"),
    *(
        "needs",
        "conflicts",
        "hazards",
        "label",
        "clear_first",
        "one_of",
        "follows",
        "refused",
        "signs_in",
        "own",
        "account",
        "wipes",
        "on_only",
        "off_only",
        "supersedes",
        "restate",
        "displaces",
        "claims",
        "claims_in",
        "next_hops",
        "refers",
        "verifiable",
        "unseen",
        "device_owned",
    ),
    *("hidden", "until", "ownership", "topic", "calls", "note"),
)


@dataclass(slots=True)
class Gathered:
    """What the files said so far; `references` are (rule id, where it is named), checked when all files are read."""

    grammar: Grammar
    platform: str = ""
    topics: list[str] = field(default_factory=list[str])
    hazards: dict[str, Hazard] = field(default_factory=dict[str, Hazard])
    ignores: list[IgnoreRule] = field(default_factory=list[IgnoreRule])
    expansions: list[Expansion] = field(default_factory=list[Expansion])
    sections: dict[str, SectionRule] = field(default_factory=dict[str, SectionRule])
    lines: dict[str, LineRule] = field(default_factory=dict[str, LineRule])
    references: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    gate: GateParts = field(default_factory=GateParts)


def read_rule_file(document: Document, gathered: Gathered, *, own: bool = True) -> None:
    """Add what one file says to `gathered`; raises RulebookError at the first mistake.

    `own`: the file belongs to the (lowest) platform; others, such as a trust's, may add to the gate and not change it.
    """
    top = Entry(document, (), document.value, gathered.grammar)
    top.only(_FILE_KEYS)
    if top.number("format", _FORMAT) != _FORMAT:
        raise top.error("format", f"this trustctl reads rule files of format {_FORMAT}")
    gathered.platform = top.text("platform", gathered.platform)
    gathered.topics.extend(topic for topic in top.texts("topics") if topic not in gathered.topics)
    if "gate" in top.values:
        gathered.gate.read(top.below("gate"), gathered.references, own=own)
    for name, entry in top.entries("hazards"):
        gathered.hazards[name] = _hazard(entry)
    for _, entry in top.entries("ignore"):
        gathered.ignores.append(_ignore(entry))
    for _, entry in top.entries("expansions"):
        gathered.expansions.append(_expansion(entry))
    for name, entry in top.entries("sections"):
        gathered.sections[name] = _section(name, entry, top, gathered)
    for contexts, group in top.entries("lines"):
        names = tuple(context.strip() for context in contexts.split(","))
        for name in group.values:
            entry = group.below(name)
            rule = _line(f"{names[0]}/{name}", names, entry, top, gathered)
            gathered.lines[rule.id] = rule


def _hazard(entry: Entry) -> Hazard:
    entry.only(("rule", "severity", "why", "when"))
    when: list[HazardWhen] = []
    for text in entry.texts("when"):
        try:
            when.append(HazardWhen(text))
        except ValueError as error:
            known = ", ".join(member.value for member in HazardWhen)
            raise entry.error("when", f"when must be of: {known}") from error
    return Hazard(
        rule=entry.word("rule", Rule, None),
        severity=entry.word("severity", Severity, None),
        why=entry.text("why"),
        when=tuple(when),
    )


def _ignore(entry: Entry) -> IgnoreRule:
    entry.only(("name", "line", "anywhere", "closes", "note"))
    expression = entry.expression("line", entry.text("line"))
    return IgnoreRule(entry.text("name"), expression, entry.flag("anywhere"), entry.flag("closes"))


def _expansion(entry: Entry) -> Expansion:
    entry.only(("line", "header", "note"))
    pattern, header = entry.pattern("line"), entry.pattern("header")
    if pattern is None or header is None:
        raise entry.error(None, "an expansion has a line and a header")
    members = next((name for name, kind in pattern.types.items() if kind.expand is not None), "")
    if not members or len(header.names) != 1:
        raise entry.error(None, "the line needs a capture that is a set, and the header one capture for a member")
    return Expansion(pattern, header, members, next(iter(header.names)))


def _section(name: str, entry: Entry, top: Entry, gathered: Gathered) -> SectionRule:
    entry.only(_SECTION_KEYS)
    header = entry.pattern("header")
    if header is None:
        raise entry.error(None, "a section has a header")
    rule = SectionRule(
        id=name,
        parents=entry.texts("in") or (ROOT,),
        context=entry.text("context", name),
        pattern=header,
        topic=entry.text("topic") or top.text("topic"),
        removal=entry.word("removal", SectionRemoval, None),
        place=entry.place,
        also=entry.patterns("also"),
        remove=_form(entry, "remove", header),
        leave=entry.text("leave", entry.grammar.syntax.leave),
        prefix=entry.pattern("prefix"),
        until=entry.text("until"),
        order=entry.number("order", top.number("order", _DEFAULT_ORDER)),
        needs=_references(entry, "needs", gathered),
        hazards=_hazards(entry, gathered),
        label=entry.text("label"),
        ownership=entry.word("ownership", Ownership, top.word("ownership", Ownership, Ownership.ENSURED)),
        device_owned=entry.flag("device_owned"),
        reserved=entry.texts("reserved"),
        unlike=_references(entry, "unlike", gathered),
        unique=_captures(entry, "unique", header),
        resequence=entry.pattern("resequence"),
        pause="".join(_references(entry, "pause", gathered)),
        used_by=_references(entry, "used_by", gathered),
        goes_with=_references(entry, "goes_with", gathered),
        fixed=entry.flag("fixed"),
        note=entry.text("note"),
        grammar=entry.grammar,
    )
    interface = entry.pattern("interface")
    if interface is not None:
        gathered.grammar.interfaces.extend((form, interface) for form in (rule.pattern, *rule.also))
    if (rule.removal is SectionRemoval.NO) != (rule.remove is not None):
        raise entry.error(None, "removal: no and the line `remove` go together")
    return rule


def _captures(entry: Entry, key: str, header: Pattern) -> tuple[str, ...]:
    for name in entry.texts(key):
        if name not in header.names:
            raise entry.error(key, f"the header has no capture {name!r}")
    return entry.texts(key)


def _line(rule_id: str, contexts: tuple[str, ...], entry: Entry, top: Entry, gathered: Gathered) -> LineRule:
    entry.only(_LINE_KEYS)
    kinds = [kind for kind in Kind if kind.value in entry.values]
    if len(kinds) != 1:
        raise entry.error(None, f"a line has exactly one of: {', '.join(Kind)}")
    kind = kinds[0]
    pattern = entry.pattern(kind.value)
    if pattern is None:
        raise entry.error(kind.value, "the pattern is empty")
    also = entry.patterns("also")
    own = None if contexts[0] != ROOT else top.word("ownership", Ownership, Ownership.ENSURED)
    rule = LineRule(
        id=rule_id,
        contexts=contexts,
        kind=kind,
        pattern=pattern,
        topic=entry.text("topic") or top.text("topic"),
        place=entry.place,
        also=also,
        off=entry.pattern("off") or (entry.grammar.negative(pattern) if kind is Kind.FLAG else None),
        remove=_form(entry, "remove", pattern),
        add=_form(entry, "add", pattern),
        subtract=_form(entry, "subtract", pattern),
        identity=entry.texts("by"),
        members=_members(entry, pattern) if kind is Kind.SET else "",
        exclusive=entry.flag("exclusive"),
        apart=entry.texts("apart"),
        leaves_first=entry.texts("leaves_first"),
        moves=entry.flag("moves"),
        home=entry.text("home"),
        excludes=_references(entry, "excludes", gathered),
        absorbs=_references(entry, "absorbs", gathered),
        into=entry.text("into"),
        in_place=entry.flag("in_place", default=True),
        default=_default(entry, kind, pattern),
        default_in={header: str(line) for header, line in entry.below("default_in").values.items()},
        idle=entry.text("idle"),
        unless="".join(_references(entry, "unless", gathered)),
        order=entry.number("order", top.number("order", _DEFAULT_ORDER)),
        needs=_references(entry, "needs", gathered),
        conflicts=_references(entry, "conflicts", gathered),
        hazards=_hazards(entry, gathered),
        joined=entry.flag("joined"),
        ranked=entry.word("ranked", Ranking, Ranking.NOT),
        ranked_within=entry.texts("ranked_within"),
        label=entry.text("label"),
        clear_first=entry.flag("clear_first"),
        one_of=entry.texts("one_of"),
        follows=entry.pattern("follows"),
        wipes=_references(entry, "wipes", gathered),
        on_only=_references(entry, "on_only", gathered),
        off_only=_references(entry, "off_only", gathered),
        supersedes=_references(entry, "supersedes", gathered),
        restate=_restate(entry, pattern),
        displaces=_references(entry, "displaces", gathered),
        claims=entry.texts("claims"),
        claims_once=entry.flag("claims_once"),
        claims_in="".join(_references(entry, "claims_in", gathered)),
        next_hops=entry.texts("next_hops"),
        refers=entry.texts("refers"),
        secrets=_secrets(entry, (pattern, *also)),
        unseen=_unseen(entry, pattern),
        until=entry.text("until"),
        device_owned=entry.flag("device_owned"),
        hidden=entry.flag("hidden"),
        refused=entry.text("refused"),
        signs_in=entry.text("signs_in"),
        own=entry.text("own"),
        account=entry.text("account"),
        ownership=entry.word("ownership", Ownership, own) if own or entry.text("ownership") else None,
        calls={line: str(word) for line, word in entry.below("calls").values.items()},
        note=entry.text("note"),
        grammar=entry.grammar,
    )
    _check_line(rule, entry)
    _check_roles(rule, entry)
    return rule


def _form(entry: Entry, key: str, main: Pattern) -> Pattern | None:
    """Another form of a line, which prints its captures as the main form does."""
    form = entry.pattern(key)
    return printed_like(form, main.types) if form is not None else None


def _check_line(rule: LineRule, entry: Entry) -> None:
    names = rule.pattern.names.union(*(pattern.names for pattern in rule.also))
    for key in ("by", "apart", "leaves_first", "ranked_within", "claims", "next_hops", "refers", "one_of"):
        for name in entry.texts(key):
            if name not in names:
                raise entry.error(key, f"the pattern has no capture {name!r}")
    if rule.kind is not Kind.SET and (rule.moves or rule.excludes or rule.absorbs):
        raise entry.error(None, "only the members of a set move, exclude or absorb")
    if rule.into and rule.into not in names:
        raise entry.error("into", f"the pattern has no capture {rule.into!r}")
    if rule.ranked and rule.kind is not Kind.LIST:
        raise entry.error("ranked", "only the items of a list are ranked")
    if rule.kind is Kind.LIST and not rule.identity:
        raise entry.error(None, "a list needs `by`: the captures that tell one item from another")
    for key, form in (("remove", rule.remove), ("subtract", rule.subtract), ("add", rule.add)):
        if form is not None and not form.names <= names:
            raise entry.error(key, f"the pattern of the line has no capture {', '.join(sorted(form.names - names))}")


def _check_roles(rule: LineRule, entry: Entry) -> None:
    """What a line does for others: sign us in, tie its section to another one."""
    if rule.signs_in not in {"", "account", "enable"} or (rule.signs_in == "account" and not rule.identity):
        raise entry.error("signs_in", "signs_in is `account`, of a line with `by`, or `enable`")
    if rule.account and (rule.signs_in != "account" or rule.account not in rule.pattern.names):
        raise entry.error("account", "account names the capture with the user of a line that signs in")
    if rule.follows is not None and not rule.follows.names <= rule.pattern.names:
        raise entry.error("follows", "the header is printed from the captures of the line")


def _restate(entry: Entry, pattern: Pattern) -> dict[str, str]:
    value = entry.values.get("restate")
    if value is None:
        return {}
    if not isinstance(value, dict) or not set(value) <= pattern.names:
        raise entry.error("restate", "restate holds optional captures of the pattern with their defaults")
    return {name: str(text) for name, text in value.items()}


def _default(entry: Entry, kind: Kind, pattern: Pattern) -> str | None:
    value = entry.values.get("default")
    if kind is Kind.FLAG and isinstance(value, bool):
        form = pattern if value else entry.pattern("off") or entry.grammar.negative(pattern)
        return form.text if form.names else form.print({})
    return entry.text("default") or None


def _members(entry: Entry, pattern: Pattern) -> str:
    named = entry.text("members")
    sets = [name for name, kind in pattern.types.items() if kind.parse is not None]
    if named in sets:
        return named
    if named or len(sets) != 1:
        raise entry.error("members" if named else None, "a set needs one capture of a set type")
    return sets[0]


def _secrets(entry: Entry, patterns: tuple[Pattern, ...]) -> tuple[SecretSpec, ...]:
    verifiable = frozenset(entry.texts("verifiable") or entry.grammar.syntax.verifiable)
    names = {
        name: None for pattern in patterns for name, kind in pattern.types.items() if kind.name.startswith("secret")
    }
    return tuple(SecretSpec(name, verifiable) for name in names)


def _unseen(entry: Entry, pattern: Pattern) -> tuple[Pattern, ...]:
    forms = entry.patterns("unseen")
    if forms and not any(kind.name.startswith("secret") for kind in pattern.types.values()):
        raise entry.error("unseen", "only a line with a secret has forms that do not show it")
    return forms


def _references(entry: Entry, key: str, gathered: Gathered) -> tuple[str, ...]:
    names = entry.texts(key)
    place = entry.document.place((*entry.path, key)) if names else None
    gathered.references.extend((name, f"{place}:{place.column}" if place else "") for name in names)
    return names


def _hazards(entry: Entry, gathered: Gathered) -> tuple[Hazard, ...]:
    found: list[Hazard] = []
    for name in entry.texts("hazards"):
        if name not in gathered.hazards:
            near = difflib.get_close_matches(name, gathered.hazards, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else "Define it under `hazards:` in an earlier file."
            raise entry.error("hazards", f"there is no hazard {name!r}", remedy)
        found.append(gathered.hazards[name])
    return tuple(found)
