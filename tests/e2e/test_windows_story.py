"""Ansible alone beside trustctl, on the Windows hosts of the lab."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from engineer import ROOT, Engineer, example_trust
from windows_site import HYPERVISOR, LONG, lab, planned, report

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engineer]:
    """The hosts as they are delivered; the tests of this module come one after another."""
    with lab(example_trust(tmp_path_factory.mktemp("windows") / "trust")) as engineer:
        yield engineer


Change = tuple[str, tuple[str, ...], tuple[str, ...]]
"""`MODULE NAME`, the lines before, the lines after."""


def _ansible(engineer: Engineer, folder: Path) -> list[tuple[str, Change]]:
    """What `ansible-playbook playbooks/hyperv.yml` alone would change in check mode, with each task's topic."""
    for part in ("playbooks", "roles"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "ansible.cfg", folder)
    shutil.copytree(engineer.inventory, folder / "inventory")
    secrets = yaml.safe_load(engineer.secrets.read_text(encoding="utf-8"))
    extra = folder / "secrets.json"
    extra.touch(0o600)
    extra.write_text(json.dumps({"trust_secrets": {key: {"__ansible_unsafe": text} for key, text in secrets.items()}}))
    end = json.loads((engineer.state / "lab" / "contacts.json").read_text(encoding="utf-8"))["devices"][HYPERVISOR]
    reached = {
        "ansible_host": end["host"],
        "ansible_port": end["port"],
        "ansible_psrp_auth": "basic",
        "ansible_psrp_ca_cert": end["ca"],
    }
    (folder / "ends.json").write_text(json.dumps({"oak": {"hosts": {HYPERVISOR: reached}}}))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ansible", "playbook", "-i", "playbooks/inventory.py", "-i", "ends.json"),
            *("-e", f"@{extra}", "playbooks/hyperv.yml", "--limit", "oak", "--check", "--diff"),
        ],
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.jsonl",
        },
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [
        (_TOPIC.sub(r"\1", event["task"]["name"]), _change(one["action"], each))
        for event in events
        if event["_event"] == "v2_runner_on_ok"
        for one in event["hosts"].values()
        for each in one.get("results", [one])
        if each.get("changed")
    ]


_TOPIC = re.compile(r".* : (.*) \|.*")


def _change(module: str, result: Mapping[str, Any]) -> Change:
    name = f"{module} {result['trust_resource']['name']}".strip()
    return name, tuple(result["diff"]["before"].splitlines()), tuple(result["diff"]["after"].splitlines())


def test_ansible_alone_would_change_what_the_plan_says(site: Engineer, tmp_path: Path) -> None:
    """The same modules and names in the same topics, with the same lines before and after."""
    done = planned(site, HYPERVISOR, more=("--out", "host.json"))
    assert done.code == 0, str(done)
    alone = _ansible(site, tmp_path)
    topics = {topic for topic, _ in alone}
    assert {"Hyper-V features", "Hyper-V host", "Virtual switches", "Network", "Virtual machines"} == topics
    ours = [
        (one["topic"], (one["section"][0], tuple(one["before"]), tuple(one["after"])))
        for one in report(site, "host.json")[HYPERVISOR]["changes"]
        if one["topic"] in topics
    ]
    assert sorted(ours) == sorted(alone)
