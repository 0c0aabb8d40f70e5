"""Part `syslog` of a Linux server: a collector of logs over TLS."""

from trustctl.engines.linux.kit import deploy

deploy("syslog")
