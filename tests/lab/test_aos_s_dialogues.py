"""Dialogues with the AOS-S model, as data: `dialogues/aruba_aos_s/*.txt`.

A file holds dialogues that start with `== what must hold`. Then `model NAME` and other facts, `boot` with an indented
configuration, and the session: `(context)# line` is typed in that context, the lines below it are what the switch must
print. `> ...` looks at the switch:

    > show HEADER       a section or line that starts so, followed by indented lines: exactly these
    > has LINE          in the running configuration (LINE with its indentation, after one blank)
    > lacks LINE
    > reachable         or `> unreachable WORDS`: the reason has these words
    > login USER PASSWORD manager|operator|refused
    > carries PORT VLAN tagged|untagged|not
    > asks TEXT         the question's last line; then `> yes` or `> no`
    > save, > reload
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dialogue import Dialogue, dialogues

from trustctl.lab.makes.aruba_aos_s.model import access
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, EXEC, Context, Question
from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch
from trustctl.lab.spec import Account, DeviceSpec

FOLDER = Path(__file__).parent / "dialogues" / "aruba_aos_s"
_TYPED = re.compile(r"\(([\w,/-]+)\)# ?(.*)")
_LEVELS = {access.MANAGER: "manager", access.OPERATOR: "operator", None: "refused"}


class Session:
    """Runs one dialogue."""

    def __init__(self, dialogue: Dialogue) -> None:
        facts = dialogue.facts
        self.switch = AosSwitch(
            DeviceSpec(
                "SW1",
                "aruba_aos_s",
                facts.get("model", "J9773A"),
                boot="".join(f"{line}\n" for line in dialogue.boot),
                management_address=facts.get("address"),
                attachment=facts.get("attachment"),
                station=facts.get("station", "192.0.2.10"),
                radius_servers=frozenset(facts.get("radius", "").split()),
                radius_accounts=(Account("netadmin", "by-radius"), Account("looker", "by-radius", 1)),
                local_accounts=(Account("manager", "kept-hidden"),),
            )
        )
        self.context: Context = CONFIG
        self.question: Question | None = None
        self.lines = dialogue.session

    def run(self) -> None:
        """Walk through the session."""
        at = 0
        while at < len(self.lines):
            line, block = self.lines[at], list[str]()
            at += 1
            while at < len(self.lines) and not _TYPED.match(self.lines[at]) and not self.lines[at].startswith("> "):
                block.append(self.lines[at])
                at += 1
            typed = _TYPED.match(line)
            if typed:
                self._type(typed[1], typed[2], block)
            else:
                what, _, rest = line[2:].partition(" ")
                getattr(self, f"_{what}")(rest, [part.removeprefix("  ") for part in block])

    def _type(self, context: str, text: str, expected: list[str]) -> None:
        assert self.context.name == context, f"at {text!r}: in {self.context.name}"
        reply = self.switch.configure(self.context, text)
        assert reply.output.splitlines() == expected, f"at {text!r}"
        self.context, self.question = reply.context, reply.question
        if self.context == EXEC:
            self.context = CONFIG
        self._typed = text

    def _show(self, rest: str, block: list[str]) -> None:
        lines = self.switch.running_text().split("\n")
        start = next((at for at, line in enumerate(lines) if line == rest), None)
        assert start is not None, "\n".join(lines)
        stop = next((at for at in range(start, len(lines)) if lines[at] == "   exit"), start) + 1
        assert lines[start:stop] == block

    def _has(self, rest: str, _: list[str]) -> None:
        assert rest in self.switch.running_text().split("\n"), self.switch.running_text()

    def _lacks(self, rest: str, _: list[str]) -> None:
        assert rest not in self.switch.running_text().split("\n")

    def _reachable(self, _rest: str, _: list[str]) -> None:
        assert self.switch.reachable().ok, self.switch.reachable().why

    def _unreachable(self, rest: str, _: list[str]) -> None:
        found = self.switch.reachable()
        assert not found.ok
        assert rest in found.why

    def _login(self, rest: str, _: list[str]) -> None:
        user, password, level = rest.split()
        assert _LEVELS[access.sign_in(self.switch, user, password)] == level

    def _carries(self, rest: str, _: list[str]) -> None:
        port, vlan, how = rest.split()
        assert (self.switch.carries(port, int(vlan)) or "not") == how

    def _asks(self, rest: str, _: list[str]) -> None:
        assert self.question is not None
        assert self.question.text.splitlines()[-1].strip() == rest

    def _yes(self, _rest: str, _: list[str]) -> None:
        assert self.question is not None
        self.context = self.switch.configure(self.context, self._typed, confirmed=True).context

    def _no(self, _rest: str, _: list[str]) -> None:
        assert self.question is not None

    def _save(self, _rest: str, _: list[str]) -> None:
        self.switch.save()

    def _reload(self, _rest: str, _: list[str]) -> None:
        self.switch.reload()
        self.context = CONFIG


@pytest.mark.parametrize("dialogue", dialogues(FOLDER), ids=lambda dialogue: dialogue.name)
def test_dialogue(dialogue: Dialogue) -> None:
    """The switch says and does what the dialogue says."""
    Session(dialogue).run()
