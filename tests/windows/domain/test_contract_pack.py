"""The contract pack itself: how it judges, what it writes, and that the lab's hosts keep the contract."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract_pack import Pack, Server
from contract_report import (
    FAILED,
    LAB,
    NOT_RUN,
    PASSED,
    READ,
    WINDOWS,
    Machine,
    markdown,
    records,
    verdict,
    write_records,
)
from contract_steps import Case, Said, Step, cases, chosen, looking, looking_again, play, restoring, trying

from trustctl.engines.windows.inventory import Connection
from trustctl.engines.windows.process import Ansible, Content
from trustctl.errors import TrustctlError
from trustctl.inventory.windows_system_file import windows_kinds
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.spec import AccountSpec, AdapterSpec, DirectorySpec, WindowsSpec
from trustctl.windows.action import RESOURCE
from trustctl.windows.resource import TYPES

ROOT = Path(__file__).parents[3]
SWITCH = next(one for one in cases() if one.module == "trust_vswitch")
SCRIPT = ROOT / "roles/hyperv_host/library/trust_vswitch.ps1"
WINDOWS_2022 = Machine("Windows Server", "10.0.20348", "5.1", WINDOWS, "2026-11-22")
HAVE = {"type": "Internal"}
GOOD: dict[str, dict[str, Any]] = {
    "read": {"event": "ok", RESOURCE: {"have": None}},
    "check": {"event": "ok", "changed": True},
    "set": {"event": "ok", "changed": True},
    "set again": {"event": "ok", "changed": False},
    "restore": {"event": "ok", "changed": True},
    "read again": {"event": "ok", RESOURCE: {"have": None}},
}


def _said(**otherwise: Mapping[str, Any]) -> list[Said]:
    events = GOOD | {what.replace("_", " "): dict(event) for what, event in otherwise.items()}
    return [Said(Step(SWITCH.module, what, SWITCH.module, {"name": "x"}), event) for what, event in events.items()]


@pytest.mark.parametrize(
    ("otherwise", "fault"),
    [
        ({}, ""),
        ({"read": {"event": "failed", "msg": "no such class"}}, "read x: no such class"),
        ({"read": {"event": "failed", "msg": "refused", RESOURCE: {"have": None}}}, ""),
        ({"check": {"event": "ok", "changed": False}}, "check x: nothing would be changed, or was"),
        ({"set": {"event": "failed", "msg": "access is denied"}}, "set x: access is denied"),
        ({"set": {"event": "unreachable"}}, "set x: unreachable"),
        ({"set_again": {"event": "ok", "changed": True}}, "set again x: the second time it changes something again"),
        ({"restore": {}}, "restore x: it was not reached"),
        (
            {"read_again": {"event": "ok", RESOURCE: {"have": HAVE}}},
            "afterwards it is not as it was: was absent",
        ),
    ],
)
def test_a_module_passes_only_if_every_step_was_as_the_contract_has_it(
    otherwise: dict[str, Mapping[str, Any]], fault: str
) -> None:
    """Each way of failing by itself; a refused task that has read did read."""
    found = verdict(SWITCH, SCRIPT, _said(**otherwise), None)
    assert found.result == (FAILED if fault else PASSED)
    assert fault in " ".join(found.faults)


def test_a_module_that_was_not_tried_has_not_passed() -> None:
    """Only looked with: `read`. Not at all: `not run`, and no record."""
    looked = verdict(SWITCH, SCRIPT, _said()[:1], None)
    nothing = verdict(SWITCH, SCRIPT, (), None)
    assert (looked.result, nothing.result) == (READ, NOT_RUN)
    assert [one["result"] for one in records(WINDOWS_2022, (looked, nothing))] == [READ]


def test_what_is_left_from_an_earlier_run_is_told_and_not_touched() -> None:
    """A throwaway object that is there is somebody's until somebody says otherwise."""
    found = verdict(SWITCH, SCRIPT, _said()[:1], HAVE)
    assert found.result == FAILED
    assert "trustctl-contract is there already" in found.faults[0]


