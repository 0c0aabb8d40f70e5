"""Every target by its name."""

from __future__ import annotations

from collections.abc import Mapping

import configurations
import devices
import own_files
import servers
import stores
import windows
from target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        *configurations.TARGETS,
        *devices.TARGETS,
        *servers.TARGETS,
        *own_files.TARGETS,
        *stores.TARGETS,
        *windows.TARGETS,
    )
}
"""Every reader by its name."""
