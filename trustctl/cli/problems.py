"""Prints every problem of an inventory at once."""

from __future__ import annotations

import sys

import click

from trustctl.cli.screen import screen
from trustctl.inventory import InventoryInvalid


def print_findings(error: InventoryInvalid) -> None:
    """Each problem as file:line:column with its source line and a caret, then the count, on stderr."""
    colour = screen().colour and sys.stderr.isatty()
    click.echo(error.format(colour=colour), err=True, color=True)