@pytest.mark.parametrize("host", [WINDOWS, LAB])
def test_a_record_counts_only_for_this_script_and_only_from_windows(tmp_path: Path, host: str) -> None:
    """Written as the inventory reads it; of the lab, or of a script that has changed since, nothing counts."""
    library, templates = tmp_path / "roles/x/library", tmp_path / "templates"
    library.mkdir(parents=True)
    (templates / "windows").mkdir(parents=True)
    script = library / "trust_vswitch.ps1"
    script.write_bytes(SCRIPT.read_bytes())
    (templates / "windows/systems.yml").write_text(
        "systems:\n  - {names: [windows-server-2022], build: 10.0.20348}\nroles: {}\n", encoding="utf-8"
    )
    machine = Machine("Windows Server", "10.0.20348.2849", "5.1", host, "2026-11-22")
    proven = templates / "windows/proven.yml"
    for _ in range(2):
        write_records(proven, records(machine, [verdict(SWITCH, script, _said(), None)]))
    assert len(yaml.safe_load(proven.read_text(encoding="utf-8"))["records"]) == 1
    system = windows_kinds([templates]).systems["windows-server-2022"]
    assert (system.proven, system.modules) == (int(host == WINDOWS), 1)


def test_the_report_takes_no_words_of_the_host_for_markdown() -> None:
    """What a server says is shown as it stands, in one line."""
    found = verdict(SWITCH, SCRIPT, _said(set={"event": "failed", "msg": "a | b\n# `c` <d>"}), None)
    text = markdown(WINDOWS_2022, [found])
    assert "set x: a \\| b \\# \\`c\\` \\<d\\>" in text
    assert "1 failed" in text


def test_every_module_of_the_roles_has_its_case() -> None:
    """One that is added needs one, and each that can be set is set."""
    modules = {path.stem for path in ROOT.glob("roles/*/library/*.ps1")}
    assert {one.module for one in cases()} == modules
    assert {one.module for one in cases() if not one.tries} == {one for one in modules if TYPES[one].reads_only}


def test_what_was_there_gets_its_values_back_and_what_was_not_is_taken_away() -> None:
    """Of what was there, only what was touched."""
    kept = Case("trust_event_log", tries={"name": "Application", "ways": [{"max_bytes": 5}, {"max_bytes": 7}]})
    have = {"max_bytes": 5, "mode": "archive", "enabled": True}
    assert chosen(kept, have) == {"max_bytes": 7}
    assert [dict(one.args) for one in restoring(kept, have, "")] == [{"name": "Application", "max_bytes": 5}]
    assert [dict(one.args) for one in restoring(SWITCH, None, "")] == [{"name": "trustctl-contract", "state": "absent"}]
    assert not looking_again(SWITCH, "").args.get("state")


def test_what_is_only_asked_for_is_never_set_and_comes_before_what_is_tried() -> None:
    """The dry run of a feature; what is read last of a module is what it is given back."""
    feature = next(one for one in cases() if one.module == "trust_feature")
    steps = list(looking([feature]))
    asked = [one for one in steps if one.what == "ask"]
    assert [one.args for one in asked] == list(feature.asks)
    assert all(one.check for one in steps)
    assert {one.args["installed"] for one in asked} == {True, False}
    assert steps[-1].args["name"] == feature.tries["name"]
    assert Said(asked[0], {"event": "failed", "msg": "Windows does not say"}).fault == "Windows does not say"


def test_no_value_stands_in_the_playbook() -> None:
    """Values come as a variable of the host, marked unsafe: nothing of them is a template."""
    text = play(list(trying(SWITCH, None, "")), exactly=False)
    assert "trustctl-contract" not in text
    assert json.loads(text)[0]["tasks"][0]["check_mode"] is True


