"""Hostile words in a server's description: never another resource, never another command to a real shell."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from strings import CORPUS, Hostile, sample

from trustctl.errors import LosslessError
from trustctl.hosts import Resource, parse, text_lines
from trustctl.hosts.description import write
from trustctl.hosts.native import commands

_SH = shutil.which("sh") or "/bin/sh"
_STAND_IN = """#!/bin/sh
{{ printf '%s\\0' "${{0##*/}}" "$@"; printf '\\n\\0'; }} >>{log}
"""
"""Writes down what it was called with: words that end in NUL, then a line break as the last one."""
_LONGEST = 5_000
_TOOLS = (
    "apt-get", "install", "mv", "rm", "rmdir", "ln", "groupadd", "groupdel", "usermod", "userdel", "systemctl",
    "sysctl", "hostnamectl", "timedatectl", "mount", "umount", "nft",
)  # fmt: skip


def _resources(text: str) -> list[Resource]:
    """A resource of each kind with the string wherever a resource has words."""
    owned = (("owner", text), ("group", text), ("mode", "0644"))
    gone = (("state", "absent"),)
    return [
        Resource("package", text, (("version", text),)),
        Resource("package", text, gone),
        Resource("file", text, owned, (text,)),
        Resource("file", text, gone),
        Resource("directory", text, owned),
        Resource("link", text, (("target", text),)),
        Resource("group", text, (("gid", text),)),
        Resource("user", text, (("comment", text), ("shell", text), ("home", text), ("groups", text))),
        Resource("service", text, (("enabled", "yes"), ("running", "no"))),
        Resource("service", text, (("do", text),)),
        Resource("sysctl", text, (("value", text),)),
        Resource("hostname", "hostname", (("value", text),)),
        Resource("timezone", "timezone", (("value", text),)),
        Resource("mount", text, (("device", text), ("type", text), ("options", text))),
        Resource("ruleset", "rules", (("file", text),)),
    ]


def test_a_description_holds_the_string_or_is_refused() -> None:
    """What is written is what is read, or it is not read at all; never another resource beside it."""
    for one, resource in (
        (given, made) for given in CORPUS if len(given.text) < _LONGEST for made in _resources(given.text)
    ):
        try:
            found = parse(text_lines(write([resource])))
        except LosslessError:
            continue
        assert list(found) == [resource.key], ascii(one.text[:60])
        (again,) = found.values()
        assert (again.attrs, again.content or ()) == (resource.attrs, resource.content or ()), ascii(one.text[:60])


def _argued(command: str) -> list[list[str]]:
    words = shlex.split(command, comments=True)
    return [words] if words else []


def _run(commands_: list[str], folder: Path) -> list[list[str]]:
    """Run each command by a real shell, with stand-ins for the tools; what each was called with."""
    tools, log, inside = folder / "bin", folder / "log", folder / "inside"
    if not tools.exists():
        tools.mkdir(parents=True)
        inside.mkdir()
        script = _STAND_IN.format(log=shlex.quote(str(log)))
        for tool in _TOOLS:
            (tools / tool).write_text(script, encoding="utf-8")
            (tools / tool).chmod(0o755)
    log.write_text("", encoding="utf-8")
    script = "".join(f"{command}\n" for command in commands_)
    subprocess.run([_SH, "-s"], cwd=inside, env={"PATH": str(tools)}, input=script.encode(), check=False, timeout=60)
    assert list(inside.iterdir()) == []
    calls: list[list[str]] = [[]]
    for word in log.read_bytes().decode().split("\0")[:-1]:
        if word == "\n":
            calls.append([])
        else:
            calls[-1].append(word)
    return calls[:-1]


def _played(one: Hostile, folder: Path) -> None:
    steps = [step for resource in _resources(one.text) for step in commands(resource)]
    meant = [words for step in steps for words in _argued(step)]
    assert _run(steps, folder) == meant, ascii(one.text[:60])
    assert all(words[0] in _TOOLS for words in meant)


def _can_be_an_argument(one: Hostile) -> bool:
    """The system itself refuses NUL, and what is no Unicode; a comment of ours may not hold a line break."""
    return len(one.text) < _LONGEST and not any(char in "\0\n\r" or _is_half(char) for char in one.text)


def _is_half(char: str) -> bool:
    return unicodedata.category(char) == "Cs"


def test_a_real_shell_runs_the_shown_commands_and_no_other(tmp_path: Path) -> None:
    """A sample: each shown command is one call of its tool with the string as one word; nothing is made beside it."""
    for one in sample(40):
        if _can_be_an_argument(one):
            _played(one, tmp_path)


@pytest.mark.long
def test_a_real_shell_runs_no_other_command_for_the_whole_corpus(tmp_path: Path) -> None:
    """The same for every string that can be an argument."""
    for one in CORPUS:
        if _can_be_an_argument(one):
            _played(one, tmp_path)
