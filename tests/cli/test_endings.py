"""How a command ends: what is said next can be typed, and the exit code tells the work, whoever reads the output."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from trustctl.cli.verb_doctor import look_over
from trustctl.cli.workspace import Workspace
from trustctl.errors import RulebookError
from trustctl.platforms.roots import template_roots

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("code", [0, 5])
def test_exit_code_tells_the_work_though_nobody_reads(code: int) -> None:
    """Who reads the output may be gone (`| head`): what the run did must not turn into a failure, or the reverse."""
    reading, writing = os.pipe()
    os.close(reading)
    program = f"import sys; from trustctl.cli.screen import tell; tell('done'); tell('more'); sys.exit({code})"
    done = subprocess.run([sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (code, b"")


def test_closed_output_is_no_failure_either() -> None:
    """A job that was started with its output closed ends as its work ended."""
    program = "from trustctl.cli.screen import tell; tell('done')"
    command = f'exec {shlex.quote(sys.executable)} -c "{program}" >&-'
    done = subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_link_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    """A template that is a link to a file elsewhere would be read, and its first line quoted in an error."""
    repository, secret = tmp_path / "trust", tmp_path / "secret.txt"
    folder = repository / "templates" / "own"
    folder.mkdir(parents=True)
    secret.write_text("the value\n", encoding="utf-8")
    (folder / "inside.j2").write_text("hostname a\n", encoding="utf-8")
    (folder / "alias.j2").symlink_to("inside.j2")
    assert repository / "templates" in template_roots(repository)
    (folder / "switch.j2").symlink_to(secret)
    with pytest.raises(RulebookError, match="leads out of the repository") as caught:
        template_roots(repository)
    assert caught.value.where == "templates/own/switch.j2"
    assert "the value" not in str(caught.value)


def test_link_of_the_whole_folder_is_refused(tmp_path: Path) -> None:
    """The folder itself may not lead out either."""
    (tmp_path / "trust").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "trust" / "templates").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RulebookError, match="leads out of the repository"):
        template_roots(tmp_path / "trust")


def test_doctor_names_the_secrets_that_are_missing(tmp_path: Path) -> None:
    """A store without the names that the inventory needs is not ready; names only, never a value."""
    store = tmp_path / "secrets.yml"
    store.write_text("radius/shared-key: Canary-1\n", encoding="utf-8")
    store.chmod(0o600)
    workspace = Workspace(ROOT / "inventory", store)
    (finding,) = [found for found in look_over(workspace, store) if found.what == "secrets"]
    assert finding.good is False
    missing = finding.text.partition("missing: ")[2].split(", ")
    assert len(missing) > 1
    assert "radius/shared-key" not in missing
    store.write_text("".join(f"{name}: Canary-1\n" for name in (*missing, "radius/shared-key")), encoding="utf-8")
    (again,) = [found for found in look_over(workspace, store) if found.what == "secrets"]
    assert again.good
    assert "Canary" not in finding.text + again.text


INTERRUPTED = """
import os, signal, sys, time
from trustctl.apply.fleet import Halt
from trustctl.cli.applying import finishing_on_interrupt
signal.signal(getattr(signal, sys.argv[2]), signal.SIG_DFL)  # who started the tests may have it ignored, as nohup does
halt = Halt()
with finishing_on_interrupt(halt):
    for _ in range(int(sys.argv[1])):
        os.kill(os.getpid(), getattr(signal, sys.argv[2]))
        time.sleep(0)
    print(halt.reason)
"""


@pytest.mark.parametrize(("times", "code", "said"), [(1, 0, "stopping: devices under way"), (2, 6, "broken off while")])
def test_second_interrupt_breaks_off_as_unknown(times: int, code: int, said: str) -> None:
    """The first lets the devices under way finish; after the second nobody knows how they ended."""
    command = [sys.executable, "-c", INTERRUPTED, str(times), "SIGINT"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stderr
    assert ("tier C (Windows hosts) never does" in done.stderr) == (times > 1)
    assert done.stdout == ("interrupted\n" if times == 1 else "")


@pytest.mark.parametrize("sent", ["SIGTERM", "SIGHUP"])
def test_an_end_from_outside_lets_what_is_under_way_finish(sent: str) -> None:
    """A cancelled job, a closed terminal: a host that takes nothing back by itself is not left in the middle."""
    command = [sys.executable, "-c", INTERRUPTED, "2", sent]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout == ("interrupted\n" if sent == "SIGTERM" else ""), "to a closed terminal nothing is written"
