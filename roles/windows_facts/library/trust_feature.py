"""Documentation of trust_feature; its code is trust_feature.ps1."""

DOCUMENTATION = r"""
module: trust_feature
short_description: A role or feature of Windows Server
description:
  - Adds or removes one feature by C(Install-WindowsFeature) and C(Uninstall-WindowsFeature).
  - It never restarts the server itself.
  - Management tools are features of their own and are named like any other (C(Hyper-V-PowerShell)).
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The feature as C(Get-WindowsFeature) names it.
    type: str
    required: true
  installed:
    description:
      - Whether it is there, or will be after the next restart.
      - For operation=read, what is wanted; if it differs, C(facts) has what Windows would change along with it.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Features | Remove SMB version 1"
  trust_feature:
    name: FS-SMB1
    installed: false
  register: windows_baseline_features_done
  notify: Restart Windows if it waits for one
"""

RETURN = r"""
value:
  description: The feature; null where this Windows has no feature of that name.
  returned: for operation=read
  type: dict
facts:
  description:
    - C(removed), whether its files were taken from the disk too; none where there is no such feature.
    - C(going) or C(coming), where O(installed) is given and another; the features that go or come along, by the dry run
      of Windows (C(-WhatIf)); and C(below), those of C(going) that stand below it. The reading fails where that does
      not say so, or would not carry it out. It is not asked about a feature without files.
  returned: for operation=read
  type: dict
reboot_required:
  description: Whether Windows says that a restart must follow.
  returned: for operation=set
  type: bool
"""
