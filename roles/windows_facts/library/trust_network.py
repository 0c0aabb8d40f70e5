"""Documentation of trust_network; its code is trust_network.ps1."""

DOCUMENTATION = r"""
module: trust_network
short_description: IPv4 address and name servers of a network adapter
description:
  - Sets one adapter's IPv4 addresses, default gateway, name servers and registration in DNS. IPv6 is left alone.
  - Wanted addresses are added before others are taken away, so that the server keeps one it can be reached by.
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The adapter by its name in Windows, C(Ethernet) or C(vEthernet (Management)).
    type: str
    required: true
  dhcp:
    description: Whether it takes its IPv4 address from DHCP.
    type: bool
  addresses:
    description: Every IPv4 address that it has, each with its prefix, C(10.11.20.11/24). Others are taken away.
    type: list
    elements: str
  gateway:
    description: The default gateway; an empty text says that it has none.
    type: str
  dns:
    description: Name servers, in the order in which they are asked.
    type: list
    elements: str
  dns_suffix:
    description: The connection's own DNS suffix.
    type: str
  dns_register:
    description: Whether its addresses are registered in DNS.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Network | Set the address"
  trust_network:
    name: Ethernet
    addresses: [10.11.20.11/24]
    gateway: 10.11.20.1
    dns: [10.250.20.11, 10.250.20.12]
"""

RETURN = r"""
value:
  description: The adapter; null where there is none of that name.
  returned: for operation=read
  type: dict
facts:
  description:
    - C(name), the name that was asked for; C(adapters), the names of all;
      C(way_in), addresses of this server that WinRM is being spoken to on now.
  returned: for operation=read
  type: dict
"""
