"""Part `backup` of a Linux server: restic, and its check."""

from trustctl.engines.linux.kit import deploy

deploy("backup")
