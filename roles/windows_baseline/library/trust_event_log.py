"""Documentation of trust_event_log; its code is trust_event_log.ps1."""

DOCUMENTATION = r"""
module: trust_event_log
short_description: Size and retention of an event log
description:
  - Sets a log that is there already.
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The log, C(Security) or C(Microsoft-Windows-PowerShell/Operational).
    type: str
    required: true
  max_bytes:
    description: Its largest size in bytes, a multiple of 65536 and at least 1048576.
    type: int
  mode:
    description:
      - What happens when it is full. C(overwrite) loses the oldest events, C(archive) begins a new file, C(keep) stops.
    type: str
    choices: [overwrite, archive, keep]
  enabled:
    description: Whether it is written. Classic logs always are.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Event logs | Keep more of the Security log"
  trust_event_log:
    name: Security
    max_bytes: 1073741824
    mode: overwrite
"""

RETURN = r"""
value:
  description: The log; null where there is none of that name.
  returned: for operation=read
  type: dict
facts:
  description: C(classic), whether it is a classic log.
  returned: for operation=read
  type: dict
"""
