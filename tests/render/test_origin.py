"""Each line knows the template line and the inventory values it comes from."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from render_estate import SHIPPED, Render

from trustctl.inventory import load
from trustctl.model.plan import Intended, IntendedLine
from trustctl.platforms.roots import place_name, template_roots
from trustctl.render import Renderer
from trustctl.render.batch import Batch
from trustctl.render.expand import Book

REPO = SHIPPED.parent


def _pattern(source: str) -> re.Pattern[str]:
    """What a template line can write: its literal text, with anything where a value stands."""
    plain = re.sub(r"\{%.*?%\}", "", source)
    parts = re.split(r"\{\{.*?\}\}", plain)
    return re.compile(".*".join(re.escape(part) for part in parts))


def _line(intended: Intended, text: str, after: str = "") -> IntendedLine:
    lines = list(intended.lines)
    start = next(n for n, line in enumerate(lines) if line.text == after) if after else 0
    return next(line for line in lines[start:] if line.text == text)


@pytest.mark.parametrize("name", ["CORE", "NEW", "OLD"])
def test_template_line_holds_the_literal_part(estate: ModuleType, render: Render, name: str) -> None:
    """The template line that a line names is the one that can write it."""
    intended = render(getattr(estate, name))
    for line in intended.lines:
        place = line.origin.template
        source = (REPO / place.file).read_text(encoding="utf-8").split("\n")[place.line - 1]
        assert _pattern(source).fullmatch(line.text), f"{line.text!r} does not come from {place}: {source!r}"


def test_values_include_the_condition_that_lets_a_line_stand(estate: ModuleType, render: Render) -> None:
    """A line without a value in it is credited to the profile that asks for it, and to the port's own profile."""
    line = _line(render(estate.NEW), " spanning-tree bpduguard enable", "interface GigabitEthernet1/0/1")
    values = {path: str(origin.place) for path, origin in line.origin.values}
    assert values["profiles.staff.edge"] == "inventory/baseline/ports.yml:8"
    assert values["port.profile"] == "inventory/schools/oak/switches.yml:31"


def test_a_false_condition_leaves_no_trace(estate: ModuleType, render: Render) -> None:
    """What a condition read that was not met is not among the values of the next line."""
    text = "{% if services.domain == 'x' %}\nno lldp run\n{% endif %}\nlldp run\n"
    line = _line(render(estate.OLD, {"cisco_ios/lldp.j2": text}), "lldp run")
    assert line.origin.values == ()


def test_vlan_number_of_a_port_comes_from_the_role(estate: ModuleType, render: Render) -> None:
    """The access VLAN of a port names the VLAN's own place in the baseline."""
    line = _line(render(estate.NEW), " switchport access vlan 30", "interface GigabitEthernet1/0/1")
    values = {path: str(origin.place) for path, origin in line.origin.values}
    assert values["vlans.staff.id"] == "inventory/baseline/vlans.yml:9"


def test_each_item_of_a_list_is_credited_alone(estate: ModuleType, render: Render) -> None:
    """The line of the first NTP server names the first item of the list only."""
    line = _line(render(estate.NEW), "ntp server 10.250.20.21")
    assert [path for path, _ in line.origin.values] == ["services.ntp", "services.ntp[0]"] or [
        path for path, _ in line.origin.values
    ] == ["services.ntp[0]"]


def test_rendering_alike_ports_once_changes_nothing(estate: ModuleType) -> None:
    """Lines and origins are the same whether alike ports are rendered once or each by itself."""
    for switch in (estate.CORE, estate.NEW, estate.OLD):
        made = []
        for stamping in (True, False):
            batch = Batch([SHIPPED], estate.TRUST, 10**6)
            batch._environment.stamping = stamping
            sheet = batch.render(estate.SCHOOL, switch)
            assert bool(sheet.groups) is stamping
            made.append(Book(estate.SCHOOL).expand(sheet, switch))
        stamped, plain = made
        assert [line.text for line in stamped] == [line.text for line in plain]
        for one, other in zip(stamped, plain, strict=True):
            assert one.origin.template == other.origin.template
            assert {str(origin) for _, origin in one.origin.values} == {str(o) for _, o in other.origin.values}


def test_template_that_looks_at_a_port_name_sees_each_port(estate: ModuleType, render: Render) -> None:
    """A template may ask for one port's name or description; alike ports are then rendered one by one."""
    own = "{% for port in switch.ports %}\ninterface {{ port.name }}\n"
    own += '{% if port.name == "GigabitEthernet1/0/7" %}\n description Hall\n{% endif %}\n{% endfor %}\n'
    lines = render(estate.OLD, {"cisco_ios/ports.j2": own}).text.split("\n")
    assert lines[lines.index("interface GigabitEthernet1/0/7") + 1] == " description Hall"
    assert lines.count(" description Hall") == 1


def test_example_trust_renders_and_points_into_its_files() -> None:
    """Every switch of the example trust renders, and a value's place is the line of the file that has it."""
    trust = load(REPO / "inventory", today=date(2026, 11, 22))
    jobs = [(school, switch) for school in trust.schools.values() for switch in school.switches.values()]
    intended = {item.device: item for item in Renderer(template_roots(REPO)).render_all(trust, jobs)}
    assert set(intended) == {switch.name for switch in trust.switches()}
    line = _line(intended["oak-sw-core-01"], "vlan 30")
    (place,) = [origin.place for path, origin in line.origin.values if path == "vlans.staff.id"]
    assert place is not None
    assert "30" in _source(place.file)[place.line - 1]
    line = _line(intended["oak-sw-core-01"], "ntp server 10.250.20.21")
    places = [origin.place for path, origin in line.origin.values if path == "services.ntp[0]"]
    assert places[0] is not None
    assert "10.250.20.21" in _source(places[0].file)[places[0].line - 1]


def _source(file: str) -> list[str]:
    path = REPO / file
    return (path if path.is_file() else REPO / "inventory" / file).read_text(encoding="utf-8").split("\n")


def test_shipped_file_is_named_as_a_template_may_extend_it() -> None:
    """A file of the installed package is called `shipped/...`, one of a repository `templates/...`."""
    assert place_name(Path("/site/trustctl/_shipped/templates"), "cisco_ios/ntp.j2") == "shipped/cisco_ios/ntp.j2"
    assert place_name(Path("/repo/templates"), "cisco_ios/ntp.j2") == "templates/cisco_ios/ntp.j2"
