"""A RADIUS key is rotated at a school, step by step with the real command: no switch is ever without a server.

The switches are the lab's, over real SSH. Who answers a switch is told by its running configuration, read all the time
while a step is carried out, and by which key each of the two servers takes.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from engineer import Done, Engineer
from field import Field
from fir import PASSWORD, joins

from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide, reveal
from trustctl.secrets.type7 import decode_type7

NAMES = ("oak-sw-core-01", "oak-sw-a1-01", "oak-sw-b1-01", "oak-wlc-01")
SERVERS = ("KV-NPS-01", "KV-NPS-02")
OLD, NEW = "Kv-lab-Radius-c35e90", "New-lab-Radius-77aa1"
_KEYS = re.compile(r"radius server (\S+)\n address ipv4 \S+ auth-port 1812 acct-port 1813\n key 7 (\S+)")


@dataclass
class Trust:
    """A school's switches, the trust's two domain controllers, and who was ever without any of them."""

    engineer: Engineer
    switches: Field
    takes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SERVERS, OLD))
    lost: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def keys(self, name: str) -> dict[str, str | None]:
        """With which key a device asks each server."""
        found = {server: decode_type7(key) for server, key in _KEYS.findall(self.switches.lab.running(name))}
        assert set(found) == set(SERVERS)
        return found

    def look(self) -> None:
        """Note every device that no server answers now."""
        for name in NAMES:
            if not any(key == self.takes[server] for server, key in self.keys(name).items()):
                self.lost.add((name, repr(self.takes)))

    @contextmanager
    def watched(self) -> Generator[None]:
        """Look all the time."""
        over = threading.Event()

        def watch() -> None:
            while not over.is_set():
                self.look()
                time.sleep(0.02)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def plan(self, *words: str) -> tuple[str, Done]:
        """Plan the next step; its title."""
        done = self.engineer.run(
            "plan", "oak", "--rotate", *words, "--out", "step.json", "--endpoints", self.switches.endpoints
        )
        assert done.code in {0, 5}, str(done)
        found = json.loads((self.engineer.repository / "step.json").read_text(encoding="utf-8"))
        return str(found["rotation"]["title"]), done

    def apply(self) -> dict[str, str]:
        """Carry out the step; how each device ended."""
        with self.watched():
            done = self.engineer.run("apply", "step.json", "--yes", "--json", "--endpoints", self.switches.endpoints)
        document = cast("dict[str, list[dict[str, str]]]", done.json)
        return {one["device"]: one["outcome"] for one in document["outcomes"]}

    def another_coming_value_is_refused(self) -> None:
        """The planned step stands for the coming value that the server has got, and for no other."""
        file = self.engineer.secrets
        text = file.read_text(encoding="utf-8")
        for other in (text.replace(NEW, f"{NEW}-other"), text.replace(f"radius/shared-key#next: {NEW}\n", "")):
            file.write_text(other, encoding="utf-8")
            done = self.engineer.run("apply", "step.json", "--yes", "--endpoints", self.switches.endpoints)
            assert done.code == 8, str(done)
            assert "radius/shared-key#next" in done.err
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def trust(open_site: Callable[..., tuple[Engineer, Field]]) -> Trust:
    """Oak, whose switches have the present key."""
    engineer, switches = open_site("oak-sw", "oak-wlc")
    return Trust(engineer, switches)


def test_a_radius_key_is_rotated_without_a_gap(trust: Trust) -> None:
    """Broken off after each step and in the middle of one, it goes on from what is there, and ends."""
    refused = trust.engineer.run("plan", "oak", "--rotate", "radius", "--endpoints", trust.switches.endpoints)
    assert refused.code == 9
    assert "radius/shared-key#next" in refused.err
    with trust.engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"radius/shared-key#next: {NEW}\n")

    title, said = trust.plan("radius")
    assert title == "KV-NPS-01 takes the new key (by hand)"
    assert "10.11.10.11" in said.out
    for form in ("markdown", "html"):
        page = trust.engineer.run(
            "plan", "oak", "--rotate", "radius", "--format", form, "--endpoints", trust.switches.endpoints
        )
        said_there = page.out.replace("\\", "")
        assert "rotation of radius/shared-key, step 1 of 4: KV-NPS-01 takes the new key (by hand)" in said_there
        assert "10.11.10.19" in said_there, "a list that a person works off is not cut"

    trust.takes["KV-NPS-01"] = NEW
    title, said = trust.plan("radius", "--accepts", "KV-NPS-01")
    assert title == "the devices ask KV-NPS-01 with the new key"
    trust.another_coming_value_is_refused()
    trust.switches.break_("oak-sw-b1-01", "reject-line=2")
    ended = trust.apply()
    assert ended["oak-sw-b1-01"] == "rolled-back"
    assert ended["oak-sw-core-01"] == "refused", "cores come last, and not after a failure"
    trust.switches.lab.heal("oak-sw-b1-01")
    title, said = trust.plan("radius", "--accepts", "KV-NPS-01")
    assert title == "the devices ask KV-NPS-01 with the new key", "one is left"
    assert set(trust.apply().values()) == {"applied"}

    ordinary = trust.engineer.run("plan", "oak", "--limit", "oak-sw*,oak-wlc*", "--endpoints", trust.switches.endpoints)
    assert "nothing to change" in ordinary.out, "a device that has the coming key is in step"

    title, _ = trust.plan("radius", "--accepts", "KV-NPS-01")
    assert title == "KV-NPS-02 takes the new key (by hand)"
    trust.takes["KV-NPS-02"] = NEW
    title, _ = trust.plan("radius", "--accepts", "KV-NPS-01", "--accepts", "KV-NPS-02")
    assert title == "the devices ask KV-NPS-02 with the new key"
    assert set(trust.apply().values()) == {"applied"}
    title, said = trust.plan("radius", "--accepts", "KV-NPS-01", "--accepts", "KV-NPS-02")
    assert title == "done"
    assert "--finish" in said.out
    assert all(trust.keys(name) == dict.fromkeys(SERVERS, NEW) for name in NAMES)
    assert trust.lost == set()

    trust.takes = dict.fromkeys(SERVERS, OLD)
    trust.look()
    assert {name for name, _ in trust.lost} == set(NAMES), "who watches would have seen it"


CLOSET = "fir-sw-a1-01"
_CX = """\
switches:
  fir-sw-a1-01:
    platform: aruba_aos_cx
    model: JL725A
    role: access
    address: 192.168.250.11
    location: "Block A, floor 1"
    ports:
      - {ports: 1/1/28, profile: uplink, description: to the core}
    captured: captured/fir-sw-a1-01.cfg
