"""The child's life: many who wait, its death, its end; and what goes over the wire."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from trustctl import errors
from trustctl.engines.linux.process import Child
from trustctl.engines.linux.wire import dump, error_in, error_out, load, resources_in, resources_out
from trustctl.errors import DeviceError, LineRejectedError, SessionLostError, TrustctlError
from trustctl.hosts import Resource

ECHO = """\
import json, sys
held = []
for line in sys.stdin:
    request = json.loads(line)
    if request['do'] == 'start': continue
    if request['do'] == 'die': sys.stderr.write('out of memory\\n'); sys.stderr.flush(); sys.exit(3)
    if request['do'] == 'noise': print('not json', flush=True)
    held.append(request)
    if len(held) == request.get('together', 1):
        for one in reversed(held): print(json.dumps({'id': one['id'], 'ok': {'said': one.get('word')}}), flush=True)
        held = []
"""


def child(code: str = ECHO) -> Child:
    """A process that answers as `code` has it."""
    return Child(command=(sys.executable, "-c", code))


def test_each_waits_for_its_own_answer() -> None:
    """Answers come in another order than the questions."""
    made = child()
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda word: made.ask("echo", word=word, together=8)["said"], range(8)))
        assert answers == list(range(8))
        assert made.ask("noise", word="x")["said"] == "x"
    finally:
        made.close()
    with pytest.raises(DeviceError, match="closed"):
        made.ask("echo")


def test_it_can_be_started_ahead() -> None:
    """One process, which answers later; no thread is started before, so that others may still fork."""
    made, before = child(), threading.active_count()
    made.begin()
    made.begin()
    ahead = made.pid
    assert ahead is not None
    assert threading.active_count() == before
    assert made.ask("echo", word="x")["said"] == "x"
    assert made.pid == ahead
    made.close()
    made.begin()
    assert made.pid is None
    unasked = child()
    unasked.begin()
    unasked.close()
    assert unasked.pid is None


def test_its_death_is_told_to_everybody_who_waits() -> None:
    """With its exit code and its last words; no new process is started behind their backs."""
    made = child()
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(made.ask, "echo", together=99) for _ in range(2)]
        time.sleep(0.3)
        with pytest.raises(SessionLostError, match=r"ended \(code 3\): out of memory"):
            made.ask("die")
        for one in waiting:
            with pytest.raises(SessionLostError, match="out of memory"):
                one.result(10)
    assert made.pid is None
    with pytest.raises(DeviceError):
        made.ask("echo")
    made.close()


def test_last_words_that_come_after_the_end_are_heard() -> None:
    """What it started may still have to say why."""
    late = ["sh", "-c", "sleep 0.3; echo out of memory >&2"]
    made = child(f"import subprocess, sys\nsubprocess.Popen({late!r}, stdout=subprocess.DEVNULL)\nsys.exit(3)")
    with pytest.raises(SessionLostError, match=r"ended \(code 3\): out of memory"):
        made.ask("echo")
    made.close()


def test_one_that_does_not_answer_or_end_is_left_and_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hang is an error for who waits, and no end for who closes."""
    monkeypatch.setattr("trustctl.engines.linux.process._END_SECONDS", 0.3)
    made = child("import time\nwhile True: time.sleep(60)")
    with pytest.raises(SessionLostError, match="did not answer"):
        made.ask("echo", seconds=0.2)
    made.close()
    assert made.pid is None


KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, TrustctlError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_arrives_as_what_it_was(kind: type[TrustctlError]) -> None:
    """Class, problem, place and remedy; a refused step with its line and the host's words."""
    more = {"line": "file /etc/x", "reply": "bad\nline"} if kind is LineRejectedError else {}
    sent = kind("it is wrong", where="oak-srv-01", remedy="mend it", **more)
    came = error_in(load(dump(error_out(sent))))
    assert type(came) is kind
    assert vars(came) == vars(sent)


def test_an_unknown_error_is_one_of_the_device() -> None:
    """Never less than an error."""
    assert type(error_in({"type": "ExitCode", "problem": "x"})) is DeviceError
    with pytest.raises(ValueError, match="object"):
        load(b"[1]\n")


WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
RESOURCES = st.builds(
    Resource,
    st.sampled_from(["file", "user", "command"]),
    WORDS,
    st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple),
    st.none() | st.lists(WORDS, max_size=5).map(tuple),
)


@given(st.lists(RESOURCES, max_size=5))
def test_resources_arrive_whole(sent: list[Resource]) -> None:
    """Whatever stands in them."""
    assert resources_in(load(dump({"all": resources_out(sent)}))["all"]) == [replace(one) for one in sent]
