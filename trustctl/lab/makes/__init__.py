"""The makes of devices that the lab knows: one package per platform, named as the inventory names it."""
