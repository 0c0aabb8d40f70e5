"""The scanner and the recorder prove themselves first: what is planted is found, so that no hits means no leak."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from canaries import Scanner, canary, forms, type7
from recorder import Recorder

from trustctl.secrets import Redactor


@pytest.mark.parametrize("form", [*forms(canary("x")), "type 7"])
def test_a_secret_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    """One planted file per spelling of each form."""
    value = canary("planted")
    spellings = tuple(type7(value, at).encode() for at in range(16)) if form == "type 7" else forms(value)[form]
    for number, spelling in enumerate(spellings):
        (tmp_path / f"{number}.bin").write_bytes(b"key 7 " + spelling + b" end")
    scanner = Scanner({"planted": value})
    found = {leak.artefact for leak in scanner.scan_folder(tmp_path) if leak.form == form}
    assert found == {f"{number}.bin" for number in range(len(spellings))}
    assert scanner.scanned == len(spellings)


@pytest.mark.parametrize("form", [form for form in forms(canary("x")) if form != "substring"])
def test_what_the_scanner_finds_the_redactor_hides(form: str) -> None:
    """Two programs that share no code: what the one looks for, the other masks."""
    value = canary("planted")
    whole = tuple(base64.b64encode(b"x" * skip + value.encode()) for skip in range(3))
    for spelling in whole if form == "base64" else forms(value)[form]:
        shown = Redactor([value]).mask(f"x {spelling.decode('latin-1')} x")
        if form == "UTF-16" and spelling.startswith(b"\0"):
            continue  # big-endian text begins with the half of a letter that is not ours
        assert [leak for leak in Scanner({"it": value}).scan("it", shown.encode("latin-1")) if leak.form == form] == []


def test_every_child_and_every_file_thrown_away_is_recorded(tmp_path: Path) -> None:
    """Arguments and environment of children of children, and the content of a temporary file that is gone."""
    recorder = Recorder(tmp_path / "records")
    script = (
        "import os, subprocess, sys, tempfile\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    open(os.path.join(folder, 'x'), 'w').write('In-A-Folder')\n"
        "with tempfile.NamedTemporaryFile('w') as file:\n"
        "    file.write('In-A-File'); file.flush()\n"
        'again = \'import subprocess; subprocess.run(["true", "Argument-Below"])\'\n'
        "subprocess.run([sys.executable, '-c', again], env={**os.environ, 'TOKEN': 'In-The-Environment'})\n"
    )
    environment = {"PYTHONPATH": str(recorder.path), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script, "Argument-Above"], env=environment, check=True)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "records").rglob("*") if path.is_file())
    for planted in (b"In-A-Folder", b"In-A-File", b"Argument-Above", b"Argument-Below", b"In-The-Environment"):
        assert planted in kept, planted
    assert len(recorder.records("begun")) == 2
