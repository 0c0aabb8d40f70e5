"""Several short steps in one command of the host: each has its own end, its own words, and stops those behind it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence

from trustctl.engines.linux.border import StringCommand, executing, inner, on, stdin_of
from trustctl.engines.linux.child.faults import failed
from trustctl.engines.linux.child.sessions import Session, Sessions
from trustctl.engines.linux.child.work import SAME_ANYWAY, read, run, same_anyway, seconds_of, unlike
from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations import OPERATIONS
from trustctl.engines.linux.operations.current import forgetting, seeing
from trustctl.errors import TrustctlError
from trustctl.hosts import Key, Resource

_UNITS = ("/etc/systemd/", "/lib/systemd/", "/usr/lib/systemd/", "/etc/init.d/")
"""A file here changes what the host says of its services."""


def run_many(
    sessions: Sessions, session: Session, units: Sequence[Sequence[Resource]]
) -> tuple[int, TrustctlError | None]:
    """Carry out units in order. Return how many were carried out, and why the next one was not."""
    done = 0
    for part in _parts(units):
        try:
            if len(part) == 1:
                run(sessions, session, part[0])
                done += 1
                continue
            count, error = _at_once(sessions, session, [unit[0] for unit in part])
        except TrustctlError as trouble:
            return done, trouble
        done += count
        if error:
            return done, error
    return done, None


def _parts(units: Sequence[Sequence[Resource]]) -> Iterator[Sequence[Sequence[Resource]]]:
    """Cut where a service must be read that an earlier step may have changed; several packages are one step alone.

    Before: file /etc/a, service a, file /etc/systemd/system/b.service, service b
    After: (file /etc/a, service a, file /etc/systemd/system/b.service), (service b)
    """
    part: list[Sequence[Resource]] = []
    stale = False
    for unit in units:
        service = unit[0].kind == "service"
        alone = len(unit) > 1 or not (service or unit[0].kind in SAME_ANYWAY)
        if part and (alone or (stale and service and not same_anyway(unit[0]))):
            yield part
            part, stale = [], False
        part.append(unit)
        stale = stale or unit[0].name.startswith(_UNITS)
        if alone:
            yield part
            part, stale = [], False
    if part:
        yield part


def _at_once(sessions: Sessions, session: Session, steps: Sequence[Resource]) -> tuple[int, TrustctlError | None]:
    executing(sessions.state)
    asked = [step for step in steps if not same_anyway(step)]
    have = {step.key: unlike(step) for step in steps if same_anyway(step)} | (read(session, asked) if asked else {})
    mark = f"@{secrets.token_hex(6)}@"
    script = _script(session, steps, have, mark)
    # over stdin: it is as long as the files are, and no argument, which everybody on the host could read
    _, out, err = session.transport.run(
        StringCommand("sh -s"), stdin=script.encode(), seconds=float(sum(map(seconds_of, steps)))
    )
    said, codes = _answers(out.decode("utf-8", "replace").splitlines(), mark)
    count = next((at for at, code in enumerate(codes) if code != "0"), len(codes))
    if count == len(steps):
        return count, None
    words = said[count] if count < len(said) else []
    return count, failed(session.spec.name, steps[count], [], [*words, *err.decode("utf-8", "replace").splitlines()])


def _script(session: Session, steps: Sequence[Resource], have: Mapping[Key, Resource], mark: str) -> str:
    """Each step between two marks; behind the second one stands how it ended. One that fails ends it."""
    parts: list[str] = []
    with on(session.host):
        seeing(session.host, have.values())
        try:
            for step in steps:
                commands = [_fed(command) for command in inner(OPERATIONS[step.kind], step)] or [":"]
                parts.append(
                    f"echo; echo '{mark}begin'\n{{ {' && '.join(commands)}; }} 2>&1; c=$?\n"
                    f'echo; echo \'{mark}\'"$c"; [ "$c" = 0 ] || exit 0\n'
                )
        finally:
            forgetting(session.host)
    return "".join(parts)


def _fed(command: StringCommand) -> str:
    """One command in a shell of its own, with its stdin: the script's own stdin is the script."""
    given = stdin_of(command)
    line = f"(\n{command.get_raw_value()}\n)"
    return f"printf %s {quoted([given])} | {line}" if given else f"{line} </dev/null"


def _answers(lines: Sequence[str], mark: str) -> tuple[list[list[str]], list[str]]:
    """Return what each step said, and the exit code of each that came to its end."""
    said: list[list[str]] = []
    codes: list[str] = []
    for line in lines:
        if line == f"{mark}begin":
            said.append([])
        elif line.startswith(mark):
            codes.append(line.removeprefix(mark))
        elif said and line:
            said[-1].append(line)
    return said, codes
