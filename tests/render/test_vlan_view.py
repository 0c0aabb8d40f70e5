"""Makes that write ports into VLANs: the same membership as the ports have, in their notation, with its origins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.model.membership import carried, vlan_ports
from trustctl.model.origin import Layer, Origin, Place
from trustctl.model.plan import Intended
from trustctl.model.switch import Bundle, Switch
from trustctl.render import Renderer

FILES = {
    "interfaces.yml": """
format: 1
ports: {separator: ",", joiner: "-", shortest: 2, end: name}
vlans: {separator: " ", joiner: ":", shortest: 2}
families:
  - {name: "", number: '[A-Z]?[0-9]+'}
  - {name: Bond, kind: lag}
""",
    "dialects.yml": 'dialects: [{models: ".*"}]\ntimezones: {Europe/London: []}\n',
    "switch.j2": """
{% for vlan in switch.vlans %}
vlan {{ vlan.id }}
   name "{{ vlan.name }}"
{% if vlan.untagged %}
   untagged {{ vlan.untagged | ports }}
{% endif %}
{% if vlan.tagged %}
   tagged {{ vlan.tagged | ports }}
{% endif %}
{% if vlan.svi is not none %}
   ip address {{ vlan.svi.address | address }}
{% endif %}
{% if vlan.voice %}
   voice
{% endif %}
{% endfor %}
loop-protect {{ switch.interfaces | having("profile.edge") | ports }}
uplinks {{ switch.interfaces | having("profile.name", "uplink", "downlink") | ports }}
snooping {{ school.vlans | having("dhcp") | each("id") | ranges }}
{% for bundle in switch.bundles %}
trunk {{ bundle.members | ports }} {{ bundle.name }} lacp
{% endfor %}
""",
}


@pytest.fixture
def switch(estate: ModuleType) -> Switch:
    """Ten staff ports, an access point, a camera, and a bundle of A1 and A2 as uplink."""
    kinds = {11: "access-point", 12: "camera"}
    ports = tuple(estate.port(str(n), kinds.get(n, "staff")) for n in range(1, 13))
    members = tuple(estate.port(f"A{n}", "uplink", "", 1) for n in (1, 2))
    bundle = Bundle(1, "Bond1", estate.port("Bond1", "uplink"), ("A1", "A2"))
    return replace(estate.access("oak-sw-a9-01", "X", 19, (*ports, *members), (bundle,)), platform="acme_os")


@pytest.fixture
def rendered(estate: ModuleType, switch: Switch, tmp_path: Path) -> Intended:
    """The switch in the language of a make that writes ports into VLANs."""
    folder = tmp_path / "templates" / "acme_os"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    at = f"switches.{switch.name}"
    named = {
        f"{at}.ports.{port.name}": Origin(Layer.DEVICE, Place("switches.yml", 7 if int(port.name) < 11 else 8))
        for port in switch.ports[:12]
    }
    named[f"{at}.ports.Bond1"] = Origin(Layer.DEVICE, Place("switches.yml", 20))
    named["profiles.uplink"] = Origin(Layer.BASELINE, Place("ports.yml", 30))
    school = replace(estate.SCHOOL, origins={**estate.SCHOOL.origins, **named})
    return Renderer([tmp_path / "templates", estate.SHIPPED]).render(estate.TRUST, school, switch)


def _below(rendered: Intended, vlan: int) -> list[str]:
    texts = [line.text for line in rendered.lines]
    first = texts.index(f"vlan {vlan}") + 1
    rest = texts[first:]
    end = next((n for n, text in enumerate(rest) if not text.startswith(" ")), len(rest))
    return [text.strip() for text in rest[:end]]


def test_each_vlan_lists_its_ports_in_the_platforms_notation(rendered: Intended) -> None:
    """A bundle stands for its members; ports in the device's order, neighbours as ranges."""
    assert _below(rendered, 30) == ['name "STAFF"', "untagged 1-10", "tagged Bond1"]
    assert _below(rendered, 90) == ['name "VOICE"', "tagged 1-10,Bond1", "voice"]
    assert _below(rendered, 150) == ['name "ACCESS-POINTS"', "untagged 11", "tagged Bond1"]
    assert _below(rendered, 999) == ['name "DEAD"', "untagged Bond1"]
    assert _below(rendered, 10) == ['name "MANAGEMENT"', "tagged Bond1", "ip address 10.11.10.19 255.255.255.0"]


def test_ports_are_chosen_by_what_their_profile_says(rendered: Intended) -> None:
    """`having` follows a dotted path, and with values keeps those that are among them."""
    texts = [line.text for line in rendered.lines]
    assert "loop-protect 1-12" in texts
    assert "uplinks Bond1" in texts
    assert "trunk A1-A2 Bond1 lacp" in texts


def test_numbers_are_written_in_the_platforms_notation(rendered: Intended, estate: ModuleType) -> None:
    """The separator, the joiner and the shortest range come from the platform's data."""
    wanted = sorted(vlan.id for vlan in estate.VLANS.values() if vlan.dhcp)
    line = next(line.text for line in rendered.lines if line.text.startswith("snooping"))
    assert line == f"snooping {' '.join(map(str, wanted))}"


def test_a_line_knows_every_entry_that_names_its_ports(rendered: Intended) -> None:
    """One value for each entry of the inventory, not one for each of its ports; and the profile's VLAN role."""
    texts = [line.text for line in rendered.lines]
    line = rendered.lines[texts.index("   tagged 1-10,Bond1")]
    places = [str(origin.place) for path, origin in line.origin.values if path.startswith("switches.")]
    assert places == ["switches.yml:7", "switches.yml:20"]
    assert {"profiles.staff.voice_role", "profiles.uplink.trunk_roles"} <= {path for path, _ in line.origin.values}


def test_both_views_say_the_same(estate: ModuleType) -> None:
    """Property: a port is in a VLAN's lists exactly if the port itself carries the VLAN that way."""
    names = [name for name in estate.PROFILES if name != "unused"]

    @given(st.lists(st.sampled_from(names), min_size=1, max_size=30))
    def check(profiles: list[str]) -> None:
        ports = tuple(estate.port(str(number), name) for number, name in enumerate(profiles, start=1))
        switch = estate.access("oak-sw-a9-01", "X", 19, ports)
        seen = vlan_ports(switch, estate.VLANS)
        for port in ports:
            assert {found.vlan.id for found in seen if port in found.tagged} == carried(port).tagged
            assert [found.vlan.id for found in seen if port in found.untagged] == [carried(port).untagged]

    check()
