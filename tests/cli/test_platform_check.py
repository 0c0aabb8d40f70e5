"""`trustctl platform check` tells a file that is another platform's."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from trustctl.cli.main import trustctl

INVENTORY = Path(__file__).parents[2] / "inventory"
CAPTURED = INVENTORY / "schools/elder/captured/eld-sw-art-01.cfg"


@pytest.mark.parametrize(("platform", "strange"), [("aruba_aos_cx", False), ("aruba_aos_s", True), ("cisco_ios", True)])
def test_a_file_of_another_platform_is_told(platform: str, strange: bool) -> None:
    """It comes back without loss under any rules; that nobody knows its lines is what tells."""
    done = CliRunner().invoke(trustctl, ["platform", "check", platform, str(CAPTURED), "--inventory", str(INVENTORY)])
    assert done.output.startswith("holds"), done.output
    assert ("is it of another platform?" in done.output) is strange
