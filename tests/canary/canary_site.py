"""The place of a canary story: a copy of the example trust with canaries in it, and its devices in the lab."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engineer import example_trust
from field import Field
from recorder import Recorder
from story import Story, plant


@contextmanager
def open_story(folder: Path, devices: tuple[str, ...]) -> Generator[Story]:
    """Plant the canaries and boot the devices from captures that hold them."""
    engineer = example_trust(folder / "trust")
    values: dict[str, str] = {}
    plant(values)(engineer)
    with Field(engineer, devices) as site:
        yield Story(engineer, site, values, Recorder(folder / "records"), devices)
