"""Lines that hold secrets: whether a host has the right one, and what may be shown of them.

Intended lines carry tokens, `secret = <secret:radius/oak>`. A line of the host that says the same but for the value is
*the same line* if the value is right, and is shown with the token in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from trustctl.model.secret import SECRET_TOKEN
from trustctl.secrets.redact_syntax import HIDDEN, KEY_BEGINS, KEY_ENDS, mask_setting

_CLEAR, _CRYPT = "0", "crypt"
"""The encodings of a value that stands in a file as it is, and of one in /etc/shadow (`trustctl.secrets.verify`)."""


class SecretVerifier(Protocol):
    """Tells whether a host holds a secret of the trust's store, without giving the secret away."""

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """Compare the secret `name` with what the host has; None if nobody can tell."""
        ...

    def closed(self, name: str) -> bool:
        """Whether the store could not be asked for it."""
        ...

    def missing(self, name: str) -> bool:
        """Whether the store does not have it."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A host's lines as they may be shown: ours with their tokens, others' values hidden."""

    lines: tuple[str, ...]
    unsure: bool = False
    """A value stands where a secret of ours shall stand, and nobody could compare them."""


def known(have: Sequence[str], want: Sequence[str], mask: str, verifier: SecretVerifier | None) -> Known:
    """Return the host's lines with every right secret as its token, and every other value hidden.

    Before: `secret = s3cret`, `secret = other`    After: `secret = <secret:radius/oak>`, `secret = <hidden>`
    """
    tokens = [_pattern(line) for line in dict.fromkeys(want) if SECRET_TOKEN.search(line)]
    wanted, hide = frozenset(want), re.compile(mask) if mask else None
    lines: list[str] = []
    have, unsure = _keys_as_tokens(have, want, verifier)
    inside_key = False
    for line in have:
        inside_key = bool(KEY_BEGINS.search(line)) or (inside_key and not KEY_ENDS.search(line))
        shown, told = _told_line(line, tokens, verifier)
        unsure = unsure or told is None
        if told is False and line not in wanted:
            shown = HIDDEN if inside_key and not KEY_BEGINS.search(line) else harmless(shown, hide)
        lines.append(shown)
    return Known(tuple(lines), unsure)


def spread(lines: Sequence[str], value: Callable[[str], str]) -> tuple[str, ...]:
    """Return lines with values in place of tokens; a value of several lines, which a private key is, is as many lines.

    Before: `<secret:tls/key>`    After: `-----BEGIN PRIVATE KEY-----`, ..., `-----END PRIVATE KEY-----`
    """
    return tuple(
        part
        for line in lines
        for part in (value(line).rstrip("\n").split("\n") if SECRET_TOKEN.fullmatch(line) else (value(line),))
    )


def _keys_as_tokens(
    have: Sequence[str], want: Sequence[str], verifier: SecretVerifier | None
) -> tuple[Sequence[str], bool]:
    """Return the host's lines with every private key that is one of ours as its token; True: one could not be told.

    The inverse of `spread`: what the store has as one value stands on the host as many lines.
    """
    names = [found[1] for line in dict.fromkeys(want) if (found := SECRET_TOKEN.fullmatch(line))]
    if not names:
        return have, False
    lines: list[str] = []
    unsure, at = False, 0
    while at < len(have):
        end = at + 1
        if KEY_BEGINS.search(have[at]):
            end = next((n + 1 for n in range(at, len(have)) if KEY_ENDS.search(have[n])), end)
            token, told = _key_token("\n".join(have[at:end]), names, verifier)
            unsure = unsure or told is None
            lines += have[at:end] if told is False else [token]
        else:
            lines.append(have[at])
        at = end
    return lines, unsure


def _key_token(block: str, names: Sequence[str], verifier: SecretVerifier | None) -> tuple[str, bool | None]:
    """Return the token of the key that this is, with or without a last line's end in the store, and what was told."""
    for name in names:
        told = [_told([name], [text], verifier) for text in (block, f"{block}\n")]
        if False not in told or True in told:
            return f"<secret:{name}>", True if True in told else None
    return "", False


def _told_line(
    line: str, tokens: Sequence[tuple[str, re.Pattern[str], tuple[str, ...]]], verifier: SecretVerifier | None
) -> tuple[str, bool | None]:
    """Return a line with a right value, or one that nobody can tell, as its token; False: it has none of ours."""
    shown = line
    for token, pattern, names in tokens:
        found = pattern.fullmatch(line)
        if found is None:
            continue
        told = True if line == token else _told(names, found.groups(), verifier)
        if told is not False:
            return token, told
        shown = _blank(pattern, line)
    return shown, False


def harmless(line: str, hide: re.Pattern[str] | None) -> str:
    """Return a line of a host's as it may be shown: without what its file's mask finds, or a word for a secret heads.

    Before: `ldap_default_authtok = s3cret`    After: `ldap_default_authtok = <hidden>`
    """
    return mask_setting(hidden(line, hide))


def hidden(line: str, hide: re.Pattern[str] | None) -> str:
    """Return a line without the value that its file's `mask` finds.  After: `secret = <hidden>`."""
    if hide is None or not (found := hide.search(line)) or not found.groups():
        return line
    start, end = found.span(1)
    return f"{line[:start]}{HIDDEN}{line[end:]}" if start >= 0 else line


def right_password(want: str, have: str, verifier: SecretVerifier | None) -> bool | None:
    """Tell whether a hash of /etc/shadow is that of the token `want`; None if it cannot be told.

    A locked account (`!`, `*`) has no password.
    """
    name = SECRET_TOKEN.fullmatch(want)
    if name is None or not have.startswith("$"):
        return False
    return None if verifier is None else verifier.verify(name[1], _CRYPT, have)


def _told(names: Sequence[str], values: Iterable[str], verifier: SecretVerifier | None) -> bool | None:
    if verifier is None:
        return None
    told = [verifier.verify(name, _CLEAR, value) for name, value in zip(names, values, strict=True)]
    return False if False in told else None if None in told else True


def _pattern(line: str) -> tuple[str, re.Pattern[str], tuple[str, ...]]:
    parts = SECRET_TOKEN.split(line)
    plain, names = parts[::2], parts[1::2]
    return line, re.compile("(.*?)".join(re.escape(part) for part in plain)), tuple(names)


def _blank(pattern: re.Pattern[str], line: str) -> str:
    found = pattern.fullmatch(line)
    if found is None:
        return line
    for number in range(len(found.groups()), 0, -1):
        start, end = found.span(number)
        line = f"{line[:start]}{HIDDEN}{line[end:]}"
    return line
