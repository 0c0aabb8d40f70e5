"""Part `access` of a Linux server: administrators, sudo, SSH, PAM, the directory."""

from trustctl.engines.linux.kit import deploy

deploy("access")
