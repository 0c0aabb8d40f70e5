"""Every command that the documentation tells a reader to type is one that the tool takes."""

from __future__ import annotations

import re
import shlex

import click
import documents
import pytest
from click.testing import CliRunner

from trustctl.cli import examples
from trustctl.cli.main import trustctl
from trustctl.cli.verbs import VERBS
from trustctl.errors import ExitCode

EXAMPLES = [
    line.partition(" > ")[0].removeprefix("trustctl ") for lines in examples.EXAMPLES.values() for line in lines
]
TYPED = sorted({(command, page.name) for page in documents.PAGES for command in documents.commands(page)})


def understood(command: click.Command, words: list[str]) -> None:
    """Walk to the command that the words name and parse its options. Raises click.UsageError where it refuses."""
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        if found is None:
            raise click.UsageError(f"there is no {name}")
        command, context = found, click.Context(found, parent=context, info_name=name)
    values, left, _ = command.make_parser(context).parse_args(list(words))
    if left:
        raise click.UsageError(f"one argument too many: {left}")
    for option in command.params:
        if isinstance(option.type, click.Choice) and option.name in values and isinstance(values[option.name], str):
            option.type.convert(values[option.name], option, context)


@pytest.mark.parametrize(("command", "page"), TYPED, ids=[f"{page}: {command}" for command, page in TYPED])
def test_a_documented_command_parses(command: str, page: str) -> None:
    """The verb exists and takes these options and arguments."""
    understood(trustctl, shlex.split(command))


@pytest.mark.parametrize("command", EXAMPLES)
def test_an_example_of_a_help_page_parses(command: str) -> None:
    """What a help page tells to type is taken, too."""
    understood(trustctl, shlex.split(command))


@pytest.mark.parametrize("verb", [*examples.EXAMPLES])
def test_a_help_page_ends_with_its_examples(verb: str) -> None:
    """The page of each verb with examples, and of each command below one, shows them."""
    page = CliRunner().invoke(trustctl, [*verb.split(), "--help"], prog_name="trustctl").output
    assert page.rstrip().endswith(examples.EXAMPLES[verb][-1])


@pytest.mark.parametrize("wrong", ["plam ash", "plan ash --agianst x", "plan ash --format pdf", "doctor now"])
def test_a_wrong_command_is_found(wrong: str) -> None:
    """The check above sees a verb, an option, a choice and an argument that are not there."""
    with pytest.raises(click.UsageError):
        understood(trustctl, shlex.split(wrong))


def test_every_verb_is_documented() -> None:
    """No verb is left out of the README and the pages."""
    told = {command.split()[0] for page in documents.PAGES for command in documents.commands(page)}
    assert {verb.name for verb in VERBS} <= told


def test_the_readme_lists_the_exit_codes() -> None:
    """One row per code, in order."""
    text = (documents.ROOT / "README.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert [int(code) for code in codes] == [code.value for code in ExitCode]
