"""What `make test-linux` asks first: `python -m trustctl.lab.hosts` prints the Debian packages to install."""

from __future__ import annotations

import sys

from trustctl.lab.hosts.machine import lacking

if __name__ == "__main__":
    sys.stdout.write(" ".join(lacking()) + "\n")
