"""The server, as another's client of PowerShell Remoting sees it: what works, and each thing that goes wrong."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import SSLError

from trustctl.errors import UsageError
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.commands import file_time
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.parts import Accounts, Services, System
from trustctl.lab.windows.spec import AccountSpec, DirectorySpec, DomainGroupSpec, WindowsSpec

NAME = "OAK-01"
_BOOT = "(Get-CimInstance -ClassName Win32_OperatingSystem -Property LastBootUpTime).LastBootUpTime.ToFileTime()"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[WindowsLab]:
    """One host; a restart takes a tenth of a second."""
    with WindowsLab([WindowsSpec(NAME, "lab", "Lab-1", restart_seconds=0.1)], folder=tmp_path) as running:
        yield running


def _session(lab: WindowsLab, **other: Any) -> WSMan:
    contact = lab.contacts[NAME]
    how = {"auth": "basic", "cert_validation": str(lab.ca), "no_proxy": True, "connection_timeout": 5, **other}
    how = {"username": contact.user, "password": contact.password, "ssl": True, **how}
    return WSMan(contact.host, port=contact.port, **how)


def _asked(session: WSMan, script: str) -> PowerShell:
    with RunspacePool(session) as pool:
        shell = PowerShell(pool)
        shell.add_script(script)
        shell.invoke()
        return shell


def test_a_known_command_is_answered(lab: WindowsLab) -> None:
    """As win_reboot asks for the time of the last boot."""
    assert _asked(_session(lab), _BOOT).output == [str(file_time(lab.machine(NAME).last_boot))]
    assert not lab.bugs


def test_an_unknown_command_is_a_loud_fault(lab: WindowsLab) -> None:
    """It is said to whoever asked, and kept for the tests."""
    assert "the lab does not model the command Get-Date" in str(_asked(_session(lab), "Get-Date").output[0])
    assert lab.bugs == (f"{NAME}: the command Get-Date",)


@pytest.mark.parametrize("other", [{"password": "wrong"}, {"username": "nobody"}, {"username": "OTHER\\lab"}])
def test_who_may_not_sign_in_is_refused(lab: WindowsLab, other: dict[str, str]) -> None:
    """By HTTP's 401, whatever the reason."""
    with pytest.raises(AuthenticationError):
        _asked(_session(lab, **other), _BOOT)


@pytest.mark.parametrize("user", ["LAB", ".\\lab", "oak-01\\lab"])
def test_a_local_user_has_several_names(lab: WindowsLab, user: str) -> None:
    """As Windows takes them."""
    assert _asked(_session(lab, username=user), _BOOT).output


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.WRONG_PASSWORD), AuthenticationError),
        (Fault(FaultKind.ACCOUNT_LOCKED, text="lab"), AuthenticationError),
        (Fault(FaultKind.EXPIRED), SSLError),
        (Fault(FaultKind.REFUSE), NoConnectionError),
        (Fault(FaultKind.OFF), NoConnectionError),
    ],
    ids=lambda one: one.kind.value if isinstance(one, Fault) else "",
)
def test_a_fault_meets_new_connections_until_it_is_healed(
    lab: WindowsLab, fault: Fault, error: type[Exception]
) -> None:
    """And the status says so."""
    lab.break_(NAME, fault)
    with pytest.raises(error):
        _asked(_session(lab), _BOOT)
    assert lab.status(NAME)["faults"] == [str(fault)]
    lab.heal(NAME)
    assert _asked(_session(lab), _BOOT).output


def test_an_unknown_authority_is_not_trusted(lab: WindowsLab) -> None:
    """Nobody but the lab's own authority signed its certificates."""
    with pytest.raises(SSLError):
        _asked(_session(lab, cert_validation=True), _BOOT)


def test_a_fault_of_a_switch_is_refused(lab: WindowsLab) -> None:
    """With those that a Windows host can suffer."""
    with pytest.raises(UsageError) as told:
        lab.break_(NAME, Fault(FaultKind.LOST_MEMBER, 2))
    assert "drop-after" in told.value.remedy


def test_a_restart_ends_sessions_and_moves_the_last_boot(lab: WindowsLab) -> None:
    """For a moment nobody is reached; then the old shell is unknown and a new one works."""
    machine = lab.machine(NAME)
    machine.need_restart("a test")
    before = machine.last_boot
    session = _session(lab)
    pool = RunspacePool(session)
    pool.open()
    machine.restart()
    with pytest.raises(NoConnectionError):
        _asked(_session(lab), _BOOT)
    deadline = time.monotonic() + 5
    while machine.down and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    shell = PowerShell(pool)
    shell.add_script(_BOOT)
    with pytest.raises((WinRMError, NoConnectionError)):
        shell.invoke()
    assert _asked(_session(lab), _BOOT).output == [str(file_time(machine.last_boot))]
    assert machine.last_boot > before
    assert not machine.pending
    assert machine.boots == 1


