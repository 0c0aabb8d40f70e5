"""The whole story of a few devices with canaries for secrets: everything that works and everything that fails."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from unittest.mock import patch

import yaml
from artefacts import leaks_of, recorded
from canaries import Leak, canary, plain_canary
from engineer import Done, Engineer, one_clear_error
from field import Field
from recorder import Recorder

from trustctl.errors import ExitCode
from trustctl.plan.files import load
from trustctl.secrets.md5crypt import md5crypt
from trustctl.secrets.redact import KNOWN

HELD = ("held/community", "held/tacacs", "held/line-password", "held/pipeline-token")
"""Canaries that no store holds: a community and keys that devices have already, and a token of a pipeline's."""
_PATIENCE = 400.0
"""Seconds: a device that reverts only when its timer ends takes its time."""
OWN = ("trustctl/tag-key", "trustctl/backup-key")


@dataclass
class Story:
    """One repository, its devices, and everything that was said and written."""

    engineer: Engineer
    field: Field
    values: dict[str, str]
    recorder: Recorder
    devices: tuple[str, ...]
    failures: dict[str, Done] = field(default_factory=dict[str, Done])

    @property
    def stored(self) -> dict[str, str]:
        """What the store holds."""
        return {name: value for name, value in self.values.items() if name not in HELD}

    @property
    def schools(self) -> tuple[str, ...]:
        """The devices' schools."""
        return tuple(dict.fromkeys(map(self.school_of, self.devices)))

    @staticmethod
    def school_of(device: str) -> str:
        """The school of a device of the example trust, by its name."""
        return {"eld": "elder"}.get(device[:3], device[:3])

    @staticmethod
    def console(plan: Path) -> tuple[str, ...]:
        """Somebody stands at the consoles of those that take nothing back."""
        needing = [device.name for device in load(plan).devices if device.needs_console]
        return tuple(word for name in needing for word in ("--console-present", name))

    @property
    def some(self) -> tuple[str, ...]:
        """The words that choose the devices."""
        return ("--all", "--limit", ",".join(self.devices))

    @property
    def dial(self) -> tuple[str, ...]:
        """The words that say where they answer."""
        return ("--endpoints", str(self.field.endpoints))

    def environment(self) -> dict[str, str]:
        """A pipeline's: a token in it, the event log on, everything recorded."""
        return recorded(self.engineer, self.recorder, self.values)

    def call(self, *words: object, env: Mapping[str, str] | None = None) -> Done:
        """A command in this process, which knows no value beforehand: quick."""
        KNOWN.forget()
        return self.engineer.call(*words, env=env)

    def run(self, *words: object) -> Done:
        """A command as a process of its own, recorded."""
        return self.engineer.run(*words, env=self.environment(), patience=_PATIENCE)

    def leaks(self) -> tuple[list[Leak], int]:
        """Every secret found in what was printed, written, recorded or thrown away; and the number of artefacts."""
        return leaks_of(self.engineer, self.values, self.recorder)


def plant(values: dict[str, str]) -> Callable[[Engineer], None]:
    """An edit of the example trust: each secret of its store is a canary, and captured devices hold others."""

    def edit(engineer: Engineer) -> None:
        known = cast("dict[str, str]", yaml.safe_load(engineer.secrets.read_text(encoding="utf-8")))
        values.update({name: canary(name) for name in known})
        values["local/enable"] = values["login/enable"]
        values.update({name: canary(name) for name in OWN})
        engineer.secrets.write_text(yaml.safe_dump(values), encoding="utf-8")
        values.update({name: plain_canary(name) for name in HELD})
        for path in engineer.inventory.glob("schools/*/captured/*.cfg"):
            text = path.read_text(encoding="utf-8")
            path.write_text(_with_canaries(text, known, values), encoding="utf-8")
        (engineer.repository.parent / "tmp").mkdir()

    return edit


_HASHES = {
    r"(username netadmin privilege 15 secret 5 )\S+": "login/elder-catalyst",
    r"(enable secret 5 )\S+": "login/elder-enable",
}
"""Accounts of old switches, with which we sign in."""


