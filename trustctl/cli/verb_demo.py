"""`trustctl demo`: the whole story on the lab, each step proved."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import click

from trustctl.cli import demo_mixed, demo_server, demo_windows
from trustctl.cli.demo import Stage
from trustctl.cli.demo_mixed import MixedSchool
from trustctl.cli.demo_part import PLAN, Part
from trustctl.cli.demo_server import ServerPart
from trustctl.cli.demo_windows import WindowsPart
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.lab_files import folder_of
from trustctl.cli.options import json_option
from trustctl.cli.screen import screen
from trustctl.cli.shipped import copy_example
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.lab import state
from trustctl.model.run import Outcome
from trustctl.plan.files import load
from trustctl.report.json import to_json
from trustctl.report.words import listed

SCHOOL = "ash"
DEVICES = "ash-sw-core-01,ash-sw-b1-01,ash-sw-sports-01"
"""Three of the school's seven switches: the core, and two that hang behind each other. So it stays short."""
SWITCHES = "ash-sw-*"
"""All seven. The school's servers are none of this story."""
EDGE = "ash-sw-sports-01"
MINUTE = 2
"""Seconds that a minute lasts on the simulated switches."""
GATEWAY, TYPO = "gateway: 192.168.99.1,", "gateway: 192.168.99.7,"


@click.command(cls=VerbCommand)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default="trustctl-demo.html",
    show_default=True,
    metavar="FILE",
    help="Where the HTML report of the plan is left; the others' go beside it.",
)
@click.option(
    "--whole", is_flag=True, help="All devices of these schools, and all of their Linux servers; takes minutes."
)
@json_option
def command(report: Path, whole: bool, as_json: bool) -> ExitCode:
    """A school joins: plan, rehearse, apply, drift, a bad change taken back. Then one of other makes, and servers.

    Everything runs on this machine: simulated devices with real SSH, a real Linux system if it can run one, and a
    simulated Windows Server that Ansible drives.
    It ends with 0 only if every step held.
    """
    from trustctl.cli.main import outcome  # noqa: PLC0415 - main imports this module when the verb is used

    stage = Stage(outcome, screen(), quiet=as_json)
    place = report.absolute()
    with tempfile.TemporaryDirectory(prefix="trustctl-demo-") as folder, contextlib.chdir(folder):
        copy_example(Path("inventory"))
        workspace = Workspace(Path("inventory"))
        parts = _parts(stage, workspace, place, whole=whole)
        for part in parts:
            with part:
                part.tell()
        pages = [page for part in parts for page in part.pages]
        _what_was_done(stage, workspace, pages)
    if as_json:
        held = [{"held": what, "seconds": round(seconds, 1)} for what, seconds in stage.held]
        click.echo(to_json({"reports": [str(page) for page in pages], "held": held}))
    return ExitCode.DONE


def _parts(stage: Stage, workspace: Workspace, place: Path, *, whole: bool) -> tuple[Part, ...]:
    """The parts in order, each with its report beside the first one's."""

    def page(name: str) -> Path:
        return place.with_stem(f"{place.stem}-{name}")

    servers = ((demo_server.SCHOOL, demo_server.SERVER), *(demo_server.MORE if whole else ()))
    devices = "" if whole else demo_mixed.DEVICES
    return (
        _Story(stage, workspace, SCHOOL, place, SWITCHES if whole else DEVICES),
        MixedSchool(stage, workspace, demo_mixed.SCHOOL, page(demo_mixed.SCHOOL), devices),
        *(ServerPart(stage, workspace, school, page(server), server, whole=whole) for school, server in servers),
        WindowsPart(stage, workspace, demo_windows.SCHOOL, page(demo_windows.HOST.lower()), demo_windows.HOST),
    )


