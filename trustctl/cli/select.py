"""Which devices a verb is about: schools by slug, and `--limit`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from trustctl.errors import UsageError
from trustctl.model.school import School, Trust
from trustctl.model.switch import Device

Chosen = tuple[tuple[School, Device], ...]
"""Devices with their schools, in inventory order."""
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class _Term:
    kind: str
    pattern: str
    excluded: bool

    def matches(self, school: School, switch: Device) -> bool:
        """Whether this term names the device."""
        value = {"device": switch.name, "school": school.slug, "role": switch.role}[self.kind]
        return fnmatchcase(value, self.pattern)


def _terms(limit: str) -> tuple[_Term, ...]:
    terms: list[_Term] = []
    for written in (part.strip() for part in limit.split(",")):
        text = written.removeprefix("!")
        if not text:
            continue
        kind, colon, pattern = text.partition(":")
        if colon and kind not in {"school", "role"}:
            raise UsageError(
                f"--limit does not know '{kind}:'", remedy="use device name globs, school:SLUG or role:ROLE"
            )
        terms.append(_Term(kind if colon else "device", pattern if colon else text, written.startswith("!")))
    return tuple(terms)


def school_of(trust: Trust, slug: str) -> School:
    """The school of this slug. Raises UsageError with the nearest name."""
    if slug in trust.schools:
        return trust.schools[slug]
    raise UsageError(f"there is no school '{slug}'", remedy=_nearest(slug, trust.schools))


def device_of(trust: Trust, name: str) -> tuple[School, Device]:
    """The device of this name and its school. Raises UsageError with the nearest name."""
    school = trust.school_of(name)
    if school is not None:
        return school, school.devices[name]
    raise UsageError(f"there is no device '{name}'", remedy=_nearest(name, [switch.name for switch in trust.devices()]))


def _nearest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names[:12])}"


def _check_named(terms: Iterable[_Term], trust: Trust) -> None:
    """Raise UsageError for a device's name, written out, that the trust does not have: a slip leaves nobody out."""
    names = [name for school in trust.schools.values() for name in school.devices]
    for term in terms:
        plain = term.kind == "device" and not _GLOB.intersection(term.pattern)
        if plain and term.pattern not in names:
            raise UsageError(f"no device matches --limit '{term.pattern}'", remedy=_nearest(term.pattern, names))


@dataclass(frozen=True, slots=True)
class Which:
    """What a person typed to name devices: schools by slug, or all, narrowed by `--limit`."""

    schools: tuple[str, ...] = ()
    everything: bool = False
    limit: str = ""

    def of(self, trust: Trust) -> Chosen:
        """The devices of this trust that were meant. Terms without `!` add up, terms with `!` take away.

        Raises UsageError if nothing was named or nothing is left, or for a name written out that no device has.
        """
        if self.everything and self.schools:
            raise UsageError("--all and named schools do not fit together", remedy="give one or the other")
        if not self.everything and not self.schools and not self.limit:
            raise UsageError("no school was named", remedy=f"name one of {', '.join(trust.schools)}, or give --all")
        wanted = [school_of(trust, slug) for slug in dict.fromkeys(self.schools)] or list(trust.schools.values())
        terms = _terms(self.limit)
        included = [term for term in terms if not term.excluded]
        excluded = [term for term in terms if term.excluded]
        _check_named(included, trust)
        chosen = tuple(
            (school, switch)
            for school in wanted
            for switch in school.devices.values()
            if (not included or any(term.matches(school, switch) for term in included))
            and not any(term.matches(school, switch) for term in excluded)
        )
        if not chosen:
            remedy = "`trustctl show SCHOOL` lists a school's devices"
            raise UsageError(
                f"no device matches --limit '{self.limit}'" if self.limit else "there is no device", remedy=remedy
            )
        return chosen
