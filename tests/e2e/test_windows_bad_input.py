"""Windows hosts and what goes wrong, through the command line: one clear error each, and nothing half done unreported.

What the inventory says about each mistake is proved case by case in tests/inventory; the engine's own words in
tests/engines/windows. Here the whole command fails well, on the lab's hosts. Nothing of it is seen on Windows.
"""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engineer import ROOT, Done, Engineer, example_trust, one_clear_error
from windows_site import (
    CONTROLLER,
    HYPERVISOR,
    SERVER,
    broken,
    lab,
    old_ansible,
    planned,
    report,
    without_ansible,
)

SERVERS = "schools/oak/servers.yml"
MACHINE = "OAK-FS-01: {standard: file-server, memory: 12 GB}"
VIRTUAL = "OAK-DC-01: {standard: domain-controller}"
POSITION = "    position: 11                      # 10.11.20.11"
MISTAKES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "network adapter": (
        SERVERS,
        POSITION,
        f"{POSITION}\n    switches: {{TRUST: {{adapters: [NIC1, NIC9]}}}}",
        (
            "error[adapter_unknown]",
            "switches.TRUST.adapters[1]: the host has no network adapter 'NIC9'",
            "Did you mean",
        ),
    ),
    "VLAN": (
        SERVERS,
        VIRTUAL,
        f"{VIRTUAL[:-1]}, adapters: {{Network: {{vlan: staf}}}}}}",
        (
            "error[vlan_unknown]",
            "vms.OAK-DC-01.adapters.Network.vlan: oak carries no VLAN 'staf'. Did you mean 'staff'?",
        ),
    ),
    "two switches": (
        SERVERS,
        POSITION,
        f"{POSITION}\n    switches: {{TRUST: {{adapters: [NIC1]}}, SECOND: {{adapters: [NIC1, NIC2]}}}}",
        (
            "error[adapter_twice]",
            "'NIC1' is already an adapter of the switch 'TRUST'. A network adapter belongs to one switch.",
        ),
    ),
    "memory of a machine": (
        SERVERS,
        MACHINE,
        "OAK-FS-01: {standard: file-server, static: true, memory: 200 GB}",
        ("error[over_limit]", "vms.OAK-FS-01: 200 GB of memory, and the host has 128 GB. Give it less."),
    ),
    "memory of all machines": (
        SERVERS,
        "memory: 128 GB",
        "memory: 16 GB",
        ("error[over_limit]", "its machines start with 18 GB of memory, and it has 16 GB. Give them less, or move one"),
    ),
    "static and dynamic": (
        SERVERS,
        MACHINE,
        "OAK-FS-01: {standard: file-server, static: true, dynamic: {minimum: 2 GB, maximum: 9 GB}}",
        ("error[memory_both]", "its memory is both static and dynamic. Remove `static`, or `dynamic`."),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_about_a_hyper_v_host_stops_the_command_with_its_place(engineer: Engineer, name: str) -> None:
    """Exit 1 of `validate` and of `plan`, the same words; file, line, the line itself and a caret; no plan is left."""
    file, old, new, words = MISTAKES[name]
    line = engineer.edit(file, old, new) + new.count("\n")
    for verb in (("validate",), ("plan", "oak", "--out", "plan.json")):
        done = engineer.call(*verb)
        one_clear_error(done, 1, f"inventory/{file}:{line}:", "^", *words)
        assert done.out == ""
    assert [path.name for path in engineer.repository.iterdir()] == ["inventory"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engineer]:
    """The Windows hosts of the lab as they are delivered. What a test breaks, it heals."""
    with lab(example_trust(tmp_path_factory.mktemp("windows") / "trust")) as engineer:
        yield engineer


def _refused(done: Done, code: int, device: str, *words: str) -> None:
    """Assert that a plan tells of this host, in one entry, why it is not in it."""
    one_clear_error(done, code, *words)
    entries = [
        line for line in done.out.splitlines() if line.strip().startswith((f"{device}  refused:", f"{device}  unr"))
    ]
    assert len(entries) == 1, str(done)


@pytest.mark.long
def test_a_network_adapter_that_the_host_does_not_have(site: Engineer) -> None:
    """Only the host knows: refused with its adapters, and where they are asked for; the other host is planned."""
    site.edit(SERVERS, "adapters: [NIC1, NIC2]", "adapters: [NIC1, NIC9]")
    try:
        done = planned(site, HYPERVISOR, SERVER, more=("--out", "nic.json"))
    finally:
        site.edit(SERVERS, "adapters: [NIC1, NIC9]", "adapters: [NIC1, NIC2]")
    why = "the host has no network adapter NIC9 (it has NIC1, NIC2): write its name as Get-NetAdapter gives it"
    _refused(done, 5, HYPERVISOR, why, "roles/hyperv_host/tasks/switches.yml:")
    assert report(site, "nic.json")[SERVER]["changes"]


@pytest.mark.long
def test_one_host_refuses_the_login_one_has_an_expired_certificate_and_one_is_gone(site: Engineer) -> None:
    """Each says its own reason and what to do; worse than any change is trust, so the exit code is 9."""
    contacts = site.state / "lab" / "contacts.json"
    known = contacts.read_text(encoding="utf-8")
    broken(site, SERVER, "wrong-password")
    broken(site, HYPERVISOR, "expired")
    broken(site, CONTROLLER, "off")
    try:
        other = planned(site, HYPERVISOR, SERVER, CONTROLLER)
        contacts.write_text(json.dumps(_pinned_as_shown(json.loads(known), HYPERVISOR)), encoding="utf-8")
        same = planned(site, HYPERVISOR)
    finally:
        contacts.write_text(known, encoding="utf-8")
        for device in (SERVER, HYPERVISOR, CONTROLLER):
            broken(site, device, "heal")
    _refused(other, 9, SERVER, "the host refused the login. Check the account and its password; it is not tried")
    _refused(other, 9, HYPERVISOR, "shows another certificate: pinned SHA256:", "shown SHA256:", "--rekey")
    _refused(other, 9, CONTROLLER, "unreachable: it does not answer over TLS: Connection refused", "winrm enumerate")
    _refused(same, 9, HYPERVISOR, "refused: the host's certificate expired on ")


def _pinned_as_shown(contacts: dict[str, Any], device: str) -> dict[str, Any]:
    """The lab's contacts, with the certificate that the host shows now as the one that was adopted."""
    entry = contacts["devices"][device]
    shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((entry["host"], entry["port"])))
    entry["host_key"] = f"x509 sha256:{hashlib.sha256(shown).hexdigest()}"
    return contacts


