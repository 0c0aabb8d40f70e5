"""What a host has: its digest, its lines as they may be shown, and in what two readings of it differ."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from trustctl.errors import DeviceError
from trustctl.hosts.description import INDENT, Description, Key, Resource, parse, text_lines, write
from trustctl.hosts.secretlines import SecretVerifier, harmless, known
from trustctl.model.secret import SECRET_TOKEN
from trustctl.secrets.redact_syntax import HIDDEN


def observed(text: str, where: str) -> dict[Key, Resource]:
    """Read what a host says that it has.

    Raises LosslessError; DeviceError if a word of it is what stands for a secret in our lines: on the way back the host
    would be given the value, of any secret that somebody there likes to name.
    """
    have = parse(text_lines(text), where=where)
    for one in have.values():
        found = next(filter(None, map(SECRET_TOKEN.search, one.lines)), None)
        if found is not None:
            raise DeviceError(
                f"{one.kind} {one.name} on the host holds {found[0]}, which stands for a secret: taken back, it would "
                "be given the value",
                where=where,
                remedy="Take that text out on the host, and ask who wrote it there.",
            )
    return have


def digest(have: Description) -> str:
    """Return the sha256 of what the host has, in the order of its description."""
    return f"sha256:{hashlib.sha256(write(have.values()).encode()).hexdigest()}"


def masked(have: Description, want: Description, verifier: SecretVerifier | None = None) -> tuple[str, ...]:
    """Return the host's lines without any secret: ours as tokens, others hidden."""
    return tuple(line for key, one in have.items() for line in _masked(one, want.get(key), verifier))


def without_lasting(found: Mapping[Key, tuple[str, ...]], want: Description) -> dict[Key, tuple[str, ...]]:
    """Return the differences without the steps that nothing takes back: they were flagged when they were planned."""
    return {key: lines for key, lines in found.items() if not (key in want and lasting(want[key]))}


def lasting(want: Resource) -> bool:
    """Whether a step stays done: no command takes it back, or others have put something into the directory since."""
    return (want.kind == "command" and not want.get("undo")) or want.get("stays") == "yes"


def between(one: Description, other: Description) -> dict[Key, tuple[str, ...]]:
    """Return the resources that two readings have otherwise, each with the lines in which they differ.

    What is in one reading only differs as a whole.
    """
    found: dict[Key, tuple[str, ...]] = {}
    for key in [*one, *(key for key in other if key not in one)]:
        before, after = one.get(key), other.get(key)
        was, now = before.lines if before else (), after.lines if after else ()
        if was != now:
            gone, come = set(was) - set(now), set(now) - set(was)
            found[key] = (
                *(f"- {line}" for line in was if line in gone),
                *(f"+ {line}" for line in now if line in come),
            )
    return found


def named(found: Mapping[Key, tuple[str, ...]], masks: Description) -> tuple[str, ...]:
    """Return the differences of two readings as a person may see them: each resource with its lines, secrets hidden."""
    lines: list[str] = []
    for (kind, name), differing in found.items():
        want = masks.get((kind, name))
        hide = re.compile(want.get("mask")) if want and want.get("mask") else None
        shown = [harmless(line, hide) for line in differing if not line[2:].startswith(f"{kind} ") or kind != "user"]
        lines.append(f"{kind} {name}")
        lines += [f"    {line}" for line in shown]
    return tuple(lines)


def _masked(one: Resource, want: Resource | None, verifier: SecretVerifier | None) -> tuple[str, ...]:
    shown = one.having(hash=HIDDEN) if one.get("hash") else one
    if one.content is None:
        return shown.lines
    meant, hide = (want.content or (), want.get("mask")) if want is not None else ((), "")
    lines = known(one.content, meant, hide, verifier).lines
    return (shown.header, *(f"{INDENT}{line}" for line in lines))
