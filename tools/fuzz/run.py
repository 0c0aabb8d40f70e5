"""Fuzz readers with atheris (libFuzzer). `make fuzz` runs it in its own environment.

    run.py                    prove the harness, then every target for FUZZ_SECONDS (60)
    run.py TARGET...          these targets
    run.py --list             their names
    run.py --one TARGET DIR   one target in this process; what breaks it is written to DIR

An input that breaks a reader is kept in tests/hostile/found/TARGET, where the tests play it back from then on; the
exit code is then 1.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target import Target

FOUND = Path(__file__).parents[2] / "tests" / "hostile" / "found"
_LONGEST = 4096
"""Bytes of one input: more makes each try slower; what a long one costs is measured by `Target.stretched`."""
_HANGS = 20
"""Seconds after which one input is a hang."""
_MEGABYTES = 1024
_STRETCHING = 0.2
"""The part of the time that goes into inputs stretched to 64 KiB."""
_LATE = 300
"""Seconds for starting and for a hang, on a busy machine."""
_PROVED_WITHIN = 60
_COUNT = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_PEAK = re.compile(r"stat::peak_rss_mb:\s+(\d+)")


def one(name: str, folder: str, seconds: str) -> None:
    """Fuzz one target in this process; it ends with it."""
    import atheris  # noqa: PLC0415 - only the process that fuzzes needs it

    with atheris.instrument_imports(include=["trustctl", "planted"]):
        module = importlib.import_module("planted" if name.startswith("planted-") else "targets")

    from mutating import Mutator  # noqa: PLC0415 - not to be watched

    target: Target = module.TARGETS[name]
    seeds = list(target.seeds())
    began, stretching = time.monotonic(), 0.0

    def test(data: bytes) -> None:
        nonlocal stretching
        try:
            target(data)
            before = time.monotonic()
            if stretching <= (before - began) * _STRETCHING:
                target.stretched(data)
                stretching += time.monotonic() - before
        except Exception:
            # libFuzzer keeps none where it is a seed that breaks the reader
            kept = f"crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
            (Path(folder) / kept).write_bytes(data)
            raise

    corpus = tempfile.mkdtemp(prefix="trustctl-fuzz-corpus-")
    for number, seed in enumerate(seeds):
        (Path(corpus) / f"seed-{number}").write_bytes(seed[:_LONGEST])
    # by its name each time: atheris puts another one there when it begins
    mutator = Mutator(seeds, lambda data, most: atheris.Mutate(data, most))  # noqa: PLW0108 - see above
    words = Path(corpus).with_suffix(".words")
    words.write_text("".join(f'"{word.decode("ascii", "ignore")}"\n' for word in mutator.words if word.isascii()))
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_HANGS}",
        f"-dict={words}",
        f"-rss_limit_mb={_MEGABYTES}",
        "-print_final_stats=1",
        f"-artifact_prefix={folder}/",
        corpus,
    ]
    extra = {"custom_mutator": mutator} if target.text else {}
    atheris.Setup(arguments, test, **extra)
    atheris.Fuzz()


def campaign(name: str, folder: Path, seconds: int) -> tuple[bool, str]:
    """Fuzz one target in a process of its own; whether it was broken, and what the process said."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a fresh folder is made in it
    with tempfile.TemporaryDirectory(prefix="trustctl-fuzz-", dir=memory) as temporary:
        ended = subprocess.run(
            [sys.executable, __file__, "--one", name, str(folder), str(seconds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": temporary},
            check=False,
            timeout=seconds + _LATE,
        )
    if not any(folder.iterdir()):
        folder.rmdir()
    return ended.returncode != 0, ended.stdout.decode("utf-8", "replace")


def prove() -> bool:
    """Whether each planted fault is found within seconds."""
    from planted import TARGETS as PLANTED  # noqa: PLC0415 - the campaign's own process is not watched

    for name in PLANTED:
        with tempfile.TemporaryDirectory(prefix="trustctl-fuzz-") as folder:
            broken, words = campaign(name, Path(folder) / name, _PROVED_WITHIN)
            kept = list(Path(folder).rglob("*-*"))
        if not broken or not any(one.name.startswith(("crash-", "timeout-")) for one in kept):
            print(f"the fault planted in {name} was NOT found: nothing that follows would mean anything\n{words}")
            return False
        print(f"proved      {name}", flush=True)
    return True


def main(arguments: list[str]) -> int:
    """Run what is asked for; return the exit code."""
    if arguments[:1] == ["--one"]:
        one(*arguments[1:4])
        return 0
    from targets import TARGETS  # noqa: PLC0415 - as above

    if arguments == ["--list"]:
        print("\n".join(TARGETS))
        return 0
    unknown = sorted(set(arguments) - set(TARGETS))
    if unknown:
        print(f"no such target: {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
        return 2
    if not prove():
        return 1
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    any_broken = False
    for name in arguments or TARGETS:
        broken, words = campaign(name, FOUND / name, seconds)
        any_broken |= broken
        count, peak = (found[-1] if (found := pattern.findall(words)) else "?" for pattern in (_COUNT, _PEAK))
        print(f"{'BROKEN' if broken else 'held':11} {name:20} {count:>10} inputs {peak:>6} MiB", flush=True)
        if broken:
            print(words[-3000:], flush=True)
    return int(any_broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
