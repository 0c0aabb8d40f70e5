"""Documentation of `trust_vm`, whose code is `trust_vm.ps1`. The options here are the contract."""

DOCUMENTATION = r"""
module: trust_vm
short_description: Read and set one virtual machine of a Hyper-V host, as a whole
description:
  - Processors, memory, disks, network adapters, firmware, start and stop, checkpoints and notes are one resource,
    so that
    a dry run works before the machine exists.
  - A disk is never detached, and its file never deleted, shrunk or written over.
  - Words are those of the cmdlets (C(Set-VM), C(Set-VMFirmware)...), sizes are bytes.
options:
  name:
    description: Name of the machine; two of one name are refused.
    type: str
    required: true
  generation:
    description: 1 or 2. Cannot change.
    type: int
  path:
    description:
      - The machine's own folder, C(D:\Hyper-V\OAK-FS-01); its last part is the machine's name. Cannot change.
      - Left out when the machine is made, Windows takes the host's C(virtual_machine_path).
    type: str
  processors:
    description: Number of virtual processors.
    type: int
  processor_compatibility:
    description: Whether the processors hide features, so that the machine can move to hosts with other processors.
    type: bool
  nested_virtualization:
    description: Whether the machine can be a Hyper-V host itself.
    type: bool
  memory:
    description: Its memory.
    type: dict
    suboptions:
      dynamic:
        description: Whether it grows and shrinks.
        type: bool
      startup_bytes:
        description: What the machine starts with, and has all the time if its memory is not dynamic.
        type: int
      minimum_bytes:
        description: The least that it may shrink to. Only of dynamic memory.
        type: int
      maximum_bytes:
        description: The most that it may grow to. Only of dynamic memory.
        type: int
      buffer_percent:
        description: What it is given beyond its need, 5 to 2000. Only of dynamic memory.
        type: int
  disks:
    description:
      - Its virtual hard disks. Others that it has are left alone.
      - A file that is there is attached as it is, and made larger if it is to be; one that is not is made.
    type: list
    elements: dict
    suboptions:
      path:
        description: The file, C(.vhdx).
        type: str
        required: true
      size_bytes:
        description: Its size as the machine sees it. Never shrinks. Needed to make the file.
        type: int
      type:
        description: Whether the file grows (Dynamic) or takes its whole size at once (Fixed). Given when it is made.
        type: str
        choices: [Dynamic, Fixed]
      controller_type:
        description: Given when it is attached; left out, SCSI.
        type: str
        choices: [SCSI, IDE]
      controller_number:
        description: Given when it is attached; left out, 0.
        type: int
      controller_location:
        description: Given when it is attached; left out, the first free one.
        type: int
  network_adapters:
    description:
      - Its network adapters. Others that it has are left alone. The one that Windows makes with a machine becomes
        one of these.
      - The list that the module itself is given is complete (the action plugin adds what the machine has beside it).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the adapter.
        type: str
        required: true
      switch:
        description: Virtual switch; empty for none.
        type: str
      vlan:
        description: VLAN that it is in, 1 to 4094; 0 for untagged. Of a trunk, its native VLAN.
        type: int
      trunk_vlans:
        description: VLANs that reach the machine tagged. Empty if the adapter is no trunk.
        type: list
        elements: int
      mac:
        description: Hardware address, twelve hexadecimal digits; C(dynamic) lets the host give it one.
        type: str
      mac_spoofing:
        description: Whether the machine may send from other hardware addresses.
        type: bool
      dhcp_guard:
        description: Whether the machine's answers as a DHCP server are dropped.
        type: bool
      router_guard:
        description: Whether the machine's router advertisements and redirections are dropped.
        type: bool
      teaming:
        description: Whether the machine may team it with others.
        type: bool
      bandwidth_weight:
        description: Its share of the switch's bandwidth, 0 to 100; 0 for none.
        type: int
  secure_boot:
    description: Whether secure boot is on. Generation 2 only.
    type: bool
  secure_boot_template:
    description: Whose signatures secure boot trusts. Generation 2 only.
    type: str
    choices: [MicrosoftWindows, MicrosoftUEFICertificateAuthority, OpenSourceShieldedVM]
  boot_order:
    description:
      - What it tries to start from, in order, each C(disk PATH) or C(network NAME) or C(dvd NUMBER:LOCATION), with
        path and name
        as they stand in O(disks) and O(network_adapters). Generation 2 only.
      - Entries that the guest made itself (C(Windows Boot Manager)) are neither read nor set; they stay in front.
    type: list
    elements: str
  automatic_start:
    description: What it does when the host starts.
    type: str
    choices: [Nothing, StartIfRunning, Start]
  automatic_start_delay:
    description: Seconds that it waits before.
    type: int
  automatic_stop:
    description: What it does when the host stops.
    type: str
    choices: [TurnOff, Save, ShutDown]
  integration_services:
    description: Its integration services. Others are left alone.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name as C(Get-VMIntegrationService) gives it in English, C(Heartbeat), C(VSS), C(Time Synchronization). On a
            Windows of another language it is the same service.
        type: str
        required: true
      enabled:
        description: Whether it is on.
        type: bool
        required: true
  checkpoint_type:
    description: What a checkpoint of it is.
    type: str
    choices: [Disabled, Production, ProductionOnly, Standard]
  automatic_checkpoints:
    description: Whether a checkpoint is made at each start.
    type: bool
  notes:
    description: Notes on the machine.
    type: str
  power:
    description: Running or Off. Left out, it is left as it is; a new one is off. Off shuts the guest down.
    type: str
  state:
    description: C(absent) takes the machine away, and leaves the files of its disks.
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
- name: Set the school's file server
  trust_vm:
    name: OAK-FS-01
    generation: 2
    processors: 4
    memory:
      dynamic: false
      startup_bytes: 8589934592
    disks:
      - path: D:\Hyper-V\OAK-FS-01\System.vhdx
        size_bytes: 137438953472
    network_adapters:
      - name: Servers
        switch: Trust
        vlan: 20
        trunk_vlans: []
"""

RETURN = r"""
value:
  description:
    - What the host has, by the names of the options; null if the machine, or Hyper-V, is not there.
    - O(memory.minimum_bytes), O(memory.maximum_bytes) and O(memory.buffer_percent) only of dynamic memory;
      O(secure_boot),
      O(secure_boot_template) and O(boot_order) only of generation 2; O(power) may be any state that Windows gives,
        as C(Saved).
    - A disk without a file, as a passed-through one, is left out of O(disks). Disks and adapters are sorted.
  returned: operation is read
  type: dict
facts:
  description:
    - RV(facts.name) is the name that was asked for.
    - RV(facts.memory_bytes) and RV(facts.processors) are the host's memory and logical processors.
    - RV(facts.switches) are the names of its virtual switches, RV(facts.volumes) its drive letters.
  returned: operation is read
  type: dict
"""
