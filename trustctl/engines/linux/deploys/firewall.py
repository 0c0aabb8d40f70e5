"""Part `firewall` of a Linux server: nftables, closed but for what is served."""

from trustctl.engines.linux.kit import deploy

deploy("firewall")
