"""What a host shall have against what it has, resource by resource; and the way back, by the same comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trustctl.errors import DeviceError
from trustctl.hosts.description import Description, Key, Resource
from trustctl.hosts.kinds import ABSENT
from trustctl.hosts.secretlines import SecretVerifier, known, right_password
from trustctl.secrets.redact_syntax import HIDDEN

_FILES = frozenset({"file", "link", "directory"})
_UNITS = "/etc/systemd/system"
"""Where unit files stand that no package brings."""
_HANDED_ON = ("check", "for", "mask", "system", "file", "run", "unless", "undo", "stdin")
"""Words about the way that a step keeps in both directions."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One resource that is not as it shall be, or (`because`) a service to be restarted after such a one.

    `before` and `after` are what may be shown: secrets are tokens or hidden. `step` is what is sent to the engine.
    """

    before: Resource
    after: Resource
    step: Resource
    words: tuple[str, ...] = ()
    """The compared words that differ; `content` for the lines of a file."""
    because: tuple[Key, ...] = ()
    """The resources whose change makes it necessary: a conditional step."""
    unsure: bool = False
    """A secret of it could not be compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences in the order in which they are put right, and what could not be compared."""

    differences: tuple[Difference, ...]
    unsure: tuple[Resource, ...] = ()
    """In step as far as can be told: a secret in them could not be compared."""


def compare(want: Description, have: Description, verifier: SecretVerifier | None = None) -> Comparison:
    """Return what has to happen for the host to have what it shall have.

    Raises DeviceError if something of it could not be read: that is never taken for being in step, or for a change.
    """
    untold = [have[key] for key in want if key in have and have[key].untold]
    if untold:
        why = "; ".join(f"{one.kind} {one.name}: {one.get('why', 'no reason given')}" for one in untold[:5])
        raise DeviceError(f"the host could not be read whole: {why}", remedy="Cure that, then plan again.")
    found: list[Difference] = []
    unsure: list[Resource] = []
    for key, wanted in want.items():
        if key not in have:
            raise DeviceError(f"the host said nothing of {wanted.kind} {wanted.name}")
        one = _one(wanted, have[key], verifier)
        if one.words:
            found.append(one)
        elif one.unsure:
            unsure.append(wanted)
    changed = {one.step.key for one in found}
    restarts = [again for wanted in want.values() if (again := _restart(wanted, have[wanted.key], changed))]
    return Comparison(_in_order(want, found, restarts), tuple(unsure))


def target(want: Description, have: Description, differences: Iterable[Difference]) -> dict[Key, Resource]:
    """Return what the host reads back as once these differences are put right, as far as it can be said before.

    The words that nobody asked for (the version of a package that was absent) are not in it.
    """
    reached = dict(have)
    for one in differences:
        if not one.because:
            reached[one.step.key] = want[one.step.key]
    return reached


def differing(want: Resource, have: Resource, verifier: SecretVerifier | None = None) -> tuple[str, ...]:
    """Return the words in which one resource is not as it shall be; empty if it is in step."""
    return _one(want, have, verifier).words


def fresh(service: Resource, changed: Iterable[Key]) -> Resource:
    """Return the step that starts a service, marked if something that it reads changes with it.

    A package starts its service as soon as it is installed, with settings that are not ours yet: what is found running
    then (`fresh=yes`) starts again.
    """
    return service.having(fresh="yes") if _reads(service, changed) else service


def way_back(have: Description, changed: Iterable[Key], want: Description) -> tuple[Resource, ...]:
    """Return the steps that bring these resources back to what was observed, in order.

    What was there is put back first, in the order of the description; then go the files that were not there; then
    services restart that read any of these; last go, in reverse, the packages and accounts that were not there. A
    service that did not exist goes with its package, or is stopped before the unit file that was not there goes; a
    step that has no way back stays done.
    """
    keys = set(changed)
    changing = [(want[key], have[key]) for key in want if key in keys and not _for_good(want[key], have[key])]
    back = [_stepping(meant, was) for meant, was in changing if not was.absent]
    gone = [_stepping(meant, was) for meant, was in reversed(changing) if was.absent and was.spec.removable]
    files = [one for one in gone if one.kind in _FILES]
    again = [want[key] for key in want if _reads(want[key], keys) and have[key].get("running") == "yes"]
    restarts = [again_of(one, _reads(one, keys)) for one in again]
    stops = [
        replace(meant, attrs=(("enabled", "no"), ("running", "no")))
        for meant, was in reversed(changing)
        if meant.kind == "service" and was.absent and any(one.name == f"{_UNITS}/{meant.name}" for one in files)
    ]
    return (*back, *stops, *files, *restarts, *(one for one in gone if one not in files))


def _for_good(want: Resource, before: Resource) -> bool:
    """Whether nothing takes the step back."""
    if want.get("stays") == "yes":
        return before.absent
    return want.kind == "command" and before.get("done") == "no" and not want.get("undo")


def again_of(service: Resource, because: Iterable[Key]) -> Resource:
    """Return the step that makes a service read these of its files again: a reload if that is enough for all.

    Before: restart=/etc/a reload=/etc/b, because of /etc/b    After: `service NAME do=reload`
    """
    restarts = set(service.values("restart"))
    do = "restart" if any(name in restarts for _, name in because) else "reload"
    return replace(service, attrs=(("do", do),))


def _one(want: Resource, have: Resource, verifier: SecretVerifier | None) -> Difference:
    if have.absent and want.get("optional") == "yes":
        return Difference(have, want, want)
    if want.state != have.state:
        shown = _shown(want, have, verifier)
        return Difference(shown[0], want, want, ("state",))
    if want.absent:
        return Difference(have, want, want)
    before, unsure = _shown(want, have, verifier)
    meant = (*want.attrs, *(pair for pair in want.spec.assumed if not want.get(pair[0])))
    words = [word for word, value in meant if word in want.spec.compared and _differs(want, before, word, value)]
    if want.get("password") and before.get("hash") != want.get("password"):
        words.append("password")
    ending = (before.get("newline", "yes"), before.get("encoding"))
    shall = (want.get("newline", "yes"), want.get("encoding"))
    if want.kind == "file" and want.content is not None and (before.content != want.content or ending != shall):
        words.append("content")
    return Difference(before, want, want, tuple(words), unsure=unsure)


def _differs(want: Resource, have: Resource, word: str, value: str) -> bool:
    if word in want.spec.sets:
        return set(want.values(word)) != set(have.values(word))
    if word == "mode":
        return value.lstrip("0") != have.get(word).lstrip("0")
    return value != have.get(word)


def _shown(want: Resource, have: Resource, verifier: SecretVerifier | None) -> tuple[Resource, bool]:
    """Return what the host has as it may be shown, and whether a secret of it could not be compared."""
    if have.content is not None:
        lines = known(have.content, want.content or (), want.get("mask"), verifier)
        return Resource(have.kind, have.name, have.attrs, lines.lines, have.topic, have.at), lines.unsure
    if have.get("hash") and not want.get("hash"):
        wanted = want.get("password")
        told = right_password(wanted, have.get("hash"), verifier) if wanted else False
        return have.having(hash=HIDDEN if told is False else wanted), told is None
    return have, False


def _reads(service: Resource, changed: Iterable[Key]) -> list[Key]:
    """Which of the changed resources the service reads, by its words `restart` and `reload`."""
    if service.kind != "service":
        return []
    paths = {*service.values("restart"), *service.values("reload")}
    return [key for key in changed if key[1] in paths]


def _restart(service: Resource, have: Resource, changed: set[Key]) -> Difference | None:
    """Return the conditional step of a service that runs now and shall go on with what changed below it."""
    because = sorted(_reads(service, changed))
    stays = service.get("running") == "yes" and have.get("running", "no") == "yes"
    if not because or not stays:
        return None
    return Difference(service, service, again_of(service, because), because=tuple(because))


def _stepping(want: Resource, state: Resource) -> Resource:
    """Return `state` as a step: only the words that the description speaks of, and how to get there."""
    asked = {word for word, _ in (*want.attrs, *want.spec.assumed) if word in want.spec.compared}
    asked |= {"hash"} if want.get("password") else set()
    if want.absent or want.kind == "package":
        asked |= {"version"}
    if want.content is not None or state.content is not None:
        asked |= {"owner", "group", "mode", "newline", "encoding"}
    words = [(word, value) for word, value in state.attrs if word in asked]
    words += [(word, value) for word, value in want.attrs if word in _HANDED_ON and value]
    if state.absent:
        words = [("state", ABSENT), *((word, value) for word, value in words if word not in want.spec.compared)]
        words += [("purge", "yes")] if want.kind == "package" and state.get("config") != "kept" else []
    return Resource(want.kind, want.name, tuple(words), state.content, want.topic)


def _in_order(want: Description, found: Sequence[Difference], restarts: Sequence[Difference]) -> tuple[Difference, ...]:
    """Put the steps in the description's order; a service starts or restarts after all that it reads."""
    places = {key: number for number, key in enumerate(want)}
    changed = [one.step.key for one in found]

    def place(one: Difference) -> tuple[int, bool]:
        return max(places[key] for key in (one.step.key, *_reads(one.after, changed))), one.step.kind == "service"

    return tuple(sorted((*found, *restarts), key=place))
