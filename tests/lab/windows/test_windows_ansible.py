"""Stock Ansible against the lab's hosts: one run in check mode, one for real, one more in check mode; then faults."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trustctl.lab.faults import Fault
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.parts import System
from trustctl.lab.windows.registry import Registry
from trustctl.lab.windows.spec import WindowsSpec

HOSTS = ("OAK-01", "OAK-02", "OAK-03", "OAK-04")
SECRET = "Made-up-9f2"
_PLAY = f"""
- hosts: all
  gather_facts: false
  tasks:
    - name: zone
      ansible.windows.win_timezone: {{timezone: GMT Standard Time}}
    - name: value
      ansible.windows.win_regedit: {{path: 'HKLM:\\SOFTWARE\\T', name: N, data: 5, type: dword}}
    - name: user
      ansible.windows.win_user: {{name: fred, password: {SECRET}, groups: [Users]}}
    - name: name
      ansible.windows.win_hostname: {{name: "{{{{ inventory_hostname }}}}-N"}}
      notify: restart
    - name: own
      trust_pair: {{name: p, value: 7}}
      ignore_errors: true
  handlers:
    - name: restart
      ansible.windows.win_reboot:
"""
_DOCUMENTATION = 'DOCUMENTATION = """\nmodule: trust_pair\noptions: {name: {required: true}, value: {type: int}}\n"""\n'
_SCRIPT = "#!powershell\n#AnsibleRequires -CSharpUtil Ansible.Basic\n"


@dataclass
class Run:
    """What a run of Ansible said, by task and host, and what came of it."""

    code: int
    tasks: dict[str, dict[str, Any]]
    text: str


@dataclass
class Site:
    """A running lab and a folder to run Ansible from."""

    lab: WindowsLab
    folder: Path

    def run(self, *words: str) -> Run:
        """Run the play."""
        own = {
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-i", "inventory.json", "--diff", "play.yml", *words],
            cwd=self.folder, env={**own, "LANG": "C.UTF-8"}, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        read = json.loads(done.stdout[done.stdout.index("{\n") :])
        tasks = {one["task"]["name"]: one["hosts"] for one in read["plays"][0]["tasks"]}
        return Run(done.returncode, tasks, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Four hosts, and one module of a role's own with a handler that only this test has."""
    folder = tmp_path_factory.mktemp("ansible")
    library = folder / "library"
    library.mkdir()
    (library / "trust_pair.py").write_text(_DOCUMENTATION)
    (library / "trust_pair.ps1").write_text(_SCRIPT)
    specs = [WindowsSpec(name, "lab", "Lab-1", restart_seconds=0.1) for name in HOSTS]
    with WindowsLab(specs, [library], folder=folder) as lab:
        hosts = {
            name: {
                "ansible_host": one.host, "ansible_port": one.port, "ansible_user": one.user,
                "ansible_password": one.password, "ansible_connection": "psrp", "ansible_psrp_auth": "basic",
                "ansible_psrp_protocol": "https", "ansible_psrp_ca_cert": str(lab.ca),
                "ansible_psrp_ignore_proxy": True,
            }
            for name, one in lab.contacts.items()
        }  # fmt: skip
        (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts}}))
        (folder / "play.yml").write_text(_PLAY)
        yield Site(lab, folder)


@dataclass
class Runs:
    """Check mode, for real with faults on three hosts, check mode again, and with an expired certificate."""

    checked: Run
    done: Run
    again: Run
    expired: Run
    before: dict[str, Any]
    after: dict[str, Any]
    """The first host's state around the first run."""


@pytest.fixture(scope="module")
def runs(site: Site) -> Runs:
    """All four, once."""
    one = site.lab.machine(HOSTS[0])
    before = one.snapshot()
    checked = site.run("--check", "--limit", HOSTS[0])
    after = one.snapshot()
    site.lab.break_(HOSTS[1], Fault.parse("drop-before=ansible.windows.win_regedit"))
    site.lab.break_(HOSTS[2], Fault.parse("drop-after=ansible.windows.win_regedit"))
    site.lab.break_(HOSTS[3], Fault.parse("module=win_timezone: Access is denied."))
    done = site.run()
    again = site.run("--check", "--limit", HOSTS[0])
    site.lab.break_(HOSTS[0], Fault.parse("expired"))
    return Runs(checked, done, again, site.run("--check", "--limit", HOSTS[0]), before, after)


def test_check_mode_shows_every_change_and_makes_none(runs: Runs) -> None:
    """The diffs are the modules' own."""
    tasks = runs.checked.tasks
    assert runs.before == runs.after
    zones = {"before": "Pacific Standard Time\n", "after": "GMT Standard Time\n"}
    assert tasks["zone"][HOSTS[0]]["diff"] == zones
    assert all(tasks[name][HOSTS[0]]["changed"] for name in ("zone", "value", "user", "name", "restart"))


def test_a_module_that_nobody_modelled_is_a_loud_fault(site: Site, runs: Runs) -> None:
    """In the result, and in the lab's own list, which has nothing else."""
    own = runs.checked.tasks["own"][HOSTS[0]]
    assert own["failed"]
    assert own["msg"] == "the lab does not model the module trust_pair (OAK-01 trust_pair)"
    assert set(site.lab.bugs) == {"OAK-01: trust_pair: the module trust_pair"}


def test_for_real_it_is_done_and_the_host_restarts(site: Site, runs: Runs) -> None:
    """win_reboot sees the time of the last boot move."""
    tasks, machine = runs.done.tasks, site.lab.machine(HOSTS[0])
    assert tasks["restart"][HOSTS[0]]["rebooted"]
    assert machine.part(System).name == "OAK-01-N"
    assert machine.part(System).timezone == "GMT Standard Time"
    assert machine.part(Registry).read(r"HKLM:\SOFTWARE\T", "N") == 5
    assert machine.boots == 1


def test_a_second_run_changes_nothing(runs: Runs) -> None:
    """Each module finds what it made."""
    assert not any(runs.again.tasks[name][HOSTS[0]]["changed"] for name in ("zone", "value", "user", "name"))


def test_what_is_dropped_is_unreachable_whether_it_was_done_or_not(site: Site, runs: Runs) -> None:
    """Ansible cannot tell the two apart; the lab can."""
    for host, done in ((HOSTS[1], None), (HOSTS[2], 5)):
        assert "onnection" in runs.done.tasks["value"][host]["msg"], runs.done.tasks["value"][host]
        assert site.lab.machine(host).part(Registry).read(r"HKLM:\SOFTWARE\T", "N") == done
        assert host not in runs.done.tasks["user"]


def test_a_module_fails_in_windows_words(runs: Runs) -> None:
    """On the host that has the fault alone."""
    assert runs.done.tasks["zone"][HOSTS[3]]["msg"] == "Access is denied."
    assert runs.done.tasks["zone"][HOSTS[2]]["changed"]


def test_an_expired_certificate_is_no_host(runs: Runs) -> None:
    """And the reason is said."""
    found = runs.expired.tasks["zone"][HOSTS[0]]
    assert found["unreachable"]
    assert "certificate has expired" in found["msg"]


def test_no_secret_comes_back(runs: Runs) -> None:
    """The module's own no_log covers its result, which has the arguments too."""
    user = runs.done.tasks["user"][HOSTS[0]]
    assert user["invocation"]["module_args"]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert all(SECRET not in one.text for one in (runs.checked, runs.done, runs.again))
