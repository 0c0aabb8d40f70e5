"""The store as one command sees it: asked once, remembered, and one that is closed is not asked again."""

from __future__ import annotations

import pytest

from trustctl.errors import MissingSecretError, StoreUnavailableError
from trustctl.secrets import Held, OpenedSecrets, Verifier
from trustctl.secrets.redact import KNOWN


class Counted:
    """A store that counts its questions; a name tells how it answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, name: str) -> str:
        """As `held`."""
        return self.held(name).value

    def held(self, name: str) -> Held:
        """The value `Value-of-NAME`, or the trouble that the name says."""
        self.asked.append(name)
        if name.startswith("closed"):
            raise StoreUnavailableError("sealed")
        if name.startswith("missing") or name.endswith("next"):
            raise MissingSecretError("no such name")
        return Held(f"Value-of-{name}", "3" if name.startswith("kept") else "")


def test_nothing_is_opened_before_it_is_asked_and_each_name_once() -> None:
    """Values, versions and refusals are remembered; the redactor learns each value."""
    store, opened = Counted(), 0

    def open_store() -> Counted:
        nonlocal opened
        opened += 1
        return store

    source = OpenedSecrets(open_store)
    assert (opened, source.versions, source.closed) == (0, {}, None)
    for _ in range(2):
        assert source.get("kept/a") == "Value-of-kept/a"
        assert source.get("b") == "Value-of-b"
        with pytest.raises(MissingSecretError):
            source.get("missing")
    assert (opened, store.asked, source.versions) == (1, ["kept/a", "b", "missing"], {"kept/a": "3"})
    assert KNOWN.mask("x Value-of-kept/a") == "x <hidden>"
    assert "Value" not in repr(source)


@pytest.mark.parametrize("whole", [True, False])
def test_a_closed_store_is_not_waited_for_twice(whole: bool) -> None:
    """One server is closed for all names; of a store with parts another part may open. What was fetched stays."""
    store = Counted()
    source = OpenedSecrets(lambda: store, whole=whole)
    assert source.get("a") == "Value-of-a"
    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            source.get("closed")
    assert isinstance(source.closed, StoreUnavailableError)
    if whole:
        with pytest.raises(StoreUnavailableError):
            source.get("b")
    else:
        assert source.get("b") == "Value-of-b"
    assert source.get("a") == "Value-of-a"
    assert store.asked == ["a", "closed", *([] if whole else ["b"])]


def test_a_store_that_cannot_be_opened_is_tried_once() -> None:
    """The reason is the same for every name."""
    tries: list[int] = []

    def open_store() -> Counted:
        tries.append(1)
        raise StoreUnavailableError("no route")

    source = OpenedSecrets(open_store)
    for name in ("a", "b", "a"):
        with pytest.raises(StoreUnavailableError, match="no route"):
            source.get(name)
    assert tries == [1]


def test_a_closed_store_and_a_missing_name_compare_nothing() -> None:
    """Could-not-tell is never yes or no; the two are told apart, as the cure is another."""
    source = OpenedSecrets(Counted, whole=False)
    verifier = Verifier(source, rotating=True)
    assert verifier.verify("a", "0", "Value-of-a") is True
    assert verifier.verify("a", "0", "x") is False
    for name in ("a", "closed", "missing"):
        told = (verifier.closed(name), verifier.missing(name))
        assert told == (name == "closed", name == "missing")
        assert (verifier.verify(name, "0", "x") is None) is (name != "a")
    assert source.missing == {"missing", "a#next"}
