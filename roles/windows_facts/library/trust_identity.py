"""Documentation of trust_identity; its code is trust_identity.ps1."""

DOCUMENTATION = r"""
module: trust_identity
short_description: Which machine this is, and what is installed on it
description:
  - Reads what identifies a Windows server. Nothing of it can be set.
  - An option that is given is held against what the server is, and the task fails where they differ.
notes:
  - Check mode is no different from any other run, as nothing is set.
options:
  uuid:
    description: The machine's own id, C(Win32_ComputerSystemProduct.UUID).
    type: str
  hostname:
    description: The computer's name as it is in force now.
    type: str
  domain:
    description: DNS name of the domain it belongs to; empty for one in a workgroup.
    type: str
  os:
    description: Windows' own name of itself, C(Win32_OperatingSystem.Caption).
    type: str
  version:
    description: Windows' version with its build, C(10.0.20348).
    type: str
  edition:
    description: C(core) has no desktop.
    type: str
    choices: [core, desktop]
  powershell:
    description: Version of Windows PowerShell.
    type: str
  memory_bytes:
    description: Memory in bytes.
    type: int
  processors:
    description: Logical processors.
    type: int
  pending_restart:
    description:
      - What waits for a restart, in alphabetical order; empty if nothing does.
      - C(computer_name), C(file_rename), C(servicing) and C(windows_update) are the four places that are looked at.
    type: list
    elements: str
    choices: [computer_name, file_rename, servicing, windows_update]
  last_boot:
    description: When Windows was last started, C(2026-11-22T06:00:00Z).
    type: str
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "System | Hold the server to its edition"
  trust_identity:
    edition: core
"""

RETURN = r"""
value:
  description: What the server is, every option of it.
  returned: always
  type: dict
"""
