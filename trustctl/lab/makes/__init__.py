"""The makes of devices that the lab knows: one package per platform, named as the inventory names it.

A make's package has a module `make` that names its device class as `DEVICE`. It is imported when the first device of
that make boots.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from trustctl.errors import UsageError
from trustctl.lab.device import Device


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """The platforms that the lab can simulate."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


@lru_cache(maxsize=64)
def device_class(platform: str) -> type[Device]:
    """The class of a platform's devices. Raises UsageError if the lab has no such make."""
    if platform not in known():
        remedy = f"it simulates: {', '.join(known())}"
        raise UsageError(f"the lab does not simulate the platform {platform!r}", remedy=remedy)
    found: object = importlib.import_module(f"{__name__}.{platform}.make").DEVICE
    if not (isinstance(found, type) and issubclass(found, Device)):
        raise TypeError(f"{platform} names no device class: {found!r}")
    return found
