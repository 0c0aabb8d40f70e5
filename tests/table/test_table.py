"""Platform by platform, feature by feature: rendered, applied on the lab, read back, taken back; or listed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from joining import Joined, joined  # noqa: E402 - after its folder was put in place
from table import PAGE, Feature, cells, only, page, part, unsupported  # noqa: E402 - as above

from trustctl.config import DeviceFacts, Scope, compare, differences, read, read_intended  # noqa: E402 - as above
from trustctl.model.levels import Ownership, Stage  # noqa: E402 - as above
from trustctl.platforms import platform as load  # noqa: E402 - as above
from trustctl.secrets.source import FileSecrets  # noqa: E402 - as above
from trustctl.secrets.verify import Verifier  # noqa: E402 - as above

TEMPLATES = HERE.parents[1] / "templates"
CELLS = list(cells())
PROVED = sorted({(platform, feature.name) for feature, platform in CELLS if platform in feature.says})
ROWS = {(platform, feature.name): feature for feature, platform in CELLS}
Joining = Callable[[str], Joined]
_KEPT: dict[str, Joined | AssertionError] = {}


@pytest.fixture(scope="module")
def joining(tmp_path_factory: pytest.TempPathFactory) -> Joining:
    """A function that lets the school of a make join, once a run."""

    def join(platform: str) -> Joined:
        if platform not in _KEPT:
            try:
                _KEPT[platform] = joined(platform, tmp_path_factory.mktemp(platform))
            except AssertionError as error:
                _KEPT[platform] = error
        kept = _KEPT[platform]
        if isinstance(kept, AssertionError):
            raise kept
        return kept

    return join


@pytest.mark.parametrize("platform", sorted({platform for platform, _ in PROVED}))
def test_a_device_joins_and_goes_back(platform: str, joining: Joining) -> None:
    """After the apply nothing is left to do; after the way back the device means what it did before."""
    made = joining(platform)
    book = load(platform, [TEMPLATES]).rulebook
    assert made.planned.code == 0, str(made.planned)
    assert differences(read(made.before, book), read(made.back, book)) == ()


@pytest.mark.parametrize(("platform", "feature"), PROVED)
def test_a_feature_is_rendered_applied_and_taken_back(platform: str, feature: str, joining: Joining) -> None:
    """Its lines are rendered; the device lacks them, has them after the apply, lacks the same after the way back."""
    row, made = ROWS[platform, feature], joining(platform)
    found = {pattern: part(made.intended, pattern) for pattern in row.says[platform]}
    assert [pattern for pattern, places in found.items() if not places] == []
    missing_before, missing_after, missing_back = (
        _missing(made, text, set().union(*found.values())) for text in (made.before, made.after, made.back)
    )
    assert bool(missing_before) != (platform in row.held), missing_before
    assert missing_after == ()
    assert missing_back == missing_before


def _missing(made: Joined, text: str, wanted: set[int]) -> tuple[str, ...]:
    """What would have to be sent to a device with this configuration so that it has these lines of its intent."""
    book = load(made.intended.platform, [TEMPLATES]).rulebook
    secrets = Verifier(FileSecrets(made.secrets))
    scope = Scope(Stage.ENSURE, {"*": Ownership.OWNED}, DeviceFacts(), secrets)
    return compare(read(text, book), read_intended(only(made.intended, wanted), book), scope).commands


@pytest.mark.parametrize(("feature", "platform"), CELLS, ids=[f"{platform}-{row.name}" for row, platform in CELLS])
def test_no_cell_is_empty(feature: Feature, platform: str) -> None:
    """A feature is said or listed, never both and never neither; what is listed has a reason and an audit."""
    assert (platform in feature.says) != (platform in feature.listed), "neither proved nor listed, or both"
    if platform in feature.listed:
        entry = unsupported(platform)[feature.listed[platform]]
        assert entry["reason"].strip()
        assert entry["audit"].strip()


def test_the_page_is_true() -> None:
    """docs/support.md is what `python tests/table/table.py` writes and prints."""
    assert PAGE.read_text(encoding="utf-8") == page()
