"""What `trust_dhcp_scope.ps1` takes and gives; the action plugin of the same name compares and decides."""

DOCUMENTATION = r"""
---
module: trust_dhcp_scope
short_description: An IPv4 scope of a Windows DHCP server
description:
  - One scope as a whole. It is never deleted. C(set) is given the whole of what a property shall be; the action plugin
    keeps in it what nobody names.
options:
  scope_id:
    description: The network, for example C(10.11.30.0).
    type: str
    required: true
  mask:
    description: Its mask. Fixed when the scope is made.
    type: str
  name:
    description: What the console calls it.
    type: str
  description:
    description: What the scope is for.
    type: str
  start:
    description: First address of the pool.
    type: str
  end:
    description: Last address of the pool.
    type: str
  lease_seconds:
    description: How long a lease lasts, in seconds. 0 is for ever.
    type: int
  exclusions:
    description: Addresses of the pool that are not given out.
    type: list
    elements: dict
    suboptions:
      start:
        description: First address.
        type: str
        required: true
      end:
        description: Last address.
        type: str
        required: true
  routers:
    description: Option 3, the gateway.
    type: list
    elements: str
  dns_servers:
    description: Option 6, in the order in which clients ask.
    type: list
    elements: str
  domain_name:
    description: Option 15.
    type: str
  ntp_servers:
    description: Option 42.
    type: list
    elements: str
  options:
    description: Other options of the standard class.
    type: list
    elements: dict
    suboptions:
      id:
        description: Its number.
        type: int
        required: true
      values:
        description: Its values in order, numbers in decimal. The option must be defined on the server.
        type: list
        elements: str
        required: true
  failover:
    description: The failover relationship that carries the scope. It must exist.
    type: str
  active:
    description: Whether addresses are given out. A new scope is inactive unless this is C(true).
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set, and what would be is shown. That works before the thing is there.
author: trustctl
"""

EXAMPLES = r"""
- name: "DHCP | The scope of the staff network"
  trust_dhcp_scope:
    scope_id: 10.11.30.0
    mask: 255.255.255.0
    name: Oakfield staff
    start: 10.11.30.20
    end: 10.11.30.250
    lease_seconds: 28800
    routers: [10.11.30.1]
    dns_servers: [10.250.20.11, 10.250.20.12]
    active: true
"""

RETURN = r"""
value:
  description: The properties above, or null where there is no such scope.
  returned: when operation is read
  type: dict
facts:
  description: >-
    C(scope_id) as it was asked for, C(scopes) the other scopes of the server with C(scope_id), C(mask) and C(name),
    C(failovers) the names of its failover relationships, C(leased) the first and last address that is leased or
    reserved now, as C(first) and C(last), C(defined) the options that the server knows with C(id) and C(type),
    C(partners) for each relationship C(failover), C(partner), C(problem) why the partner refuses this login (empty:
    it does not),
    C(scope) whether it has the scope, and C(alone) the reservations in it that only the partner has.
  returned: when operation is read
  type: dict
"""
