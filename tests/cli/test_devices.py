"""Which devices a verb is about and how they are reached: the same options, with the same meaning, in every verb."""

from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from trustctl.cli.devices import which_devices
from trustctl.cli.main import outcome, trustctl
from trustctl.cli.select import Which
from trustctl.errors import ExitCode, UsageError
from trustctl.inventory import load
from trustctl.model.school import Trust

CHOOSING = {"schools", "everything", "limit"}
REACHING = {"lab", "endpoints", "secrets", "inventory"}


@pytest.fixture(scope="module")
def trust() -> Trust:
    """The example trust."""
    return load(Path("inventory"), today=date(2026, 9, 1))


def _options(verb: str) -> dict[str, str | None]:
    """Each option's name and help text, as the verb's help page shows them."""
    command = trustctl.get_command(click.Context(trustctl), verb)
    assert command is not None
    return {str(option.name): getattr(option, "help", None) for option in command.params}


@pytest.mark.parametrize(
    ("verb", "wanted"),
    [
        *((verb, CHOOSING | REACHING) for verb in ("plan", "drift", "audit", "adopt", "backup")),
        *((verb, REACHING) for verb in ("apply", "rollback")),
        ("render", CHOOSING),
    ],
)
def test_verbs_share_their_options(verb: str, wanted: set[str]) -> None:
    """Every verb about devices takes the same set, and explains it with the same words as `plan`."""
    has, told = _options(verb), _options("plan")
    assert wanted <= has.keys()
    assert {name: has[name] for name in wanted} == {name: told[name] for name in wanted}


@pytest.mark.parametrize(
    ("which", "names"),
    [
        (
            Which(("oak",), limit="!role:directory"),
            ["oak-srv-01", "oak-sw-core-01", "oak-sw-a1-01", "oak-sw-b1-01", "oak-wlc-01", "OAK-HV-01", "OAK-FS-01"],
        ),
        (
            Which(("oak", "oak"), limit="!role:core,!OAK-*"),
            ["oak-srv-01", "oak-sw-a1-01", "oak-sw-b1-01", "oak-wlc-01", "KV-DC-01.oak"],
        ),
        (Which(("elm",), limit="elm-sw-core-01,oak-sw-core-01"), ["elm-sw-core-01"]),
        (Which(limit="school:elm"), ["elm-sw-core-01", "elm-sw-ks2-01"]),
        (
            Which(everything=True, limit="role:core,!school:ash, !elm-*"),
            ["eld-sw-core-01", "oak-sw-core-01", "yew-sw-core-01"],
        ),
    ],
)
def test_devices_are_chosen(trust: Trust, which: Which, names: list[str]) -> None:
    """Schools or all, then the terms that add up, then the terms that take away."""
    assert sorted(switch.name for _, switch in which.of(trust)) == sorted(names)


@pytest.mark.parametrize(
    ("which", "problem"),
    [
        (Which(), "no school was named"),
        (Which(("oak",), everything=True), "do not fit together"),
        (Which(("okk",)), "there is no school 'okk'"),
        (Which(("oak",), limit="site:11"), "does not know 'site:'"),
        (Which(("oak",), limit="elm-*"), "no device matches"),
        (Which(("oak",), limit="OAK-HV-01,OAK-FS-O1"), "no device matches --limit 'OAK-FS-O1'"),
    ],
)
def test_what_names_no_device_is_refused(trust: Trust, which: Which, problem: str) -> None:
    """Never an empty choice that would pass for `nothing differs`."""
    with pytest.raises(UsageError, match=problem):
        which.of(trust)


def test_two_ways_to_dial_are_refused(tmp_path: Path) -> None:
    """--lab and --endpoints name two places; the verb says so and ends with 1."""
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_text('{"devices": {}}')
    assert outcome(["drift", "oak", "--lab", "--endpoints", str(endpoints)]) == 1


@click.command
@which_devices
def _chosen(which: Which) -> ExitCode:
    """A verb that says what it was told to look at."""
    click.echo(which.limit)
    return ExitCode.DONE


def _say(*words: str) -> str:
    return CliRunner().invoke(_chosen, words, catch_exceptions=False).output.strip()


@pytest.mark.parametrize("verb", ["plan", "drift", "audit", "adopt", "backup", "render"])
def test_every_verb_takes_limit_several_times(verb: str) -> None:
    """The last one alone would leave devices out without a word."""
    command = trustctl.get_command(click.Context(trustctl), verb)
    assert command is not None
    context = command.make_context(verb, ["oak", "--limit", "OAK-HV-01", "--limit", "OAK-FS-01,!role:core"])
    assert context.params["limit"] == ("OAK-HV-01", "OAK-FS-01,!role:core")


def test_repeated_limits_add_up_as_terms_with_commas_do() -> None:
    """Also where one of them leaves devices out."""
    assert _say("oak", "--limit", "OAK-HV-01", "--limit", "OAK-FS-01,!role:core") == "OAK-HV-01,OAK-FS-01,!role:core"


@pytest.mark.parametrize("empty", ["", " , ", "!"])
def test_a_limit_that_names_nothing_is_refused(empty: str) -> None:
    """A script's empty variable must not mean every device of the school."""
    with pytest.raises(UsageError, match="--limit names no device"):
        _say("oak", "--limit", "OAK-HV-01", "--limit", empty)