def test_a_host_that_cut_itself_off_is_reached_after_somebody_put_it_right(lab: WindowsLab) -> None:
    """As after a change of its network."""
    lab.machine(NAME).cut("its address moved")
    assert lab.status(NAME)["why"] == "its address moved"
    with pytest.raises(NoConnectionError):
        _asked(_session(lab), _BOOT)
    lab.heal(NAME)
    assert _asked(_session(lab), _BOOT).output


def test_plain_http_is_an_option(tmp_path: Path) -> None:
    """For whoever looks at the bytes."""
    with WindowsLab([WindowsSpec(NAME, "lab", "Lab-1")], folder=tmp_path, plain=True) as lab:
        assert _asked(_session(lab, ssl=False, encryption="never"), _BOOT).output


def test_the_port_stays_when_the_host_comes_back(lab: WindowsLab) -> None:
    """So that whoever waits for it finds it."""
    port = lab.contacts[NAME].port
    lab.machine(NAME).restart()
    lab.break_(NAME, Fault(FaultKind.OFF))
    lab.heal(NAME)
    assert lab.contacts[NAME].port == port


def test_a_host_is_back_though_the_moment_ended_while_it_looked(
    lab: WindowsLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down when it was looked at first, up when it was looked at again: it listens all the same."""
    answers = [True]
    monkeypatch.setattr(Machine, "down", property(lambda _: bool(answers and answers.pop())))
    lab.machine(NAME).moved()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(NoConnectionError):
            assert _asked(_session(lab), _BOOT).output
            return
        time.sleep(0.02)
    pytest.fail("nobody listens any more")


def test_somebody_changes_a_thing_by_hand(lab: WindowsLab) -> None:
    """A line is a module, the name of what it is about, and options."""
    said = lab.edit(NAME, ["ansible.windows.win_timezone UTC"])
    assert said == ("ansible.windows.win_timezone: changed",)
    assert lab.machine(NAME).part(System).timezone == "UTC"
    lab.edit(NAME, ['ansible.windows.win_service Spooler state="stopped"'])
    assert lab.machine(NAME).part(Services).by_name["spooler"].state == "stopped"


@pytest.mark.parametrize("line", ["trust_none x", "ansible.windows.win_service Spooler state=stopped",
                                  'ansible.windows.win_service Spooler state="gone"'])  # fmt: skip
def test_what_cannot_be_done_by_hand_is_told(lab: WindowsLab, line: str) -> None:
    """With the line."""
    with pytest.raises(UsageError) as told:
        lab.edit(NAME, [line])
    assert line in told.value.where


def test_an_account_of_the_domain_signs_in_to_a_member(tmp_path: Path) -> None:
    """Where a group that it is in is among the local administrators; not before the host has joined."""
    directory = DirectorySpec(
        "ad.trust.example",
        "TRUST",
        (AccountSpec("boss", "Boss-1", admin=True), AccountSpec("one", "One-1"), AccountSpec("ops", "Ops-1")),
        groups=(DomainGroupSpec("Server Administrators", members=("ops",)),),
    )
    controller = WindowsSpec("KV-DC-01", directory=directory, domain="ad.trust.example")
    member = WindowsSpec(NAME, "lab", "Lab-1", domain="ad.trust.example")
    alone = WindowsSpec("OAK-02", "lab", "Lab-1")
    with WindowsLab([controller, member, alone], folder=tmp_path) as lab:
        for name in (NAME, "OAK-02"):
            for group in ("TRUST\\Domain Admins", "TRUST\\Server Administrators"):
                lab.machine(name).part(Accounts).join("Administrators", group)
        asked = {"boss": "Boss-1", "TRUST\\ops": "Ops-1", "one": "One-1", "ops": "wrong"}
        signs = {user: lab.server(NAME).signs_in(user, password) for user, password in asked.items()}
        assert signs == {"boss": True, "TRUST\\ops": True, "one": False, "ops": False}
        assert not lab.server("OAK-02").signs_in("boss", "Boss-1")
        lab.break_("KV-DC-01", Fault(FaultKind.ACCOUNT_LOCKED, text="boss"))
        assert not lab.server(NAME).signs_in("boss", "Boss-1")
