"""Documentation of `trust_vswitch`, whose code is `trust_vswitch.ps1`. The options here are the contract."""

DOCUMENTATION = r"""
module: trust_vswitch
short_description: Read and set one virtual switch of a Hyper-V host, with the host's own adapters on it
description:
  - One virtual switch is one resource. Words are those of C(New-VMSwitch) and C(Set-VMSwitchTeam).
  - O(type), O(embedded_teaming), O(bandwidth_mode) and O(sriov) are given when a switch is made and never change.
options:
  name:
    description: Name of the switch; two of one name are refused.
    type: str
    required: true
  type:
    description:
      - External is bound to network adapters, Internal reaches the host, Private only the machines on it.
      - Needed to make a switch. Cannot change.
    type: str
    choices: [External, Internal, Private]
  adapters:
    description:
      - Network adapters, by the names that C(Get-NetAdapter) gives, that an external switch is bound to. The list
        is complete.
      - More than one only with O(embedded_teaming).
    type: list
    elements: str
  embedded_teaming:
    description: Whether the switch teams its adapters (SET). Cannot change.
    type: bool
  load_balancing:
    description: How a teamed switch spreads machines over its adapters. Only with O(embedded_teaming).
    type: str
    choices: [HyperVPort, Dynamic]
  bandwidth_mode:
    description: How minimum bandwidth is counted on the switch. Cannot change.
    type: str
    choices: [Weight, Absolute, None]
  default_weight:
    description: Share, 1 to 100, of all adapters that have no weight of their own. Only with bandwidth mode Weight.
    type: int
  sriov:
    description: Whether single-root I/O virtualisation is on. Cannot change.
    type: bool
  management_adapters:
    description:
      - The host's own adapters on the switch. The list is complete; an empty one leaves the host none.
      - When a switch is made over network adapters that have the host's address, one of them takes it
        (O(management_adapters[].host_address)).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the adapter; Windows shows it as C(vEthernet (NAME)).
        type: str
        required: true
      vlan:
        description: VLAN that it is in, 1 to 4094; 0 for untagged.
        type: int
      bandwidth_weight:
        description: Its share of the bandwidth, 0 to 100; 0 for none. Only with bandwidth mode Weight.
        type: int
      host_address:
        description:
          - Whether it has the address by which this task came in. True of one at most.
          - Decides, when the switch is made, which adapter Windows gives the address that the network adapters
            had; it does
            not move later.
        type: bool
  notes:
    description: Notes on the switch.
    type: str
  state:
    description: C(absent) takes the switch away.
    type: str
    choices: [present, absent]
    default: present
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set; the action plugin reads, compares, and shows what would become of it.
"""

EXAMPLES = r"""
- name: Set the switch of the school's VLANs
  trust_vswitch:
    name: Trust
    type: External
    adapters: [NIC1, NIC2]
    embedded_teaming: true
    load_balancing: HyperVPort
    bandwidth_mode: Weight
    management_adapters:
      - name: Management
        vlan: 10
        bandwidth_weight: 10
        host_address: true
"""

RETURN = r"""
value:
  description:
    - What the host has, by the names of the options; null if the switch, or Hyper-V, is not there.
    - O(load_balancing) only of a teamed switch, O(default_weight) and O(management_adapters[].bandwidth_weight)
      only with
      bandwidth mode Weight. Adapters are sorted by name.
  returned: operation is read
  type: dict
facts:
  description:
    - RV(facts.adapters) are the host's network adapters, but for those on virtual switches, each C({name,
      description, up}).
    - RV(facts.switches) are all virtual switches, each C({name, adapters}).
    - RV(facts.management) are the names of the adapters that have the address by which this task came in.
    - RV(facts.connected) are the names of the machines on this switch.
  returned: operation is read
  type: dict
"""
