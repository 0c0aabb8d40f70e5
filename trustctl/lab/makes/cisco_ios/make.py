"""Where the lab finds the devices of this make."""

from trustctl.lab.makes.cisco_ios.device import IosDevice

DEVICE = IosDevice
