"""What events of Ansible mean: recorded ones of a whole run, and those that a run rarely has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trustctl.engines.windows import foreign
from trustctl.engines.windows.reading import AT_APPLY, HIDDEN, HostReading, Reading, asked_of, diff_lines, unreachable
from trustctl.errors import (
    HostKeyError,
    LineRejectedError,
    LoginRefusedError,
    SessionLostError,
    TrustctlError,
    UnreachableError,
)
from trustctl.windows import parse
from trustctl.windows.asked import Asked

DATA = Path(__file__).parent / "data"
"""`events.jsonl`: of a check run of the example's OAK-FS-01 on the lab (ansible-core 2.19.14), one of each kind."""


def heard(*events: dict[str, Any]) -> HostReading:
    """One host's reading of these events."""
    reading = Reading(["OAK-FS-01"], lambda text: text.replace("S3cret", "<hidden>"))
    for event in events:
        reading.hear({"host": "OAK-FS-01", "place": "/x/roles/r/tasks/main.yml:7", "role": "r", **event})
    return reading.hosts["OAK-FS-01"]


def task(module: str, **more: Any) -> dict[str, Any]:
    """An event of a task that went well."""
    return {"event": "ok", "name": "Topic | Do it", "module": module, "changed": True, "args": {}, **more}


def only(reading: HostReading) -> Asked:
    """The one thing that was asked."""
    (found,) = reading.asked.values()
    return found


def _shown(one: Asked) -> list[str]:
    places = (f"{each.variable}[{each.index}]" if each.index is not None else each.variable for each in one.sources)
    head = f"{one.topic} | {one.does} ({one.place}) changed={one.changed} restart={one.restart}"
    lines = [f"{head} from {', '.join(places) or '-'}"]
    return [*lines, *(f"  want {line}" for line in one.want.lines), *(f"  have {line}" for line in one.have.lines)]


def test_recorded_events_are_what_the_roles_asked_for_and_found() -> None:
    """Line by line; what can be read again as text is the same resource."""
    reading = heard(*(json.loads(line) for line in (DATA / "events.jsonl").read_text().splitlines()))
    found = list(reading.asked.values())
    assert [line for one in found for line in _shown(one)] == (DATA / "events.txt").read_text().splitlines()
    assert all(parse(one.have.lines) == {one.key: one.have} for one in found)
    assert reading.facts["uuid"] == "4C4C4544-0044-1111-8043-B7C04F4E3932"


def test_what_was_there_can_be_asked_for_again() -> None:
    """The arguments of the way back name the same resource and ask for what was there."""
    events = [json.loads(line) for line in (DATA / "events.jsonl").read_text().splitlines()]
    for one in heard(*events).asked.values():
        if one.have.untold or one.want.module.startswith("trust_"):
            continue
        args = foreign.arguments(one.have.module, one.have.name, one.have.values)
        assert args is not None
        again = foreign.found(one.have.module, args, None, changed=False)
        assert again is not None
        assert (again.name, again.want) == (one.have.name, one.have.values)


