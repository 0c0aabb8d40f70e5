"""Writes down every process that a command starts and every file that it throws away, from inside each Python process.

An audit hook (PEP 578) sees each exec with its arguments and environment, however short the child lives, and each
removal before it happens; reading /proc would miss both. `install` writes a `sitecustomize.py`, which every Python
started with its folder in PYTHONPATH runs first: ours, and the children that get PYTHONPATH from it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HOOK = """
import itertools, json, os, resource, shutil, sys
_folder, _numbers, _busy = {folder!r}, itertools.count(1), []

def _write(kind, **words):
    name = f"{{kind}}-{{os.getpid()}}-{{next(_numbers)}}"
    words["parent"] = os.getppid()
    words["core"] = resource.getrlimit(resource.RLIMIT_CORE)
    words["umask"] = open("/proc/self/status").read().partition("Umask:")[2].split()[0]
    with open(os.path.join(_folder, name + ".json"), "w", errors="backslashreplace") as file:
        json.dump(words, file, default=lambda one: one.decode("latin-1") if isinstance(one, bytes) else str(one))

def _keep(path):
    if path.startswith("/proc") or path.startswith(_folder) or "__pycache__" in path or not os.path.exists(path):
        return
    there = os.path.join(_folder, f"gone-{{os.getpid()}}-{{next(_numbers)}}")
    if os.path.isdir(path):
        shutil.copytree(path, there, ignore=_no_files)
    elif os.path.isfile(path):
        shutil.copyfile(path, there)

def _no_files(folder, names):
    # a named pipe holds nothing, and reading it would wait for ever
    there = ((name, os.path.join(folder, name)) for name in names)
    return [name for name, path in there if not os.path.isfile(path) and not os.path.isdir(path)]

_STARTS, _ENDS = {{"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}}, {{"os.remove", "shutil.rmtree"}}

def _hook(event, given):
    if _busy or event not in _STARTS | _ENDS:
        return
    _busy.append(event)
    try:
        if event in _ENDS and isinstance(given[0], str) and given[1] in (None, -1):
            _keep(os.path.abspath(given[0]))
        elif event in _STARTS:
            environ = given[-1] if event != "os.system" else None
            _write("exec", event=event, argv=given[:2], environ=dict(os.environ) if environ is None else environ)
    finally:
        _busy.clear()

sys.addaudithook(_hook)
_write("begun", argv=sys.argv, environ=dict(os.environ))
"""


class Recorder:
    """The folder in which processes leave what they did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder.parent / f"{folder.name}-hook"
        folder.mkdir(mode=0o700)
        self.path.mkdir(mode=0o700)
        (self.path / "sitecustomize.py").write_text(_HOOK.format(folder=str(folder)), encoding="utf-8")

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What was written down: `begun` (a Python process), `exec` (a process that it started)."""
        return [
            json.loads(path.read_text(encoding="utf-8", errors="replace"))
            for path in self.folder.glob(f"{kind}-*.json")
        ]
