"""The canary story of a Linux server: its SSH private key, its services' keys, and what pyinfra's process is given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from engineer import Engineer
from linux_hosts import StartHosts
from school_servers import open_school

sys.path.insert(0, str(Path(__file__).parents[1] / "canary"))
from canaries import Scanner, canary
from recorder import Recorder

from trustctl.journal import Backups
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.seal import Seal

pytestmark = pytest.mark.timeout(1500)
SLUG = "ash"


def test_nothing_of_a_server_holds_a_secret(start_hosts: StartHosts, tmp_path: Path) -> None:
    """Plan, apply, drift, backup: 0 hits, with the arguments and the environment of pyinfra's process."""
    values: dict[str, str] = {}
    key = (
        ed25519.Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        .decode()
    )

    def plant(engineer: Engineer) -> None:
        known = yaml.safe_load(engineer.secrets.read_text(encoding="utf-8"))
        values.update({name: canary(name) for name in known})
        values.update({name: canary(name) for name in ("trustctl/tag-key", "trustctl/backup-key", "held/token")})
        engineer.secrets.write_text(yaml.safe_dump({**values, "login/trustctl": key}), encoding="utf-8")
        (engineer.repository.parent / "tmp").mkdir()

    school = open_school(SLUG, start_hosts, tmp_path, plant)
    recorder, engineer = Recorder(tmp_path / "records"), school.engineer
    some = ("--all", "--limit", ",".join(school.lab.names), "--endpoints", school.endpoints)
    environment = {
        "PYTHONPATH": f"{recorder.path}:{Path(__file__).parents[2]}",
        "TMPDIR": str(engineer.repository.parent / "tmp"),
        "CI_JOB_TOKEN": values["held/token"],
    }
    plan = engineer.repository / "plan.json"
    for words in (
        ("plan", *some, "--view", "full", "--undo", "--origins", "--out", plan),
        ("plan", *some, "--format", "html"),
        ("apply", plan, "--yes", "--endpoints", school.endpoints),
        ("drift", *some),
        ("backup", *some, "--out", engineer.repository / "for-git", "--redacted"),
        ("history", "--json"),
    ):
        KNOWN.forget()
        done = engineer.run(*words, env=environment, patience=900)
        assert done.code in {0, 2}, str(done)
    del values["login/trustctl"]
    # its first two lines are the format's own header and the public key
    body = [line for line in key.split("\n") if line and not line.startswith("-----")][2:]
    values.update({f"login/trustctl line {at}": line for at, line in enumerate(body) if len(line) > 30})
    backups = Backups(engineer.state, lambda: Seal([values["trustctl/backup-key"]]))
    held = "".join(backups.load(name, backups.latest(name) or "") for name in school.lab.names)
    assert values["radius/shared-key"] in held
    scanner = Scanner({name: value for name, value in values.items() if name != "held/token"})
    children = Scanner({"held/token": values["held/token"]})
    leaks = [
        leak
        for done in engineer.said
        for leak in scanner.scan(f"trustctl {done.arguments[0]}", f"{done.out}\n{done.err}".encode())
    ]
    for folder in (engineer.repository, engineer.repository.parent / "tmp", recorder.folder):
        leaks += [leak for leak in scanner.scan_folder(folder) if "/captured/" not in leak.artefact]
    started = recorder.records("exec")
    assert any("trustctl.engines.linux.child" in str(one["argv"]) for one in started)
    for path in recorder.folder.glob("exec-*"):
        leaks += children.scan(path.name, path.read_bytes())
    print(f"server: {len(values)} canaries, {scanner.scanned + children.scanned} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure is this test's result
    assert leaks == []
