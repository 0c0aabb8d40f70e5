"""Where the lab finds the devices of this make."""

from trustctl.lab.makes.aruba_aos_cx.device import CxDevice

DEVICE = CxDevice
