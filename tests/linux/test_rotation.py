"""A RADIUS key is rotated with a real FreeRADIUS: each switch's own key is tried at the server all the way.

The school's second RADIUS server is its Linux server. Its switches are the lab's; a request from a switch's address,
with the key that the switch has now, is answered by one of the two servers at every step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from engineer import Done, Engineer
from field import Field
from linux_hosts import StartHosts
from peers import radius_answer
from school_servers import School, open_school, outcomes

from trustctl.secrets.type7 import decode_type7

pytestmark = pytest.mark.timeout(900)

OLD, NEW = "Kv-lab-Radius-c35e90", "New-lab-Radius-77aa1"
SWITCHES = {"oak-sw-a1-01": "10.11.10.11", "oak-sw-b1-01": "10.11.10.12"}
HOST, ADDRESS = "oak-srv-01", "10.11.20.21"
NPS, OURS = "KV-NPS-01", "KV-NPS-02"


@dataclass
class Site:
    """The server, the switches, and the key that the domain controller takes of them."""

    school: School
    switches: Field
    nps: str = OLD
    askers: dict[str, Callable[..., str]] = field(default_factory=dict[str, Callable[..., str]])

    def run(self, verb: str, *words: object) -> Done:
        """Type a verb of the real command: switches and server are in one file of endpoints."""
        # both write the same file
        both = [json.loads(self.switches.write_endpoints().read_text()), json.loads(self.school.endpoints.read_text())]
        path = self.school.engineer.repository.parent / "both.json"
        devices = {**both[0]["devices"], **both[1]["devices"]}
        path.write_text(json.dumps({"devices": devices, "minute_seconds": 10.0}))
        return self.school.engineer.run(verb, *words, "--endpoints", path, patience=420.0)

    def step(self, *words: str) -> str:
        """Plan the next step and carry it out; its title."""
        done = self.run("plan", "oak", "--rotate", "radius", *words, "--out", "step.json")
        assert done.code == 0, str(done)
        planned = json.loads((self.school.engineer.repository / "step.json").read_text())
        if any(device["action"] == "change" for device in planned["devices"]):
            ended = self.run("apply", "step.json", "--yes", "--json")
            assert set(outcomes(ended).values()) == {"applied"}, str(ended)
        self.look()
        return cast("str", planned["rotation"]["title"])

    def look(self) -> None:
        """Every switch is answered by the domain controller or by the real server, with the keys that it has."""
        for name, address in SWITCHES.items():
            text = self.switches.lab.running(name)
            keys = dict(re.findall(r"radius server (\S+)\n address ipv4 .*\n key 7 (\S+)", text))
            assert decode_type7(keys[NPS]) == self.nps or self.answer(name, address, keys[OURS]) == "Access-Accept"

    def answer(self, name: str, address: str, key: str) -> str:
        """What the real server answers a switch that asks with this key."""
        clear = decode_type7(key) or ""
        return radius_answer(self.asker(name, address), ADDRESS, clear, "pupil", "right")

    def asker(self, name: str, address: str) -> Callable[..., str]:
        """Somebody at the switch's own address."""
        if name not in self.askers:
            self.askers[name] = self.school.lab.client(name[-5:], "10.11.10.0/24", "10.11.10.1", address)
        return self.askers[name]


@pytest.fixture(scope="module")
def site(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Oak, whose server has joined: it takes the present key of its switches."""

    def edit(engineer: Engineer) -> None:
        engineer.edit("trust.yml", "10.250.20.12", ADDRESS)
        engineer.edit("schools/oak/servers.yml", "[dns, syslog]", "[radius]")

    folder: Path = tmp_path_factory.mktemp("rotation")
    school = open_school("oak", start_hosts, folder, edit)
    assert school.plan().code == 0
    done = school.apply()
    assert outcomes(done) == {HOST: "applied"}, str(done)
    given = 'pupil Cleartext-Password := "right"\n'
    school.lab.run(HOST, ["sh", "-c", "cat >>/etc/freeradius/3.0/mods-config/files/authorize"], given=given)
    school.on(HOST, "systemctl restart freeradius")
    with school.engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"radius/shared-key#next: {NEW}\n")
    with Field(school.engineer, ["oak-sw", "oak-wlc"]) as switches:
        yield Site(school, switches)


def test_every_switch_is_answered_at_every_step(site: Site) -> None:
    """The domain controller by hand, then the server by trustctl, each followed by the switches."""
    site.look()
    assert site.step() == f"{NPS} takes the new key (by hand)"
    site.nps = NEW
    assert site.step("--accepts", NPS) == f"the devices ask {NPS} with the new key"
    assert site.step("--accepts", NPS) == f"{OURS} takes the new key"
    asker = site.asker("oak-sw-a1-01", SWITCHES["oak-sw-a1-01"])
    assert radius_answer(asker, ADDRESS, NEW, "pupil", "right") == "Access-Accept"
    assert radius_answer(asker, ADDRESS, OLD, "pupil", "right") == "none", "the old key is gone"
    assert site.step("--accepts", NPS) == f"the devices ask {OURS} with the new key"
    assert site.step("--accepts", NPS) == "done"
    for name, address in SWITCHES.items():
        keys = re.findall(r"\n key 7 (\S+)", site.switches.lab.running(name))
        assert [decode_type7(key) for key in keys] == [NEW, NEW]
        assert site.answer(name, address, keys[1]) == "Access-Accept"
    ordinary = site.run("plan", "oak", "--limit", HOST)
    assert "nothing to change" in ordinary.out, str(ordinary)
