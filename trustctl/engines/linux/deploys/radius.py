"""Part `radius` of a Linux server: freeradius with the school's switches as its clients."""

from trustctl.engines.linux.kit import deploy

deploy("radius")
