"""Bad input, through the command line: one clear error with its place and remedy, nothing changed, nothing lost.

What the inventory says about each mistake is proved case by case in tests/inventory; here the whole command fails well.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from engineer import ROOT, Engineer, one_clear_error
from field import Field, meaning

BAD = ROOT / "tests" / "inventory"
ISSUE = [
    "wrong_types", "unknown_keys", "duplicate_keys", "yaml_aliases", "overlapping_legacy", "overlapping_plan",
    "vlan_id_twice", "port_in_two_profiles", "port_in_profile_and_link", "link_to_nowhere", "waiver_expired",
    "description_with_newline", "description_with_control_character",
]  # fmt: skip
SWITCH = "oak-sw-b1-01"
READ = "show running-config"


@pytest.fixture(scope="module")
def cases() -> ModuleType:
    """The inventory room's module that lays a case over a sound trust."""
    spec = importlib.util.spec_from_file_location("inventory_bad_cases", BAD / "bad_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ISSUE)
@pytest.mark.parametrize("verb", [("validate",), ("plan", "--all", "--captured", "--out", "plan.json")], ids=" ".join)
def test_a_mistake_in_the_inventory_stops_every_verb(
    cases: ModuleType, tmp_path: Path, name: str, verb: tuple[str, ...]
) -> None:
    """Exit 1; stderr holds exactly what the inventory says of it; no plan file, no state folder."""
    expected = cases.said(BAD / "bad" / name, tmp_path)
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    repository = tmp_path / "repository"
    shutil.copytree(folder, repository / "inventory")
    engineer = Engineer(repository, tmp_path / "none.yml")
    done = engineer.call(*verb)
    one_clear_error(done, 1)
    assert done.err.rstrip("\n") == expected.rstrip("\n"), str(done)
    assert done.out == ""
    assert [path.name for path in repository.iterdir()] == ["inventory"]


def test_every_problem_of_an_inventory_comes_at_once(engineer: Engineer) -> None:
    """Mistakes in three files are three errors with file, line, column, source line and caret, in one run."""
    places = [
        ("schools/elm/school.yml", engineer.edit("schools/elm/school.yml", "stage: observe", "stage: obsrve")),
        ("baseline/vlans.yml", engineer.edit("baseline/vlans.yml", "\nvlans:", "\nvlnas:") + 1),
        ("trust.yml", engineer.edit("trust.yml", "slug: kestrel-vale", "slugg: kestrel-vale")),
    ]
    done = engineer.call("validate")
    one_clear_error(done, 1, "Did you mean", "^", *(f"{file}:{line}:" for file, line in places))
    assert engineer.call("validate", "--json").json["valid"] is False  # type: ignore[index] - what JSON holds


@pytest.mark.parametrize(
    "written", ["{{ services.nttp[0] }}", "{{ missing }}", "{% for x in services.nope %}{% endfor %}"]
)
def test_a_template_that_misses_a_value_is_named_with_its_line(engineer: Engineer, written: str) -> None:
    """A strict template error names the trust's own file and line and the value; no plan file is left."""
    own = engineer.repository / "templates" / "cisco_ios"
    own.mkdir(parents=True)
    text = (ROOT / "templates" / "cisco_ios" / "ntp.j2").read_text(encoding="utf-8")
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("ntp source"))
    lines[at] = f"ntp server {written}"
    (own / "ntp.j2").write_text("\n".join(lines), encoding="utf-8")
    done = engineer.call("plan", "oak", "--captured", "--format", "json", "--detailed-exitcode")
    one_clear_error(done, 1, f"templates/cisco_ios/ntp.j2:{at + 1}")
    rendered = engineer.call("render", "oak", "--out", "out")
    one_clear_error(rendered, 1, f"templates/cisco_ios/ntp.j2:{at + 1}", "remedy")


