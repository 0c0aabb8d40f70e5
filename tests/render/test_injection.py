"""Text of the inventory is a value: it never becomes a further line, a command or a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from trustctl.errors import RenderError
from trustctl.model.school import School
from trustctl.model.switch import Switch
from trustctl.render.batch import Batch
from trustctl.render.expand import Book

STRINGS = [
    "Room 1\nno aaa new-model",
    "Room 1\r\nreload",
    "Room 1\r",
    "Room\x0b1",
    "Room\x1a",
    "Room\x03",
    "Room\x01\x02\x03\x04",
    "\x04.profile",
    "Room\x1b[2J",
    "Room\u0085reload",
    "Room\u2028reload",
    "Room\u202e1",
    "Room?",
    "Room ^C",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# nothing #}",
    "<secret:radius/shared-key>",
    "x" * 250,
    "caf\u00e9",
]


def _description(estate: ModuleType, text: str) -> tuple[School, Switch]:
    port = replace(estate.OLD.ports[0], description=text)
    return estate.SCHOOL, replace(estate.OLD, ports=(port, *estate.OLD.ports[1:]))


def _hostname(estate: ModuleType, text: str) -> tuple[School, Switch]:
    return estate.SCHOOL, replace(estate.OLD, hostname=text)


def _location(estate: ModuleType, text: str) -> tuple[School, Switch]:
    return estate.SCHOOL, replace(estate.OLD, location=text)


def _svi(estate: ModuleType, text: str) -> tuple[School, Switch]:
    return estate.SCHOOL, replace(estate.OLD, management=replace(estate.OLD.management, description=text))


def _contact(estate: ModuleType, text: str) -> tuple[School, Switch]:
    services = replace(estate.SERVICES, snmp=replace(estate.SERVICES.snmp, contact=text))
    return replace(estate.SCHOOL, services=services), estate.OLD


def _banner(estate: ModuleType, text: str) -> tuple[School, Switch]:
    return replace(estate.SCHOOL, services=replace(estate.SERVICES, banner=("a", text, "b"))), estate.OLD


def _vlan(estate: ModuleType, text: str) -> tuple[School, Switch]:
    vlans = {**estate.VLANS, "staff": replace(estate.VLANS["staff"], name=text)}
    return replace(estate.SCHOOL, vlans=vlans), estate.OLD


def _user(estate: ModuleType, text: str) -> tuple[School, Switch]:
    services = replace(estate.SERVICES, local_user=replace(estate.SERVICES.local_user, name=text))
    return replace(estate.SCHOOL, services=services), estate.OLD


@pytest.fixture(scope="module")
def lines_of(estate: ModuleType) -> Callable[[School, Switch], list[str]]:
    """Render in this process with templates that are compiled once: there are many strings."""
    batch = Batch([estate.SHIPPED], estate.TRUST, 10**6)

    def render(school: School, switch: Switch) -> list[str]:
        batch._school = None
        batch._known.clear()
        return [line.text for line in Book(school).expand(batch.render(school, switch), switch)]

    return render


@pytest.mark.parametrize("text", STRINGS, ids=ascii)
@pytest.mark.parametrize("field", [_description, _hostname, _location, _svi, _contact, _banner, _vlan, _user])
def test_text_never_changes_the_number_of_lines(
    estate: ModuleType,
    lines_of: Callable[[School, Switch], list[str]],
    field: Callable[[ModuleType, str], tuple[School, Switch]],
    text: str,
) -> None:
    """Either the text is refused with its place, or it stands in one line as it is and nothing else changes."""
    usual = lines_of(*field(estate, "harmless"))
    refused = said = ""
    try:
        lines = lines_of(*field(estate, text))
    except RenderError as error:
        refused = error.where
        said = str(error).replace("\n", "")
        lines = []
    if not lines:
        assert "templates/cisco_ios/" in refused
        assert said.isprintable()
        return
    changed = [(old, new) for old, new in zip(usual, lines, strict=True) if old != new]
    assert changed == [(old, old.replace("harmless", text)) for old, _ in changed]
    assert len(changed) == 1
