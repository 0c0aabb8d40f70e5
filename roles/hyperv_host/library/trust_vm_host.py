"""Documentation of `trust_vm_host`, whose code is `trust_vm_host.ps1`. The options here are the contract."""

DOCUMENTATION = r"""
module: trust_vm_host
short_description: Read and set the settings of a Hyper-V host
description:
  - A host has them exactly once, so there is no name. An option left out is left alone.
  - Words are those of C(Set-VMHost), spelled as its documentation spells them.
options:
  virtual_machine_path:
    description: Folder for the configuration of machines that are made without a folder of their own.
    type: str
  virtual_hard_disk_path:
    description: Folder that the tools offer for virtual hard disks.
    type: str
  mac_minimum:
    description: First hardware address that the host may give to adapters with a dynamic one; twelve hexadecimal
      digits.
    type: str
  mac_maximum:
    description: Last hardware address that the host may give to adapters with a dynamic one.
    type: str
  numa_spanning:
    description: Whether a machine may use memory of more than one NUMA node.
    type: bool
  enhanced_session:
    description: Whether Virtual Machine Connection may open enhanced sessions.
    type: bool
  migration:
    description: Whether live migration is on.
    type: bool
  migration_maximum:
    description: How many live migrations may run at a time.
    type: int
  migration_authentication:
    description: How a live migration signs in at the other host.
    type: str
    choices: [CredSSP, Kerberos]
  migration_performance:
    description: What a live migration is carried by.
    type: str
    choices: [TCPIP, Compression, SMB]
  migration_any_network:
    description: Whether a live migration may come in on any network; else only on O(migration_networks).
    type: bool
  migration_networks:
    description:
      - Subnets on which live migrations may come in, C(10.11.20.0/24), always with the length. The list is
        complete; others are taken away.
    type: list
    elements: str
  storage_migration_maximum:
    description: How many storage migrations may run at a time.
    type: int
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set; the action plugin reads, compares, and shows what would become of it.
"""

EXAMPLES = r"""
- name: Set what all hosts share
  trust_vm_host:
    virtual_machine_path: D:\Hyper-V
    virtual_hard_disk_path: D:\Hyper-V
    migration: true
    migration_authentication: Kerberos
"""

RETURN = r"""
value:
  description:
    - What the host has, by the names of the options; null while there are no Hyper-V cmdlets on it.
    - Hardware addresses are twelve hexadecimal digits, O(migration_networks) is sorted.
  returned: operation is read
  type: dict
facts:
  description: RV(facts.volumes) are the drive letters that the host has.
  returned: operation is read
  type: dict
"""
