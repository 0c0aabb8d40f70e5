"""Where the lab finds the devices of this make."""

from trustctl.lab.makes.aruba_instant.device import InstantDevice

DEVICE = InstantDevice
