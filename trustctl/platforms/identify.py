"""Which platform a device is of, from what it says: its SSH software, its greeting, its answers to a few probes.

Nothing here talks to a device. `next_probe` says which command to send next, the likeliest platform's first; `verdict`
says what is known. Each command is sent once, whatever number of platforms ask for it. Not to know is an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trustctl.platforms.signs import Identify, Probe

MOST_PROBES = 3
"""Commands that are sent to one device at most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a device has said so far; every text with line feeds for line ends."""

    ssh: str = ""
    """Its SSH software: `Cisco-1.25`."""
    banner: str = ""
    """What it shows before the sign-in."""
    greeting: str = ""
    """What it prints after the sign-in, down to the prompt."""
    replies: Mapping[str, str] = field(default_factory=dict[str, str])
    """By command."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a device is. `platform` is None if nobody can tell, or several platforms fit."""

    platform: str | None
    model: str = ""
    why: str = ""
    """The evidence, in words for a person."""


def next_probe(platforms: Mapping[str, Identify], evidence: Evidence) -> str | None:
    """The command to send next; None if what was said is enough, or nothing more would help."""
    if verdict(platforms, evidence).platform is not None or len(evidence.replies) >= MOST_PROBES:
        return None
    ranked = sorted(platforms.items(), key=lambda one: -_likely(one[1], evidence))
    return next((probe.send for _, spec in ranked for probe in spec.probes if probe.send not in evidence.replies), None)


def verdict(platforms: Mapping[str, Identify], evidence: Evidence) -> Verdict:
    """What the evidence says: a probe's answer that fits one platform alone, else a greeting that is its alone."""
    proved = {
        name: (probe, hit)
        for name, spec in platforms.items()
        for probe in spec.probes
        if (hit := _answers(probe, evidence)) is not None
    }
    if len(proved) == 1:
        ((name, (probe, text)),) = proved.items()
        return Verdict(name, _model(probe, text), f"its answer to `{probe.send}`")
    if proved:
        return Verdict(None, why=f"its answers fit {' and '.join(proved)}")
    greeted = [
        name
        for name, spec in platforms.items()
        if spec.greeting is not None and spec.greeting.search(evidence.greeting)
    ]
    if len(greeted) == 1 and _asked(platforms, greeted[0], evidence):
        return Verdict(greeted[0], why="its greeting")
    asked = ", ".join(f"`{command}`" for command in evidence.replies)
    return Verdict(None, why=f"no platform knows its answer to {asked}" if asked else "it said nothing that is known")


def _asked(platforms: Mapping[str, Identify], name: str, evidence: Evidence) -> bool:
    """Whether this platform's own probes were all tried: an answer counts for more than a greeting."""
    return all(probe.send in evidence.replies for probe in platforms[name].probes)


def _likely(spec: Identify, evidence: Evidence) -> int:
    """How many of the signs that cost nothing point to a platform."""
    signs = ((spec.ssh, evidence.ssh), (spec.banner, evidence.banner), (spec.greeting, evidence.greeting))
    return sum(pattern is not None and pattern.search(text) is not None for pattern, text in signs)


def _answers(probe: Probe, evidence: Evidence) -> str | None:
    """The reply to a probe if it is this platform's."""
    text = evidence.replies.get(probe.send)
    if text is None or not probe.pattern.search(text):
        return None
    return None if probe.unless is not None and probe.unless.search(text) else text


def _model(probe: Probe, text: str) -> str:
    hit = probe.model.search(text) if probe.model is not None else None
    return next((group.strip() for group in hit.groups() if group), "") if hit else ""
