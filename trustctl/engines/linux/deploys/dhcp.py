"""Part `dhcp` of a Linux server: Kea with the school's scopes."""

from trustctl.engines.linux.kit import deploy

deploy("dhcp")
