"""Dialogues with the IOS model, as data: `dialogues/*.txt`.

A file holds dialogues that start with `== what must hold`. Then `model NAME` and other facts, `boot` with an indented
configuration, and the session: `(mode)# line` is typed in that mode, the lines below it are what the switch must print
(a `^` stands under the wrong word as on a terminal). `| text` is a raw line of a banner. `> ...` looks at the switch:

    > show SECTION      followed by indented lines: exactly these
    > has LINE          in the running configuration (LINE with its indentation, after one blank)
    > lacks LINE
    > reachable         or `> unreachable WORDS`: the reason has these words
    > login USER PASSWORD LEVEL   or `refused`
    > vlans 1,10        besides 1002-1005
    > yes, > no         to a question
    > save, > reload, > replace (with the text marked by `> mark`)
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dialogue import Dialogue, dialogues

from trustctl.lab.makes.cisco_ios.model import vlans
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, Confirm, Mode, Reply
from trustctl.lab.spec import DeviceSpec

FOLDER = Path(__file__).parent / "dialogues"
_TYPED = re.compile(r"(\([\w+-]+\)# ?)(.*)")


class Session:
    """Runs one dialogue."""

    def __init__(self, dialogue: Dialogue) -> None:
        facts = dialogue.facts
        self.switch = IosSwitch(
            DeviceSpec(
                "SW1",
                "cisco_ios",
                model=facts.get("model", "WS-C2960X-24PS-L"),
                boot="".join(f"{line}\n" for line in dialogue.boot),
                management_address=facts.get("address"),
                attachment=facts.get("attachment"),
                station=facts.get("station", "192.0.2.10"),
                radius_servers=frozenset(facts.get("radius", "").split()),
            )
        )
        self.mode: Mode = CONFIG
        self.reply = Reply()
        self.question: Confirm | None = None
        self.marked = ""
        self.lines = dialogue.session

    def run(self) -> None:
        """Walk through the session."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            at += 1
            block: list[str] = []
            while (
                at < len(self.lines) and not _TYPED.match(self.lines[at]) and not self.lines[at].startswith(("> ", "|"))
            ):
                block.append(self.lines[at])
                at += 1
            raw: list[str] = []
            while at < len(self.lines) and self.lines[at].startswith("|"):
                raw.append(self.lines[at][2:])
                at += 1
            typed = _TYPED.match(line)
            if typed:
                self._type(typed[1], typed[2], block, raw)
            else:
                self._look(line[2:], block)

    def _type(self, prompt: str, text: str, expected: list[str], raw: list[str]) -> None:
        name = prompt.strip("()# ")
        assert self.mode.name == name, f"at {text!r}: in mode {self.mode.name}"
        reply = self.switch.configure(self.mode, text)
        printed = [line for line in reply.output if line]
        if reply.caret is not None:
            printed.insert(0, " " * (len(prompt) + reply.caret) + "^")
        assert printed == expected, f"at {text!r}"
        self.mode, self.question = reply.mode, reply.confirm
        if reply.wants_block is not None:
            assert raw, f"{text!r} wants a block"
            self.mode = self.switch.finish_block(self.mode, reply.wants_block, raw).mode

    def _look(self, line: str, block: list[str]) -> None:
        what, _, rest = line.partition(" ")
        getattr(self, f"_{what}")(rest, [part.removeprefix("  ") for part in block])

    def _show(self, rest: str, block: list[str]) -> None:
        assert self.switch.running_text(rest).split("\n")[:-2] == block

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
        assert str(self.switch.login(user, password) or "refused") == level

    def _enable(self, rest: str, _: list[str]) -> None:
        password, verdict = rest.split()
        assert self.switch.enable(password) is (verdict == "accepted")

    def _vlans(self, rest: str, _: list[str]) -> None:
        assert vlans.collapse([row.id for row in self.switch.vlans() if row.id not in vlans.RESERVED]) == rest

    def _asks(self, rest: str, _: list[str]) -> None:
        assert self.question is not None
        assert self.question.question == rest

    def _yes(self, _rest: str, _: list[str]) -> None:
        assert self.question is not None
        self.mode = self.switch.answer(self.mode, self.question, accepted=True).mode

    def _no(self, _rest: str, _: list[str]) -> None:
        assert self.question is not None
        self.mode = self.switch.answer(self.mode, self.question, accepted=False).mode

    def _save(self, _rest: str, _: list[str]) -> None:
        self.switch.save()

    def _reload(self, _rest: str, _: list[str]) -> None:
        self.switch.reload()
        self.mode = CONFIG

    def _mark(self, _rest: str, _: list[str]) -> None:
        self.marked = self.switch.running_text()

    def _replace(self, _rest: str, _: list[str]) -> None:
        self.switch.replace_running(self.marked)
        assert self.switch.running_text() == self.marked
        self.mode = CONFIG


@pytest.mark.parametrize("dialogue", dialogues(FOLDER), ids=lambda dialogue: dialogue.name)
def test_dialogue(dialogue: Dialogue) -> None:
    """The switch prints, keeps and does what the dialogue says."""
    Session(dialogue).run()
