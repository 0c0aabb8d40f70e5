#!/usr/bin/env python3
"""Ansible's inventory of the trust's Windows hosts: what `trustctl` itself would hand over (docs/windows.md).

Ansible runs it with `--list`. It needs the Python that trustctl is installed for: activate its environment first.
"""

from __future__ import annotations

import sys
from pathlib import Path

try:
    from trustctl.cli.ansible_inventory import main
except ImportError:
    sys.exit("trustctl is not installed for this Python: activate its environment, then run ansible-playbook again")

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent, sys.argv[1:]))
