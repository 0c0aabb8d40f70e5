"""Everything that commands of a canary story said, wrote, threw away and handed on, and what is found in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from canaries import Leak, Scanner
from engineer import ROOT, Engineer
from recorder import Recorder

PIPELINE = "held/pipeline-token"
"""What stands in the environment of every recorded command, and may go no further."""


def recorded(engineer: Engineer, recorder: Recorder, values: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: a pipeline's token in it, the event log on, everything recorded."""
    return {
        "PYTHONPATH": f"{recorder.path}{os.pathsep}{ROOT}",
        "TMPDIR": str(engineer.repository.parent / "tmp"),
        "TRUSTCTL_LOG": str(engineer.repository / "events.jsonl"),
        "CI_JOB_TOKEN": values[PIPELINE],
    }


def leaks_of(engineer: Engineer, values: Mapping[str, str], recorder: Recorder) -> tuple[list[Leak], int]:
    """Every secret found in what was printed, written, recorded or thrown away; and the number of artefacts."""
    scanner = Scanner(values)
    found = [
        leak
        for done in engineer.said
        for leak in scanner.scan(f"trustctl {' '.join(done.arguments)}", f"{done.out}\n{done.err}".encode())
    ]
    above = engineer.repository.parent
    for folder in (engineer.repository, above / "tmp"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _planted(path.relative_to(above)):
                found += scanner.scan(str(path.relative_to(above)), path.read_bytes())
    outside = Scanner({name: value for name, value in values.items() if name != PIPELINE})
    for path in sorted(recorder.folder.rglob("*")):
        if path.is_file():
            # the first process was given the pipeline's token by its caller, us; nobody else may have it
            first = path.name.startswith("begun") and f'"parent": {os.getpid()},' in path.read_text("utf-8")
            found += (outside if first else scanner).scan(f"recorded {path.name}", path.read_bytes())
    return found, scanner.scanned + outside.scanned


def _planted(path: Path) -> bool:
    """Where the canaries are meant to be: what the lab boots from, and the whole backups that were asked for."""
    return "captured" in path.parts or "by-hand" in path.parts
