"""Signed plans through the command line: who may sign stands in trust.yml, and no other plan is carried out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from engineer import Engineer, one_clear_error

SWITCH = "oak-sw-b1-01"
KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"
PLAN = ("plan", "oak", "--limit", SWITCH, "--captured", "--out", "plan.json")


@pytest.fixture
def key(engineer: Engineer) -> Path:
    """A signer's key; `trust.yml` names the file in which he stands."""
    path = engineer.repository.parent / "signer"
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    public = " ".join(path.with_suffix(".pub").read_text("ascii").split()[:2])
    (engineer.inventory / "allowed_signers").write_text(f"it@trust.example {public}\n", encoding="ascii")
    trust = engineer.inventory / "trust.yml"
    trust.write_text(f"{trust.read_text('utf-8')}\nplan: {{signers: allowed_signers}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("verb", [("apply", "plan.json", "--yes"), ("rehearse", "plan.json")], ids=" ".join)
def test_only_a_signed_plan_is_carried_out(engineer: Engineer, key: Path, verb: tuple[str, ...]) -> None:
    """Unsigned, signed by a stranger, or changed after signing is exit 9; the signer's own plan gets past that."""
    assert engineer.call(*PLAN).code == 0
    one_clear_error(engineer.call(*verb), 9, "not signed", "plan.json.sig", "ssh-keygen -Y sign -n trustctl-plan")
    other = engineer.repository.parent / "stranger"
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    assert engineer.call(*PLAN, "--sign", other).code == 0
    one_clear_error(engineer.call(*verb), 9, "does not hold", "plan.json.sig")
    assert engineer.call(*PLAN, "--sign", key).code == 0
    done = engineer.call(*verb)
    assert "the plan is signed: it@trust.example" in done.err, str(done)
    assert done.code != 9
    plan = engineer.repository / "plan.json"
    plan.write_bytes(plan.read_bytes() + b" ")
    one_clear_error(engineer.call(*verb), 9, "does not hold")


def test_a_new_plan_drops_the_signature_of_the_old_one(engineer: Engineer, key: Path) -> None:
    """A signature of what was there before must not stand beside what is there now."""
    assert engineer.call(*PLAN, "--sign", key).code == 0
    assert (engineer.repository / "plan.json.sig").is_file()
    assert engineer.call(*PLAN).code == 0
    assert not (engineer.repository / "plan.json.sig").exists()


def test_signing_needs_a_file_and_a_key(engineer: Engineer) -> None:
    """Without `--out` there is nothing to sign; a key that is not there is exit 9, and nothing counts as signed."""
    one_clear_error(engineer.call(*PLAN[:-2], "--sign", "key"), 1, "--out FILE")
    one_clear_error(engineer.call(*PLAN, "--sign", "no-key"), 9, "was not signed")
    assert not (engineer.repository / "plan.json.sig").exists()


def test_the_file_of_signers_lies_in_the_inventory(engineer: Engineer) -> None:
    """A path out of it is refused at its place."""
    trust = engineer.inventory / "trust.yml"
    trust.write_text(f"{trust.read_text('utf-8')}\nplan: {{signers: ../allowed}}\n", encoding="utf-8")
    line = trust.read_text("utf-8").count("\n")
    one_clear_error(engineer.call("validate"), 1, f"trust.yml:{line}:17:", "not of the form")
