"""Part `base` of a Linux server: package sources, names, time, logs, DNS."""

from trustctl.engines.linux.kit import deploy

deploy("base")