@pytest.mark.long
def test_a_connection_that_drops_in_a_task_of_a_plan(site: Engineer) -> None:
    """That host alone is not planned: the task, its place, the cause and what to do; the other is planned."""
    broken(site, HYPERVISOR, "drop-before=trust_feature")
    try:
        done = planned(site, HYPERVISOR, SERVER, more=("--out", "drop.json"))
    finally:
        broken(site, HYPERVISOR, "heal")
    words = ("the connection was lost in the middle of `Features | ", "Once the host answers steadily, plan again.")
    _refused(done, 5, HYPERVISOR, *words, "roles/windows_baseline/tasks/features.yml:")
    assert "HTTPSConnectionPool" not in done.out
    assert report(site, "drop.json")[SERVER]["changes"]


@pytest.mark.long
@pytest.mark.parametrize("how", ["missing", "too old"])
def test_ansible_that_is_missing_or_too_old(site: Engineer, tmp_path: Path, how: str) -> None:
    """Both hosts are refused with the one command that puts it right; a switch in the same plan is compared."""
    options, env = (
        without_ansible(tmp_path / "no") if how == "missing" else ([], old_ansible(tmp_path / "old", "2.18.6"))
    )
    words = ("plan", "oak", "--lab", "--limit", f"{HYPERVISOR},{SERVER},oak-sw-a1-01", "--out", "none.json")
    done = site.run(*words, env=env, python=options)
    why = {
        "missing": "driven by Ansible, and the package ansible-core is not installed beside trustctl.",
        "too old": "ansible-core 2.18.6 is too old: trustctl needs 2.19 or later.",
    }
    for device in (HYPERVISOR, SERVER):
        _refused(done, 5, device, why[how], "pip install 'trustctl[windows]'")
    assert report(site, "none.json")["oak-sw-a1-01"]["action"] == "none"


def test_the_files_that_these_tests_edit_are_the_example_s_own() -> None:
    """An edit that finds nothing would prove nothing."""
    text = (ROOT / "inventory" / SERVERS).read_text(encoding="utf-8")
    assert all(words in text for words in (MACHINE, VIRTUAL, POSITION, "adapters: [NIC1, NIC2]"))
