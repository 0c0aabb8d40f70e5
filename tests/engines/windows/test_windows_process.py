"""Ansible as a child: what it is told and by which way, what it says, how it is ended, and what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from threading import Timer

import pytest

from trustctl.cli.guard import child_environment
from trustctl.engines.windows.inventory import UNSAFE
from trustctl.engines.windows.process import Ansible, Content, Event, Play, check_ansible
from trustctl.errors import DeviceError

SECRET = "Canary-{{ 1 + 1 }}-8821"
LOCAL = {
    "all": {
        "hosts": {"here": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}},
        "vars": {"literal": {UNSAFE: "a{{ 1 + 1 }}b"}, "held": "{{ trust_secrets['ad/join'] }}"},
    }
}
LOOK = """
import os, pathlib
word, found = "Canary" + "-", []
pid = os.getppid()
while pid > 1:
    for name in ("cmdline", "environ"):
        if word in pathlib.Path(f"/proc/{pid}/{name}").read_text(errors="replace"):
            found.append(f"{name} of {pathlib.Path(f'/proc/{pid}/cmdline').read_text()[:80]}")
    line = pathlib.Path(f"/proc/{pid}/stat").read_text()
    pid = int(line.rpartition(")")[2].split()[1])
    if pid == STOP:
        break
for path in pathlib.Path(FOLDER).glob("trustctl-windows-*/**/*"):
    if path.is_file() and word in path.read_text(errors="replace"):
        found.append(str(path))
print(found)
"""
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Names | Say a value and a secret
      ansible.builtin.debug: {{msg: "{{{{ literal }}}} {{{{ held }}}}"}}
    - name: Names | Look for the secret
      ansible.builtin.command: {{argv: [{python}, {script}]}}
      changed_when: false
      check_mode: false
      register: looked
    - name: Names | Say what was found
      ansible.builtin.debug: {{msg: "{{{{ looked.stdout }}}}"}}
    - name: Hidden | Say nothing
      ansible.builtin.command: /bin/echo {{{{ held }}}}
      no_log: true
"""


@pytest.fixture
def ansible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ansible:
    """Ansible, with no roles, and a temporary folder that no other test writes to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Ansible(Content(()), child_environment())


def folders() -> set[Path]:
    """What runs have left in the temporary folder."""
    return set(Path(tempfile.gettempdir()).glob("trustctl-windows-*"))


def test_secrets_go_by_no_way_that_others_see_and_nothing_is_left(ansible: Ansible, tmp_path: Path) -> None:
    """Neither arguments nor environment nor a file holds one; no value becomes a template; hidden tasks say nothing."""
    script = tmp_path / "look.py"
    script.write_text(LOOK.replace("STOP", str(os.getpid())).replace("FOLDER", repr(tempfile.gettempdir())))
    events: list[Event] = []
    ended = ansible.run(
        Play(PLAY.format(python=sys.executable, script=script), LOCAL, {"ad/join": SECRET}), events.append
    )
    said = [event.get("msg") for event in events if event["event"] == "ok" and event.get("msg")]
    assert ended.code == 0, ended.words
    assert said == [f"a{{{{ 1 + 1 }}}}b {SECRET}", "[]"]
    hidden = next(event for event in events if str(event.get("name")).startswith("Hidden") and "host" in event)
    assert (hidden["no_log"], hidden["args"], "msg" in hidden) == (True, {}, False)
    assert not folders()


def test_a_run_that_nobody_wants_any_more_is_ended_with_all_that_it_started(ansible: Ansible) -> None:
    """Also one that takes too long: it says so, and leaves nothing."""
    began = time.monotonic()
    sleeping = (
        "- hosts: all\n  gather_facts: false\n  tasks: [{ansible.builtin.command: sleep 60, name: 'Names | Sleep'}]\n"
    )
    ender = Timer(2.5, ansible.close)
    ender.start()
    ended = ansible.run(Play(sleeping, LOCAL, {}, check=False), lambda _: None)
    ender.join()
    assert ended.late
    assert time.monotonic() - began < 50, "it waited for the task"
    assert not folders()
    with pytest.raises(DeviceError, match="has been closed"):
        ansible.run(Play(sleeping, LOCAL, {}), lambda _: None)


def test_a_run_that_nobody_hears_any_more_ends_itself(tmp_path: Path) -> None:
    """Its parent was killed: the task that is under way may end, and no further one is begun."""
    made, scratch = tmp_path / "made", tmp_path / "scratch"
    made.mkdir()
    scratch.mkdir()
    tasks = [{"ansible.builtin.command": f"touch {made}/{number}", "name": "N | Touch"} for number in range(40)]
    play = json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    program = (
        "import sys; from trustctl.engines.windows.process import *\n"
        f"Ansible(Content(()), {child_environment()!r})"
        f".run(Play({play!r}, {LOCAL!r}, {{}}, check=False), lambda _: None)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(scratch)})
    while not (made / "1").exists():
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    time.sleep(3)
    count = len(list(made.iterdir()))
    time.sleep(1.5)
    assert len(list(made.iterdir())) == count < 40


def test_what_it_says_when_it_does_not_begin_is_told(ansible: Ansible) -> None:
    """Its own words, with no secret in them."""
    with pytest.raises(DeviceError, match=r"Ansible did not begin .*no_such_module") as caught:
        ansible.run(Play(f"- hosts: all\n  tasks: [{{no_such_module: '{SECRET}'}}]\n", LOCAL, {"a": SECRET}), print)
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ({}, "the package ansible-core is not installed beside trustctl"),
        ({"ansible-core": "2.19.14"}, "the package pypsrp is not installed"),
        ({"ansible-core": "2.18.6", "pypsrp": "0.9.1", "ansible": "11"}, r"ansible-core 2\.18\.6 is too old"),
    ],
)
def test_ansible_that_is_missing_or_too_old_is_one_error_with_its_remedy(versions: dict[str, str], words: str) -> None:
    """Whatever is missing of it: one command puts it right."""

    def version_of(name: str) -> str:
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    with pytest.raises(DeviceError, match=words) as caught:
        check_ansible(version_of)
    assert "pip install 'trustctl[windows]'" in caught.value.remedy
