"""Backups are sealed by a key of the store, and tags tell same from different."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustctl.errors import MissingSecretError, SecretError, StorageError, StoreUnavailableError
from trustctl.journal import Backups
from trustctl.secrets.seal import Seal, seal_of
from trustctl.secrets.trust_keys import BACKUP_KEY, TAG_KEY, tag, tagger

OLD, NEW = "old-" + "k" * 40, "new-" + "k" * 40
TEXT = "hostname oak-sw-01\nusername jo secret 9 $9$salt$hash\nend\n"


class Store:
    """A store of these secrets; it answers that there is no other, or nothing at all."""

    def __init__(self, down: bool = False, **values: str) -> None:
        self.values = {name.replace("_", "/", 1).replace("_", "-"): value for name, value in values.items()}
        self.down = down

    def get(self, name: str) -> str:
        """Return a value."""
        if self.down:
            raise StoreUnavailableError("sealed")
        if name not in self.values:
            raise MissingSecretError(f"there is no secret named {name}")
        return self.values[name]


def test_a_backup_is_sealed_where_the_trust_has_a_key(tmp_path: Path) -> None:
    """Nothing of the text is in the file, it reads back, and it is sealed in another way each time."""
    backups = Backups(tmp_path, lambda: seal_of(Store(trustctl_backup_key=NEW)))
    digest = backups.store("oak-sw-01", TEXT)
    (path,) = (tmp_path / "backups" / "oak-sw-01").iterdir()
    assert path.name == f"{digest}.sealed"
    assert not any(word in path.read_bytes() for word in (b"hostname", b"$9$", NEW.encode()))
    assert backups.load("oak-sw-01", digest) == TEXT
    assert backups.store("oak-sw-01", TEXT) == digest
    assert Seal([NEW]).close(TEXT, "x") != Seal([NEW]).close(TEXT, "x")


def test_without_a_key_in_the_store_backups_are_plain_private_files(tmp_path: Path) -> None:
    """As before there were keys."""
    backups = Backups(tmp_path, lambda: seal_of(Store()))
    digest = backups.store("oak-sw-01", TEXT)
    assert (tmp_path / "backups" / "oak-sw-01" / f"{digest}.cfg").read_text(encoding="utf-8") == TEXT


def test_no_backup_is_plain_because_the_store_is_down(tmp_path: Path) -> None:
    """A store that cannot be asked is not a store without a key."""
    with pytest.raises(StoreUnavailableError):
        Backups(tmp_path, lambda: seal_of(Store(down=True))).store("oak-sw-01", TEXT)
    assert not list(tmp_path.rglob("*.cfg"))


def test_plain_backups_of_before_stay_readable_and_can_be_sealed(tmp_path: Path) -> None:
    """A trust that gets a key later reads what it has; then no plain copy is left."""
    digest = Backups(tmp_path).store("oak-sw-01", TEXT)
    later = Backups(tmp_path, lambda: Seal([NEW]))
    assert later.load("oak-sw-01", digest) == TEXT
    assert later.seal_all() == 1
    assert [path.suffix for path in (tmp_path / "backups" / "oak-sw-01").iterdir()] == [".sealed"]
    assert later.load("oak-sw-01", digest) == TEXT
    assert later.latest("oak-sw-01") == digest
    Backups(tmp_path / "else").store("oak-sw-01", TEXT)
    left = tmp_path / "else" / "backups" / "oak-sw-01" / f"{digest}.cfg"
    left.rename(tmp_path / "backups" / "oak-sw-01" / left.name)  # as if we had died between the two
    assert (later.seal_all(), later.seal_all()) == (1, 0)
    assert [path.suffix for path in (tmp_path / "backups" / "oak-sw-01").iterdir()] == [".sealed"]


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    """`new,old` in the store; without the old one the error names its number and the remedy."""
    digest = Backups(tmp_path, lambda: Seal([OLD])).store("oak-sw-01", TEXT)
    both = Backups(tmp_path, lambda: seal_of(Store(trustctl_backup_key=f"{NEW},{OLD}")))
    assert both.load("oak-sw-01", digest) == TEXT
    for seal, words in ((Seal([NEW]), "was sealed with key"), (None, "has no trustctl/backup-key")):
        with pytest.raises((SecretError, StorageError), match=words):
            Backups(tmp_path, lambda seal=seal: seal).load("oak-sw-01", digest)


@pytest.mark.parametrize("at", [3, 20, 40, 60, -1])
def test_a_changed_byte_is_found(at: int) -> None:
    """Wherever in the file it is."""
    sealed = bytearray(Seal([NEW]).close(TEXT, "oak-sw-01/x"))
    sealed[at] ^= 1
    with pytest.raises((StorageError, SecretError)):
        Seal([NEW]).open(bytes(sealed), "oak-sw-01/x")


def test_a_backup_of_another_device_does_not_open() -> None:
    """A file that was moved to another device's folder is refused."""
    with pytest.raises(StorageError, match="another device's"):
        Seal([NEW]).open(Seal([NEW]).close(TEXT, "oak-sw-01/x"), "oak-sw-02/x")


def test_a_key_that_a_person_thought_up_is_refused() -> None:
    """It is not stretched, so it must be long; the error does not show it."""
    with pytest.raises(SecretError, match="fewer than 32") as refused:
        seal_of(Store(trustctl_backup_key="Winter-2031"))
    assert "Winter" not in str(refused.value)
    assert NEW not in repr(Seal([NEW]))


def test_tags_tell_same_from_different() -> None:
    """Twelve digits, by the trust's own key; without one there are none."""
    mine, other = tagger(Store(trustctl_tag_key="a" * 32)), tagger(Store(trustctl_tag_key="b" * 32))
    assert mine is not None
    assert other is not None
    assert mine("Sh4red") == mine("Sh4red") == tag("a" * 32, "Sh4red")
    assert len({mine("Sh4red"), mine("Sh4red2"), other("Sh4red")}) == 3
    assert len(mine("x")) == 12
    assert tagger(Store()) is None
    assert (TAG_KEY, BACKUP_KEY) == ("trustctl/tag-key", "trustctl/backup-key")
