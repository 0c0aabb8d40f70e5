"""A cluster of access points joins: planned, applied without a timer, planned again, and taken back.

The cluster is the lab's, over real SSH. Its lines wait for `commit apply`, and nothing undoes a change but trustctl.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from engineer import Engineer
from field import Field, meaning

from trustctl.lab.makes.aruba_instant.model.hiding import encrypt, hashed

NAME = "fir-wlc-01"
PASSWORD = "Fir-lab-Admin-3c2e"
SCHOOL = """\
slug: fir
name: Fir Grove School
code: fir
phase: secondary
site: 16
stage: {stage}
login: {{username: admin, password: login/fir-admin}}
legacy:
  - {{vlan: 802, name: OLD-MGMT, prefix: 192.168.250.0/24, purpose: Old, gateway: 192.168.250.1, until: 2036-08-31}}
"""
WIRELESS = """\
controllers:
  fir-wlc-01:
    platform: aruba_instant
    model: AP-515
    address: 192.168.250.40
    location: "Block A"
    access_points:
      fir-ap-a1-01: {mac: "00:00:5e:00:53:01", location: Hall}
      fir-ap-a1-02: {mac: "00:00:5e:00:53:02"}
    captured: captured/fir-wlc-01.cfg
"""
BOOT = f"""\
version 8.10.0.6-8.10.0
virtual-controller-country GB
name OldWifi
virtual-controller-ip 192.168.250.40
terminal-access
telnet-server
ntp-server 0.pool.ntp.org
clock timezone none 00 00
rf-band all

allow-new-aps
allowed-ap 00:00:5e:00:53:01

snmp-server community public

hash-mgmt-password
hash-mgmt-user admin password hash {hashed(PASSWORD, "a1b2c3")}

wlan access-rule Old
 index 0
 rule any any match udp 67 68 permit
 rule any any match any any any permit

wlan ssid-profile Old
 enable
 index 0
 type employee
 essid Old
 wpa-passphrase {encrypt("Playground.1998")}
 opmode wpa2-psk-aes
 max-authentication-failures 0
 vlan 802
 rf-band all
 captive-portal disable
 dtim-period 1

wired-port-profile default_wired_port_profile
 switchport-mode trunk
 allowed-vlan all
 native-vlan 1
 no shutdown

enet0-port-profile default_wired_port_profile


"""
Site = tuple[Engineer, Field]


def _join(stage: str) -> Callable[[Engineer], None]:
    def edit(engineer: Engineer) -> None:
        folder = engineer.inventory / "schools" / "fir"
        (folder / "captured").mkdir(parents=True)
        (folder / "school.yml").write_text(SCHOOL.format(stage=stage), encoding="utf-8")
        (folder / "wireless.yml").write_text(WIRELESS, encoding="utf-8")
        (folder / "captured" / f"{NAME}.cfg").write_text(BOOT, encoding="utf-8")
        with engineer.secrets.open("a", encoding="utf-8") as store:
            store.write(f"login/fir-admin: {PASSWORD}\n")

    return edit


def _networks(text: str) -> list[str]:
    return [
        line.removeprefix("wlan ssid-profile ") for line in text.split("\n") if line.startswith("wlan ssid-profile")
    ]


def test_a_cluster_joins_and_is_taken_back(open_site: Callable[..., Site]) -> None:
    """Planned, applied in one or more commits, nothing left to do; the way back gives the very lines of before."""
    engineer, field = open_site("fir-", edit=_join("ensure"))
    before = meaning(field.lab.running(NAME))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)

    planned = engineer.run("plan", "fir", "--out", plan, "--detailed-exitcode", *dial)
    assert planned.code == 2, planned
    applied = engineer.run("apply", plan, "--yes", *dial)
    assert applied.code == 0, str(applied)
    assert len(_networks(field.lab.running(NAME))) > 1
    typed = [entry.line for entry in field.lab.log(NAME)]
    assert "commit apply" in typed
    assert "show running-config no-encrypt" not in typed
    assert field.lab.running(NAME) == field.lab.startup(NAME)

    again = engineer.run("plan", "fir", "--detailed-exitcode", *dial)
    assert again.code == 0, str(again)

    (run,) = json.loads(engineer.run("history", "--json").out)
    back = engineer.run("rollback", run["run"], "--yes", *dial)
    assert back.code == 0, str(back)
    assert set(meaning(field.lab.running(NAME))) == set(before)


def test_a_refused_line_leaves_nothing_behind(open_site: Callable[..., Site]) -> None:
    """What was typed before it waits for a commit that never comes: dropped, read back, and said so."""
    engineer, field = open_site("fir-", edit=_join("ensure"))
    before = field.lab.running(NAME)
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "fir", "--out", plan, *dial)
    field.break_(NAME, "reject-line=30")

    failed = engineer.run("apply", plan, "--yes", *dial)
    assert failed.code == 4, str(failed)
    assert "rolled back and verified" in failed.out
    assert field.lab.running(NAME) == before


def test_a_line_that_is_not_applied_is_found_and_the_change_taken_back(open_site: Callable[..., Site]) -> None:
    """The commit succeeds, the new session sees that a line is missing; the rest is taken back line by line."""
    engineer, field = open_site("fir-", edit=_join("ensure"))
    before = meaning(field.lab.running(NAME))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "fir", "--out", plan, *dial)
    field.break_(NAME, "ignore-line=ntp-server")

    failed = engineer.run("apply", plan, "--yes", *dial)
    assert failed.code == 4, str(failed)
    assert "taken back line by line" in failed.out
    assert set(meaning(field.lab.running(NAME))) == set(before)


def test_what_could_cut_us_off_is_refused(open_site: Callable[..., Site]) -> None:
    """The cluster has no rollback of its own: an address that moves is shown, and not applied."""
    engineer, _ = open_site("fir-", edit=_join("ensure"))
    folder = engineer.inventory / "schools" / "fir" / "captured"
    (folder / f"{NAME}.cfg").write_text(BOOT.replace("192.168.250.40", "192.168.250.41"), encoding="utf-8")
    planned = engineer.run("plan", "fir", "--against", folder)
    assert "cannot undo a change by itself (tier C)" in " ".join(planned.out.split()), str(planned)
