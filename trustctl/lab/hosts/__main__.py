"""What is asked of the lab's hosts in a process of its own: `python -m trustctl.lab.hosts [build CACHE SYSTEM...]`.

Without words it prints the Debian packages to install. `build` makes what hosts boot from and prints where it lies.
"""

from __future__ import annotations

import sys
from pathlib import Path

from trustctl.errors import TrustctlError
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.machine import lacking
from trustctl.lab.hosts.recipe import recipe


def main(words: list[str]) -> int:
    """Print, or build; the exit code."""
    if not words:
        sys.stdout.write(" ".join(lacking()) + "\n")
        return 0
    _, cache, *systems = words
    try:
        for system in systems:
            sys.stdout.write(f"{Cache(Path(cache)).repository(recipe(system))}\n")
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
