"""HPE Aruba AOS-S (ProVision) switches, software 16.x: `model` is the configuration, `shell` the command line.

Sources: the ArubaOS-Switch 16.07 to 16.11 guides on HPE's support site; sessions recorded on switches and published by
others (named where a text comes from one); published configurations. What rests on none of them says [unverified].
"""
