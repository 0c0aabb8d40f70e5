"""A controller renders from `controller.j2`, each line with the network, radio or access point that it comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

from trustctl.model.controller import AccessPoint, ApGroup, Controller
from trustctl.model.notation import Notation
from trustctl.model.origin import Layer, Origin, Place
from trustctl.model.secret import SecretRef
from trustctl.model.service import Radio, RadioBand, Ssid
from trustctl.platforms import device_facts
from trustctl.render import Renderer

TEMPLATE = """
hostname {{ controller.hostname }}
country {{ controller.radio.country }}
{% for ssid in controller.ssids %}
wlan {{ ssid.name }}
 vlan {{ ssid.vlan }}
{% if ssid.psk is not none %}
 psk {{ ssid.psk }}
{% endif %}
{% if ssid.isolation %}
 isolate
{% endif %}
{% endfor %}
{% for band in controller.radio.bands | having("enabled") %}
radio {{ band.ghz }} width {{ band.width }}
{% endfor %}
{% for group in controller.groups %}
tag {{ group.name }} {{ group.ssids | join(" ") }}
{% endfor %}
{% for ap in controller.access_points %}
ap {{ ap.mac }} {{ ap.group }}
{% endfor %}
"""
SSIDS = (
    Ssid("trust-student", "Students", "802.1x", "student-wifi", key="student", vlan=60),
    Ssid("trust-iot", "Things", "psk", "cctv", True, SecretRef("wifi/iot"), key="iot", vlan=110),
)


def _controller(estate: ModuleType) -> Controller:
    management = estate.svi("management", 30, management=True)
    like = estate.access("oak-wlc-01", "X", 30, ())
    return Controller(
        name="oak-wlc-01",
        hostname="oak-wlc-01",
        school="oak",
        platform="acme_wifi",
        model="X",
        role="controller",
        stage=like.stage,
        address=like.address,
        management=management,
        gateway=like.gateway,
        login=like.login,
        ports=(),
        bundles=(),
        ssids=SSIDS,
        groups=(ApGroup("hall", "Hall", ("trust-student",)),),
        access_points=(AccessPoint("oak-ap-1", "00:00:5e:00:53:01", "hall"),),
        radio=Radio("GB", (RadioBand("2.4", enabled=False, width=20, power_min=6, power_max=12),)),
    )


def test_a_controller_is_rendered_from_its_own_entry(estate: ModuleType, tmp_path: Path) -> None:
    """Networks, radio, groups and access points; a key stays a reference; each line knows its value's place."""
    folder = tmp_path / "templates" / "acme_wifi"
    folder.mkdir(parents=True)
    (folder / "dialects.yml").write_text('dialects: [{models: ".*"}]\ntimezones: {Europe/London: []}\n')
    (folder / "controller.j2").write_text(TEMPLATE.lstrip())
    at = {
        "ssids.trust-student": 5,
        "radio": 12,
        "controllers.oak-wlc-01.access_points.oak-ap-1": 20,
        "vlans.cctv.id": 3,
    }
    named = {path: Origin(Layer.BASELINE, Place("w.yml", line)) for path, line in at.items()}
    controller = _controller(estate)
    school = replace(
        estate.SCHOOL, controllers={controller.name: controller}, origins={**estate.SCHOOL.origins, **named}
    )
    intended = Renderer([tmp_path / "templates", estate.SHIPPED]).render(estate.TRUST, school, controller)
    assert [line.text for line in intended.lines] == [
        "hostname oak-wlc-01",
        "country GB",
        "wlan trust-student",
        " vlan 60",
        "wlan trust-iot",
        " vlan 110",
        f" psk {SecretRef('wifi/iot')}",
        " isolate",
        "tag hall trust-student",
        "ap 00:00:5e:00:53:01 hall",
    ]
    values = {line.text: dict(line.origin.values) for line in intended.lines}
    assert str(values["wlan trust-student"]["ssids.trust-student.name"].place) == "w.yml:5"
    assert str(values["country GB"]["radio.country"].place) == "w.yml:12"
    assert str(values[" vlan 110"]["vlans.cctv.id"].place) == "w.yml:3"
    assert str(values["ap 00:00:5e:00:53:01 hall"]["controllers.oak-wlc-01.access_points.oak-ap-1.mac"].place) == (
        "w.yml:20"
    )
    assert device_facts(school, controller, Notation()).management_vlan == 10
