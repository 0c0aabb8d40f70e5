"""The golden configurations, and how they are rewritten after a wanted change (never in CI).

python tests/render/render_goldens.py
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
REPO = HERE.parents[1]
FOLDER = HERE / "golden"
DEVICES = ("oak-sw-core-01", "oak-sw-a1-01", "oak-sw-b1-01")


def rendered(name: str) -> str:
    """The device of the hand-made estate, rendered with the templates of this checkout."""
    sys.path.insert(0, str(HERE))
    import render_estate as estate  # noqa: PLC0415 - beside this file, which may be run by itself

    from trustctl.render import Renderer  # noqa: PLC0415 - as above

    return Renderer([REPO / "templates"]).render(estate.TRUST, estate.SCHOOL, estate.SCHOOL.switches[name]).text


if __name__ == "__main__":
    for device in DEVICES:
        (FOLDER / f"{device}.cfg").write_text(rendered(device), encoding="utf-8")
