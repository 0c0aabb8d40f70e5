"""What `trust_domain_reach.ps1` takes and gives; the action plugin of the same name decides."""

DOCUMENTATION = r"""
---
module: trust_domain_reach
short_description: Whether a server can join a domain
description:
  - Reads whether the server is a member of the domain, or its DNS finds controllers of it and one of them answers.
  - It sets nothing. A task that asks for C(ready=true) fails with the reason where it is not so, in check mode too.
options:
  name:
    description: DNS name of the domain.
    type: str
    required: true
  ready:
    description: The server is a member, or could become one by what can be told from it.
    type: bool
  member_of:
    description: DNS name of the domain that it is a member of; empty in a workgroup. Read only.
    type: str
  resolvers:
    description: The DNS servers that it asks, in the order of its adapters. Read only.
    type: list
    elements: str
  operation:
    description: Used by the action plugin; leave it out in tasks. C(set) is always refused.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set, and what would be is shown. That works before the thing is there.
author: trustctl
"""

EXAMPLES = r"""
- name: "Domain | See that a controller answers"
  trust_domain_reach:
    name: ad.kestrel.example
    ready: true
"""

RETURN = r"""
value:
  description: The properties above.
  returned: when operation is read
  type: dict
facts:
  description: >-
    C(name) as it was asked for, C(controllers) those of the domain that
    DNS names, C(answering) those of the controllers that take a connection on Kerberos' and LDAP's ports.
  returned: when operation is read
  type: dict
"""
