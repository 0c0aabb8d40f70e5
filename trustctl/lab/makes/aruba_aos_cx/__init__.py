"""Aruba AOS-CX: access switches 6000, 6100, 6200 and 6300.

Sources: AOS-CX 10.15 Fundamentals Guide (4100i, 6000, 6100); AOS-CX guides 5200-5131, 5200-5950, 5200-6699; published
running configurations and recorded terminal output of 10.08 to 10.16 (oxidized, ntc-templates, docs-csm). The refusals
of VLAN commands are those of OpenSwitch, from which AOS-CX descends. What was seen in none of these says `unverified`.
"""
