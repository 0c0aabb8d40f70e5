"""The verbs: their groups, their one-line help, and the module that is imported when one is used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. `module` holds a click command called `command`; it is imported only when the verb is used."""

    name: str
    group: str
    help: str

    @property
    def module(self) -> str:
        """Where the verb lives."""
        return f"trustctl.cli.verb_{self.name}"


_START, _LOOK, _CHANGE, _LAB, _MORE = "Start", "Look", "Change", "Lab", "More"

VERBS = (
    Verb("demo", _START, "The whole story on simulated devices, in a minute or two."),
    Verb("init", _START, "Start a trust's repository: inventory, pipeline files, README."),
    Verb("secret", _START, "The trust's secrets: the store, its values, and who can open it."),
    Verb("doctor", _START, "Check that this machine is ready."),
    Verb("validate", _LOOK, "Read the whole inventory; print every problem with its place and remedy."),
    Verb("show", _LOOK, "A school's resolved values and where each comes from."),
    Verb("explain", _LOOK, "Where a line of a device's configuration comes from."),
    Verb("render", _LOOK, "Write the intended configurations of schools."),
    Verb("plan", _LOOK, "The dry run: what would change, why, and how it would be undone."),
    Verb("rehearse", _LOOK, "Carry out a plan on simulated twins of the devices and report what happened."),
    Verb("drift", _LOOK, "What differs on the devices from what the inventory means."),
    Verb("audit", _LOOK, "Ask Linux servers whether they hold the 24 points of the baseline."),
    Verb("history", _LOOK, "The runs so far and how each device ended."),
    Verb("adopt", _CHANGE, "Pin the host key and serial number of devices, once."),
    Verb("backup", _CHANGE, "Store the devices' running configurations, readable by you alone."),
    Verb("apply", _CHANGE, "Apply exactly the plan that was reviewed."),
    Verb("rollback", _CHANGE, "Undo one run, device by device."),
    Verb("lab", _LAB, "The simulated estate on loopback: up, status, break, down."),
    Verb("platform", _MORE, "The platforms: list them, check configurations, test a platform's own cases."),
    Verb("schema", _MORE, "JSON Schemas of the inventory files, for editors."),
)

BY_NAME = {verb.name: verb for verb in VERBS}
