"""What `trust_laps_schema.ps1` takes and gives; the action plugin of the same name compares and decides."""

DOCUMENTATION = r"""
---
module: trust_laps_schema
short_description: The attributes of Windows LAPS in the forest's schema
description:
  - Adding them changes the whole forest and cannot be undone. It is never done by any other module.
options:
  extended:
    description: Whether the schema has the attributes. Only C(true) can be asked for.
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
- name: "Directory schema | Attributes of Windows LAPS"
  trust_laps_schema:
    extended: true
"""

RETURN = r"""
value:
  description: The property above.
  returned: when operation is read
  type: dict
facts:
  description: >-
    C(cmdlet) whether this server has Update-LapsADSchema, C(schema_admin) whether the login is one of Schema Admins,
    C(schema_master) the controller that the schema is written on, C(problem) why that one refuses the login (empty:
    it does not).
  returned: when operation is read
  type: dict
"""
