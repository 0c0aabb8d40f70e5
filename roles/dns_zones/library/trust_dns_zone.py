"""What `trust_dns_zone.ps1` takes and gives; the action plugin of the same name compares and decides."""

DOCUMENTATION = r"""
---
module: trust_dns_zone
short_description: A zone of a Windows DNS server, held in Active Directory
description:
  - A zone that this server holds, or one that it forwards. It is never deleted.
options:
  name:
    description: Its name, for example C(11.10.in-addr.arpa).
    type: str
    required: true
  type:
    description: Whether this server holds it or asks C(masters). Fixed when the zone is made.
    type: str
    choices: [primary, forwarder]
  replication:
    description: Which domain controllers hold it; C(none) is a zone in a file, which this module reads and never makes.
    type: str
    choices: [forest, domain, legacy, custom, none]
  dynamic_update:
    description: Whether computers write their own names. Not for a forwarder.
    type: str
    choices: [secure, none, nonsecureandsecure]
  aging:
    description: Whether names that nobody renews become stale. Not for a forwarder.
    type: bool
  masters:
    description: The servers that a forwarder asks, in order.
    type: list
    elements: str
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
- name: "DNS | The reverse zone of a school"
  trust_dns_zone:
    name: 11.10.in-addr.arpa
    type: primary
    replication: domain
    dynamic_update: secure
    aging: true
"""

RETURN = r"""
value:
  description: The properties above, or null where there is no such zone.
  returned: when operation is read
  type: dict
facts:
  description: >-
    C(name) as it was asked for, C(parent) the zone of this server that holds the names of this one now, or empty;
    C(hidden) how many names of it this zone would hide.
  returned: when operation is read
  type: dict
"""
