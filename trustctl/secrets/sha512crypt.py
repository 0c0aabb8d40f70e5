"""The former place of `trustctl.secrets.shacrypt.sha512crypt`."""

from __future__ import annotations

from trustctl.secrets.shacrypt import sha512crypt

__all__ = ["sha512crypt"]
