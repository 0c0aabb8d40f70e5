"""Guarded commands: whether what one does has been done, by its own question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustctl.engines.linux.facts.shell import quoted, untold
from trustctl.hosts import Resource

KINDS = frozenset({"command"})
_SECONDS = 30
_TIMED_OUT = "124"


def script(want: Sequence[Resource]) -> str:
    """Ask each command's `unless`; its exit code is the answer."""
    asked = [quoted([one.get("unless") or "false"]) for one in want]
    return "\n".join(
        f'timeout {_SECONDS} sh -c {line} </dev/null >/dev/null 2>&1; echo "C {at} $?"' for at, line in enumerate(asked)
    )


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each command with `done`."""
    codes = {words[1]: words[2] for line in lines if (words := [*line.split(), "", "", ""])[0] == "C"}
    for at, one in enumerate(want):
        code = codes.get(str(at))
        if not code or code == _TIMED_OUT:
            yield untold(one, f"`{one.get('unless')}` did not end within {_SECONDS} s")
        else:
            yield Resource("command", one.name, (("done", "yes" if code == "0" else "no"),))
