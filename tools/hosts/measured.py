"""Run one command to its end, and say what it and everything that it started cost.

    python measured.py REPORT COMMAND...

REPORT gets a JSON object: wall seconds, CPU seconds of all its processes, the peak of their memory together in MiB
(proportional set size: what several processes share is counted once), and its exit code. Processes that it leaves
behind, as `ssh` does that keeps a connection for later, are its own: they are counted, then ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER (prctl(2)): orphans of our descendants become our children."""
_EVERY = 0.2
"""Seconds between two looks at the memory. A look costs some milliseconds, which are not the command's."""


def _family(root: int) -> list[int]:
    found, todo = [], [root]
    while todo:
        one = todo.pop()
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                below = [int(word) for word in (task / "children").read_text().split()]
                found += below
                todo += below
    return found


def _memory(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


class _Watch:
    """Looks at the memory of all our descendants until it is told to stop."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_memory, _family(os.getpid()))))


def main(report: str, *command: str) -> int:
    """Measure; the command's own exit code."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    watch = _Watch()
    began = time.perf_counter()
    code = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    wall = time.perf_counter() - began
    watch.stop()
    for left in _family(os.getpid()):
        with suppress(ProcessLookupError):
            os.kill(left, signal.SIGTERM)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": watch.peak / 1024, "code": code}
    Path(report).write_text(json.dumps(cost), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
