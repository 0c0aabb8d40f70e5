"""Are two configurations the same? Their digests, and the lines in which they differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from trustctl.config.defaults import effective
from trustctl.config.ranks import lists, out_of_order
from trustctl.config.rules import Ranking
from trustctl.config.scope import SecretVerifier
from trustctl.config.statement import Config, Secret, Section, Statement
from trustctl.config.values import InOrder, Members
from trustctl.secrets.type7 import decode_type7


def digest(config: Config) -> str:
    """`sha256:...` of the canonical form.

    Equal for texts that mean the same, whatever their spelling and the order of unordered lines. Left out: what the
    device owns, what it may or may not print (hidden lines), and values that hold anyway. A secret counts with its
    encoding only, so that the digest gives nothing away.
    """
    text = "\n".join(_canonical(config.root))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def differences(a: Config, b: Config, *, secrets: SecretVerifier | None = None) -> tuple[str, ...]:
    """The lines in which `b` differs from `a`, for a person to place; empty if they mean the same.

    `interface GigabitEthernet1/0/3: - description Office` (only in `a`), `+` (only in `b`). A reference to a secret
    equals a device's hash where `secrets` says so; where it cannot tell, the line is listed. Not listed: lines that a
    device need not print, values that somebody masked, and secrets that the platform encrypts with a key of the
    device's own, as nobody could ever tell.
    """
    return tuple(_differences(a, a.root, b, b.root, secrets))


def _canonical(section: Section) -> tuple[str, ...]:
    """What a digest takes of a section: its lines, or one text if it is shared, made when it is first asked for."""
    shared = section.shared
    if shared is None:
        return tuple(_canonical_lines(section))
    if shared.digested is None:
        text = "\n".join(_canonical_lines(section))
        shared.digested = (text,) if text else ()
    return shared.digested


def _canonical_lines(section: Section) -> Iterator[str]:
    lines = [
        _line(statement)
        for statement in section.statements.values()
        if not statement.is_default and not statement.rule.hidden and not statement.absent
    ]
    lines.sort()
    yield from lines
    yield from _ranked(section)
    yield from (f"ordered {entry.value}" for entry in section.ordered)
    yield from ("unknown " + "\n".join(unknown.lines) for unknown in section.unknown)
    for header, inner in sorted(section.sections.items()):
        below = _canonical(inner)
        if below or not inner.rule.fixed:
            yield f"section {header}{' absent' if inner.absent else ''}"
            yield from below
            yield "end of section"


def _ranked(section: Section) -> Iterator[str]:
    for name, keys in lists(section.statements).items():
        if len(keys) > 1 and section.statements[keys[0]].rule.ranked is Ranking.MENDED:
            yield f"order of {name}: {keys}"


_LARGEST_MEMORY = 100_000
_memory: dict[int, tuple[Statement, str]] = {}
"""The line of a statement that many configurations share, by its identity (the statement is kept, so the id is too)."""


def _line(statement: Statement) -> str:
    """What a digest takes of one statement: the key, the value, and the encodings of secrets."""
    known = _memory.get(id(statement))
    if known is not None and known[0] is statement:
        return known[1]
    value = statement.value
    text = str(_listed(value)) if isinstance(value, frozenset) else str(value)
    line = f"{statement.key}={text}{[secret.encoding for secret in statement.secrets]}"
    if statement.origin is None and not statement.secrets:
        if len(_memory) >= _LARGEST_MEMORY:
            _memory.clear()
        _memory[id(statement)] = (statement, line)
    return line


def _listed(members: Members) -> list[int | str]:
    return list(members.order) if isinstance(members, InOrder) else sorted(members, key=str)


def _differences(
    a: Config, left: Section | None, b: Config, right: Section | None, secrets: SecretVerifier | None
) -> Iterator[str]:
    section = left or right
    if section is None or left is right:
        # one object on both sides: a section that was read from the same text
        return
    where = f"{' / '.join(section.path)}: " if section.path else ""
    if (left is None or right is None) and section.path and not section.rule.fixed:
        outside = f"{' / '.join(section.path[:-1])}: " if len(section.path) > 1 else ""
        yield f"{outside}{'-' if right is None else '+'} {section.header}"
    left, right = (
        left or Section(section.rule, section.path, section.captures),
        right or Section(section.rule, section.path, section.captures),
    )
    for mark, line in _lines(a, left, b, right, secrets):
        yield f"{where}{mark} {line}"
    for header in dict.fromkeys((*left.sections, *right.sections)):
        yield from _differences(a, left.sections.get(header), b, right.sections.get(header), secrets)


def _lines(
    a: Config, left: Section, b: Config, right: Section, secrets: SecretVerifier | None
) -> Iterator[tuple[str, str]]:
    yield from _keyless(left, right, secrets)
    for key in dict.fromkeys((*left.statements, *right.statements)):
        old, new = left.statements.get(key), right.statements.get(key)
        if old is new:
            continue
        either = old or new
        if either is None or either.rule.hidden or _is_keyless(either) or (either.rule.exclusive and either.is_default):
            continue
        was, now = effective(a, left, key), effective(b, right, key)
        if was is not None and now is not None and _same(was, now, secrets):
            continue
        if not (was and now) and all(each is None or each.absent or each.is_default for each in (was, now)):
            continue
        yield from (("-", line) for line in (old.lines if old is not None else ()))
        yield from (("+", line) for line in (new.lines if new is not None else ()))
    yield from out_of_order(left.statements, right.statements)
    yield from _sequence(left.ordered, right.ordered)
    if [each.lines for each in left.unknown] != [each.lines for each in right.unknown]:
        yield from _unknown(left, right)


def _unknown(left: Section, right: Section) -> Iterator[tuple[str, str]]:
    """Lines that no rule knows: nobody can tell whether their order and their number matter, so both count."""
    left_texts, right_texts = ([each.lines for each in side.unknown] for side in (left, right))
    parts = SequenceMatcher(None, left_texts, right_texts, autojunk=False).get_opcodes()
    for kind, first, last, other, end in parts:
        if kind != "equal":
            yield from (("-", line) for lines in left_texts[first:last] for line in lines)
            yield from (("+", line) for lines in right_texts[other:end] for line in lines)


def _is_keyless(statement: Statement) -> bool:
    """Whether a secret is what tells the statement from others (SNMP communities): its key says nothing then."""
    secrets = statement.rule.secrets
    return bool(secrets) and any(spec.capture in statement.rule.identity for spec in secrets)


def _keyless(left: Section, right: Section, secrets: SecretVerifier | None) -> Iterator[tuple[str, str]]:
    """Statements that are told apart by a secret: each is paired with an equal one."""
    came = [statement for statement in right.statements.values() if _is_keyless(statement) and not statement.absent]
    for old in left.statements.values():
        if not _is_keyless(old) or old.absent:
            continue
        pair = next((new for new in came if old.open_identity == new.open_identity and _same(old, new, secrets)), None)
        if pair is None:
            yield "-", old.line
        else:
            came.remove(pair)
    yield from (("+", new.line) for new in came)


def _sequence(left: list[Statement], right: list[Statement]) -> Iterator[tuple[str, str]]:
    """Ordered entries, from the first that differs on."""
    for old, new in zip_longest(left, right):
        if old is not None and new is not None and old.value == new.value:
            continue
        if old is not None:
            yield "-", old.line
        if new is not None:
            yield "+", new.line


def _same(left: Statement, right: Statement, secrets: SecretVerifier | None) -> bool:
    if left.unseen or right.unseen:
        return left.absent == right.absent
    if left.absent != right.absent or left.value != right.value or len(left.secrets) != len(right.secrets):
        return False
    opaque = left.rule.grammar.syntax.opaque
    pairs = zip(left.secrets, right.secrets, strict=True)
    return all(_same_secret(old, new, secrets, opaque) for old, new in pairs)


def _same_secret(left: Secret, right: Secret, secrets: SecretVerifier | None, opaque: frozenset[str]) -> bool:
    if not left.observable or not right.observable:
        return True
    if left.name and right.name:
        return left.name == right.name
    if left.name or right.name:
        reference, held = (left, right) if left.name else (right, left)
        if held.encoding in opaque:
            return True
        return secrets is not None and secrets.verify(reference.name, held.encoding, held.value) is True
    return (left.encoding, left.value) == (right.encoding, right.value) or _clear(left) == _clear(right)


def _clear(secret: Secret) -> str | Secret:
    """The secret in clear where its encoding is no secret at all, so that a device may re-encode it by itself.

    `service password-encryption` turns `password 0 x` into `password 7 ...`, and the other way round it stays so.
    """
    if secret.encoding == "7":
        return decode_type7(secret.value) or secret
    return secret.value if secret.encoding == "0" else secret
