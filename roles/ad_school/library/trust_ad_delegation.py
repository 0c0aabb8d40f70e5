"""What `trust_ad_delegation.ps1` takes and gives; the action plugin of the same name compares and decides."""

DOCUMENTATION = r"""
---
module: trust_ad_delegation
short_description: What groups may do on an OU of Active Directory
description:
  - The allow entries that stand on one OU itself, not those that it inherits. Entries are added, never taken away.
  - An entry is a text of four fields - one right, what it is for, how it is inherited, by what kind of object - with
    C(; )
    between, and C(*) for everything. C(WriteProperty; lockoutTime; Descendents; user).
  - Rights and inheritance are the names of .NET's ActiveDirectoryRights and ActiveDirectorySecurityInheritance;
    classes and
    attributes have their LDAP display names, extended rights their common names.
options:
  name:
    description: Distinguished name of the OU.
    type: str
    required: true
  grants:
    description: Who may do what.
    type: list
    elements: dict
    suboptions:
      principal:
        description: Account name, without a domain for one of this domain; a SID where there is no name.
        type: str
        required: true
      entries:
        description: What it may do.
        type: list
        elements: str
  laps_self:
    description: Whether computers below may write their own password of the local administrator (Windows LAPS).
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
- name: "Directory | Let the technicians reset passwords of the school"
  trust_ad_delegation:
    name: OU=Oakfield,OU=Schools,DC=ad,DC=kestrel,DC=example
    grants:
      - principal: oak-technicians
        entries: ["ExtendedRight; User-Force-Change-Password; Descendents; user"]
    laps_self: true
"""

RETURN = r"""
value:
  description: The properties above, or null where there is no such OU.
  returned: when operation is read
  type: dict
facts:
  description: C(laps_schema) whether the forest's schema has the attributes of Windows LAPS.
  returned: when operation is read
  type: dict
"""