RULE = (
    "[Trust RDP]\n-RemoteAddresses='*'\n+RemoteAddresses='10.1.0.0/16'\n"
    "-Profiles='6'\n+Profiles='1'\n-Enabled='False'\n+Enabled='True'\n"
)
DIFFS = [
    (
        "community.windows.win_firewall_rule",
        {"name": "Trust RDP", "remoteip": "10.1.0.0/16", "profiles": ["domain"], "enabled": True, "direction": "in"},
        {"prepared": RULE},
        {"direction": "in", "enabled": False, "profiles": ["private", "public"], "remoteip": "*"},
    ),
    (
        "ansible.windows.win_dns_record",
        {"zone": "oak.example", "name": "fs", "type": "A", "value": ["10.1.0.9"], "ttl": 3600},
        {"before": "[oak.example] fs 3600 IN A 10.1.0.8\n", "after": "[oak.example] fs 3600 IN A 10.1.0.9\n"},
        {"value": ["10.1.0.8"], "ttl": 3600},
    ),
    (
        "ansible.windows.win_regedit",
        {"path": "HKLM:\\A", "name": "B", "type": "dword", "data": 5},
        {"before": {"HKLM:\\A": {"B": {"type": "DWord", "value": "0x0000000a"}}}, "after": {}},
        {"data": "10", "type": "dword"},
    ),
    ("ansible.windows.win_regedit", {"path": "HKLM:\\A", "name": "B", "data": "x"}, {"before": {"HKLM:\\A": {}}}, None),
    (
        "microsoft.ad.group",
        {"name": "OAK Staff", "path": "OU=OAK", "scope": "global", "members": {"add": ["a"], "remove": None}},
        {"before": {"attributes": None, "name": "OAK Staff", "path": "OU=OAK", "scope": "universal", "members": []}},
        {"scope": "universal", "members": []},
    ),
    ("microsoft.ad.ou", {"name": "OAK", "path": "DC=x"}, {"before": None, "after": {"name": "OAK"}}, None),
    (
        "microsoft.ad.membership",
        {"dns_domain_name": "ad.x", "domain_admin_password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "state": "domain"},
        {"before": {"state": "workgroup", "workgroup_name": "WORKGROUP", "dns_domain_name": None}, "after": {}},
        {"dns_domain_name": ""},
    ),
]


@pytest.mark.parametrize(("module", "args", "diff", "before"), DIFFS)
def test_a_diff_of_a_collections_module_says_what_was_there(
    module: str, args: dict[str, Any], diff: Any, before: Any
) -> None:
    """Each in the shape that the module's source gives it."""
    one = only(heard(task(module, args=args, diff=diff)))
    assert (one.have.values, one.have.untold) == (before, "")


def test_a_diff_of_an_unexpected_shape_is_shown_and_nothing_is_made_up() -> None:
    """It is a change of which nobody knows what it is."""
    one = only(heard(task("ansible.windows.win_dns_zone", args={"name": "oak"}, diff={"after": "something"})))
    assert one.have.untold == "the module says that it would change something, and not what"
    assert one.shown == ("+ something",)


def test_what_nobody_knows_yet_has_the_name_that_it_will_have() -> None:
    """A record of a zone that the same run makes is changed and shows no diff: applied, it is known by its name."""
    args = {"zone": "oak.example", "name": "fs", "type": "A", "value": ["10.1.0.9"]}
    before = only(heard(task("ansible.windows.win_dns_record", args=args)))
    diff = {"before": "", "after": "[oak.example] fs 3600 IN A 10.1.0.9\n"}
    after = only(heard(task("ansible.windows.win_dns_record", args=args, diff=diff)))
    assert before.have.untold
    assert before.shown == ('value: ["10.1.0.9"]',)
    assert before.key == after.key == ("ansible.windows.win_dns_record", "oak.example fs A")


def test_a_module_that_nobody_knows_is_shown_by_its_diff() -> None:
    """Without one, nobody knows before it is applied."""
    diff = [{"before": "a\n", "after": "b\n", "before_header": "x"}]
    known = only(heard(task("x.y.z", diff=diff)))
    assert (known.changed, known.have.untold, known.shown) == (True, "", ("- a", "+ b"))
    assert only(heard(task("x.y.z"))).have.untold
    assert only(heard(task("x.y.z", changed=False))).have.values == {"as_asked": True}


SKIPS = [
    ({"module": "ansible.windows.win_command", "msg": "skipped, running in check mode"}, AT_APPLY),
    ({"module": "ansible.windows.win_command", "skip_reason": "Conditional result was False"}, None),
    ({"module": "ansible.windows.win_shell", "no_log": True}, AT_APPLY),
    ({"module": "microsoft.ad.membership", "no_log": True}, None),
]


@pytest.mark.parametrize(("event", "untold"), SKIPS)
def test_what_cannot_be_tried_is_never_taken_for_no_change(event: dict[str, Any], untold: str | None) -> None:
    """What a condition leaves out is not asked for."""
    found = asked_of({"event": "skipped", "name": "T | Run it", "changed": False, **event}, event["module"])
    assert (found.have.untold if found else None) == untold


def test_what_a_task_hides_stays_hidden() -> None:
    """Also why it failed."""
    assert only(heard(task("x.y", no_log=True))).have.untold == HIDDEN
    error = heard({**task("x.y", no_log=True), "event": "failed", "msg": "S3cret"}).error
    assert isinstance(error, LineRejectedError)
    assert error.reply == HIDDEN


def test_secrets_are_masked_wherever_they_stand() -> None:
    """In arguments, diffs and messages."""
    one = only(heard(task("x.y.z", diff={"before": {"k": ["S3cret"]}, "after": "S3cret"})))
    assert not any("S3cret" in line for line in one.shown)
    assert "S3cret" not in str(heard({**task("x.y"), "event": "failed", "msg": "no S3cret"}).error)


def test_two_tasks_of_one_resource_are_one() -> None:
    """What both want, and what was there before the first."""
    first = {"module": "trust_smb_server", "name": "", "want": {"sign": True}, "have": {"sign": False, "smb1": False}}
    second = {**first, "want": {"smb1": False}, "have": {"sign": True, "smb1": False}}
    found = only(
        heard(
            task("trust_smb_server", trust_resource=first),
            task("trust_smb_server", trust_resource=second, changed=False),
        )
    )
    assert (found.want.values, found.have.values, found.changed) == (
        {"sign": True, "smb1": False},
        {"sign": False, "smb1": False},
        True,
    )


FAULTS: list[tuple[str, bool, type[TrustctlError]]] = [
    ("failed to authenticate with the server: Failed to authenticate the user x with basic", False, LoginRefusedError),
    ("... SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...", False, HostKeyError),
    ("Task failed: Failed to connect to the host via PSRP: Connection refused", False, UnreachableError),
    ("Task failed: Failed to connect to the host via PSRP: Connection refused", True, SessionLostError),
]


@pytest.mark.parametrize(("words", "begun", "kind"), FAULTS)
def test_silence_is_told_by_what_it_means(words: str, begun: bool, kind: type[TrustctlError]) -> None:
    """Nothing that was begun is taken for something that never was."""
    assert type(unreachable({"event": "unreachable", "msg": words}, "OAK-FS-01", begun=begun)) is kind


_POOL = "HTTPSConnectionPool(host='127.0.0.1', port=1)"
_NEW = "NewConnectionError(\"HTTPSConnection(host='127.0.0.1', port=1): Failed to establish a new connection: "
LOST: list[tuple[str, str]] = [
    (
        f'{_POOL}: Max retries exceeded with url: /wsman (Caused by {_NEW}[Errno 111] Connection refused"))',
        "Connection refused",
    ),
    (
        "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
        "Remote end closed connection without response",
    ),
    ("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", "Connection reset by peer"),
    (
        (
            "('Connection broken: IncompleteRead(0 bytes read, 598 more expected)', "
            "IncompleteRead(0 bytes read, 598 more expected))"
        ),
        "Connection broken",
    ),
    (
        (
            "(\"Connection broken: ConnectionResetError(104, 'Connection reset by peer')\", "
            "ConnectionResetError(104, 'Connection reset by peer'))"
        ),
        "Connection reset by peer",
    ),
    (
        (
            f"{_POOL}: Max retries exceeded with url: /wsman (Caused by "
            "SSLError(SSLEOFError(8, 'EOF occurred in violation of protocol (_ssl.c:2427)')))"
        ),
        "EOF occurred in violation of protocol",
    ),
    (
        f"{_POOL}: Max retries (Caused by SSLError(SSLError(1, '[SSL: RECORD_LAYER_FAILURE] record layer failure')))",
        "record layer failure",
    ),
    (f"{_POOL}: Read timed out. (read timeout=30)", "Read timed out"),
    ("The operation timed out", "The operation timed out"),
]


@pytest.mark.parametrize(("words", "cause"), LOST, ids=[cause for _, cause in LOST])
def test_a_lost_connection_is_told_with_its_task_its_cause_and_what_to_do(words: str, cause: str) -> None:
    """Not with the innards of the library that lost it."""
    event = {
        "event": "unreachable",
        "msg": words,
        "name": "Power | Choose the plan",
        "place": "/x/roles/a/tasks/b.yml:3",
    }
    error = unreachable(event, "OAK-FS-01", begun=True)
    assert error.problem == f"the connection was lost in the middle of `Power | Choose the plan`: {cause}"
    assert (error.where, error.remedy) == (
        "OAK-FS-01: roles/a/tasks/b.yml:3",
        "Once the host answers steadily, plan again.",
    )


BROKEN = (
    "Task failed: Received a WSManFault message. (Code: 2150858843, Machine: X, Reason: The request was to a shell",
    "Task failed: HTTPSConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /wsman (Caused by ...",
    "Task failed: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    "Task failed: ('Connection broken: IncompleteRead(0 bytes read, 598 more expected)', IncompleteRead(0 bytes read,",
    "Task failed: HTTPSConnectionPool(host='127.0.0.1', port=1): Read timed out.",
    "Task failed: [SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac (_ssl.c:2580)",
    "Task failed: EOF occurred in violation of protocol (_ssl.c:2427)",
)


@pytest.mark.parametrize("words", BROKEN)
def test_a_connection_that_breaks_under_a_task_is_no_failure_of_the_task(words: str) -> None:
    """Nobody knows whether it was carried out (words of pypsrp 0.9.1, requests 2 and urllib3 2)."""
    done = task("x.y", changed=False)
    broken = {**task("ansible.windows.win_timezone"), "event": "failed", "msg": words}
    assert isinstance(heard(done, broken).error, SessionLostError)


def test_a_loop_is_heard_to_its_end_when_an_item_fails() -> None:
    """Ansible goes on with the other items, and with no task behind: each that failed is told, each done is known."""
    told: list[str] = []
    reading = Reading(["a"], str, lambda _, one: told.append(one.want.name))
    loop = {"host": "a", "module": "x.y", "name": "T | Do", "place": "/roles/r/tasks/main.yml:7"}
    for event in (
        {"event": "failed", "item": 0, "msg": "no such zone."},
        {"event": "ok", "item": 1, "changed": True, "diff": {"after": "x"}},
        {"event": "failed", "item": 2, "msg": "no such name."},
        {"event": "failed", "whole": True, "msg": "One or more items failed"},
        {"event": "ok", "changed": True, "diff": {"after": "x"}, "place": "/roles/r/tasks/main.yml:9"},
    ):
        reading.hear({**loop, **event})
    error = reading.hosts["a"].error
    assert isinstance(error, LineRejectedError)
    assert error.reply == "no such zone; and T | Do: no such name."
    assert told == ["Do [1]"]
    reading.hear({**loop, "event": "failed", "item": 3, "msg": BROKEN[1]})
    reading.hear({**loop, "event": "failed", "item": 4, "msg": "no such name."})
    assert isinstance(reading.hosts["a"].error, SessionLostError), "a lost connection says more than a failure"


def test_a_run_of_which_nobody_heard_the_end_is_not_known() -> None:
    """Only a host of the final count has come to its end."""
    reading = Reading(["a", "b"], str)
    reading.hear({"event": "ok", "host": "a", "module": "ansible.builtin.assert", "name": "T | Look"})
    assert not reading.hosts["a"].begun
    reading.hear({"event": "ok", "host": "a", "module": "x.y", "name": "T | Do"})
    reading.hear({"event": "stats", "hosts": {"b": {}}})
    reading.over(-9, "killed", late=False)
    assert isinstance(reading.hosts["a"].error, SessionLostError)
    assert reading.hosts["b"].error is None


@pytest.mark.parametrize("begun", [False, True])
def test_a_task_without_an_end_is_a_host_that_hangs_and_no_task_that_failed(*, begun: bool) -> None:
    """Ansible calls it failed; nobody knows what the host is still at."""
    reading = Reading(["a"], str)
    if begun:
        reading.hear({"event": "ok", "host": "a", "module": "x.y", "name": "T | Did"})
    late = "Task failed: Timed out after 300 second(s)."
    reading.hear({"event": "failed", "host": "a", "module": "trust_feature", "name": "T | Do", "msg": late})
    error = reading.hosts["a"].error
    assert isinstance(error, SessionLostError if begun else UnreachableError)
    assert "`T | Do` did not come to its end within 300 seconds" in str(error)


def test_diffs_are_mappings_or_lists_of_them() -> None:
    """And nothing else is taken for one."""
    assert diff_lines({"prepared": "+x\n"}) == ("+x",)
    assert diff_lines("text") == diff_lines(None) == ()
