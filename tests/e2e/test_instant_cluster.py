"""A cluster of access points joins: planned, applied without a timer, planned again, and taken back.

The cluster is the lab's, over real SSH. Its lines wait for `commit apply`, and nothing undoes a change but trustctl:
what could cut us off is applied only while somebody is at the console.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from engineer import Engineer
from field import Field, meaning
from fir import PASSWORD, joins

from trustctl.lab.makes.aruba_instant.model.hiding import encrypt, hashed

NAME = "fir-wlc-01"
LOCAL_ONLY = "Fir-lab-Local-77d1"
HERE = "--console-present"
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
    return joins(stage, NAME, ("wireless.yml", WIRELESS), BOOT)


def _networks(text: str) -> list[str]:
    return [
        line.removeprefix("wlan ssid-profile ") for line in text.split("\n") if line.startswith("wlan ssid-profile")
    ]


def test_a_cluster_joins_and_is_taken_back(open_site: Callable[..., Site]) -> None:
    """Planned, applied in one or more commits, nothing left to do; the way back gives the very lines of before.

    Each way touches who may sign in and from where, so each is sent only with the name of the cluster written out. The
    networks by themselves need nobody.
    """
    engineer, field = open_site("fir-", edit=_join("ensure"))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)

    parts = ("--only", "Wireless", "--only", "Access rules", "--only", "RADIUS and AAA")
    engineer.run("plan", "fir", *parts, "--out", plan, *dial)
    networks = engineer.run("apply", plan, "--yes", *dial)
    assert networks.code == 0, str(networks)
    assert len(_networks(field.lab.running(NAME))) > 1
    before, _ = meaning(field.lab.running(NAME)), field.configured(NAME)

    planned = engineer.run("plan", "fir", "--out", plan, "--detailed-exitcode", *dial)
    assert planned.code == 2, planned
    assert f"apply with {HERE} {NAME} while someone is at its console" in " ".join(planned.out.split())
    assert [device["action"] for device in json.loads(plan.read_text())["devices"]] == ["console"]

    alone = engineer.run("apply", plan, "--yes", *dial)
    assert alone.code == 3, str(alone)
    assert f"apply with {HERE} {NAME}" in " ".join(alone.out.split())
    assert not field.configured(NAME)

    applied = engineer.run("apply", plan, "--yes", HERE, NAME, *dial)
    assert applied.code == 0, str(applied)
    assert "with somebody at its console (" in " ".join(applied.out.split())
    lines = field.lab.running(NAME).split("\n")
    assert {"mgmt-auth-server KV-NPS-01", "mgmt-auth-server-local-backup"} <= set(lines)
    assert any(line.startswith("restricted-mgmt-access 10.250.10.0 ") for line in lines)
    typed = [entry.line for entry in field.lab.log(NAME)]
    assert "commit apply" in typed
    assert typed.index("commit apply") < typed.index("write memory")
    assert "show running-config no-encrypt" not in typed
    assert field.lab.running(NAME) == field.lab.startup(NAME)

    again = engineer.run("plan", "fir", "--detailed-exitcode", *dial)
    assert again.code == 0, str(again)

    run, earlier, _ = json.loads(engineer.run("history", "--json").out)
    assert [one["outcome"] for one in earlier["outcomes"]] == ["refused"]
    assert f"console ({run['user']})" in run["outcomes"][0]["detail"]
    alone = engineer.run("rollback", run["run"], "--yes", *dial)
    assert alone.code == 3, str(alone)
    assert f"rollback with {HERE} {NAME}" in " ".join(alone.out.split())
    back = engineer.run("rollback", run["run"], "--yes", HERE, NAME, *dial)
    assert back.code == 0, str(back)
    assert set(meaning(field.lab.running(NAME))) == set(before)


@pytest.mark.parametrize("name", ["fir-*", "all", "*", "fir-wlc-02", "oak-sw-core-01"])
def test_a_console_is_named_and_needed(engineer: Engineer, name: str) -> None:
    """Neither a pattern nor a name that needs nobody is taken: nothing is begun, and the right name is told."""
    _join("ensure")(engineer)
    plan = engineer.repository.parent / "fir.plan.json"
    engineer.call("plan", "fir", "--captured", "--out", plan)
    refused = engineer.call("apply", plan, "--yes", HERE, name)
    assert refused.code == 1, str(refused)
    assert f"without patterns: {NAME}" in refused.err
    assert json.loads(engineer.call("history", "--json").out) == []


def test_a_person_is_asked_whether_somebody_is_there(engineer: Engineer) -> None:
    """Without `--yes` the name alone is not enough: who says no has begun nothing."""
    _join("ensure")(engineer)
    plan = engineer.repository.parent / "fir.plan.json"
    engineer.call("plan", "fir", "--captured", "--out", plan)
    asked = engineer.run("apply", plan, HERE, NAME, typed="n\n")
    assert asked.code != 0, str(asked)
    assert f"is somebody at the console of {NAME} now" in asked.err
    assert json.loads(engineer.call("history", "--json").out) == []


def test_a_refused_line_leaves_nothing_behind(open_site: Callable[..., Site]) -> None:
    """What was typed before it waits for a commit that never comes: dropped, read back, and said so."""
    engineer, field = open_site("fir-", edit=_join("ensure"))
    before = field.lab.running(NAME)
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "fir", "--out", plan, *dial)
    field.break_(NAME, "reject-line=30")

    failed = engineer.run("apply", plan, "--yes", HERE, NAME, *dial)
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

    failed = engineer.run("apply", plan, "--yes", HERE, NAME, *dial)
    assert failed.code == 4, str(failed)
    assert "taken back line by line" in failed.out
    assert set(meaning(field.lab.running(NAME))) == set(before)


def test_a_lock_out_is_taken_back_over_the_session_that_is_still_open(open_site: Callable[..., Site]) -> None:
    """The RADIUS servers do not know our password: nobody gets in any more, but the session that did it is in."""

    def edit(engineer: Engineer) -> None:
        _join("ensure")(engineer)
        captured = engineer.inventory / "schools" / "fir" / "captured" / f"{NAME}.cfg"
        account = hashed(PASSWORD, "a1b2c3"), hashed(LOCAL_ONLY, "a1b2c3")
        captured.write_text(BOOT.replace(*account), encoding="utf-8")

    engineer, field = open_site("fir-", edit=edit)
    store = engineer.secrets.read_text(encoding="utf-8")
    engineer.secrets.write_text(store.replace(PASSWORD, LOCAL_ONLY), encoding="utf-8")
    before = meaning(field.lab.running(NAME))
    plan = engineer.repository.parent / "fir.plan.json"
    dial = ("--endpoints", field.endpoints)
    engineer.run("plan", "fir", "--out", plan, *dial)

    failed = engineer.run("apply", plan, "--yes", HERE, NAME, *dial)
    assert failed.code == 4, str(failed)
    assert "taken back line by line" in " ".join(failed.out.split())
    assert set(meaning(field.lab.running(NAME))) == set(before)


def test_a_lock_out_that_cuts_every_session_is_for_the_console(engineer: Engineer) -> None:
    """The management networks leave out ours: nothing comes through, so the state is unknown, with the advice."""
    _join("ensure")(engineer)
    baseline = engineer.inventory / "baseline" / "hardening.yml"
    text = baseline.read_text(encoding="utf-8")
    baseline.write_text(text.replace("10.250.10.0/24", "10.249.10.0/24"), encoding="utf-8")
    plan = engineer.repository.parent / "fir.plan.json"
    with Field(engineer, ("fir-",), minute=0.4) as field:
        dial = ("--endpoints", field.endpoints)
        engineer.run("plan", "fir", "--only", "Management", "--out", plan, *dial)
        failed = engineer.run("apply", plan, "--yes", HERE, NAME, *dial)
    assert failed.code == 6, str(failed)
    said = " ".join(failed.out.split())
    assert "Nothing reverts by itself: go to its console, with the backup from before this run" in said
