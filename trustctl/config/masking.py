"""Print a canonical form, and hand out the secrets in it: masked lines for everybody, values for the session alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from trustctl.config.classify import LineMeaning
from trustctl.config.parse import parse
from trustctl.config.rules import Rulebook
from trustctl.config.statement import Config, Section, Statement
from trustctl.config.tree import Node
from trustctl.errors import LosslessError
from trustctl.model.secret import OBSERVED_TOKEN
from trustctl.secrets.redact import redact
from trustctl.secrets.redact_syntax import HIDDEN, mask_line, mask_lines, mask_text
from trustctl.secrets.type7 import decode_type7


def mask(config: Config) -> tuple[str, ...]:
    """The configuration in canonical spelling as lines that may be shown: secrets are tokens.

    Lines that the device itself owns are not in it; lines that the rulebook does not know are, with what may be a
    secret in them masked.
    """
    return tuple(_lines(config.root, 0))


def secret_values(config: Config) -> Mapping[str, str]:
    """The values of the observed secrets by the key of their token (`<observed:key>`). Never printed or stored."""
    return {
        found[1]: secret.value
        for section in config.walk()
        for statement in _statements(section)
        for secret in statement.secrets
        if (found := OBSERVED_TOKEN.fullmatch(secret.token)) is not None
    }


def unmasked(config: Config) -> str:
    """The configuration in canonical spelling as a device could print it, secrets included: for re-reading only."""
    values = secret_values(config)
    lines = [OBSERVED_TOKEN.sub(lambda found: values.get(found[1], found[0]), line) for line in mask(config)]
    end = config.rulebook.grammar.syntax.end
    return "".join(f"{line}\n" for line in (*lines, *([end] if end else ())))


def redacted(text: str, rulebook: Rulebook, tag: Callable[[str], str] | None = None) -> str:
    """A device's own text without its secrets, line for line: safe to keep where others read it, as in Git.

    Where the rulebook knows a line it says which word is the secret; all other lines go through the masker by syntax. A
    text that cannot be parsed goes through it as a whole. `tag` names a secret so that a reader sees whether it is the
    same as before (`trustctl.secrets.trust_keys`).
    Before: `snmp-server community 0nly-Read RO`. After: `snmp-server community <hidden> RO`, or `<hidden 3f9a...>`.
    """
    try:
        tree = parse(text, rulebook)
    except LosslessError:
        return redact(mask_text(text))
    lines = text.split("\n")
    for node in tree.nodes():
        at = node.number - 1
        values = _secrets_of(node)
        for number in range(at, at + 1 + len(node.block)):
            lines[number] = _without_values(lines[number], values, tag)
        if not values:
            lines[at] = mask_line(lines[at])
            lines[at + 1 : at + 1 + len(node.block)] = mask_lines(lines[at + 1 : at + 1 + len(node.block)])
    return redact("\n".join(lines))


def _secrets_of(node: Node) -> tuple[str, ...]:
    """The secrets of a line by its rule, the longest first; empty if it names none, or not all are in the line."""
    meaning = node.meaning
    if not isinstance(meaning, LineMeaning):
        return ()
    values = [meaning.captures[spec.capture] for spec in meaning.rule.secrets if meaning.captures.get(spec.capture)]
    own = "\n".join((node.raw, *node.block))
    return tuple(sorted(values, key=len, reverse=True)) if all(one in own for one in values) else ()


def _without_values(line: str, values: Iterable[str], tag: Callable[[str], str] | None) -> str:
    """Replace each value where it stands last: what stands before it is the command and its words."""
    for value in values:
        if value.startswith("<") or value not in line:
            continue
        start = line.rindex(value)
        named = f"<hidden {tag(decode_type7(value) or value)}>" if tag is not None else HIDDEN
        line = f"{line[:start]}{named}{line[start + len(value) :]}"
    return line


def _statements(section: Section) -> Iterator[Statement]:
    yield from section.statements.values()
    yield from section.ordered


def _lines(section: Section, depth: int) -> Iterator[str]:
    indent = " " * (section.rule.grammar.syntax.indent * depth)
    for statement in _statements(section):
        first, *rest = statement.lines
        yield indent + first
        block = isinstance(statement.value, tuple)
        yield from rest if block else (indent + line for line in rest)
    for unknown in section.unknown:
        yield from (indent + line for line in unknown.lines)
    for inner in section.sections.values():
        yield indent + (inner.rule.grammar.syntax.negated(inner.header) if inner.absent else inner.header)
        shared = inner.shared
        if shared is None:
            yield from _lines(inner, depth + 1)
        else:
            if shared.printed is None:
                shared.printed = tuple(_lines(inner, depth + 1))
            yield from shared.printed
