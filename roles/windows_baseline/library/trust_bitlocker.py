"""Documentation of trust_bitlocker; its code is trust_bitlocker.ps1."""

DOCUMENTATION = r"""
module: trust_bitlocker
short_description: BitLocker state of a volume
description:
  - Reads how a volume is protected.
  - Nothing is set, as a volume may be encrypted only once its recovery key is kept elsewhere.
  - No key or recovery password is ever read.
  - An option that is given is held against the volume, and the task fails where they differ.
notes:
  - Check mode is no different from any other run, as nothing is set.
options:
  name:
    description: The volume's mount point, C(C:).
    type: str
    required: true
  installed:
    description: Whether this Windows has BitLocker at all. Without it, C(protected) is all that is told beside it.
    type: bool
  protected:
    description: Whether BitLocker protects it now.
    type: bool
  percent:
    description: How much of it is encrypted, 0 to 100.
    type: int
  method:
    description: The encryption method as Windows names it, C(XtsAes256); C(None) for a volume that is not encrypted.
    type: str
  locked:
    description: Whether it is locked.
    type: bool
  protectors:
    description: The kinds of its key protectors, C(Tpm) and C(RecoveryPassword) for instance.
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
- name: "BitLocker | Read the state of the system volume"
  trust_bitlocker:
    name: 'C:'
"""

RETURN = r"""
value:
  description: The volume; null where there is none.
  returned: always
  type: dict
"""
