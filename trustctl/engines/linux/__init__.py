"""Linux servers by pyinfra, which lives in this folder only, and only in a child process.

The parent's side is `engine`, `session` and `process` (the child's life): threads, as for the switches. The child's
side is `child`, with `facts` and `operations`, which the deploys for plain pyinfra use too. The engine's name is looked
up when it is asked for: whatever this package imported, the child would import before gevent can patch it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.engines.linux.engine import LinuxEngine

__all__ = ["LinuxEngine"]


def __getattr__(name: str) -> object:
    if name == "LinuxEngine":
        from trustctl.engines.linux.engine import LinuxEngine  # noqa: PLC0415 - see above

        return LinuxEngine
    raise AttributeError(name)
