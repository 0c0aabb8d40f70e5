"""The demo's Linux server: the same verbs and the same law on a real system, where this machine can run one."""

from __future__ import annotations

from pathlib import Path

from trustctl.cli.demo import Stage
from trustctl.cli.demo_part import Part
from trustctl.cli.lab_files import folder_of, lab_secrets
from trustctl.cli.lab_hosts import host_specs
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.lab import state
from trustctl.lab.hosts.ground import is_root
from trustctl.model.plan import Tier

SCHOOL = "oak"
SERVER = "oak-srv-01"
MORE = (("ash", "ash-srv-01"),)
"""The schools' other servers, which the whole demo shows too."""
MINUTE = 30
"""Seconds that a minute lasts: no timer has to run out in this part."""
TOPICS = ("Sudo", "Banner")
"""What is put in force: files, one of them on the way in. The rest installs packages, which takes minutes."""
FILE = "/etc/sudoers.d/10-trust"
MEANT, BY_HAND = "Defaults timestamp_timeout=5", "Defaults timestamp_timeout=600"


class ServerPart(Part):
    """A Linux server comes onto the baseline. Each step types real verbs and holds what it claims."""

    def __init__(
        self, stage: Stage, workspace: Workspace, school: str, report: Path, server: str, *, whole: bool = False
    ) -> None:
        super().__init__(stage, workspace, school, report, server)
        self._server = server
        self._topics = () if whole and is_root() else TOPICS
        self._partly = whole and not is_root()

    def tell(self) -> None:
        """Tell it all, or say why this machine cannot run a server."""
        self.stage.chapter(
            f"A Linux server: {self._server}",
            "The same inventory, verbs and law: here for a real Debian, started on this machine.",
        )
        if self._is_up():
            if self._partly:
                self.stage.say("Not the whole of it: started without root a server has no systemd, so no services.")
            self.join()
            self.drift()

    def join(self) -> None:
        """Plan two topics, or everything, apply that under the server's own timer, and plan again."""
        stage = self.stage
        view = "semantic" if self._topics else "summary"
        plan = self.plan(*self._only, expect=ExitCode.CHANGES_PENDING, view=view)
        self.write_page(plan)
        stage.hold(
            "the plan shows what becomes of each file, line by line",
            any(line.startswith("-") for device in plan.changed for change in device.changes for line in change.diff),
        )
        timed = {device.tier for device in plan.changed} == {Tier.A}
        if timed:
            stage.say(
                "A timer on the server itself puts back what decides who gets in, sudo among it, unless a new session "
                "finds that it still lets us in."
            )
        else:
            stage.say(
                "Started without root a server has no systemd, so no timer of its own: only we would put sudo back."
            )
        self.apply()
        empty = self.plan(*self._only, expect=ExitCode.DONE, hush=True)
        stage.hold(
            f"applied{' under a timer of the server' if timed else ''}, verified over a new session; a second plan is "
            "empty",
            not empty.changed,
        )

    def drift(self) -> None:
        """Somebody changes one line on the server."""
        stage = self.stage
        stage.say(f"Somebody edits {FILE} by hand: {BY_HAND}")
        state.send_edit(folder_of(self.workspace), self._server, [f"sed -i 's/^{MEANT}$/{BY_HAND}/' {FILE}"])
        text = stage.type("drift", self.school, "--lab", *self.limit, *self._only, "--detailed-exitcode", expect=2)
        marked = [line.split(maxsplit=1) for line in text.splitlines() if line.split()[:1] in (["is"], ["should"])]
        stage.hold("drift shows exactly that line", marked == [["is", BY_HAND], ["should", MEANT]])

    @property
    def _only(self) -> tuple[str, ...]:
        return tuple(word for topic in self._topics for word in ("--only", topic))

    def _is_up(self) -> bool:
        """Start the school with its server; False, and said, where there is none."""
        lab_secrets(self.workspace)
        _, left_out = host_specs(self.workspace, (self.school,))
        if self._server not in left_out:
            self.boot(MINUTE)
            if self._server in state.endpoints(folder_of(self.workspace)):
                return True
            left_out = {self._server: "it did not come up; the note above says why"}
        self.stage.say(f"{self._server} is not in this demo: {left_out[self._server]}.")
        return False
