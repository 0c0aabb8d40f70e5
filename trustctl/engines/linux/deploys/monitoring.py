"""Part `monitoring` of a Linux server: figures for the monitors alone."""

from trustctl.engines.linux.kit import deploy

deploy("monitoring")