"""
_CX_HAS = f"""\
Current configuration:
!
!Version AOS-CX ML.10.18.1002
!export-password: default
hostname fir-sw-a1-01
user admin group administrators password ciphertext {hide(PASSWORD, "a")}
radius-server host 10.250.20.11 key ciphertext {hide(OLD, "r1")}
radius-server host 10.250.20.12 key ciphertext {hide(OLD, "r2")}
!
ssh server vrf default
vlan 1,802
interface 1/1/28
    no shutdown
    vlan trunk native 1
    vlan trunk allowed 802
interface vlan 802
    ip address 192.168.250.11/24
ip route 0.0.0.0/0 192.168.250.1
!
https-server vrf default
"""
_HIDDEN = re.compile(r"radius-server host (\S+) key ciphertext (\S+)")


def _revealed(switches: Field) -> dict[str, str | None]:
    """With which key the switch asks each server, as only the lab can tell."""
    return {server: reveal(text) for server, text in _HIDDEN.findall(switches.lab.running(CLOSET))}


@pytest.mark.long
def test_where_nobody_can_compare_the_journal_tells(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """A switch that encrypts its keys: what a step gave it counts; without the journal it is given it once more."""
    engineer, switches = open_site(CLOSET, edit=joins("ensure", CLOSET, ("switches.yml", _CX), _CX_HAS))
    with engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"radius/shared-key#next: {NEW}\n")

    def step(*accepts: str) -> tuple[str, str]:
        words = [word for server in accepts for word in ("--accepts", server)]
        done = engineer.run(
            "plan", "fir", "--rotate", "radius", *words, "--out", "step.json", "--endpoints", switches.endpoints
        )
        assert done.code == 0, str(done)
        found = json.loads((engineer.repository / "step.json").read_text(encoding="utf-8"))
        return str(found["rotation"]["title"]), done.out

    def apply() -> None:
        done = engineer.run("apply", "step.json", "--yes", "--endpoints", switches.endpoints)
        assert done.code == 0, str(done)

    assert step()[0] == "KV-NPS-01 takes the new key (by hand)"
    title, said = step("KV-NPS-01")
    assert title == "the devices ask KV-NPS-01 with the new key"
    assert "nobody can compare" in said
    apply()
    assert _revealed(switches) == {"10.250.20.11": NEW, "10.250.20.12": OLD}
    assert step("KV-NPS-01")[0] == "KV-NPS-02 takes the new key (by hand)"
    both = ("KV-NPS-01", "KV-NPS-02")
    assert step(*both)[0] == "the devices ask KV-NPS-02 with the new key"
    apply()
    assert _revealed(switches) == {"10.250.20.11": NEW, "10.250.20.12": NEW}
    assert step(*both)[0] == "done"

    ours = switches.lab.running(CLOSET)
    theirs = hide(OLD, "somebody")
    switches.lab.device_edit(CLOSET, [f"radius-server host 10.250.20.11 key ciphertext {theirs}"])
    assert step(*both)[0] == "the devices ask KV-NPS-01 with the new key", "somebody else has set it since"
    apply()
    assert step(*both)[0] == "done"
    assert ours.count("ciphertext") == 3

    text = engineer.secrets.read_text(encoding="utf-8")
    later = text.replace(f"radius/shared-key: {OLD}", f"radius/shared-key: {NEW}").replace(
        f"next: {NEW}", "next: Third"
    )
    engineer.secrets.write_text(later, encoding="utf-8")
    assert step("KV-NPS-01")[0] == "the devices ask KV-NPS-01 with the new key", "the third one, which nobody has"
    engineer.secrets.write_text(text, encoding="utf-8")

    engineer.state.rename(engineer.state.with_name("another-computer"))
    assert step(*both)[0] == "the devices ask KV-NPS-01 with the new key"


def test_what_holds_a_rotation_up_is_named(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """A device that is left to the school, one that knows the server otherwise, and a key that nobody knows."""

    def edit(engineer: Engineer) -> None:
        engineer.edit(
            "schools/oak/switches.yml", "oak-sw-a1-01:\n", "oak-sw-a1-01:\n    ownership: {RADIUS and AAA: ignored}\n"
        )

    engineer, switches = open_site("oak-sw", "oak-wlc", edit=edit)
    with engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"radius/shared-key#next: {NEW}\n")
    dial = ("--endpoints", switches.endpoints)
    lines = [
        "no radius server KV-NPS-02",
        "radius server COUNTY",
        "address ipv4 10.250.20.12 auth-port 1812 acct-port 1813",
    ]
    assert switches.lab.device_edit("oak-sw-b1-01", [*lines, "key Elsewhere"]) is not None
    switches.lab.device_edit("oak-wlc-01", ["radius server KV-NPS-01", "key Elsewhere"])
    switches.lab.device_edit("oak-wlc-01", ["radius server KV-NPS-02", "key Elsewhere"])

    held_up = engineer.run("plan", "oak", "--rotate", "radius", *dial)
    said = " ".join(held_up.out.split())
    assert "waiting for oak-sw-b1-01: it speaks of KV-NPS-02 otherwise than the inventory does" in said
    assert "waiting for oak-wlc-01: no other server answers it with the key that it has" in said
    assert "by hand, now" not in said

    ordinary = engineer.run("plan", "oak", "--limit", "oak-wlc-01", *dial)
    assert "radius/shared-key is being rotated, and this plan would set its present value" in " ".join(
        ordinary.out.split()
    )

    title = engineer.run("plan", "oak", "--rotate", "radius", "--accepts", "KV-NPS-01", *dial)
    said = " ".join(title.out.split())
    assert "the devices ask KV-NPS-01 with the new key" in said
    assert "waiting for oak-sw-a1-01: the inventory leaves to the school where the secret stands" in said
