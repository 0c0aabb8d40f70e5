"""The event log holds what happened, privately, and nothing of what was said."""

import json
import stat
from pathlib import Path

from trustctl.cli.events import EventLog
from trustctl.cli.main import outcome


def test_events_are_lines_of_json_in_a_private_file(tmp_path: Path) -> None:
    """Each event is one JSON object with its time; the file is for its owner alone and is appended to."""
    path = tmp_path / "events.jsonl"
    for name in ("device started", "device ended"):
        log = EventLog()
        log.open(path)
        log.add(name, device="oak-sw-01")
        log.close()
    events = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    assert [(event["event"], event["device"]) for event in events] == [
        ("device started", "oak-sw-01"),
        ("device ended", "oak-sw-01"),
    ]
    assert all(event["timestamp"].endswith("Z") for event in events)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    """An event log that was not opened takes events and keeps none."""
    EventLog().add("device started", device="oak-sw-01")
    assert not list(tmp_path.iterdir())


def test_a_log_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    """A log in a folder that is not there ends in exit code 10 before anything is done."""
    assert outcome(["--log", str(tmp_path / "none" / "x.jsonl"), "doctor"]) == 10
