"""One deploy of plain pyinfra for each part of the baseline and each role: `pyinfra INVENTORY deploys/base.py`."""
