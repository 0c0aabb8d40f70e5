"""Events of a run of Ansible -> per host what its roles asked for and what they found, or why that is not known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from trustctl.engines.windows import foreign
from trustctl.engines.windows.process import Event
from trustctl.errors import (
    DeviceError,
    HostKeyError,
    LineRejectedError,
    LoginRefusedError,
    SessionLostError,
    TrustctlError,
    UnreachableError,
)
from trustctl.windows import TYPES, Resource, difference
from trustctl.windows.asked import Asked, Source, merged
from trustctl.windows.text import Key, flat
from trustctl.windows.values import Value, Values

IDENTITY = "trust_identity"
"""The module whose reading says which machine it is; it asks for nothing that could be set."""
HIDDEN = "its task hides what it does (no_log)"
AT_APPLY = "it cannot be tried in check mode: what it does is known when it is applied"
_NO_DIFF = "the module says that it would change something, and not what"

_MODULES = re.compile(r"(?:ansible\.(?:builtin|legacy)\.)?(?P<name>.+)")
_NOTHING_ASKED = frozenset(
    (
        *("add_host", "assert", "debug", "fail", "gather_facts", "group_by", "import_playbook", "import_role"),
        *("import_tasks", "include_role", "include_tasks", "include_vars", "meta", "pause", "ping", "set_fact"),
        *("set_stats", "setup", "validate_argument_spec", "wait_for_connection", "ansible.windows.setup"),
        *("ansible.windows.win_ping", "ansible.windows.win_reboot", "ansible.windows.win_wait_for"),
    )
)
"""Modules that ask nothing of a host that could be another way."""
_READERS = re.compile(r"(?:_info|_facts|_stat)$")
_COMMANDS = re.compile(r"(?:^|\.)(?:win_)?(?:command|shell|powershell|script|raw)$")
_REFUSED = re.compile(r"failed to authenticate|credentials were rejected|\b401\b", re.IGNORECASE)
_CERTIFICATE = re.compile(r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|doesn't match", re.IGNORECASE)
_LOST = re.compile(
    r"Connection aborted|ConnectionResetError|RemoteDisconnected|Remote end closed|Connection refused|ReadTimeout|"
    r"Max retries exceeded|timed out",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"Connection aborted|Connection broken: |HTTPS?ConnectionPool\(|EOF occurred in violation of protocol|\[SSL: |"
    r"WSManFault|WinRMTransportError|Bad HTTP response"
)
"""What pypsrp says of a connection that broke under a task (pypsrp 0.9.1, `wsman.py`; 2150858843: no such shell).

The first lines are what `requests` makes of one that broke while it was dialled, waited for, or read from (requests 2,
`models.py`, `iter_content`; urllib3 2, `response.py`): of those, Ansible's psrp knows two as a lost connection.
"""
_STALLED = re.compile(r"Timed out after (?P<seconds>\d+) second")
"""What Ansible says of a task that took longer than it may (ansible-core 2.19, `_alarm_timeout.py`)."""
_CAUSE = re.compile(
    r"\[Errno -?\d+\] (?P<why>[A-Z][^'\")]+)|(?:ConnectionResetError|RemoteDisconnected)\((?:\d+, )?'(?P<end>[^']+)'|"
    r"(?P<cut>Connection broken): IncompleteRead\(|(?P<late>Read timed out)|"
    r"SSL\w*Error\((?:\d+, )?'(?:\[SSL[^\]]*\] )?(?P<tls>[A-Za-z][^'(]*[^'( ])"
)
"""The words in the innards of an error of `requests` (urllib3 2: `NewConnectionError`, `ProtocolError`)."""
_MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_DIFF_LINES = 40


@dataclass(slots=True)
class HostReading:
    """What one run told of one host."""

    asked: dict[Key, Asked] = field(default_factory=dict[Key, Asked])
    facts: dict[str, Value] = field(default_factory=dict[str, Value])
    """What `trust_identity` read."""
    error: TrustctlError | None = None
    """Why the host's run ended early."""
    begun: bool = False
    """Whether any task that asks the host came to an end on it."""
    whole: bool = False
    """Whether the run came to its end."""
    started: list[str] = field(default_factory=list[str])
    """Where each task stands that was begun while the host was heard, in order: `roles/r/tasks/main.yml:3`."""
    failing: str = ""
    """Where the loop stands of which an item failed: Ansible goes on with its other items."""


