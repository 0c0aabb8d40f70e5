"""Secrets reach the switches and nothing else: canaries are planted, everything is run, every artefact is scanned."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

import pytest
import yaml
from canaries import Scanner, canary, forms, type7
from engineer import Engineer, one_clear_error
from field import Field

from trustctl.plan.files import load

SWITCH = "oak-sw-b1-01"
LOGIN = "login/trustctl"
SENT = ("local/breakglass", "local/enable", "radius/shared-key", "snmp/auth", "snmp/privacy")
"""Secrets that the plan of this switch sends as lines; LOGIN reaches it as a password."""
_SNMP_GROUP = "snmp-server group TRUST-RO v3 priv\n"
"""Without it in the capture the plan makes the group, and sends the user with both keys."""


@dataclass(frozen=True, slots=True)
class Planted:
    """The trust with canaries in it, after everything was run."""

    engineer: Engineer
    field: Field
    values: Mapping[str, str]
    rejected: str


def _plant(engineer: Engineer) -> None:
    known = cast("dict[str, str]", yaml.safe_load(engineer.secrets.read_text(encoding="utf-8")))
    values = {name: canary(name) for name in known}
    engineer.secrets.write_text(yaml.safe_dump(values), encoding="utf-8")
    capture = engineer.inventory / "schools" / "oak" / "captured" / f"{SWITCH}.cfg"
    text = capture.read_text(encoding="utf-8")
    assert _SNMP_GROUP in text
    capture.write_text(text.replace(_SNMP_GROUP, ""), encoding="utf-8")


@pytest.fixture(scope="module")
def planted(open_site: Callable[..., tuple[Engineer, Field]]) -> Planted:
    """Run everything that exists on one switch of oak: every secret in the store differs from what it holds."""
    engineer, site = open_site("oak", edit=_plant)
    values = cast("dict[str, str]", yaml.safe_load(engineer.secrets.read_text(encoding="utf-8")))
    some, dial = ("oak", "--limit", SWITCH), ("--endpoints", site.endpoints)
    plan, html = engineer.repository / "plan.json", engineer.repository / "plan.html"
    for verb in ("--help", "apply -h", "plan -h", "doctor --json", "validate", "show oak", f"explain {SWITCH}"):
        engineer.call(*verb.split())
    engineer.call("adopt", *some, *dial, "--yes")
    engineer.call("render", "oak", "--out", engineer.repository / "rendered")
    full = ("--view", "full", "--undo", "--origins")
    planned = engineer.call("plan", *some, *dial, *full, "--out", plan)
    assert planned.code == 0, str(planned)
    html.write_text(engineer.call("plan", *some, *dial, "--format", "html").out, encoding="utf-8")
    engineer.call("plan", *some, *dial, "--format", "markdown")
    rejected = _reject_the_line_with_a_key(engineer, site, plan)
    assert engineer.call("plan", *some, *dial, "--format", "json", "--out", plan).code == 0
    with patch("trustctl.cli.verb_apply.apply_plan", side_effect=RuntimeError(" ".join(values.values()))):
        assert engineer.call("apply", plan, "--yes", *dial).code == 1
    applied = engineer.run("apply", plan, "--yes", *dial)
    assert applied.code == 0, str(applied)
    for verb in ("drift", "backup"):
        assert engineer.run(verb, *some, *dial).code == 0
    assert engineer.call("history", "--json").code == 0
    run = cast("list[dict[str, str]]", engineer.call("history", "--json").json)[0]["run"]
    engineer.call("history", run)
    engineer.run("rollback", run, "--yes", *dial)
    wrong = engineer.repository.parent / "wrong.yml"
    wrong.touch(mode=0o600)
    wrong.write_text(yaml.safe_dump({**values, LOGIN: canary("wrong")}), encoding="utf-8")
    one_clear_error(engineer.call("plan", *some, *dial, "--secrets", wrong, "--format", "json"), 9)
    return Planted(engineer, site, values, rejected)


def _reject_the_line_with_a_key(engineer: Engineer, site: Field, plan: Path) -> str:
    """Make the switch refuse the very line that carries the RADIUS key, with an answer that repeats it."""
    device = next(device for device in load(plan).devices if device.name == SWITCH)
    at = next(number for number, line in enumerate(device.commands, start=1) if "<secret:radius/shared-key>" in line)
    site.configured(SWITCH)
    site.break_(SWITCH, f"reject-line={at}")
    done = engineer.run("apply", plan, "--yes", "--endpoints", site.endpoints)
    site.lab.heal(SWITCH)
    assert done.code == 4, str(done)
    return [entry.line for entry in site.configured(SWITCH)][at - 1]


@pytest.mark.parametrize("form", [*forms(canary("x")), "type 7"])
def test_the_scanner_finds_a_secret_in_every_form(form: str, tmp_path: Path) -> None:
    """One planted file per form is found; so no hits means no leak."""
    value = canary("planted")
    spellings = (type7(value, 9).encode(),) if form == "type 7" else forms(value)[form]
    for number, spelling in enumerate(spellings):
        (tmp_path / f"{number}.bin").write_bytes(b"key 7 " + spelling + b" end")
    found = {leak.artefact for leak in Scanner({"planted": value}).scan_folder(tmp_path) if leak.form == form}
    assert found == {f"{number}.bin" for number in range(len(spellings))}


def test_every_secret_reached_the_switch(planted: Planted) -> None:
    """The switch was sent each secret in full, and let us in with the canary as password: the run was real."""
    sent = "\n".join(entry.line for entry in planted.field.lab.log(SWITCH))
    assert [name for name in SENT if planted.values[name] not in sent] == []
    assert planted.field.lab.counters(SWITCH)["logins"] > 5


def test_the_rejected_line_was_the_one_with_the_key(planted: Planted) -> None:
    """The failing run really failed at a line with a secret in it."""
    assert planted.values["radius/shared-key"] in planted.rejected


def test_nothing_that_was_printed_holds_a_secret(planted: Planted) -> None:
    """Stdout and stderr of every command, reports, JSON, errors and a fault of our own included."""
    scanner = Scanner(planted.values)
    leaks = [
        leak
        for done in planted.engineer.said
        for leak in scanner.scan(f"trustctl {' '.join(done.arguments)}", f"{done.out}\n{done.err}".encode())
    ]
    assert leaks == []
    assert any("has a fault of its own (RuntimeError)" in done.err for done in planted.engineer.said)


def test_nothing_that_was_written_holds_a_secret(planted: Planted) -> None:
    """Plan files, reports, rendered configurations, the journal and everything else in the repository."""
    names = {path.name for path in planted.engineer.repository.rglob("*")}
    assert {"plan.json", "plan.html", "journal.db", "rendered", "pins.yml"} <= names
    assert list(Scanner(planted.values).scan_folder(planted.engineer.repository)) == []


def test_the_state_folder_is_for_its_owner_alone(planted: Planted) -> None:
    """Every file of it has mode 0600, every folder 0700."""
    for path in (planted.engineer.state, *planted.engineer.state.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
