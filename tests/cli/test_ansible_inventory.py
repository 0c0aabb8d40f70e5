"""What Ansible alone is told of the trust's Windows hosts is what trustctl's own runs hand over."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from trustctl.cli.ansible_inventory import hand_over, listing, main, named_secrets
from trustctl.cli.planning import rendered
from trustctl.cli.workspace import Workspace
from trustctl.engines.windows.inventory import SECRETS, UNSAFE, Connection, host_entry
from trustctl.errors import UsageError

ROOT = Path(__file__).parents[2]
SECRET_NAMES = ("login/windows", "login/windows-local", "ad/join")
"""Those that the example trust's Windows hosts need."""
LAB = ROOT / "inventory" / "lab-secrets.example.yml"

SECRET_TEMPLATE = re.compile(rf"{{{{ \({SECRETS} \| mandatory\('(?P<said>[^']+)'\)\)\['(?P<name>[^']+)'\] }}}}")


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """The example trust."""
    return Workspace(ROOT / "inventory")


@pytest.fixture(scope="module")
def told(workspace: Workspace) -> Mapping[str, Any]:
    """What the script says."""
    return listing(workspace)


def test_ansible_itself_reads_the_same(told: Mapping[str, Any], tmp_path: Path) -> None:
    """`ansible-inventory --list` in the repository: the same hosts, groups and values, all of them unsafe."""
    place = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "ansible", "inventory", "--list"],
        cwd=ROOT,
        env={**place, "LANG": "C.UTF-8", "ANSIBLE_HOME": str(tmp_path / "ansible")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["_meta"]["hostvars"] == told["_meta"]["hostvars"]
    groups = {name: set(group["hosts"]) for name, group in told.items() if name != "_meta"}
    assert {name: set(said[name]["hosts"]) for name in groups} == groups
    assert groups["hyperv"] < groups["windows"]
    assert groups["oak"] == {"OAK-HV-01", "OAK-FS-01", "KV-DC-01.oak"}


def test_the_values_are_those_that_the_engine_hands_over(told: Mapping[str, Any], workspace: Workspace) -> None:
    """Each host's entry, from the variables that a plan of it uses, by the engine's own function."""
    chosen = [(school, host) for school in workspace.trust.schools.values() for host in school.windows.values()]
    rendered(workspace, tuple(chosen))
    for _, host in chosen:
        engine = workspace.windows[host.name]
        way = (engine.auth, engine.ca, engine.delegate)
        reached = Connection(str(host.address), host.account, host.login.password, 5986, *way)
        assert told["_meta"]["hostvars"][host.name] == host_entry(host.name, reached, engine.variables)
        assert set(engine.groups) == {name for name in told if name != "_meta" and host.name in told[name]["hosts"]}


def test_the_only_templates_are_secrets(told: Mapping[str, Any]) -> None:
    """Every other text is marked as a value. Where nobody gives the secrets, the template says what to read."""
    bare = set(_bare(told["_meta"]["hostvars"]))
    hits = [SECRET_TEMPLATE.fullmatch(text) for text in bare if "{" in text]
    assert {hit["name"] for hit in hits if hit} == set(SECRET_NAMES)
    assert all(hit is not None and "docs/windows.md" in hit["said"] for hit in hits)


def _bare(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside: list[object] = []
    if isinstance(value, dict) and UNSAFE not in value:
        inside = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        inside = cast("list[object]", value)
    return [text for inner in inside for text in _bare(inner)]


def test_values_of_secrets_go_through_a_pipe_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipe gets all that the hosts need and nothing else; a file, or a pipe that others may read, is refused."""
    store = tmp_path / "secrets.yml"
    store.write_bytes(LAB.read_bytes())
    store.chmod(stat.S_IRUSR | stat.S_IWUSR)
    workspace = Workspace(ROOT / "inventory", store)
    pipe, heard = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe, 0o600)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    monkeypatch.setenv("TRUSTCTL_SECRETS", str(store))
    told = main(ROOT, ["--secrets", str(pipe)])
    if told:
        pipe.write_text("", encoding="utf-8")  # lets the reader go
    reader.join()
    assert told == 0
    given = json.loads(heard[0])[SECRETS]
    assert set(given) == set(named_secrets(workspace)) == set(SECRET_NAMES)
    assert given["ad/join"] == {UNSAFE: workspace.secrets.get("ad/join")}
    open_to_all = tmp_path / "open"
    os.mkfifo(open_to_all)
    open_to_all.chmod(0o644)
    for wrong in (store, open_to_all, tmp_path / "absent"):
        with pytest.raises(UsageError):
            hand_over(workspace, wrong)


def test_a_python_without_trustctl_is_told_what_to_do(tmp_path: Path) -> None:
    """The script's own message, not a traceback."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "playbooks" / "inventory.py"), "--list"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "activate its environment" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_login_is_passed_on_by_the_dhcp_server_alone(told: Mapping[str, Any]) -> None:
    """It replicates to its failover partner; whoever holds another host gets no ticket of the login's."""
    hosts = told["_meta"]["hostvars"]
    passed = {name for name in hosts if hosts[name].get("ansible_psrp_negotiate_delegate")}
    assert passed == {name for name in hosts if name.startswith("KV-DC-01.")} != set()