def test_a_template_that_never_ends_is_stopped(engineer: Engineer) -> None:
    """A template that uses up the machine is one error with its place, within seconds."""
    own = engineer.repository / "templates" / "cisco_ios"
    own.mkdir(parents=True)
    loop = "{% for a in range(10 ** 5) %}{% for b in range(10 ** 5) %}{{ a }}{% endfor %}{% endfor %}\n"
    (own / "ntp.j2").write_text(f"{{% block ntp %}}\n{loop}{{% endblock %}}\n", encoding="utf-8")
    one_clear_error(engineer.call("render", "oak", "--out", "out"), 1, "ntp.j2", "remedy")


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("login/trustctl: [1, 2]\n", 0o600, ("secrets.yml",)),
        ("a: {b: }}\n", 0o600, ("secrets.yml",)),
        ("login/other: x\n", 0o600, ("no secret named login/trustctl", "Add a line")),
        ("login/trustctl: x\n", 0o644, ("secrets.yml", "chmod 600")),
    ],
    ids=["no text", "no YAML", "not there", "open to others"],
)
def test_a_secrets_file_that_cannot_be_used(
    far: tuple[Engineer, Field], content: str, mode: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    """Exit 9 before any device is dialled; the value of no secret is printed."""
    engineer, site = far
    path = tmp_path / "secrets.yml"
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_text(content, encoding="utf-8")
    dialled = site.lab.counters(SWITCH)["logins"]
    done = engineer.call("plan", "oak", "--limit", SWITCH, "--secrets", path, "--endpoints", site.endpoints)
    one_clear_error(done, 9, *words)
    assert site.lab.counters(SWITCH)["logins"] == dialled


def test_a_plan_goes_on_without_the_secrets_that_are_not_there_yet(engineer: Engineer, tmp_path: Path) -> None:
    """A school that joins sees its differences before its secrets are set: one note names them, and nothing is guessed.

    What would be sent is planned; that `apply` refuses is proved with a store in tests/e2e/test_repository_store.py.
    """
    path = tmp_path / "few.yml"
    path.touch(mode=0o600)
    path.write_text("login/trustctl: x\n", encoding="utf-8")
    some = ("plan", "oak", "--limit", SWITCH, "--captured", "--format", "json")
    done = engineer.call(*some, "--secrets", path)
    assert done.code == 0, str(done)
    plan = done.json
    assert [note for note in plan["notes"] if "not in the store" in note and "local/breakglass" in note]  # type: ignore[index] - what JSON holds
    (device,) = plan["devices"]  # type: ignore[index] - as above
    assert device["action"] == "none"
    why = [flag["why"] for flag in device["flags"] if "not in the secret store" in flag["why"]]
    assert [text for text in why if "trustctl secret set local/breakglass" in text]


@pytest.fixture(scope="module")
def far(open_site: Callable[..., tuple[Engineer, Field]]) -> tuple[Engineer, Field]:
    """Two switches of oak, and a plan file with a change for one of them."""

    def change(engineer: Engineer) -> None:
        engineer.edit("schools/oak/switches.yml", "description: Front doors", "description: Back doors")

    engineer, site = open_site("oak-sw-b1-01", "oak-sw-core-01", edit=change)
    dial = ("--endpoints", site.endpoints)
    planned = engineer.call("plan", "oak", "--limit", SWITCH, "--out", "plan.json", "--format", "json", *dial)
    assert planned.code == 0, str(planned)
    assert "Back doors" in planned.out
    return engineer, site


@pytest.fixture
def faulty(far: tuple[Engineer, Field]) -> Iterator[Callable[[str], tuple[Engineer, Field]]]:
    """Put a fault on the switch for one test."""
    engineer, site = far

    def put(fault: str) -> tuple[Engineer, Field]:
        site.break_(SWITCH, fault)
        return engineer, site

    yield put
    site.lab.heal(SWITCH)


DEVICE_FAULTS = [
    ("refuse", 3, ("refuse",), ()),
    ("wrong-password", 9, ("password",), ("timed out", "timeout")),
    ("host-key", 9, ("host key",), ("timed out", "timeout")),
    ("serial=FOC9999ZZZZ", 9, ("serial", "FOC9999ZZZZ"), ("timed out",)),
    (f"garbage={READ}", 3, (), ()),
    (f"endless={READ}", 3, (), ()),
]


@pytest.mark.parametrize(("fault", "code", "words", "never"), DEVICE_FAULTS, ids=[case[0] for case in DEVICE_FAULTS])
@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "backup"])
def test_a_device_that_cannot_be_trusted_or_read(
    faulty: Callable[[str], tuple[Engineer, Field]],
    verb: str,
    fault: str,
    code: int,
    words: tuple[str, ...],
    never: tuple[str, ...],
) -> None:
    """The device is named, the exit code is right, it receives no configuration line, and nothing kept is lost."""
    engineer, site = faulty(fault)
    before, kept = site.lab.running(SWITCH), engineer.kept()
    plan = (engineer.repository / "plan.json").read_bytes()
    what = ("plan.json", "--yes") if verb == "apply" else ("oak", "--limit", SWITCH)
    more = ("--detailed-exitcode", "--format", "json") if verb == "plan" else ()
    done = engineer.call(verb, *what, *more, "--endpoints", site.endpoints)
    one_clear_error(done, code, SWITCH, *words)
    said = (done.out + done.err).lower()
    assert [word for word in never if word in said] == [], str(done)
    assert site.configured(SWITCH) == ()
    assert meaning(site.lab.running(SWITCH)) == meaning(before)
    assert site.lab.counters(SWITCH)["saves"] == 0
    after = engineer.kept()
    lost = [name for name, content in kept.items() if name.startswith("backups") and after.get(name) != content]
    assert lost == []
    assert (engineer.repository / "plan.json").read_bytes() == plan
    assert engineer.call("history", "--json").code == 0


