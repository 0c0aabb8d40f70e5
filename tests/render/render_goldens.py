"""The golden configurations, and how they are rewritten after a wanted change (never in CI).

python tests/render/render_goldens.py
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
REPO = HERE.parents[1]
FOLDER = HERE / "golden"
GOLDEN = {
    "oak-sw-core-01": ("render_estate", "SCHOOL"),
    "oak-sw-a1-01": ("render_estate", "SCHOOL"),
    "oak-sw-b1-01": ("render_estate", "SCHOOL"),
    "oak-sw-c0-01": ("aos_s_estate", "SCHOOL"),
    "oak-sw-c1-01": ("aos_s_estate", "SCHOOL"),
    "oak-sw-c2-01": ("aos_s_estate", "ENFORCING"),
    "oak-sw-x0-01": ("aos_cx_estate", "SCHOOL"),
    "oak-sw-x1-01": ("aos_cx_estate", "SCHOOL"),
    "oak-sw-x2-01": ("aos_cx_estate", "ENFORCING"),
    "oak-wlc-i0-01": ("instant_estate", "SCHOOL"),
}
"""Device -> the hand-made estate that has it: module and school."""
DEVICES = tuple(GOLDEN)


def rendered(name: str) -> str:
    """The device of its hand-made estate, rendered with the templates of this checkout."""
    sys.path.insert(0, str(HERE))
    from trustctl.render import Renderer  # noqa: PLC0415 - beside the estates, which may be imported by themselves

    module, attribute = GOLDEN[name]
    school = getattr(import_module(module), attribute)
    trust = import_module("render_estate").TRUST
    return Renderer([REPO / "templates"]).render(trust, school, school.devices[name]).text


if __name__ == "__main__":
    for device in DEVICES:
        (FOLDER / f"{device}.cfg").write_text(rendered(device), encoding="utf-8")
