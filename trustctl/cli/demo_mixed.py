"""The demo's second school: several makes of switch and wireless, from the same inventory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from trustctl.cli.demo_cables import Cable, as_read, between_makes, port_at
from trustctl.cli.demo_part import Part
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.model.plan import DevicePlan, Plan, Rule, Severity
from trustctl.model.school import School
from trustctl.report.page import Page
from trustctl.report.words import count

SCHOOL = "elder"
DEVICES = "eld-sw-core-01,eld-sw-art-01,eld-sw-lib-01,eld-wlc-01"
"""A core, two cabinets on its cables and the access points: one of each make. So it stays short."""
MINUTE = 30
"""Seconds that a minute lasts: no timer has to run out in this part."""
VLAN_ROLE = "staff"


class MixedSchool(Part):
    """A school whose devices speak different languages. Each step types real verbs and holds what it claims."""

    def tell(self) -> None:
        """Tell it all."""
        self.joining()
        self.links_apart()
        self.joined()

    def joining(self) -> None:
        """The plan of every device."""
        stage, school = self.stage, self.workspace.trust.schools[self.school]
        platforms = {device.platform for device in school.devices.values()}
        stage.chapter(
            "Another school, other makes",
            f"{school.name}: {count(len(school.devices), 'device')} of {count(len(platforms), 'platform')}, "
            "the same standard, the same verbs.",
        )
        self.boot(MINUTE)
        plan = self.plan(expect=ExitCode.CHANGES_PENDING, whole=True)
        stage.hold(
            f"{len(plan.changed)} devices of {len(platforms)} platforms were read and differ; each is told in its own "
            "language",
            {device.platform for device in plan.changed} == platforms and all(one.commands for one in plan.changed),
        )
        self.write_page(plan)
        self._own_words(plan)

    def links_apart(self) -> None:
        """A plan that would part the two ends of a cable says so, at both ends."""
        stage = self.stage
        stage.chapter(
            "Two makes, one cable",
            "One make keeps a port's VLANs in the port, the other in the VLANs. Changed in one place only, the ends "
            "of a cable would part: here a plan is limited to the topic Uplinks, to see that it warns.",
        )
        plan = self.plan("--only", "Uplinks", expect=ExitCode.CHANGES_PENDING, hush=True)
        school = self.workspace.trust.schools[self.school]
        links = between_makes(school, _names(plan))
        warned = [_warning(plan, self.workspace, school, end) for link in links for end in (link.a, link.b)]
        for why in warned[:2]:
            stage.say(why)
        stage.hold("the plan warns at both ends of every cable between makes (LINK)", warned and all(warned))

    def joined(self) -> None:
        """Apply, and look at the cables before and after, as the devices themselves tell."""
        stage = self.stage
        stage.chapter(
            "Join them", "Each under the timer that its make has, if it has one; the edges first, the core last."
        )
        plan = self.plan(expect=ExitCode.CHANGES_PENDING, hush=True)
        parted = [
            f for device in plan.devices for f in device.flags if f.rule is Rule.LINK and f.severity is Severity.HIGH
        ]
        stage.hold("as a whole, the plan parts no cable", not parted)
        before = self._cables(plan)
        self.apply()
        after = self._cables(plan)
        self._show(before, after)
        stage.hold(
            f"{count(len(after), 'cable')} between makes: both ends, as read back, carry the same",
            after and len(after) == len(before) and not any(cable.apart for cable in after),
        )
        written = {device.platform for device in plan.changed}
        empty = self.plan(expect=ExitCode.DONE)
        stage.hold(
            f"{len(plan.changed)} devices of {len(written)} platforms applied, verified and saved; a second plan is "
            "empty",
            written == {device.platform for device in empty.devices} and not empty.changed,
        )

    def _own_words(self, plan: Plan) -> None:
        school = self.workspace.trust.schools[self.school]
        vlan = school.vlans[VLAN_ROLE]
        page = Page(width=self.stage.view.width, colour=self.stage.view.colour)
        page.blank()
        page.prose(f"The same two facts, VLAN {vlan.id} and the time servers, as each make says them:", indent=3)
        seen: set[str] = set()
        for device in plan.changed:
            if device.platform in seen:
                continue
            seen.add(device.platform)
            page.row(
                (f"{device.name}  ", "bold"), (self.workspace.platform(device.platform).spec.title, "dim"), indent=3
            )
            servers = tuple(str(server) for server in school.services.ntp)
            for line in (*_of_vlan(device, vlan.id), *_of_time(device, servers)):
                page.native(line, indent=5, mark="+ ", style="green")
        self.stage.show(page)

    def _cables(self, plan: Plan) -> tuple[Cable, ...]:
        """Read the devices (`backup`) and return the cables between makes."""
        words = ("backup", self.school, "--lab", *self.limit, "--json")
        answer = cast("Mapping[str, Mapping[str, str]]", json.loads(self.stage.type(*words, hush=True)))
        school = self.workspace.trust.schools[self.school]
        stored = answer["stored"]
        links = between_makes(school, _names(plan) & frozenset(stored))
        found = [as_read(self.workspace, school, link, stored) for link in links]
        self.stage.hold("what each end of those cables carries was read from the devices", all(found))
        return tuple(cable for cable in found if cable is not None)

    def _show(self, before: tuple[Cable, ...], after: tuple[Cable, ...]) -> None:
        page = Page(width=self.stage.view.width, colour=self.stage.view.colour)
        heads = ("", "end", "bundle", "untagged", "tagged")
        for was, now in zip(before, after, strict=True):
            page.blank()
            rows = [
                ((word if number == 0 else "", "bold"), *row)
                for word, cable in (("before", was), ("now", now))
                for number, row in enumerate(cable.shown)
            ]
            page.table(heads, rows, indent=3)
            for word, cable in (("before", was), ("now", now)):
                verdict = f"the ends did not agree: {cable.told}" if cable.apart else "both ends agree"
                page.prose(verdict, indent=3, lead=(f"{word}: ", "bold"), style="yellow" if cable.apart else "green")
        page.blank()
        self.stage.show(page)


def _names(plan: Plan) -> frozenset[str]:
    return frozenset(device.name for device in plan.devices)


def _of_vlan(device: DevicePlan, number: int) -> tuple[str, ...]:
    """The lines that make this VLAN on the device; empty for one that has none of its own."""
    for change in device.changes:
        if change.topic == "VLANs" and change.commands[0].split()[-1] == str(number):
            return change.commands[:-1]
    return ()


def _of_time(device: DevicePlan, servers: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that name the time servers to the device."""
    lines = (line for change in device.changes if change.topic == "NTP" for line in change.commands)
    return tuple(line for line in lines if line.endswith(servers))


def _warning(plan: Plan, workspace: Workspace, school: School, end: tuple[str, str]) -> str:
    """What the plan says at this end of a cable whose ends would part; empty if it says nothing."""
    device = next(device for device in plan.devices if device.name == end[0])
    start = f"{port_at(workspace, school, end)} and its other end "
    found = (flag.why for flag in device.flags if flag.rule is Rule.LINK and flag.severity is Severity.HIGH)
    return next((f"{end[0]}: {why}" for why in found if why.startswith(start)), "")
