"""Part `hardening` of a Linux server: kernel, modules, mounts, services that must not run."""

from trustctl.engines.linux.kit import deploy

deploy("hardening")