class Reading:
    """Hears the events of one run. `mask` takes the values of secrets out of every text."""

    def __init__(self, hosts: Iterable[str], mask: Callable[[str], str], told: Told | None = None) -> None:
        self.hosts = {name: HostReading() for name in hosts}
        self._mask = mask
        self._told = told

    def hear(self, event: Event) -> None:
        """Take one event. Raises nothing for what a module answered."""
        if event.get("event") == "stats":
            for name in event.get("hosts", {}):
                if name in self.hosts:
                    self.hosts[name].whole = True
            return
        if event.get("event") == "task":
            for each in self.hosts.values():
                if each.error is None:
                    each.started.append(place_of(str(event.get("place", ""))))
            return
        host = self.hosts.get(str(event.get("host", "")))
        if host is None or (host.error is not None and not _of_loop(event, host)):
            return
        self._take(cast("Event", masked(event, self._mask)), host)

    def over(self, code: int, words: str, *, late: bool) -> None:
        """The run has ended: a host of which nobody heard the end is not known."""
        for name, host in self.hosts.items():
            if host.error is None and not host.whole:
                why = "it took too long, or was broken off" if late else f"Ansible ended (code {code}): {words or '-'}"
                kind = SessionLostError if host.begun else DeviceError
                host.error = kind(f"the run was not carried to its end: {why}", where=name)

    def _take(self, event: Event, host: HostReading) -> None:
        what, module = str(event["event"]), _bare(str(event.get("module", "")))
        name = str(event["host"])
        if what == "unreachable":
            host.error = unreachable(event, name, begun=host.begun)
            return
        if what == "failed":
            if not event.get("ignored") and not (event.get("whole") and host.error is not None):
                host.error = _both(host.error, _failed(event, name, begun=host.begun))
                goes_on = "item" in event and isinstance(host.error, LineRejectedError)
                host.failing = place_of(str(event.get("place", ""))) if goes_on else ""
            return
        host.begun = host.begun or module not in _NOTHING_ASKED
        if module == IDENTITY:
            host.facts.update(cast("dict[str, Value]", _told_by(event).get("have") or {}))
            return
        one = asked_of(event, module)
        if one is None:
            return
        before = host.asked.get(one.key)
        host.asked[one.key] = one if before is None else merged((*(before.parts or (before,)), one))
        if self._told is not None:
            self._told(name, one)


Told = Callable[[str, Asked], None]
"""Told of each resource, with its host, when its task has ended well."""


def asked_of(event: Event, module: str) -> Asked | None:
    """Return what an event's task asked for and found; None if it asked for nothing that could be another way."""
    if module in _NOTHING_ASKED or (_READERS.search(module) and not event.get("changed")):
        return None
    topic, bar, does = str(event.get("name", "")).partition("|")
    item = event.get("item")
    made = Asked(
        want=Resource(module, "", None),
        have=Resource(module, "", None),
        changed=bool(event.get("changed")),
        topic=topic.strip() if bar else "",
        does=(does if bar else topic).strip(),
        role=str(event.get("role", "")),
        place=place_of(str(event.get("place", ""))),
        restart=bool(event.get("reboot_required")),
        sources=sources_of(event),
    )
    label = f"{made.does} [{item}]" if item is not None else made.does
    if event["event"] == "skipped":
        if "skip_reason" in event or (event.get("no_log") and not _COMMANDS.search(module)):
            return None
        return _unknown(made, label, AT_APPLY)
    if event.get("no_log"):
        return _unknown(made, label, HIDDEN) if made.changed else _plain(made, label, event)
    told = _told_by(event)
    if told.get("module") in TYPES:
        return _own(made, told)
    return _wellkept(made, label, event)


