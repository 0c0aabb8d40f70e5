"""What every part of a platform's files is: checked once, and never changed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Strict and frozen: an unknown key or a wrong type is an error, not a guess."""

    model_config = ConfigDict(extra="forbid", frozen=True)
