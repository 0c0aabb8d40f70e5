"""A server's TLS private key and the password of the domain join, as far as they go without a host: render and plan."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from artefacts import PIPELINE, leaks_of, recorded
from canaries import canary
from engineer import Engineer, example_trust
from recorder import Recorder
from story import plant

from trustctl.lab.certificates import Authority
from trustctl.secrets.shacrypt import sha512crypt

SERVER = "oak-srv-01"
KEY, JOIN = f"tls/{SERVER}", "login/join"
_DIRECTORY = """\
  directory:
    realm: trust.test
    servers: [oak-dc-01.trust.test]
    unit: OU=Servers,OU={CODE},OU=Schools,DC=trust,DC=test
    user: Administrator
    password: secret://login/join
    groups: ["gg-{code}-staff"]
"""


def _block(name: str, text: str, indent: int) -> str:
    return textwrap.indent(f"{name}: |\n{textwrap.indent(text, '  ')}", " " * indent)


def _more(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _with_certificate(engineer: Engineer, folder: Path) -> tuple[str, str]:
    """The server has a certificate and joins a directory; the new private key, and the one that it had before."""
    authority = Authority(folder, "trust-ca", datetime.now(UTC))
    chain, key = authority.leaf(SERVER)
    _, old = authority.leaf(f"{SERVER}-before")
    _more(engineer.inventory / "baseline/linux.yml", _DIRECTORY + _block("syslog_ca", authority.file.read_text(), 2))
    certificate = f"    certificate:\n{_block('chain', chain.read_text(), 6)}      key: secret://{KEY}\n"
    _more(engineer.inventory / "schools/oak/servers.yml", certificate)
    return key.read_text(), old.read_text()


def _lines(name: str, key: str) -> dict[str, str]:
    """The canaries of a private key: its lines after the first, which holds the format's own header."""
    lines = [line for line in key.splitlines() if not line.startswith("-----")]
    return {f"{name} line {at}": line for at, line in enumerate(lines) if at and len(line) > 30}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engineer, dict[str, str], Recorder]:
    """Render, then plan from a captured host that has another key and is in no directory; also with a wrong key."""
    folder = tmp_path_factory.mktemp("server")
    values: dict[str, str] = {}
    engineer = example_trust(folder / "trust")
    plant(values)(engineer)
    recorder = Recorder(folder / "records")
    key, old = _with_certificate(engineer, folder)
    values[JOIN] = canary("join")
    stored = yaml.safe_load(engineer.secrets.read_text()) | {JOIN: values[JOIN], KEY: key}
    engineer.secrets.write_text(yaml.safe_dump(stored), encoding="utf-8")
    values.update(_lines("key", key) | _lines("held key", old))
    env = recorded(engineer, recorder, values)
    assert engineer.run("render", "oak", "--out", "rendered", env=env).code == 0, str(engineer.said[-1])
    wanted = (engineer.repository / "rendered/oak" / f"{SERVER}.cfg").read_text(encoding="utf-8")
    assert f"<secret:{KEY}>" in wanted
    assert f"stdin=<secret:{JOIN}>" in wanted
    captured = engineer.inventory / "schools/oak/captured" / f"{SERVER}.cfg"
    has = wanted.replace(f"    <secret:{KEY}>\n", textwrap.indent(old, "    "))
    has = re.sub(r"(?m)^command join-directory .*$", "command join-directory done=no", has)
    # a host has hashes
    has = re.sub(r"(?<=password=)<secret:([^>]+)>", lambda found: sha512crypt(values[found[1]], "abcdefgh"), has)
    assert "<secret:" not in has
    captured.write_text(has, encoding="utf-8")
    _more(engineer.inventory / "schools/oak/servers.yml", f"    captured: captured/{SERVER}.cfg\n")
    words = ("plan", "oak", "--limit", SERVER, "--captured", "--view", "full", "--undo", "--origins")
    engineer.run(*words, "--out", "plan.json", env=env)
    for form in ("html", "markdown", "json"):
        done = engineer.call(*words[:5], "--format", form)
        (engineer.repository / f"plan.{form}.txt").write_text(done.out, encoding="utf-8")
    engineer.call("drift", "oak", "--limit", SERVER, "--captured")
    engineer.call("explain", SERVER)
    return engineer, values, recorder


def test_the_plan_is_about_the_key_and_the_join(site: tuple[Engineer, dict[str, str], Recorder]) -> None:
    """It puts the one where the other stood, by reference; the join gets its password on standard input."""
    engineer, _, _ = site
    plan = (engineer.repository / "plan.json").read_text(encoding="utf-8")
    assert f"<secret:{KEY}>" in plan, str(engineer.said[1])
    assert "adcli join" in plan, str(engineer.said[1])
    assert "--stdin-password" in plan


def test_nothing_holds_the_key_or_the_password(site: tuple[Engineer, dict[str, str], Recorder]) -> None:
    """Neither what the host had, nor what it shall have: no hit in any artefact."""
    engineer, values, recorder = site
    leaks, artefacts = leaks_of(engineer, values, recorder)
    print(f"server: {len(values)} canaries, {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert leaks == []
    assert artefacts > 20
    assert PIPELINE in values


def test_a_leak_of_each_would_be_found(site: tuple[Engineer, dict[str, str], Recorder]) -> None:
    """Dropped where reports lie."""
    engineer, values, recorder = site
    planted = engineer.repository / "planted.txt"
    planted.write_text(" ".join(values.values()), encoding="utf-8")
    try:
        leaks, _ = leaks_of(engineer, values, recorder)
    finally:
        planted.unlink()
    assert {leak.secret for leak in leaks} == set(values)
