"""Make statements out of lines that a rule knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from trustctl.config.lines import Gate
from trustctl.config.pattern import Pattern
from trustctl.config.rules import Kind, LineRule
from trustctl.config.statement import UNSEEN, Key, Secret, Statement, Value
from trustctl.config.syntax import CLEAR
from trustctl.model.origin import LineOrigin
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN

_MASKED = re.compile(r"\*{3,}|[xX]{4,}|<[^>]*(?:removed|hidden|masked|redacted|secret|password)[^>]*>|.*REMOVED.*")
"""What stands in the place of a secret: oxidized prints `<secret hidden>`, the devices themselves print asterisks."""

_NOT_SHOWN = "<hidden>"


def key_of(rule: LineRule, captures: Mapping[str, str]) -> Key:
    """The key of a statement with these captures."""
    if not rule.identity:
        return (rule.id,)
    return (rule.id, *(captures.get(name, "") for name in rule.identity))


def make_statement(
    rule: LineRule, pattern: Pattern, captures: Mapping[str, str], path: tuple[str, ...] = (), ordinal: int = 0
) -> Statement:
    """The statement that a line of `rule` makes. `path` and `ordinal` tell observed secrets of a device apart.

    An optional capture at its default is left out, as the device leaves it out: `username a privilege 1 secret ...`.
    """
    if pattern in rule.unseen:
        known = {name: text if name in rule.identity else _NOT_SHOWN for name, text in captures.items()}
        shown = (pattern.print(known),)
        nothing = tuple(Secret("", "", "", observable=False) for _ in rule.secrets)
        return Statement(rule, key_of(rule, captures), value=UNSEEN, lines=shown, captures=known, secrets=nothing)
    secrets: tuple[Secret, ...] = ()
    if rule.restate:
        needed = pattern.required
        captures = {name: text for name, text in captures.items() if rule.restate.get(name) != text or name in needed}
    if rule.secrets:
        captures, secrets = _hide(rule, captures, path, ordinal)
    kind = rule.kind
    sequence = captures.get("sequence") if kind is Kind.ORDERED else None
    if kind is Kind.SET:
        printer = rule.pattern.types[rule.members]
        members = printer.parse(captures[rule.members]) if printer.parse else frozenset[str]()
        bare = Statement(rule, key_of(rule, captures), members, (), captures)
        return replace(bare, lines=bare.absolute())
    return Statement(
        rule=rule,
        key=key_of(rule, captures),
        value=True if kind is Kind.FLAG else _value(rule, captures),
        lines=(pattern.print(captures),),
        captures=captures,
        secrets=secrets,
        sequence=int(sequence) if sequence else None,
    )


def make_off(rule: LineRule, form: Pattern, captures: Mapping[str, str]) -> Statement:
    """The statement that a flag, or a single value that can be switched off, is off."""
    return Statement(rule, key_of(rule, captures), value=False, lines=(form.print(captures),), captures=captures)


def make_absent(rule: LineRule, captures: Mapping[str, str], line: str) -> Statement:
    """The statement that there is no such thing; `line` says so in the device's language."""
    return Statement(rule, key_of(rule, captures), value="", lines=(line,), captures=captures, absent=True)


def make_block(
    rule: LineRule, pattern: Pattern, captures: Mapping[str, str], body: Iterable[str], gate: Gate
) -> Statement:
    """A block of text. Blank lines and blanks at the ends of lines do not count: devices add and drop them (H14)."""
    end = rule.grammar.syntax.line_end
    lines = tuple(part for line in body for part in (line.split(end) if end else (line,)))
    if rule.until:
        printed = (pattern.print(captures), *lines, rule.until)
    else:
        delimiter = gate.delimiter_for(lines)
        printed = (pattern.print({**captures, "text": delimiter}), *lines, delimiter)
    value = tuple(line.rstrip() for line in lines if line.strip())
    own = {name: text for name, text in captures.items() if name != "text"}
    return Statement(rule, key_of(rule, own), value=value, lines=printed, captures=own)


def with_origin(statement: Statement, origin: LineOrigin | None) -> Statement:
    """The same statement from this origin. Spelt out, because `replace` is slow and this is often."""
    if origin is None:
        return statement
    return Statement(
        statement.rule,
        statement.key,
        statement.value,
        statement.lines,
        statement.captures,
        statement.secrets,
        statement.absent,
        statement.sequence,
        statement.is_default,
        origin,
    )


def _value(rule: LineRule, captures: Mapping[str, str]) -> Value:
    """What a statement says beyond its key, as one text; secrets as `*`."""
    hidden = {spec.capture for spec in rule.secrets}
    parts = [
        (name, "*" if name in hidden else text)
        for name, text in captures.items()
        if name not in rule.identity and name != "sequence" and not name.endswith(".encoding")
    ]
    if len(parts) == 1 and len(rule.pattern.names) - len(rule.identity) <= 1:
        return parts[0][1]
    return " ".join(f"{name}={text}" for name, text in sorted(parts))


def _hide(
    rule: LineRule, captures: Mapping[str, str], path: tuple[str, ...], ordinal: int
) -> tuple[dict[str, str], tuple[Secret, ...]]:
    """Put tokens in the place of secrets.

    Before: {"secret": "$9$abc...", "secret.encoding": "9"}    After: {"secret": "<observed:5f2c...>", ...}
    """
    hidden = dict(captures)
    found: list[Secret] = []
    names = {spec.capture for spec in rule.secrets}
    identity = [captures.get(name, "") for name in rule.identity if name not in names]
    for spec in rule.secrets:
        value = captures.get(spec.capture)
        if value is None:
            continue
        encoding = rule.grammar.syntax.encoding(captures.get(f"{spec.capture}.encoding", CLEAR))
        reference = SECRET_TOKEN.fullmatch(value)
        if reference:
            found.append(Secret(encoding, value, value, name=reference[1]))
            continue
        where = "\x00".join((*path, rule.id, *identity, spec.capture, str(ordinal)))
        token = f"<observed:{hashlib.blake2b(where.encode(), digest_size=6).hexdigest()}>"
        observable = not _MASKED.fullmatch(value) and not OBSERVED_TOKEN.fullmatch(value)
        found.append(Secret(encoding, value, token, observable=observable))
        hidden[spec.capture] = token
    return hidden, tuple(found)
