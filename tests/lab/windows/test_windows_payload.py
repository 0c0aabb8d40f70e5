"""What ansible-core sends: whatever is not just so is a loud fault, as the form is its internals'."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from trustctl.lab.windows.commands import command
from trustctl.lab.windows.documents import Library
from trustctl.lab.windows.model.refusal import NotModelledError
from trustctl.lab.windows.payload import decoded, is_bootstrap, shipped_script
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.lab.windows.world import World

_MODULE = "ansible_collections.ansible.windows.plugins.modules.win_ping.ps1"
Change = Callable[[dict[str, Any], dict[str, Any]], None]


def _sent(change: Change | None = None) -> list[str]:
    """A payload as ansible-core 2.19 makes it, changed."""
    bootstrap: dict[str, Any] = {"name": "exec_wrapper", "script": shipped_script("exec_wrapper.ps1"), "params": {}}
    script = Library().module("ansible.windows.win_ping").script.read_bytes()
    arguments = {"data": "x", "_ansible_check_mode": True}
    params = {
        "Script": _MODULE,
        "Environment": {},
        "Variables": [{"Name": "complex_args", "Value": arguments, "Scope": "Global"}],
        "CSharpModules": [],
        "PowerShellModules": [],
        "ForModule": True,
    }
    manifest: dict[str, Any] = {
        "scripts": {_MODULE: {"path": "/x", "script": base64.b64encode(script).decode()}},
        "actions": [{"name": "module_wrapper.ps1", "params": params, "secure_params": {}}],
        "signed_hashlist": [],
    }
    if change:
        change(bootstrap, manifest)
    return [json.dumps(bootstrap), "\0\0\0\0", json.dumps(manifest)]


def test_a_payload_is_read() -> None:
    """Module, arguments and check mode."""
    task = decoded(_sent(), Library())
    assert (task.module.name, task.args["data"], task.check) == ("ansible.windows.win_ping", "x", True)
    assert "'x'" not in repr(task)


def _other_wrapper(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    bootstrap["script"] += "\n# another"


def _other_script(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    manifest["scripts"][_MODULE]["script"] = base64.b64encode(b"#!powershell\nRemove-Item C:\\").decode()


def _become(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    manifest["actions"].insert(0, {"name": "become_wrapper.ps1", "params": {}})


def _environment(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    manifest["actions"][0]["params"]["Environment"] = {"A": "b"}


def _unknown(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    manifest["actions"][0]["params"]["Script"] = "ansible.legacy.trust_none.ps1"


def _moved(bootstrap: dict[str, Any], manifest: dict[str, Any]) -> None:
    manifest["steps"] = manifest.pop("actions")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_wrapper, "an exec wrapper that is not ansible-core's"),
        (_other_script, "the script of ansible.windows.win_ping that was sent is not the one in"),
        (_become, "the actions become_wrapper.ps1, module_wrapper.ps1"),
        (_environment, "a script that is no module, or one with an environment of its own"),
        (_unknown, "there is no documented module trust_none"),
        (_moved, "a payload of another form than ansible-core 2.19 sends (KeyError: 'actions')"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_is_not_just_so_is_a_loud_fault(change: Change, said: str) -> None:
    """With what it is."""
    with pytest.raises(NotModelledError) as told:
        decoded(_sent(change), Library())
    assert said in str(told.value)


def test_lines_without_an_end_of_the_bootstrap_are_no_payload() -> None:
    """As a module's own input would be."""
    with pytest.raises(NotModelledError):
        decoded(["{}"], Library())


def test_only_ansibles_own_bootstrap_is_one() -> None:
    """A line more is another script."""
    stripped = "\n".join(line.strip() for line in shipped_script("bootstrap_wrapper.ps1").splitlines() if line.strip())
    assert is_bootstrap(stripped)
    assert not is_bootstrap(stripped + "\nGet-Date")


_SHUTDOWN = r"""$ErrorActionPreference = 'Continue'

if ($True) {
    Remove-Item -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\AutoLogonChecked' -Force -ErrorAction SilentlyContinue
}

$stdout = $null
$stderr = . { C:\Windows\System32\shutdown.exe /r /t 2 /c 'Reboot initiated by Ansible' | Set-Variable stdout } 2>&1 | ForEach-Object ToString

ConvertTo-Json -Compress -InputObject @{
    stdout = (@($stdout) -join "`n")
    stderr = (@($stderr) -join "`n")
    rc = $LASTEXITCODE
}
"""  # noqa: E501 - ansible.windows writes it so


def test_a_second_shutdown_is_told_of_the_first_and_can_be_called_off() -> None:
    """By the codes of Windows' shutdown.exe."""
    machine = World([WindowsSpec("OAK-01")]).machine("OAK-01")
    assert machine is not None
    with machine.lock:
        assert json.loads(command(machine, _SHUTDOWN).lines[0])["rc"] == 0
        assert not machine.logon_seen
        assert json.loads(command(machine, _SHUTDOWN).lines[0])["rc"] == 1190
        assert command(machine, r"C:\Windows\System32\shutdown.exe /a").code == 0
        assert command(machine, r"C:\Windows\System32\shutdown.exe /a").code == 1116
    assert machine.boots == 0
