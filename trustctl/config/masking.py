"""Print a canonical form, and hand out the secrets in it: masked lines for everybody, values for the session alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustctl.config.statement import Config, Section, Statement
from trustctl.model.secret import OBSERVED_TOKEN


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
