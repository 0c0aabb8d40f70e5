"""Part `dns` of a Linux server: unbound."""

from trustctl.engines.linux.kit import deploy

deploy("dns")
