"""What `make test-linux` asks before it tests: `python -m trustctl.lab.hosts lacking | build CACHE [OS..]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trustctl.errors import TrustctlError
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.machine import lacking
from trustctl.lab.hosts.recipe import known, recipe


def main() -> int:
    """`lacking` prints the Debian packages to install; `build` fills the cache with what hosts are made of."""
    parser = argparse.ArgumentParser(prog="trustctl.lab.hosts")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("lacking")
    build = verbs.add_parser("build")
    build.add_argument("cache", type=Path)
    build.add_argument("os", nargs="*", choices=[*known(), []], default=["debian-12"])
    given = parser.parse_args()
    if given.verb == "lacking":
        sys.stdout.write(" ".join(lacking()) + "\n")
        return 0
    try:
        for name in given.os:
            sys.stdout.write(f"{Cache(given.cache).repository(recipe(name))}\n")
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