def _server(password: str, contact: Any, ca: Path) -> Server:
    ansible = Ansible(Content((ROOT,)), {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")})
    secret = "contract/password"
    return Server(ansible, Connection(contact.host, contact.user, secret, contact.port, "basic", str(ca)), password)


SCRATCH = WindowsSpec(
    "SCRATCH-01",
    password="Made-Up-1",
    edition="desktop",
    domain="scratch.example",
    features=(
        *("Hyper-V", "Hyper-V-PowerShell", "AD-Domain-Services", "RSAT-AD-PowerShell", "DNS", "RSAT-DNS-Server"),
        *("DHCP", "RSAT-DHCP"),
    ),
    adapters=(AdapterSpec("Ethernet", management=True, addresses=("10.9.9.5/24",), dns=("10.9.9.5",)),),
    directory=DirectorySpec("scratch.example", "SCRATCH", (AccountSpec("Administrator", "Made-Up-1", admin=True),)),
)


@pytest.mark.long
def test_the_lab_keeps_the_contract_and_is_left_as_it_was() -> None:
    """The pack's own proof: every module on a simulated controller with Hyper-V; a record of it is the lab's."""
    with WindowsLab([SCRATCH], sorted(ROOT.glob("roles/*/library"))) as lab:
        pack = Pack(_server("Made-Up-1", lab.contacts["SCRATCH-01"], lab.ca), cases(), lab=True)
        verdicts = pack.run()
        assert lab.bugs == ()
    assert {one.module: one.faults for one in verdicts if one.faults} == {}
    assert {one.module for one in verdicts if one.result != PASSED} == {"trust_laps_schema", "trust_local_group"}
    assert {one["host"] for one in records(pack.machine, verdicts)} == {LAB}


@pytest.mark.long
def test_what_could_not_be_read_is_not_tried() -> None:
    """The connection breaks in the middle of looking: nobody could give back what nobody knows."""
    with WindowsLab([SCRATCH], sorted(ROOT.glob("roles/*/library"))) as lab:
        lab.break_("SCRATCH-01", Fault(FaultKind.DROP_BEFORE, text="trust_smb_server"))
        verdicts = Pack(_server("Made-Up-1", lab.contacts["SCRATCH-01"], lab.ca), cases(), lab=True).run()
    tried = {one.module for one in verdicts if any(said.step.what == "set" for said in one.steps)}
    assert tried == {"trust_feature", "trust_power_plan", "trust_audit_policy", "trust_event_log"}
    assert next(one for one in verdicts if one.module == "trust_smb_server").result == FAILED


class Gone(Server):
    """A server that is gone when all is to be taken back."""

    def carried_out(self, steps: Sequence[Step], *, exactly: bool = False) -> list[Said]:
        """Only the last run asks for exactly what was there."""
        if exactly:
            raise TrustctlError("the run did not begin")
        return super().carried_out(steps)


@pytest.mark.long
def test_what_was_not_taken_back_is_told() -> None:
    """The report is there, and no module has passed of which something may be left."""
    with WindowsLab([SCRATCH], sorted(ROOT.glob("roles/*/library"))) as lab:
        there = _server("Made-Up-1", lab.contacts["SCRATCH-01"], lab.ca)
        gone = Gone(there.ansible, there.connection, there.password)
        verdicts = Pack(
            gone, [one for one in cases() if one.module in {"trust_smb_server", "trust_identity"}], lab=True
        ).run()
    told = {one.module: one.result for one in verdicts}
    assert told == {"trust_identity": PASSED, "trust_smb_server": FAILED}
    assert "restore: it was not reached" in verdicts[-1].faults


def test_the_head_of_the_records_stays(tmp_path: Path) -> None:
    """It says what a record is."""
    path = tmp_path / "proven.yml"
    path.write_text("# What this is.\n# And since when.\nrecords: []\n", encoding="utf-8")
    write_records(path, records(WINDOWS_2022, [verdict(SWITCH, SCRIPT, _said(), None)]))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# What this is.\n# And since when.\nrecords:\n")
    assert len(yaml.safe_load(text)["records"]) == 1


@pytest.mark.long
def test_a_server_that_lets_nobody_in_is_one_error() -> None:
    """Wrong password: nothing was tried, and the reason stands in it."""
    with WindowsLab([SCRATCH], sorted(ROOT.glob("roles/*/library"))) as lab:
        pack = Pack(_server("wrong", lab.contacts["SCRATCH-01"], lab.ca), cases(), lab=True)
        with pytest.raises(TrustctlError, match=r"^the server does not say what it is: .+"):
            pack.run()
