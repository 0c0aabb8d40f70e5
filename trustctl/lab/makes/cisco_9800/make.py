"""The make's device class."""

from trustctl.lab.makes.cisco_9800.device import WlcDevice

DEVICE = WlcDevice
