"""The pin file and the closed list of algorithms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trustctl.engines.network import LEGACY, Pin, load_pins, save_pins
from trustctl.engines.network.algorithms import STRICT, disabled_for
from trustctl.errors import HostKeyError, StorageError, UsageError

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJz0kXgB0xO0x6Zy9Yl1x2R9wqzqjv2p0k7Yk3n5Q0Xg"
PRINT = "SHA256:" + "a" * 43
PIN = Pin("FOC1234X0AB", KEY, PRINT, "WS-C2960X-48FPS-L", date(2026, 11, 22))


def test_pins_come_back(tmp_path: Path) -> None:
    """What was saved is loaded, sorted by device, one device a block, so that a diff shows one device."""
    path = tmp_path / "pins.yml"
    save_pins(path, {"oak-b": PIN, "oak-a": PIN})
    assert load_pins(path) == {"oak-a": PIN, "oak-b": PIN}
    assert path.read_text().index("oak-a:") < path.read_text().index("oak-b:")
    assert [file.name for file in tmp_path.iterdir()] == ["pins.yml"]


def test_no_file_and_no_pins_are_empty(tmp_path: Path) -> None:
    """Before the first adoption there is nothing."""
    path = tmp_path / "pins.yml"
    assert load_pins(path) == {}
    save_pins(path, {})
    assert load_pins(path) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("FOC1234X0AB", ""),
        lambda text: text.replace("serial:", "serail:"),
        lambda text: text.replace("ssh-ed25519", "ssh_ed25519"),
        lambda text: text.replace("SHA256:", "MD5:"),
        lambda text: text + text.split("\n", 1)[1],
        lambda text: text.replace("serial: ", "serial: &a "),
        lambda text: text + "\n{",
    ],
)
def test_a_damaged_pin_file_is_an_error(tmp_path: Path, change: object) -> None:
    """A pin that cannot be read must never look like a device that was not adopted yet."""
    path = tmp_path / "pins.yml"
    save_pins(path, {"oak-a": PIN})
    assert callable(change)
    path.write_text(str(change(path.read_text())))
    with pytest.raises(HostKeyError) as caught:
        load_pins(path)
    assert "pins.yml" in caught.value.where


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    """If the new file cannot take its place, the old one stays and no debris is left."""
    path = tmp_path / "pins.yml"
    path.mkdir()
    (path / "keep").touch()
    with pytest.raises(StorageError):
        save_pins(path, {"oak-a": PIN})
    assert [file.name for file in tmp_path.iterdir()] == ["pins.yml"]


def test_an_exception_gives_back_one_name_only() -> None:
    """Everything else of the strict profile stays off, in a new dictionary each time."""
    off = disabled_for(("diffie-hellman-group14-sha1",))
    assert off["kex"] == [name for name in STRICT["kex"] if name != "diffie-hellman-group14-sha1"]
    assert off["keys"] == ["ssh-rsa"]
    assert disabled_for(()) is not disabled_for(())
    assert "diffie-hellman-group14-sha1" in LEGACY


def test_only_names_on_the_closed_list_can_be_given_back() -> None:
    """A typing mistake in the inventory does not pass silently."""
    with pytest.raises(UsageError, match="group14-sha2"):
        disabled_for(("group14-sha2",))
