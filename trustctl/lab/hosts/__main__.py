"""What is asked of the lab's hosts in a process of its own: `python -m trustctl.lab.hosts [WHAT CACHE SYSTEM...]`.

Without words it prints the Debian packages to install. `build` makes what hosts boot from and prints where it lies;
`prune` removes what older recipes made and prints of each its bytes, whether a lab still uses it, and its name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from trustctl.errors import TrustctlError
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.machine import lacking
from trustctl.lab.hosts.pruning import prune
from trustctl.lab.hosts.recipe import recipe


def main(words: list[str]) -> int:
    """Print, or build; the exit code."""
    if not words:
        sys.stdout.write(" ".join(lacking()) + "\n")
        return 0
    what, cache, *systems = words
    try:
        if what == "prune":
            for one in prune(Cache(Path(cache))):
                sys.stdout.write(f"{one.bytes} {'used' if one.used else 'gone'} {one.name}\n")
        for system in systems:
            sys.stdout.write(f"{Cache(Path(cache)).repository(recipe(system))}\n")
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
