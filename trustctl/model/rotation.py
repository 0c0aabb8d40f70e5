"""A secret that is being rotated: which step a plan is, and what it gives to which device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rotation:
    """What makes a plan a step of a rotation. Bound into the plan, so that `apply` sees the devices as the plan did."""

    secret: str
    """The name of the secret. Its coming value is `trustctl.model.secret.next_name` of it."""
    step: int
    """Counted from 1; 0 when all is done."""
    steps: int
    title: str
    """What is done in this step, for a person."""
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By device of the plan: the places (`trustctl.plan.places`) that get the value in this step."""
    mark: str = ""
    """Of the coming value (`trustctl.secrets.mark`): an earlier rotation of the same secret had another one."""
    key: str = "next"
    """Which value they get (`trustctl.plan.rotation.Key`)."""