class _Story(Part):
    """One school joins, and stays as it is meant. Each step types real verbs and holds what it claims."""

    def tell(self) -> None:
        """Tell it all."""
        self.validate()
        self.first_plan()
        self.prepare()
        self.rehearse()
        self.join()
        self.drift()
        self.bad_change()

    def validate(self) -> None:
        """The inventory is read and found sound."""
        self.stage.chapter("Read the trust", "One repository says what every school's back end means.")
        self.stage.type("validate")
        self.stage.hold("the inventory is valid", value := self.workspace.trust.schools)
        self.stage.say(f"{value[SCHOOL].name} is joining: its switches carry somebody else's configuration.")
        self.boot(MINUTE)

    def first_plan(self) -> None:
        """The first plan: what joining means, and the report of it."""
        self.stage.chapter("See what joining would change", "A dry run. Nothing is written to a switch.")
        plan = self.plan(expect=ExitCode.CHANGES_PENDING)
        self.write_page(plan)
        lines = sum(len(device.commands) for device in plan.devices)
        self.stage.hold(f"{len(plan.changed)} switches differ; {lines} lines would be sent; exit code 2", plan.changed)

    def prepare(self) -> None:
        """The switches learn to undo a change by themselves, as a change of its own."""
        self.stage.chapter(
            "First, let each switch undo a change by itself",
            "Without `archive` a switch can only go back by a reload. So `archive` goes first, alone.",
        )
        self.plan("--only", "Archive", expect=ExitCode.CHANGES_PENDING)
        self.apply()
        plan = self.plan(expect=ExitCode.CHANGES_PENDING, hush=True)
        tiers = {device.tier.value for device in plan.changed}
        self.stage.hold("every switch now has a rollback timer of its own (tier A)", tiers == {"A"})

    def rehearse(self) -> None:
        """The plan on twins of the switches."""
        self.stage.chapter("Rehearse", "The plan on twins, booted with what the switches said a moment ago.")
        text = self.stage.type("rehearse", PLAN)
        self.stage.hold("the rehearsal reached the target on every twin", "a second plan on the twins is empty" in text)

    def join(self) -> None:
        """The plan on the switches, and a second plan."""
        self.stage.chapter(
            "Apply",
            "Arm the switch's own timer, send line by line, hang up, sign in anew, compare, confirm, save, read back.",
        )
        self.apply()
        empty = self.plan(expect=ExitCode.DONE)
        self.stage.hold("applied, verified and saved; a second plan is empty", not empty.changed)

    def drift(self) -> None:
        """Somebody changes a switch by hand."""
        self.stage.chapter("Somebody edits a switch by hand", f"On {EDGE}'s console: ip http server")
        state.send_edit(folder_of(self.workspace), EDGE, ["ip http server"])
        text = self.stage.type("drift", SCHOOL, "--lab", "--detailed-exitcode", *self.limit, expect=2)
        self.stage.hold("drift names the switch and the very line", EDGE in text and "ip http server" in text)
        plan = self.plan(expect=ExitCode.CHANGES_PENDING, hush=True)
        only = [(device.name, device.commands) for device in plan.changed]
        self.stage.hold("and nothing else", only == [(EDGE, ("no ip http server",))])
        self.apply()

    def bad_change(self) -> None:
        """A typing mistake in the inventory would cut a switch off."""
        self.stage.chapter(
            "A bad change",
            "Somebody mistypes the gateway in the inventory. The plan warns; we apply it to one switch all the same.",
        )
        school = Path("inventory/schools") / SCHOOL / "school.yml"
        text = school.read_text(encoding="utf-8")
        self.stage.hold("the mistake is made", GATEWAY in text)
        school.write_text(text.replace(GATEWAY, TYPO), encoding="utf-8")
        words = ("plan", SCHOOL, "--lab", "--limit", EDGE, "--detailed-exitcode", "--out", PLAN)
        self.stage.type(*words, expect=2)
        flags = {flag.rule.value for device in load(Path(PLAN)).changed for one in device.changes for flag in one.flags}
        self.stage.hold("the plan warns that the management path is touched (MGMT)", "MGMT" in flags)
        self.apply(expect=ExitCode.ROLLED_BACK)
        last = self.workspace.journal.runs()[0]
        school.write_text(text, encoding="utf-8")
        empty = self.plan(expect=ExitCode.DONE, hush=True)
        self.stage.hold(
            "cut off, taken back by the switch itself, reported as rolled back, and as it was before",
            not empty.changed and {end.outcome for end in last.outcomes} == {Outcome.ROLLED_BACK},
        )


def _what_was_done(stage: Stage, workspace: Workspace, pages: list[Path]) -> None:
    """The journal, and what to do next."""
    stage.chapter("What was done", "Every step is in the journal before it is taken and after.")
    text = stage.type("history")
    runs = workspace.journal.runs()
    stage.hold("every run is in the journal", runs and all(run.id in text and run.ended for run in runs))
    stage.say(f"The plans as pages: {listed([str(page) for page in pages])}")
    stage.say("Your own trust: trustctl init DIR")