def test_one_bad_device_does_not_hide_the_others(faulty: Callable[[str], tuple[Engineer, Field]]) -> None:
    """With one switch off, the others are planned; it is listed as unreachable and the exit code is partial.

    An apply of that plan, in which no other differs, does not say that none does.
    """
    engineer, site = faulty("refuse")
    some = ("oak", "--limit", f"{SWITCH},oak-sw-core-01", "--out", "some.json")
    done = engineer.call("plan", *some, "--format", "json", "--endpoints", site.endpoints)
    one_clear_error(done, 5, SWITCH)
    actions = {device["name"]: device["action"] for device in done.json["devices"]}  # type: ignore[index] - what JSON holds
    assert actions == {SWITCH: "unreachable", "oak-sw-core-01": "none"}
    nothing = engineer.call("apply", "some.json", "--yes", "--endpoints", site.endpoints)
    one_clear_error(nothing, 3, f"nothing to apply: could not be planned: {SWITCH}")


def test_a_switch_that_was_never_adopted_is_not_dialled_blindly(far: tuple[Engineer, Field]) -> None:
    """Without a pinned host key nothing is sent, not even a password, and the remedy is `trustctl adopt`."""
    engineer, site = far
    tried = site.lab.counters(SWITCH)
    endpoints = site.write_endpoints(pinned=False)
    try:
        done = engineer.call("plan", "oak", "--limit", SWITCH, "--format", "json", "--endpoints", endpoints)
    finally:
        site.write_endpoints()
    one_clear_error(done, 9, SWITCH, f"trustctl adopt SCHOOL --limit {SWITCH}")
    assert site.lab.counters(SWITCH) == tried


def test_a_pin_is_replaced_only_where_it_was_asked_for(engineer: Engineer) -> None:
    """`adopt --yes` refuses a switch with another key or serial number than the pinned; `--rekey` replaces the pin."""
    with Field(engineer, [SWITCH]) as site:
        dial = ("adopt", "oak", "--limit", SWITCH, "--yes", "--endpoints", site.write_endpoints(pinned=False))
        assert engineer.call(*dial).code == 0
        pins = (engineer.inventory / "pins.yml").read_bytes()
        site.break_(SWITCH, "serial=FOC9999ZZZZ")
        done = engineer.call(*dial)
        one_clear_error(done, 9, SWITCH, "FOC9999ZZZZ", f"trustctl adopt oak --limit {SWITCH} --rekey")
        assert "0 pinned in inventory/pins.yml\n" in done.out
        assert (engineer.inventory / "pins.yml").read_bytes() == pins
        assert engineer.call(*dial, "--rekey").code == 0
        assert b"FOC9999ZZZZ" in (engineer.inventory / "pins.yml").read_bytes()


@pytest.mark.parametrize("verb", [("plan", "--all", "--captured"), ("adopt", "--all", "--yes")], ids=" ".join)
def test_a_secrets_file_that_is_not_there_is_said_once(engineer: Engineer, verb: tuple[str, ...]) -> None:
    """One error with the file's name, before any device, and not one for each device."""
    done = engineer.call(*verb, "--secrets", "/nowhere/secrets.yml")
    one_clear_error(done, 9, "/nowhere/secrets.yml", "Create it with mode 0600")
    assert done.err.count("cannot be opened") == 1
    assert "cannot be opened" not in done.out


def test_an_expired_waiver_stops_a_plan_that_was_fine_before(engineer: Engineer) -> None:
    """The day after a waiver's end the same inventory is refused, naming the waiver's line."""
    line = engineer.edit("schools/ash/school.yml", "expires: 2036-03-31", "expires: 2026-01-31")
    done = engineer.call("plan", "ash", "--captured")
    one_clear_error(done, 1, f"schools/ash/school.yml:{line}:", "expired", "error[")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[: len(text) // 2], (SWITCH,)),
        (lambda text: "", (SWITCH,)),
        (lambda text: text.replace("\ninterface", "\n\x00\x01interface", 1), (SWITCH, ":163")),
        (lambda text: text.replace("\n!\n", "\n --More-- \b\b\b\b\b\b\b\b\b\n", 1), ("terminal length 0",)),
        (lambda text: "<html><body>502 Bad gateway</body></html>\n", (SWITCH,)),
    ],
    ids=["cut short", "empty", "NUL bytes", "a pager", "a web page"],
)
def test_a_captured_file_that_is_no_configuration(
    engineer: Engineer, spoil: Callable[[str], str], words: tuple[str, ...]
) -> None:
    """A damaged capture is refused with its file, never half understood; nothing pending is claimed."""
    path = engineer.inventory / "schools" / "oak" / "captured" / f"{SWITCH}.cfg"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    done = engineer.call("plan", "oak", "--limit", SWITCH, "--captured", "--format", "json", "--detailed-exitcode")
    one_clear_error(done, 3, *words)
    assert f"{SWITCH}.cfg" in done.out + done.err


def test_a_captured_file_of_another_switch(engineer: Engineer) -> None:
    """A file that was saved under the wrong name is refused, naming whose it is, and not planned as a long change."""
    captured = engineer.inventory / "schools" / "oak" / "captured"
    shutil.copy(captured / "oak-sw-core-01.cfg", captured / f"{SWITCH}.cfg")
    done = engineer.call("plan", "oak", "--limit", SWITCH, "--captured", "--format", "json")
    one_clear_error(done, 3, SWITCH, "this is the configuration of oak-sw-core-01")
