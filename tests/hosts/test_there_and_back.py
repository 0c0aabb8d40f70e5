"""Any host goes to what is wanted and back: the steps forth end in step, the steps back end where it began."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trustctl.hosts import Resource, between, compare, parse, text_lines, way_back, write
from trustctl.hosts.description import Key

_NAMES = st.sampled_from(["a", "b", "c"])
_TEXT = st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n\0"), max_size=8), max_size=4)
_YES = st.sampled_from(["yes", "no"])


def _file(name: str, lines: list[str], mode: str) -> Resource:
    attrs = (("owner", "root"), ("group", "root"), ("mode", mode))
    return Resource("file", f"/etc/{name}", attrs, tuple(lines))


_FILES = st.builds(_file, _NAMES, _TEXT, st.sampled_from(["0644", "0600"]))
_PACKAGES = st.builds(lambda name: Resource("package", name), _NAMES)
_SERVICES = st.builds(
    lambda name, enabled, running, reads: Resource(
        "service", name, (("enabled", enabled), ("running", running), ("restart", f"/etc/{reads}"))
    ),
    _NAMES,
    _YES,
    _YES,
    _NAMES,
)
_USERS = st.builds(
    lambda name, groups, shell: Resource("user", name, (("groups", ",".join(groups)), ("shell", shell))),
    _NAMES,
    st.lists(st.sampled_from(["sudo", "adm"]), unique=True),
    st.sampled_from(["/bin/sh", "/bin/bash"]),
)
_SETTINGS = st.builds(
    lambda name, value: Resource("sysctl", name, (("value", value),)), _NAMES, st.sampled_from(["0", "1"])
)
_ANY = st.one_of(_FILES, _PACKAGES, _SERVICES, _USERS, _SETTINGS)
_HOSTS = st.lists(_ANY, max_size=8, unique_by=lambda one: one.key).map(lambda some: {one.key: one for one in some})


def _absent(one: Resource) -> Resource:
    return Resource(one.kind, one.name, (("state", "absent"),))


def _observed(one: Resource) -> Resource:
    """How a host tells of a resource: its states, and the version of a package."""
    states = tuple((key, value) for key, value in one.attrs if key in one.spec.compared)
    version = (("version", "1.0"),) if one.kind == "package" and not one.get("version") else ()
    return Resource(one.kind, one.name, (*states, *version), one.content)


def _after(have: dict[Key, Resource], step: Resource) -> None:
    """What a host has after a step: an absent thing is gone, another one has the words that the step sets."""
    if step.get("do"):
        return
    if step.absent:
        have[step.key] = _absent(step)
        return
    now = _observed(step)
    before = have[step.key]
    if step.kind in {"service", "sysctl", "user"} and not before.absent:
        now = before.having(**dict(now.attrs))
    have[step.key] = now


@given(wanted=_HOSTS, others=_HOSTS)
def test_forth_and_back(wanted: dict[Key, Resource], others: dict[Key, Resource]) -> None:
    """Whatever the host had of what is wanted, or had otherwise."""
    had = {
        key: _observed(others[key])
        if key in others
        else (_absent(one) if one.spec.removable else Resource(one.kind, one.name, (("value", "7"),)))
        for key, one in wanted.items()
    }
    have = dict(had)
    found = compare(wanted, have)
    for difference in found.differences:
        _after(have, difference.step)
    assert compare(wanted, have).differences == ()
    changed = [one.step.key for one in found.differences if not one.because]
    for step in way_back(had, changed, wanted):
        _after(have, step)
    services = {key for key, one in had.items() if one.kind == "service" and one.get("value")}
    assert {key: lines for key, lines in between(had, have).items() if key not in services} == {}


@given(host=_HOSTS)
def test_a_description_is_read_as_it_was_written(host: dict[Key, Resource]) -> None:
    """Text and back, whatever stands in a file: blanks at the ends, quotes, empty lines, carriage returns."""
    read = parse(text_lines(write(host.values())))
    assert [(one.header, one.content) for one in read.values()] == [(one.header, one.content) for one in host.values()]
