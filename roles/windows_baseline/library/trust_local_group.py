"""Documentation of trust_local_group; its code is trust_local_group.ps1."""

DOCUMENTATION = r"""
module: trust_local_group
short_description: Members of a local group
description:
  - Makes the group if it is not there. No group is taken away.
  - A member is C(DOMAIN\name) by the domain's NetBIOS name, C(.\name) for an account of the server itself,
    C(NT AUTHORITY\NETWORK SERVICE) for one that is known everywhere, and its SID where Windows knows no name for it.
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The group.
    type: str
    required: true
  members:
    description: Exactly these; others are taken out.
    type: list
    elements: str
  ensured:
    description: At least these; others stay. Not together with C(members). Reads as the same list.
    type: list
    elements: str
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Local groups | Set the administrators"
  trust_local_group:
    name: Administrators
    members: ['.\Administrator', 'KV\Domain Admins']
"""

RETURN = r"""
value:
  description: The group; null where there is none of that name.
  returned: for operation=read
  type: dict
facts:
  description:
    - C(administrators), whether it is the group that C(S-1-5-32-544) stands for;
      C(account), the account that this is done as; C(account_groups), the groups by which it is that account.
  returned: for operation=read
  type: dict
"""
