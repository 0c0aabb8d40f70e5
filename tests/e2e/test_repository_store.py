"""The store in the repository behind plan and apply: who opens a part of it changes what this part is for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from engineer import Engineer, one_clear_error
from field import Field

from trustctl.secrets.repository import Keyring, RepositorySecrets, new_age_key

OPEN, SHUT = "oak-sw-a1-01", "oak-sw-b1-01"
BREAKGLASS = "local/breakglass"
NEW = "Another-Value-4410"
Site = tuple[Engineer, Field]


def key(folder: Path, name: str) -> tuple[Path, str]:
    """An age key in a file, and its public line."""
    text, public = new_age_key()
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(text)
    return path, public


@pytest.fixture(scope="module")
def site(open_site: Callable[..., Site]) -> Site:
    """Two switches of oak; the login of one of them is a secret of its own."""

    def own_login(person: Engineer) -> None:
        login = "    login: {username: trustctl, password: secret://login/b1, enable: secret://login/enable}\n"
        person.edit("schools/oak/switches.yml", f"  {SHUT}:\n", f"  {SHUT}:\n{login}")
        values = yaml.safe_load(person.secrets.read_text())
        person.secrets.write_text(yaml.safe_dump({**values, "login/b1": values["login/trustctl"]}))

    found: Site = open_site(OPEN, SHUT, edit=own_login)
    return found


@pytest.fixture(scope="module")
def store(site: Site) -> RepositorySecrets:
    """All secrets in the part `oak`, but the login of one switch in the part `trust`."""
    person, _ = site
    whole, public = key(person.repository.parent, "whole.key")
    part, of_part = key(person.repository.parent, "part.key")
    made = RepositorySecrets(person.inventory / "secrets", Keyring(named=(whole,)))
    made.create("trust", ("whole", public))
    made.create("oak")
    made.admit("part", of_part, ("oak",))
    for name, value in yaml.safe_load(person.secrets.read_text()).items():
        made.put(name, str(value), "trust" if name == "login/b1" else "oak")
    assert part.is_file()
    return made


def by(person: Engineer, name: str) -> dict[str, str]:
    """The environment of somebody with this key and no file of secrets."""
    return {"TRUSTCTL_SECRETS": "", "TRUSTCTL_SECRET_KEY_FILE": str(person.repository.parent / f"{name}.key")}


def test_exactly_the_devices_that_lack_a_secret_are_refused(site: Site, store: RepositorySecrets) -> None:
    """Planned by who opens all; applied by who opens a part, then by who opens all; then the first plan is stale."""
    person, field = site
    dial, limit = ("--endpoints", field.endpoints), ("--limit", f"{OPEN},{SHUT}")
    version = store.put(BREAKGLASS, NEW)
    planned = person.run("plan", "oak", *limit, *dial, "--out", "plan.json", env=by(person, "whole"))
    assert planned.code == 0, str(planned)
    document = json.loads((person.repository / "plan.json").read_text())
    assert document["secrets"][BREAKGLASS] == version
    assert [one["action"] for one in document["devices"]] == ["change", "change"]

    half = person.run("plan", "oak", *limit, *dial, env=by(person, "part"))
    one_clear_error(half, 9, SHUT, "the secrets of trust cannot be opened", "part.key is no recipient of trust")
    field.configured(OPEN), field.configured(SHUT)
    applied = person.run("apply", "plan.json", "--yes", *dial, env=by(person, "part"))
    one_clear_error(applied, 5, f"{OPEN}: applied", SHUT, "not started: the secrets of trust cannot be opened")
    assert field.configured(SHUT) == ()
    assert field.configured(OPEN)

    again = person.run("plan", "oak", "--limit", SHUT, *dial, "--out", "rest.json", env=by(person, "whole"))
    assert again.code == 0, str(again)
    rest = person.run("apply", "rest.json", "--yes", *dial, env=by(person, "whole"))
    assert rest.code == 0, str(rest)
    assert "nothing to change" in person.run("plan", "oak", *limit, *dial, env=by(person, "whole")).out

    store.put(BREAKGLASS, "Moved-In-Between-17")
    stale = person.run("apply", "plan.json", "--yes", *dial, env=by(person, "whole"))
    one_clear_error(stale, 8, BREAKGLASS, "plan again")
    said = "".join(done.out + done.err for done in person.said)
    assert not [value for value in (NEW, "Moved-In-Between-17") if value in said]


def test_a_plan_without_the_store_says_what_it_could_not_compare(site: Site, store: RepositorySecrets) -> None:
    """Not a word about equal or different; nothing is sent for it; exit 0, as the rest was compared."""
    person, _ = site
    blind = {"TRUSTCTL_SECRETS": "", "HOME": str(person.repository.parent)}
    done = person.run("plan", "oak", "--limit", OPEN, "--captured", "--out", "blind.json", env=blind)
    assert done.code == 0, str(done)
    flat = " ".join(done.out.split())
    assert "secrets could not be compared: the secrets of oak cannot be opened: no private key was found" in flat
    document = json.loads((person.repository / "blind.json").read_text())
    assert document["secrets"] == {}
    why = [flag["why"] for device in document["devices"] for flag in device["flags"]]
    assert [text for text in why if "open the secret store to compare it" in text]
    assert not [line for device in document["devices"] for line in device["commands"] if "<secret:" in line]


def test_a_missing_secret_refuses_who_would_be_sent_it_and_nobody_else(site: Site) -> None:
    """Both are planned; one only compares it and is applied; drift does not call it in step."""
    person, field = site
    dial, limit = ("--endpoints", field.endpoints), ("--limit", f"{OPEN},{SHUT}")
    values = {name: value for name, value in yaml.safe_load(person.secrets.read_text()).items() if "login/" in name}
    few, _ = key(person.repository.parent, "few.yml")
    few.write_text(yaml.safe_dump(values))
    here = {"TRUSTCTL_SECRETS": str(few)}
    field.lab.device_edit(OPEN, ["no ntp server 10.250.20.21"])
    field.lab.device_edit(SHUT, ["no username kv-breakglass"])
    planned = person.run("plan", "oak", *limit, *dial, "--out", "few.json", env=here)
    assert planned.code == 0, str(planned)
    document = json.loads((person.repository / "few.json").read_text())
    assert [one["action"] for one in document["devices"]] == ["change", "change"]
    assert [note for note in document["notes"] if "not in the store" in note and BREAKGLASS in note]
    field.configured(OPEN), field.configured(SHUT)
    applied = person.run("apply", "few.json", "--yes", *dial, env=here)
    one_clear_error(applied, 5, f"{OPEN}: applied", SHUT, f"not started: there is no secret named {BREAKGLASS}")
    assert field.configured(SHUT) == ()
    assert field.configured(OPEN)
    drift = person.run("drift", "oak", "--limit", OPEN, *dial, env=here)
    assert drift.code == 0, str(drift)
    assert "no drift on 0 devices; 1 with secrets not compared" in drift.out
    assert "trustctl secret set local/enable) (and 3 more" in " ".join(drift.out.split())
