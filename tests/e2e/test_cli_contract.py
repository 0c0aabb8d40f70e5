"""What every verb promises to people and to pipelines: help, JSON, colour, files, exit codes."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from engineer import Done, Engineer, example_trust, one_clear_error
from field import Field

from trustctl.cli.verbs import VERBS

NAMES = [verb.name for verb in VERBS]
_ESCAPE = "\x1b"
_GROUPS = {
    "lab": ("up", "status", "break", "down"),
    "platform": ("list", "identify", "check", "test"),
    "secret": ("init", "set", "get", "list", "rotate", "delete", "add-recipient", "remove-recipient", "policy"),
}
COMMANDS = [
    *((name,) for name in NAMES if name not in _GROUPS),
    *((name, part) for name, parts in _GROUPS.items() for part in parts),
]


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Engineer:
    """One repository for the commands that only read."""
    return example_trust(tmp_path_factory.mktemp("contract") / "trust")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_and_json(trust: Engineer, command: tuple[str, ...]) -> None:
    """`--help` explains it in plain text with exit 0 and lists `--json`."""
    done = trust.call(*command, "--help")
    assert done.code == 0, str(done)
    assert "--json" in done.out, str(done)
    assert _ESCAPE not in done.out


def test_the_list_of_verbs_is_whole_and_tells_the_exit_codes(trust: Engineer) -> None:
    """`trustctl --help` names every verb once, and every exit code."""
    done = trust.call("--help")
    assert done.code == 0
    assert [name for name in NAMES if not re.search(rf"^\s+{name}\s", done.out, re.MULTILINE)] == []
    assert re.findall(r"^\s+(\d+)\s", done.out, re.MULTILINE) == [str(code) for code in range(11)]


@pytest.mark.parametrize("words", [(), ("lab",), ("platform",)], ids=["trustctl", "lab", "platform"])
def test_no_verb_is_the_help_page_as_it_is(trust: Engineer, words: tuple[str, ...]) -> None:
    """Nothing but the name prints the help page on stderr, without calling it an error; exit 1."""
    done = trust.call(*words)
    assert done.code == 1
    assert "error:" not in done.err.splitlines()[0]
    assert "Usage: trustctl" in done.err


def test_a_state_folder_that_cannot_be_made_is_exit_ten(tmp_path: Path) -> None:
    """A file where a folder should be made is named, and is no fault of trustctl."""
    engineer = example_trust(tmp_path / "trust")
    engineer.state.write_text("a file", encoding="utf-8")
    one_clear_error(engineer.call("lab", "up", "oak"), 10, str(engineer.state), "remedy")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_exit_ten(trust: Engineer) -> None:
    """A full disk behind stdout is said so and is no fault of trustctl."""
    words = [sys.executable, "-m", "trustctl.cli.main", "platform", "list"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, cwd=trust.repository, stdout=full, stderr=subprocess.PIPE, check=False)
    one_clear_error(
        Done(("platform", "list"), done.returncode, "", done.stderr.decode()), 10, "No space left", "remedy"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "--json"),
        ("show", "elm", "--json"),
        ("explain", "oak-sw-b1-01", "--json"),
        ("render", "oak", "--out", "rendered", "--json"),
        ("plan", "oak", "--captured", "--json"),
        ("history", "--json"),
        ("doctor", "--json"),
        ("platform", "list", "--json"),
        ("schema", "--json"),
    ],
    ids=" ".join,
)
def test_json_is_all_that_stdout_holds(trust: Engineer, arguments: tuple[str, ...]) -> None:
    """With --json stdout is one JSON document and nothing else."""
    done = trust.call(*arguments)
    assert done.code == 0, str(done)
    assert isinstance(done.json, dict | list)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("paln",), ("there is no verb 'paln'", "Did you mean 'plan'")),
        (("qqqqqq",), ("there is no verb", "trustctl --help")),
        (("plan", "--no-such-option"), ("No such option", "remedy")),
        (("--inventory", "x", "plan"), ("No such option", "options stand behind the verb")),
        (("plan",), ("no school was named", "elm")),
        (("plan", "ahs"), ("there is no school 'ahs'", "did you mean 'ash'")),
        (("plan", "ash", "--limit", "nothing*"), ("no device matches",)),
        (("plan", "ash", "--format", "pdf"), ("pdf", "markdown")),
        (("plan", "ash", "--lab"), ("no lab is up", "trustctl lab up")),
        (("plan", "ash", "--against", "nowhere"), ("nowhere", "does not exist")),
        (("explain", "ash-sw-cor-01"), ("there is no device", "ash-sw-core-01")),
        (("apply", "missing.json", "--yes"), ("missing.json", "trustctl plan --out")),
        (("rehearse", "missing.json"), ("missing.json", "trustctl plan --out")),
        (("history", "20990101"), ("there is no run", "trustctl history")),
        (("rollback", "20990101", "--yes"), ("no", "run", "trustctl history")),
        (("validate", "--inventory", "nowhere"), ("there is no inventory here", "nowhere", "trustctl init")),
        (("lab", "status"), ("no lab", "remedy")),
        (("lab", "down"), ("no lab", "remedy")),
        (("platform", "check", "cisco_iso", "/dev/null"), ("cisco_iso", "cisco_ios")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_slip_at_the_keyboard_is_exit_one_with_a_hint(
    trust: Engineer, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """A usage error exits 1, never 2, which means changes; stderr says what is wrong and what is right."""
    done = trust.call(*arguments)
    one_clear_error(done, 1, *words)
    assert done.err.startswith("error: "), str(done)
    assert done.out == ""


def test_colour_is_for_terminals_and_obeys_no_color(trust: Engineer) -> None:
    """No escape sequence reaches a pipe; FORCE_COLOR asks for colour, NO_COLOR wins over it."""
    show = ("plan", "elm", "--captured", "--view", "summary")
    assert _ESCAPE not in trust.call(*show).out
    assert _ESCAPE in trust.call(*show, env={"FORCE_COLOR": "1"}).out
    both = trust.call(*show, env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert _ESCAPE not in both.out + both.err
    wrong = trust.call("plan", "--nonsense", env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert _ESCAPE not in wrong.out + wrong.err
    assert not re.search(r"\x1b\[[34]\d", trust.call("plan", "--help", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out)


@pytest.mark.parametrize(
    ("form", "start"),
    [("markdown", "<!-- trustctl plan -->\n###"), ("html", "<!doctype html>"), ("json", "{"), ("text", "elm")],
)
def test_a_plan_comes_in_every_form_and_as_a_private_file(
    trust: Engineer, tmp_path: Path, form: str, start: str
) -> None:
    """`--format` decides what is printed; `--out` always writes the plan file, mode 0600, as `--format json` prints."""
    out = tmp_path / "plan.json"
    done = trust.call("plan", "elm", "--captured", "--format", form, "--out", out)
    assert done.code == 0, str(done)
    assert done.out.lstrip().lower().startswith(start), done.out[:300]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    written = cast("dict[str, object]", json.loads(out.read_text(encoding="utf-8")))
    assert str(written["format_version"]).startswith("1.")
    if form == "json":
        assert json.loads(done.out) == written


def test_the_plan_of_the_pipeline_tells_changes_from_none(trust: Engineer) -> None:
    """Exit 2 with --detailed-exitcode where something differs, 0 without the option and where nothing does."""
    assert trust.call("plan", "elm", "--captured", "--detailed-exitcode").code == 2
    assert trust.call("plan", "elm", "--captured").code == 0
    assert trust.call("plan", "oak", "--captured", "--detailed-exitcode").code == 0


def test_a_shell_sees_the_same_exit_codes(trust: Engineer) -> None:
    """The process ends with the code: 0, 1 for a slip, 2 for changes."""
    assert trust.run("--version").code == 0
    assert trust.run("paln").code == 1
    assert trust.run("plan", "elm", "--captured", "--view", "summary", "--detailed-exitcode").code == 2


def test_the_inventory_comes_from_the_environment(trust: Engineer, tmp_path: Path) -> None:
    """TRUSTCTL_INVENTORY takes the place of --inventory; the option wins."""
    elsewhere = {"TRUSTCTL_INVENTORY": str(tmp_path / "nowhere")}
    one_clear_error(trust.call("validate", env=elsewhere), 1, "there is no inventory here")
    assert trust.call("validate", "--inventory", trust.inventory, env=elsewhere).code == 0


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", 1, ("plan",)),
        ("{}", 1, ("plan",)),
        ("[1, 2", 1, ("plan",)),
        ('{"format_version": "2.0"}', 1, ("2.0",)),
        ('{"format_version": "1.0", "devices": "all"}', 1, ("plan",)),
    ],
)
def test_a_damaged_plan_file_is_refused_with_its_name(
    trust: Engineer, tmp_path: Path, content: str, code: int, words: tuple[str, ...]
) -> None:
    """Whatever a plan file holds, `apply` and `rehearse` say what is wrong with it and where, and do nothing."""
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")
    for verb in (("apply", path, "--yes"), ("rehearse", path)):
        one_clear_error(trust.call(*verb), code, "broken.json", *words)


def test_a_plan_file_that_somebody_edited_is_refused(trust: Engineer, tmp_path: Path) -> None:
    """The digest in the file is of its content: one changed command and it is not the plan that was reviewed."""
    path = tmp_path / "plan.json"
    assert trust.call("plan", "ash", "--limit", "ash-sw-sci-01", "--captured", "--out", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert "ntp server" in text
    path.write_text(text.replace("ntp server", "ntp sarver"), encoding="utf-8")
    one_clear_error(trust.call("apply", path, "--yes"), 1, "digest", "plan.json")


def test_nobody_there_to_answer_is_no_yes(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """`apply` without --yes and without a person writes nothing and says how to answer."""
    engineer, site = open_site("ash")
    dial = ("--endpoints", site.endpoints)
    assert engineer.run("plan", "ash", "--limit", "ash-sw-sci-01", "--out", "p.json", *dial).code == 0
    one_clear_error(engineer.run("apply", "p.json", *dial), 1, "nobody is there to answer", "--yes")
    refused = engineer.run("apply", "p.json", *dial, typed="n\n")
    assert refused.code not in {0, 2}, str(refused)
    assert site.configured("ash-sw-sci-01") == ()
