"""A template that misses a value, or writes what no device may be sent, ends in one clear error."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest
from render_estate import Render

from trustctl.errors import RenderError

LLDP = "cisco_ios/lldp.j2"


def test_unknown_value_is_named_with_its_template_line(estate: ModuleType, render: Render) -> None:
    """The error has the template's file and line, the name that does not exist, and a remedy."""
    with pytest.raises(RenderError) as caught:
        render(estate.OLD, {LLDP: "lldp run\nlldp timer {{ switch.rack }}\n"})
    assert caught.value.where == "templates/cisco_ios/lldp.j2:2"
    assert "switches.oak-sw-b1-01.rack does not exist" in caught.value.problem
    assert caught.value.remedy


def test_absent_value_is_named_with_its_template_line(estate: ModuleType, render: Render) -> None:
    """Writing a value that the inventory leaves out is an error, never the word None."""
    with pytest.raises(RenderError) as caught:
        render(estate.CORE, {LLDP: "ip default-gateway {{ switch.gateway }}\n"})
    assert caught.value.where == "templates/cisco_ios/lldp.j2:1"
    assert "switches.oak-sw-core-01.gateway has no value" in caught.value.problem


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ switch.__class__ }}",
        "{{ school.origin('vlans') }}",
        "{{ 'x'.join(['a']) }}",
        "{{ range(3) }}",
        "{{ self.__init__ }}",
        "{{ 'abc' | attr('upper') }}",
        "{{ services.hardening }}",
        "{{ school.vlans }}",
        "{% include 'missing.j2' %}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ ['a'][3] }}",
    ],
)
def test_what_a_template_may_not_do(estate: ModuleType, render: Render, template: str) -> None:
    """Only values, the filters of the allow-list and the platform's templates can be used."""
    with pytest.raises(RenderError) as caught:
        render(estate.OLD, {LLDP: template + "\n"})
    assert caught.value.where.startswith("templates/cisco_ios/lldp.j2")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("do reload", "do"),
        ("  do wr", "do"),
        ("! nothing", "!"),
        ("description what?", "?"),
        ("banner motd ^ x", "^"),
        ("lldp \u00e9", "x"),
        ("lldp\tx", "x"),
        ("a" * 201, "201"),
    ],
)
def test_line_that_no_device_may_be_sent(estate: ModuleType, render: Render, line: str, said: str) -> None:
    """The error names the template line and what is wrong with the text."""
    with pytest.raises(RenderError) as caught:
        render(estate.OLD, {LLDP: "lldp run\n" + line + "\n"})
    assert caught.value.where == "templates/cisco_ios/lldp.j2:2"
    assert said in caught.value.problem


def test_banner_has_to_end(estate: ModuleType, render: Render) -> None:
    """A banner without its end would swallow what follows: it is refused."""
    with pytest.raises(RenderError, match="does not end") as caught:
        render(estate.OLD, {"cisco_ios/ntp.j2": "banner motd ^C\nntp server 192.0.2.1\n"})
    assert caught.value.where == "templates/cisco_ios/ntp.j2:1"
    with pytest.raises(RenderError, match="a banner line has"):
        render(estate.OLD, {LLDP: "banner motd ^C\n"})


def test_text_of_several_lines_has_no_origin(estate: ModuleType, render: Render) -> None:
    """Lines that a filter block writes have no template line of their own and are refused."""
    with pytest.raises(RenderError, match="no line of a template behind it"):
        render(estate.OLD, {LLDP: "{% filter upper %}\nlldp run\nlldp timer 5\n{% endfilter %}\n"})


def test_unknown_model_and_time_zone_are_named(estate: ModuleType, render: Render) -> None:
    """A model or a time zone outside the platform's tables is an error that names the file."""
    with pytest.raises(RenderError, match="no dialect is known for model J9773A") as caught:
        render(replace(estate.OLD, model="J9773A"))
    assert caught.value.where == "templates/cisco_ios/dialects.yml"
    school = replace(estate.SCHOOL, services=replace(estate.SERVICES, timezone="Mars/Olympus"))
    with pytest.raises(RenderError, match="time zone Mars/Olympus"):
        render(estate.OLD, school=school)


def test_unknown_platform_is_named(estate: ModuleType, render: Render) -> None:
    """A platform without a folder is an error."""
    with pytest.raises(RenderError, match="platform hp_procurve has no"):
        render(replace(estate.OLD, platform="hp_procurve"))