def _own(made: Asked, told: Mapping[str, Any]) -> Asked:
    """What one of our own modules' action plugins says."""
    module, name = str(told["module"]), str(told.get("name", ""))
    want, have = Resource(module, name, told.get("want")), Resource(module, name, told.get("have"))
    cmdlets, going, coming, below = (
        tuple(map(str, told.get(each) or ())) for each in ("cmdlets", "going", "coming", "below")
    )
    return replace(made, want=want, have=have, cmdlets=cmdlets, going=going, coming=coming, below=below)


def _wellkept(made: Asked, label: str, event: Event) -> Asked:
    """What a module of a collection was asked for; one that is not known is shown by its diff."""
    module, args, diff = made.want.module, cast("Mapping[str, Any]", event.get("args") or {}), event.get("diff")
    args = {key: value for key, value in args.items() if value != _MASKED}
    named = foreign.name_of(module, args)
    label = label if named is None else named
    try:
        got = foreign.found(module, args, diff, changed=made.changed)
    except (TrustctlError, LookupError, TypeError, ValueError):
        got = None
    if got is None:
        return _plain(made, label, event)
    if made.changed and difference(TYPES[module], got.want, got.have) is None:
        return _plain(made, label, event)  # its diff does not say in what it is another
    return replace(made, want=Resource(module, got.name, got.want), have=Resource(module, got.name, got.have))


def _unknown(made: Asked, label: str, why: str) -> Asked:
    """A change of which nobody knows before an apply what it is, or whether it is one."""
    module = made.want.module
    return replace(made, changed=True, want=Resource(module, label, {}), have=Resource(module, label, None, why))


def _plain(made: Asked, label: str, event: Event) -> Asked:
    """A module that is not known: as asked or not, and its own diff."""
    module, lines = made.want.module, diff_lines(event.get("diff"))
    if made.changed and (module in TYPES or not lines):
        return replace(_unknown(made, label, _NO_DIFF), shown=lines or _asked_for(module, event))
    if module in TYPES:
        return replace(made, want=Resource(module, label, {}), have=Resource(module, label, {}))
    have: Values = {"as_asked": not made.changed, **({"found": list(lines)} if made.changed else {})}
    return replace(
        made, want=Resource(module, label, {"as_asked": True}), have=Resource(module, label, have), shown=lines
    )


def _asked_for(module: str, event: Event) -> tuple[str, ...]:
    """What a task of a well-kept module asks for, where nobody knows what it would find; nothing of hidden ones."""
    args = cast("Mapping[str, Any]", event.get("args") or {})
    args = {key: value for key, value in args.items() if value != _MASKED}
    try:
        want = None if event.get("no_log") else foreign.wanted(module, args)
    except (TrustctlError, LookupError, TypeError, ValueError):
        return ()
    return () if want is None else flat(module, want)


def sources_of(event: Event) -> tuple[Source, ...]:
    """The role variables that a task took its arguments from: of a loop's the item, before the others."""
    looped = [str(name) for name in event.get("loop") or ()]
    item = event.get("item")
    rest = [str(name) for name in event.get("names") or () if name not in looped]
    first = [Source(name, int(item) if item is not None else None) for name in looped]
    return (*first, *(Source(name) for name in rest))


def place_of(place: str) -> str:
    """Before: `/opt/x/roles/hyperv_host/tasks/main.yml:3`.  After: `roles/hyperv_host/tasks/main.yml:3`."""
    _, mark, rest = place.rpartition("/roles/")
    return f"roles/{rest}" if mark else place.rpartition("/")[2]


def diff_lines(diff: Any) -> tuple[str, ...]:
    """A module's own diff as lines: `- before`, `+ after`. It is a mapping, or of copied files a list of them."""
    parts: Sequence[Any] = cast("Sequence[Any]", diff) if isinstance(diff, list | tuple) else [diff] if diff else []
    lines: list[str] = []
    for part in parts:
        if not isinstance(part, dict):
            continue
        one = cast("dict[str, Any]", part)
        lines += str(one.get("prepared") or "").splitlines()
        for sign, key in (("-", "before"), ("+", "after")):
            lines += [f"{sign} {line}" for line in _shown(one.get(key))]
    return tuple(lines[:_DIFF_LINES])


