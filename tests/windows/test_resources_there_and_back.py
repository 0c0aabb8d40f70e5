"""Whatever is wanted of whatever is there: said without loss, put right in one run, and taken back to where it was."""

from __future__ import annotations

import copy
from typing import Any

from generated_types import MemoryHost, known, types, values_of, wanted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustctl.windows.action import RESOURCE, Task, carry_out
from trustctl.windows.resource import ResourceType, difference, exactly, to_set
from trustctl.windows.text import Resource, parse, text_lines, write
from trustctl.windows.values import normal

_Case = tuple[ResourceType, dict[str, Any], dict[str, Any] | None]
_QUIET = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
_NAMES = st.text(max_size=8)


def _task(kind: ResourceType, want: dict[str, Any] | None, *, check: bool = False) -> Task:
    return Task(kind, {"name": "one", **({"state": "absent"} if want is None else want)}, check)


@_QUIET
@given(types().flatmap(lambda kind: st.tuples(st.just(kind), values_of(kind.properties, whole=False))), _NAMES)
def test_a_text_is_read_as_what_was_written(given: tuple[ResourceType, dict[str, Any]], name: str) -> None:
    """Also where a name or a value holds quotes, brackets, colons or line ends of any kind."""
    kind, raw = given
    with known(kind):
        values = normal(kind.properties, raw)
        written = [Resource(kind.module, f"{name}{at}", one) for at, one in enumerate([values, None])]
        written.append(Resource("other.thing.module", name, {"A name": [1, {"b": None}], "state": "absent"}))
        written.append(Resource("trust_none", name, None, untold=f"why: {name}"))
        text = write(written)
        assert text.splitlines() == text_lines(text), "nothing in it ends a line but the line's end"
        assert list(parse(text_lines(text)).values()) == written
        assert write(parse(text_lines(text)).values()) == text


@_QUIET
@given(wanted())
def test_one_form_is_its_own_form(case: _Case) -> None:
    """What was brought into its form once stays as it is."""
    kind, want, _ = case
    form = normal(kind.properties, want)
    assert normal(kind.properties, form) == form


@_QUIET
@given(wanted())
def test_what_was_set_differs_no_more(case: _Case) -> None:
    """What the difference calls `after` is as it was wanted, and so is what the module is told to set."""
    kind, want, raw = case
    form, have = normal(kind.properties, want), None if raw is None else normal(kind.properties, raw)
    found = difference(kind, form, have)
    if found is not None:
        assert difference(kind, form, found.after) is None
        assert difference(kind, form, {**(have or {}), **to_set(kind, form, have)}) is None
        assert have is None or found.names


@_QUIET
@given(wanted())
def test_a_check_sets_nothing_and_says_what_an_apply_does(case: _Case) -> None:
    """The check's result is the apply's; a second apply finds nothing to do."""
    kind, want, raw = case
    host = MemoryHost(kind, raw)
    before = copy.deepcopy(host.value)
    checked = carry_out(_task(kind, want, check=True), host)
    assert (host.sets, host.value) == (0, before)
    done = carry_out(_task(kind, want), host)
    assert not checked.get("failed")
    assert not done.get("failed")
    assert checked["changed"] == done["changed"] == bool(host.sets)
    assert checked.get("diff") == done.get("diff")
    again = carry_out(_task(kind, want), host)
    assert (again["changed"], host.sets) == (False, int(done["changed"]))


@_QUIET
@given(wanted())
def test_what_was_there_is_brought_back(case: _Case) -> None:
    """A way back leaves nothing of what the way there added, also to sets that are only added to."""
    kind, want, raw = case
    host = MemoryHost(kind, raw)
    had = carry_out(_task(kind, want), host)[RESOURCE]["have"]
    back = carry_out(_task(exactly(kind), had), host)
    assert not back.get("failed"), back
    now = carry_out(_task(kind, want, check=True), host)[RESOURCE]["have"]
    assert now == had
