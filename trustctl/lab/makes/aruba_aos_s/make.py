"""Where the lab finds the devices of this make."""

from trustctl.lab.makes.aruba_aos_s.device import AosSDevice

DEVICE = AosSDevice
