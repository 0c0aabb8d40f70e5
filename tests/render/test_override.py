"""A trust replaces one block, or one file, in its own repository."""

from __future__ import annotations

from types import ModuleType

from render_estate import Render

OWN_NTP = """{% extends "shipped/cisco_ios/ntp.j2" %}
{% block ntp %}
{{ super() }}
ntp server 192.0.2.123 prefer
{% endblock %}
"""


def test_one_block_can_be_extended(estate: ModuleType, render: Render) -> None:
    """The trust's block keeps the shipped lines by `super()` and adds its own; everything else is as shipped."""
    shipped = render(estate.OLD).text
    lines = render(estate.OLD, {"cisco_ios/ntp.j2": OWN_NTP}).lines
    assert [line.text for line in lines] == [*shipped.split("\n")[:-1], "ntp server 192.0.2.123 prefer"]
    assert str(lines[-1].origin.template).endswith("templates/cisco_ios/ntp.j2:4")
    assert str(lines[-2].origin.template) == "templates/cisco_ios/ntp.j2:5"


def test_whole_file_can_be_replaced(estate: ModuleType, render: Render) -> None:
    """A file of the same name in the trust's repository stands for the shipped one."""
    text = render(estate.OLD, {"cisco_ios/lldp.j2": "no lldp run\n"}).text.split("\n")
    assert "no lldp run" in text
    assert "lldp run" not in text
