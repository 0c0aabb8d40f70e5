"""An Instant cluster of the hand-made trust: every kind of network, one name with a blank, three access points."""

from __future__ import annotations

from dataclasses import replace

import render_estate as estate

from trustctl.model.controller import AccessPoint, Controller
from trustctl.model.school import School
from trustctl.model.secret import SecretRef
from trustctl.model.service import Radio, RadioBand, Ssid

_LIKE = estate.access("oak-wlc-i0-01", "AP-515", 19, ())
_THINGS = SecretRef("wifi/things")
CLUSTER = Controller(
    name=_LIKE.name,
    hostname=_LIKE.hostname,
    school="oak",
    platform="aruba_instant",
    model="AP-515",
    role="controller",
    location="Server room",
    stage=_LIKE.stage,
    address=_LIKE.address,
    management=_LIKE.management,
    gateway=_LIKE.gateway,
    login=_LIKE.login,
    ports=(),
    bundles=(),
    ssids=(
        Ssid("trust-staff", "Staff", "802.1x", "staff", key="staff", vlan=30),
        Ssid("trust-student", "Students", "802.1x", "student-wifi", isolation=True, vlan=60, wpa="wpa2-wpa3"),
        Ssid("trust-exam", "Exams", "802.1x", "student-wifi", vlan=60, wpa="wpa3", accounting=False, bands=("5", "6")),
        Ssid("trust-things", "Things", "psk", "cctv", psk=_THINGS, vlan=110, hidden=True, bands=("2.4",)),
        Ssid("trust-new-things", "Things", "psk", "cctv", psk=_THINGS, vlan=110, wpa="wpa2-wpa3"),
        Ssid("trust-safe-things", "Things", "psk", "cctv", psk=_THINGS, vlan=110, wpa="wpa3", bands=("5",)),
        Ssid("Trust Guest", "Guests", "portal", "student-wifi", isolation=True, vlan=60),
        Ssid("trust-open", "Fairs", "open", "student-wifi", isolation=True, vlan=60),
    ),
    access_points=tuple(
        AccessPoint(f"oak-ap-{number}", f"00:00:5e:00:53:0{number}", "", "AP-515", f"Room {number}")
        for number in (1, 2, 3)
    ),
    radio=Radio("GB", (RadioBand("2.4", True, 20, 6, 12), RadioBand("5", True, 80, 9, 18))),
)
SCHOOL: School = replace(estate.SCHOOL, switches={}, controllers={CLUSTER.name: CLUSTER})
