"""Documentation of trust_power_plan; its code is trust_power_plan.ps1."""

DOCUMENTATION = r"""
module: trust_power_plan
short_description: The power plan that is in force
description:
  - Makes one of the plans active that are there, by C(powercfg).
notes:
  - Check mode reads, and says what would be set.
options:
  plan:
    description: C(balanced), C(high_performance), C(power_saver), or the GUID of another plan.
    type: str
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Power | Run at full speed"
  trust_power_plan:
    plan: high_performance
"""

RETURN = r"""
value:
  description: The plan in force.
  returned: for operation=read
  type: dict
"""
