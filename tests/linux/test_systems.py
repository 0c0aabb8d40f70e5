"""Each system that the lab makes, and each way to start it: as a whole, and without root."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from linux_hosts import StartHosts, server

from trustctl.lab.hosts.recipe import known, recipe
from trustctl.lab.hosts.rootless import _INSIDE

_WITHOUT_ROOT = """\
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from linux_hosts import PASSWORD, USER, server
from over_ssh import connect, say
from trustctl.lab.faults import Fault
from trustctl.lab.hosts.lab import HostLab
with HostLab([server(1), server(2)], Path(sys.argv[2])) as lab:
    with connect(lab.contacts["oak-srv-01"], USER, PASSWORD) as client:
        told = {
            "first": say(client, "ps -p 1 -o comm="),
            "root": say(client, "sudo -S -p '' id -u", PASSWORD + "\\n"),
            "station": say(client, "echo $SSH_CONNECTION")[1].split()[0],
        }
    told["neighbour"] = lab.run("oak-srv-01", ["ping", "-c1", "-W2", "oak-srv-02"]).returncode
    installed = lab.run("oak-srv-01", ["sh", "-c", "apt-get update && apt-get install -y trustctl-lab-probe"])
    told["installed"] = installed.returncode
    lab.break_("oak-srv-01", Fault.parse("disk-full"))
    told["full"] = lab.run("oak-srv-01", ["dd", "if=/dev/zero", "of=/root/x", "bs=64k", "count=1"]).stderr
    lab.heal("oak-srv-01")
    lab.break_("oak-srv-01", Fault.parse("off"))
    lab.heal("oak-srv-01")
    told["again"] = lab.status("oak-srv-01")["reachable"]
print(json.dumps(told))
"""


@pytest.mark.parametrize("system", known())
def test_a_host_is_the_system_that_it_was_asked_for(start_hosts: StartHosts, system: str) -> None:
    """It boots without a failed unit, says its own release, and installs from the archive of that release."""
    lab = start_hosts(server(5, os=system))
    name = "oak-srv-05"
    assert lab.run(name, ["systemctl", "is-system-running", "--wait"]).stdout == "running\n"
    release = lab.run(name, ["sh", "-c", '. /etc/os-release && echo "$ID-$VERSION_ID $VERSION_CODENAME"']).stdout
    assert release == f"{system} {recipe(system).suite}\n"
    assert lab.run(name, ["apt-get", "update"]).returncode == 0
    assert lab.run(name, ["apt-get", "install", "-q", "-y", "trustctl-lab-probe"]).returncode == 0


def test_without_root_a_host_is_its_ssh_server_in_a_user_namespace(lab_cache: Path) -> None:
    """Root of a namespace that maps some users only starts hosts without systemd."""
    private = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    script = [sys.executable, "-c", _WITHOUT_ROOT, str(Path(__file__).parent), str(lab_cache)]
    waiting = ["sh", "-c", 'echo ready; read go; exec "$@"', "sh", *private, "sh", "-c", _INSIDE, "sh", *script]
    with subprocess.Popen(
        ["/usr/bin/unshare", "--user", *waiting],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{process.pid}/{name}").write_text("0 0 65536\n")
        out, error = process.communicate("go\n", timeout=100)
    assert process.returncode == 0, error
    told = json.loads(out)
    assert "No space left" in told.pop("full")
    assert told == {
        "first": [0, "sshd\n"],
        "root": [0, "0\n"],
        "station": "10.250.10.10",
        "neighbour": 0,
        "installed": 0,
        "again": True,
    }
