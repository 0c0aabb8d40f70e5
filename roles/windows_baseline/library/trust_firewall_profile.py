"""Documentation of trust_firewall_profile; its code is trust_firewall_profile.ps1."""

DOCUMENTATION = r"""
module: trust_firewall_profile
short_description: A profile of Windows Firewall
description:
  - Sets one of the three profiles by C(Set-NetFirewallProfile).
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The profile.
    type: str
    required: true
    choices: [Domain, Private, Public]
  enabled:
    description: Whether the firewall is on while the profile is in force.
    type: bool
  inbound:
    description: What happens to inbound traffic that no rule speaks of.
    type: str
    choices: [allow, block]
  outbound:
    description: What happens to outbound traffic that no rule speaks of.
    type: str
    choices: [allow, block]
  notify:
    description: Whether somebody signed in is told when a program is kept from listening.
    type: bool
  log_file:
    description: The file that the firewall's log is written to.
    type: str
  log_kilobytes:
    description: The log's largest size in kilobytes, 1 to 32767.
    type: int
  log_allowed:
    description: Whether connections are logged that were let through.
    type: bool
  log_blocked:
    description: Whether packets are logged that were dropped.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Firewall | Set the domain profile"
  trust_firewall_profile:
    name: Domain
    enabled: true
    inbound: block
"""

RETURN = r"""
value:
  description: The profile.
  returned: for operation=read
  type: dict
facts:
  description:
    - C(way_in), local TCP ports that WinRM is being spoken to on now;
      C(open_ports), the ports as inbound rules of this profile write them (C(5986), C(5000-5010), C(Any));
      C(policy), the flags and actions of it that a group policy sets.
  returned: for operation=read
  type: dict
"""
