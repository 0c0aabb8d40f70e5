"""Part `updates` of a Linux server: security updates by themselves, in their hours."""

from trustctl.engines.linux.kit import deploy

deploy("updates")
