"""School + templates -> Intended, each line with its origin."""

from __future__ import annotations

from trustctl.render.child import Limits
from trustctl.render.renderer import Renderer

__all__ = ["Limits", "Renderer"]
