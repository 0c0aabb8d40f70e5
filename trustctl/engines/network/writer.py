"""The last step of a line before the socket: the gate, then the values of its secrets.

A line with tokens goes through the platform's gate (`trustctl.config.lines`) as it stands in the plan; the values that
replace the tokens are checked by themselves (one printable word). So no value can turn a line into another command.
"""

from __future__ import annotations

import re
from typing import Self

from trustctl.config.lines import NO_PERMIT, Gate, Permit
from trustctl.engines.protocol import ObservedSecrets, Resolve
from trustctl.errors import SecretError
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN

_WORD = re.compile(r"[\x21-\x3e\x40-\x7e]+")
"""Printable ASCII without a blank and without `?`, which the CLI takes as a call for help."""
_TOKEN = re.compile(
    SECRET_TOKEN.pattern.replace("(", "(?P<secret>", 1) + "|" + OBSERVED_TOKEN.pattern.replace("(", "(?P<observed>", 1)
)
_TOKEN_LEFT = re.compile(r"<(?:secret|observed):")


class ResolvedLine(str):
    """A line that passed the gate, with its secret values in place. `shown` is the same line with the tokens.

    It is a string, so that the session can send it; its repr shows the tokens, never the values.
    """

    __slots__ = ("shown", "values")
    shown: str
    values: tuple[str, ...]

    def __new__(cls, text: str, shown: str, values: tuple[str, ...] = ()) -> Self:
        """Make a line of the text to send and the text to show."""
        line = super().__new__(cls, text)
        line.shown = shown
        line.values = values
        return line

    def __repr__(self) -> str:
        return f"ResolvedLine({self.shown!r})"


def resolve_line(
    line: str, gate: Gate, resolve: Resolve | None, observed: ObservedSecrets, permit: Permit = NO_PERMIT
) -> ResolvedLine:
    """Check one plan line and put the values of its tokens in.

    Before: `radius server key 0 <secret:radius/key>`. After: the same with the value. Raises RenderError if the line
    may not be sent, SecretError if a token has no value or the value is not one printable word.
    """
    return resolve_block((line,), gate, resolve, observed, permit)[0]


def resolve_block(
    lines: tuple[str, ...], gate: Gate, resolve: Resolve | None, observed: ObservedSecrets, permit: Permit = NO_PERMIT
) -> tuple[ResolvedLine, ...]:
    """As `resolve_line` for one unit: a single line, or all lines of one banner."""
    checked = gate.check_lines(lines, permit)
    if gate.banner.fullmatch(checked[0]) and any(_TOKEN_LEFT.search(line) for line in checked):
        raise _shown(checked[0])
    return tuple(_fill(line, gate, resolve, observed) for line in checked)


def _fill(line: str, gate: Gate, resolve: Resolve | None, observed: ObservedSecrets) -> ResolvedLine:
    if "<" not in line:
        return ResolvedLine(line, line)
    if _TOKEN_LEFT.search(_TOKEN.sub("", line)):
        raise SecretError("this token is not well formed", where=line, remedy="Plan again; do not edit a plan by hand.")
    if _TOKEN.search(line) and gate.shows(line):
        raise _shown(line)
    values: list[str] = []

    def value(found: re.Match[str]) -> str:
        token = found[0]
        if found["secret"]:
            if resolve is None:
                raise _missing(token, line, "this session was given no secrets")
            text = resolve(found["secret"])
        else:
            held = observed.get(found["observed"])
            if held is None:
                raise _missing(token, line, "the device's backup does not hold it")
            text = held
        values.append(_word(text, token, line))
        return text

    return ResolvedLine(_TOKEN.sub(value, line), line, tuple(values))


def _shown(line: str) -> SecretError:
    return SecretError(
        "a secret may not stand in text that the device shows", where=line, remedy="Correct the template or the text."
    )


def _word(value: str, token: str, line: str) -> str:
    if _WORD.fullmatch(value) is None:
        raise SecretError(
            f"the value of {token} cannot be sent: it is not one word of printable ASCII without `?`",
            where=line,
            remedy="Change the secret in the store.",
        )
    return value


def _missing(token: str, line: str, why: str) -> SecretError:
    return SecretError(f"{token} has no value: {why}", where=line, remedy="Check the secret store and the backup.")
