"""What a plan knows of secrets: which are being rotated, which are not in the store, and which value a step is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.cli import planning
from trustctl.cli.applying import check_versions
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, MissingSecretError, SecretError, StalePlanError
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Intended, IntendedLine, Plan
from trustctl.model.rotation import Rotation
from trustctl.plan.document import with_digest
from trustctl.secrets import Held, OpenedSecrets
from trustctl.secrets.mark import coming_mark

KEY = "radius/oak"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def workspace(folder: Path, **values: str) -> Workspace:
    """One whose secrets are these, in a file: `now` and `next` of one key."""
    names = {"now": KEY, "next": f"{KEY}#next"}
    path = folder / "secrets.yml"
    path.touch(mode=0o600)
    path.write_text("".join(f"{names[word]}: {value}\n" for word, value in values.items()))
    return Workspace(folder / "inventory", path)


def lines(*names: str) -> Intended:
    """A device's lines that name these secrets."""
    origin = LineOrigin(Place("a.j2", 1), ())
    return Intended("sw", "cisco_ios", tuple(IntendedLine(f"key <secret:{name}>", origin) for name in names))


def plan_of() -> Plan:
    """A plan of no devices."""
    return with_digest(Plan(NOW, NOW, "", "sha256:00", "0.1.0", ()))


@pytest.mark.parametrize("later", [{"now": "Old-1", "next": "Other-3"}, {"now": "New-2"}], ids=["another", "finished"])
def test_a_step_is_for_the_coming_value_that_it_was_planned_with(tmp_path: Path, later: dict[str, str]) -> None:
    """A server that has one coming value and devices that are given another would cut a school off."""
    before = workspace(tmp_path, now="Old-1", next="New-2")
    mark = coming_mark(before.secrets, KEY)
    plan = replace(plan_of(), rotation=Rotation(KEY, 2, 4, "the devices ask it", mark=mark))
    check_versions(before, plan)
    with pytest.raises(StalePlanError, match=KEY) as caught:
        check_versions(workspace(tmp_path, **later), plan)
    assert caught.value.exit_code == ExitCode.STALE


class Refusing:
    """A store that refuses or lacks a name by what it begins with."""

    def get(self, name: str) -> str:
        """As `held`."""
        return self.held(name).value

    def held(self, name: str) -> Held:
        """A value; or the trouble that the name says."""
        if name.startswith("refused"):
            raise SecretError("403")
        if name.startswith("missing") or (name.endswith("next") and not name.startswith("rotated")):
            raise MissingSecretError("no such name")
        return Held("Value", "3")


def test_one_name_that_the_store_refuses_hides_no_rotation_of_another(tmp_path: Path) -> None:
    """An ordinary plan would send the present value of a secret whose coming one is on its way."""
    here = Workspace(tmp_path)
    here.store = OpenedSecrets(Refusing, whole=False)
    names = planning.being_rotated(here, [lines("plain/a", "refused/b", "refused/z", "rotated/c")])
    assert names == {"rotated/c"}


def test_the_missing_secrets_are_named_once_with_the_command(tmp_path: Path) -> None:
    """A school that joins has twenty: the list is capped, and a name that no line has is not told."""
    here = Workspace(tmp_path)
    here.store = OpenedSecrets(Refusing, whole=False)
    names = [f"missing/{number:02}" for number in range(20)]
    for name in (*names, "missing/other", "plain/a"):
        verifier = here.verifier
        assert verifier is not None
        assert verifier.verify(name, "0", "Value") is (True if name == "plain/a" else None)
    (note,) = planning.with_versions(here, plan_of(), [lines(*names, "plain/a")]).notes
    assert "20 secrets are not in the store" in note
    assert "missing/00" in note
    assert "missing/11 and 8 more" in note
    assert "trustctl secret set" in note
    assert "other" not in note