def _with_canaries(text: str, known: Mapping[str, str], values: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(value, values[name])
        text = text.replace(*(hashlib.sha1(one.encode()).hexdigest() for one in (value, values[name])))  # noqa: S324 - found by its digest, not trusted
    held = values["held/community"]
    text = text.replace('community "public"', f'community "{held}"').replace("community public", f"community {held}")
    for pattern, name in _HASHES.items():
        text = re.sub(pattern, lambda found, name=name: found[1] + md5crypt(values[name], "abcdefgh"), text)
    if "service password-encryption" in text:
        # an IOS switch that kept a key in clear, and has no SNMP group, so that the user is sent with both keys
        text = text.replace("snmp-server group TRUST-RO v3 priv\n", "")
        text = text.replace("line con 0\n", f"line con 0\n password {values['held/line-password']}\n", 1)
        more = "" if held in text else f"snmp-server community {held} RO\n"
        more += f"tacacs-server key {values['held/tacacs']}\n"
        text = text.replace("line con 0\n", f"{more}line con 0\n", 1)
    return text


def tell(story: Story) -> str:
    """What works: from the first look to the way back, each at its most verbose. Returns the id of the run."""
    repository = story.engineer.repository
    plan, html = repository / "plan.json", repository / "plan.html"
    for words in ("--help", "doctor --json", "validate", *(f"show {slug}" for slug in story.schools)):
        story.call(*words.split())
    for name in story.devices:
        story.call("explain", name)
    done = [
        story.call("adopt", *story.some, *story.dial, "--yes"),
        story.call("render", *story.schools, "--out", repository / "rendered"),
        story.call("plan", *story.some, *story.dial, "--view", "full", "--undo", "--origins", "--out", plan),
    ]
    pages = {
        form: story.call("plan", *story.some, *story.dial, "--format", form) for form in ("html", "markdown", "json")
    }
    html.write_text(pages["html"].out, encoding="utf-8")
    (repository / "plan.md").write_text(pages["markdown"].out, encoding="utf-8")
    refused_line(story, plan)
    done.append(story.call("plan", *story.some, *story.dial, "--out", plan))
    unforeseen(story, plan)
    done += [
        story.run("apply", plan, "--yes", *story.console(plan), *story.dial),
        story.run("drift", *story.some, *story.dial),
        story.run("backup", *story.some, *story.dial, "--out", repository / "for-git", "--redacted"),
        story.call("backup", *story.some, *story.dial, "--out", repository.parent / "by-hand"),
    ]
    for name in story.devices:
        done.append(story.call("show", story.school_of(name), "--backup", name))
    assert [one for one in [*done, *pages.values()] if one.code not in {0, 2}] == [], "\n".join(map(str, done))
    run = cast("list[dict[str, str]]", story.call("history", "--json").json)[0]["run"]
    story.call("history", run)
    return run


def refused_line(story: Story, plan: Path) -> None:
    """A device refuses the very line that carries a key, with an answer that repeats it."""
    name = story.devices[0]
    device = next(device for device in load(plan).devices if device.name == name)
    at = next(number for number, line in enumerate(device.commands, start=1) if "<secret:radius/shared-key>" in line)
    # an IOS device quotes the key, and a line with another that only it knows; the others answer in their own words
    says = f"% Invalid input: {story.values['radius/shared-key']} radius-server key {story.values['held/tacacs']}"
    story.field.break_(name, f"reject-line={at}" + (f":{says}" if device.platform.startswith("cisco") else ""))
    done = story.failures["refused line"] = story.run("apply", plan, "--yes", *story.console(plan), *story.dial)
    story.field.lab.heal(name)
    assert done.code not in {0, 1, 2}, str(done)
    assert any(story.values["radius/shared-key"] in entry.line for entry in story.field.lab.log(name))


def unforeseen(story: Story, plan: Path) -> None:
    """An exception that nobody foresaw, whose message and locals are every secret: in a verb, and in a thread."""
    said = " ".join(story.values.values())
    with patch("trustctl.cli.verb_apply.apply_plan", side_effect=RuntimeError(said)):
        assert story.call("apply", plan, "--yes", *story.console(plan), *story.dial).code == 1
    script = (
        "import logging, sys, threading, warnings\n"
        "from trustctl.cli.guard import private_process\n"
        "private_process()\n"
        "secrets = sys.stdin.read()\n"
        "def work(): raise ValueError(secrets)\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
        "try: work()\n"
        "except ValueError: logging.getLogger('x').exception('broke')\n"
        "work()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=said, capture_output=True, text=True, check=False, env=story.environment()
    )
    story.engineer.said.append(Done(("(a thread of its own)",), done.returncode, done.stdout, done.stderr))
    assert done.stderr.count("ValueError") == 3, done.stderr


def go_wrong(story: Story, run: str) -> None:
    """What fails before anything is sent: logins, keys, sessions, files, and the store itself."""
    name, plan = story.devices[0], story.engineer.repository / "plan.json"
    wrong = _secrets(
        story, "wrong.yml", {**story.stored, **{key: canary("wrong") for key in story.stored if "login" in key}}
    )
    broken = _secrets(
        story, "broken.yml", f"a: {story.values['snmp/auth']}\n  b: [{story.values['radius/shared-key']}\n"
    )
    several = _secrets(story, "nested.yml", {"a": {"b": story.values["snmp/auth"]}})
    one = ("--all", "--limit", name, *story.dial)
    tries: dict[str, tuple[tuple[object, ...], int]] = {
        "login refused": (("plan", *one, "--secrets", wrong), 9),
        "store broken": (("plan", *one, "--secrets", broken), 9),
        "store of another shape": (("plan", *one, "--secrets", several), 9),
        "store gone": (("plan", *one, "--secrets", "gone.yml"), 9),
    }
    for what, (words, code) in tries.items():
        story.failures[what] = story.call(*words)
        one_clear_error(story.failures[what], code)
    for fault in ("host-key", "garbage=show"):
        story.field.break_(name, fault)
        story.failures[fault] = story.call("drift", *one)
        story.field.lab.heal(name)
        assert story.failures[fault].code not in {0, 2}, str(story.failures[fault])
    school = story.engineer.inventory / "trust.yml"
    text = school.read_text(encoding="utf-8")
    school.write_text(text.replace("secret://radius/shared-key", story.values["radius/shared-key"]), encoding="utf-8")
    story.failures["value in the inventory"] = story.call("validate")
    school.write_text(text, encoding="utf-8")
    assert story.failures["value in the inventory"].code == 1
    story.failures["rollback"] = story.run("rollback", run, "--yes", *story.console(plan), *story.dial)
    story.failures["stale"] = story.call("apply", plan, "--yes", *story.console(plan), *story.dial)


def go_wrong_slowly(story: Story) -> None:
    """What takes its time: a rehearsal, a session that is lost among the lines, a device that is silent, SIGKILL."""
    name = story.devices[0]
    story.run("rehearse", _planned(story, "again.json"), "--minute", "5")
    for fault in ("cut-line=3", "dead"):
        plan = _planned(story, f"{fault[:4]}.json")
        story.field.break_(name, fault)
        story.failures[fault] = story.run("apply", plan, "--yes", *story.console(plan), *story.dial)
        story.field.lab.heal(name)
        assert story.failures[fault].code not in {0, ExitCode.LOCKED}, str(story.failures[fault])
    killed(story)


def _planned(story: Story, name: str) -> Path:
    """A plan of its own, which nobody has begun yet."""
    plan = story.engineer.repository / name
    done = story.call("plan", *story.some, *story.dial, "--out", plan)
    assert done.code == 0, str(done)
    assert any(device.commands for device in load(plan).devices), str(done)
    return plan


def killed(story: Story) -> None:
    """SIGKILL while lines are being sent: what is left behind is scanned as it lies."""
    plan = _planned(story, "killed.json")
    name = story.devices[0]
    before = len(story.field.lab.log(name))
    story.field.break_(name, "latency=0.3")
    process = subprocess.Popen(
        [sys.executable, "-m", "trustctl.cli.main", "apply", str(plan), "--yes", *story.console(plan), *story.dial],
        cwd=story.engineer.repository,
        env=story.engineer._environment(story.environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    ends = time.monotonic() + 60
    while len(story.field.lab.log(name)) < before + 20 and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.1)
    sending = len(story.field.lab.log(name)) - before
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    story.field.lab.heal(name)
    story.engineer.said.append(Done(("apply", "(killed)"), process.returncode, out.decode(), err.decode()))
    assert (process.returncode, sending >= 20) == (-signal.SIGKILL, True), str(story.engineer.said[-1])
    assert not list(story.engineer.repository.glob("core*"))


def _secrets(story: Story, name: str, content: object) -> Path:
    path = story.engineer.repository.parent / name
    path.touch(mode=0o600)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path
