"""The demo's Hyper-V host: a new Windows server becomes one, with its virtual switch and two machines, by Ansible."""

from __future__ import annotations

from trustctl.cli.demo_part import Part
from trustctl.cli.lab_files import folder_of, lab_secrets
from trustctl.engines.windows.process import check_ansible
from trustctl.errors import DeviceError, ExitCode
from trustctl.lab import state
from trustctl.model.plan import Plan, Rule

SCHOOL = "oak"
HOST = "OAK-HV-01"
MACHINES = ("OAK-DC-01", "OAK-FS-01")
MINUTE = 30
"""Seconds that a minute lasts: nothing in this part waits for a timer."""
TOPICS = ("Hyper-V features", "Hyper-V host", "Virtual switches", "Network", "Virtual machines")
"""What is put in force: what makes a server a Hyper-V host. To join needs the school's place in the directory."""
BY_HAND = "trust_vm OAK-FS-01 processors=2"
"""What somebody does in Hyper-V Manager."""


class WindowsPart(Part):
    """A Windows server comes onto the baseline and becomes a Hyper-V host. Each step types real verbs."""

    def tell(self) -> None:
        """Tell it all, or say why this machine cannot."""
        self.stage.chapter(
            f"A Hyper-V host: {HOST}",
            "The same inventory, verbs and law, by Ansible: here against a simulated Windows Server, as nothing on "
            "this machine can run PowerShell's own half.",
        )
        if why := _hindrance():
            self.stage.say(f"{HOST} is not in this demo: {why}")
            return
        lab_secrets(self.workspace)
        self.boot(MINUTE)
        self.join()
        self.drift()

    def join(self) -> None:
        """Plan a server that is none of it yet, apply, and plan again."""
        stage = self.stage
        plan = self.plan(*self._only, expect=ExitCode.CHANGES_PENDING, view="semantic")
        self.write_page(plan)
        sections = _sections(plan)
        stage.hold(
            "the dry run shows the switch and both machines as they would be made, though Hyper-V is not there yet",
            {"trust_vswitch TRUST", *(f"trust_vm {name}" for name in MACHINES)} <= sections,
        )
        restart = any(flag.rule is Rule.RELOAD for device in plan.changed for flag in device.flags)
        stage.hold("and that Windows restarts for it", restart)
        self.apply()
        empty = self.plan(*self._only, expect=ExitCode.DONE, hush=True)
        stage.hold("applied and read back over a new connection; a second plan is empty", not empty.changed)

    def drift(self) -> None:
        """Somebody takes processors from a machine."""
        stage = self.stage
        stage.say(f"Somebody gives {MACHINES[1]} two processors by hand.")
        state.send_edit(folder_of(self.workspace), HOST, [BY_HAND])
        text = stage.type("drift", self.school, "--lab", *self.limit, *self._only, "--detailed-exitcode", expect=2)
        marked = [line.split(maxsplit=1)[1] for line in text.splitlines() if line.split()[:1] in (["is"], ["should"])]
        stage.hold("drift shows exactly that", marked == ["processors: 2", "processors: 4"])

    @property
    def _only(self) -> tuple[str, ...]:
        return tuple(word for topic in TOPICS for word in ("--only", topic))


def _sections(plan: Plan) -> set[str]:
    return {change.section[0] for device in plan.changed for change in device.changes}


def _hindrance() -> str:
    """Why Ansible cannot be run here; empty if it can."""
    try:
        check_ansible()
    except DeviceError as error:
        return f"{error.problem}. {error.remedy}"
    return ""