def _shown(value: Any) -> Sequence[str]:
    if not value and not isinstance(value, bool | int):
        return ()
    text = value if isinstance(value, str) else json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    return text.splitlines()


def masked(value: Any, mask: Callable[[str], str]) -> Any:
    """A value of an event with every text in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(each, mask) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [masked(each, mask) for each in cast("Sequence[Any]", value)]
    return value


def unreachable(event: Event, host: str, *, begun: bool) -> DeviceError:
    """Which of our errors a host's silence under a task is."""
    said = str(event.get("msg", "")).removeprefix("Task failed: ")
    if _REFUSED.search(said):
        return LoginRefusedError(
            "the host refused the login", where=host, remedy="Check the account and its password; it is not tried again"
        )
    if _CERTIFICATE.search(said):
        return HostKeyError(
            f"the host's certificate was not accepted: {said}",
            where=host,
            remedy="Name the authority that signed it (`windows.connection.ca`), or give the host a new certificate.",
        )
    if not begun:
        return UnreachableError(f"the host does not answer: {_briefly(said)}", where=host)
    return SessionLostError(
        f"the connection was lost in the middle of `{event.get('name', '')}`: {_briefly(said)}",
        where=f"{host}: {place_of(str(event.get('place', '')))}",
        remedy="Once the host answers steadily, plan again.",
    )


def _briefly(said: str) -> str:
    """Before: `HTTPSConnectionPool(...) (Caused by ...("...: [Errno 111] Connection refused"))`.  After: the cause."""
    hit = _CAUSE.search(said)
    return said if hit is None else next(words for words in hit.groups() if words)


def _failed(event: Event, host: str, *, begun: bool) -> DeviceError:
    said = str(event.get("msg", "")) if not event.get("no_log") else HIDDEN
    if _BROKEN.search(said) or ("psrp" in said.lower() and _LOST.search(said)):
        return unreachable(event, host, begun=begun)
    if hit := _STALLED.search(str(event.get("msg", ""))):
        return _stalled(event, host, hit["seconds"], begun=begun)
    told = _told_by(event)
    about = f" ({told['module']} {told.get('name', '')})".replace(" )", ")") if told else ""
    where = f"{host}: {place_of(str(event.get('place', '')))}"
    return LineRejectedError(said, line=f"{event.get('name', '')}{about}", reply=said, where=where)


def _stalled(event: Event, host: str, seconds: str, *, begun: bool) -> DeviceError:
    kind = SessionLostError if begun else UnreachableError
    return kind(
        f"the host hangs: `{event.get('name', '')}` did not come to its end within {seconds} seconds",
        where=f"{host}: {place_of(str(event.get('place', '')))}",
        remedy=f"Look at the host; until it answers, leave it out: --limit '!{host}'",
    )


def _of_loop(event: Event, host: HostReading) -> bool:
    """Whether an event is about a further item of the loop that has failed; what comes later is not heard."""
    return "item" in event and bool(host.failing) and place_of(str(event.get("place", ""))) == host.failing


def _both(one: TrustctlError | None, other: DeviceError) -> DeviceError:
    """The failures of two items of one loop as one. A connection that was lost says more than a failure before it."""
    if not isinstance(one, LineRejectedError) or not isinstance(other, LineRejectedError):
        return other
    said = f"{one.reply.rstrip('.')}; and {other.line}: {other.reply}"
    return LineRejectedError(said, line=one.line, reply=said, where=one.where)


def _told_by(event: Event) -> Mapping[str, Any]:
    """What the action plugin of one of our own modules says of its resource."""
    told: object = event.get("trust_resource")
    return cast("Mapping[str, Any]", told) if isinstance(told, dict) else {}


def _bare(module: str) -> str:
    """Before: `ansible.builtin.copy`, `ansible.legacy.trust_vm`.  After: `copy`, `trust_vm`."""
    hit = _MODULES.fullmatch(module)
    return hit["name"] if hit is not None else module
