"""Documentation of trust_defender; its code is trust_defender.ps1."""

DOCUMENTATION = r"""
module: trust_defender
short_description: Microsoft Defender Antivirus
description:
  - Preferences by C(Set-MpPreference). An option that is left out stays as it is.
  - Exclusions are added to those that are there; none is taken away.
notes:
  - Check mode reads, and says what would be set.
options:
  realtime:
    description: Real-time protection.
    type: bool
  behaviour:
    description: Behaviour monitoring.
    type: bool
  downloads:
    description: Scans downloaded files and attachments.
    type: bool
  scripts:
    description: Scans scripts.
    type: bool
  archives:
    description: Scans archives.
    type: bool
  cloud:
    description: What is told to Microsoft of what was found.
    type: str
    choices: [disabled, basic, advanced]
  cloud_block:
    description: How readily the cloud service blocks.
    type: str
    choices: [default, moderate, high, high_plus, zero_tolerance]
  samples:
    description: Which files are sent for analysis.
    type: str
    choices: [prompt, safe, never, all]
  unwanted:
    description: Potentially unwanted programs.
    type: str
    choices: [disabled, enabled, audit]
  network_protection:
    description: Dangerous addresses.
    type: str
    choices: [disabled, enabled, audit]
  network_protection_on_server:
    description: Whether C(network_protection) is heeded on Windows Server.
    type: bool
  signature_hours:
    description: Hours between looks for new signatures; 0 is Windows' own interval.
    type: int
  scan:
    description: What a scheduled scan covers.
    type: str
    choices: [quick, full]
  scan_day:
    description: When a scheduled scan runs.
    type: str
    choices: [everyday, sunday, monday, tuesday, wednesday, thursday, friday, saturday, never]
  scan_time:
    description: The time of day of a scheduled scan, C(02:00).
    type: str
  scan_percent:
    description: How much of the processors a scan may take on average, 5 to 100; 0 is all.
    type: int
  exclusion_paths:
    description: Folders and files that are not scanned.
    type: list
    elements: str
  exclusion_processes:
    description: Programs whose files are not scanned.
    type: list
    elements: str
  exclusion_extensions:
    description: Extensions that are not scanned.
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
- name: "Defender | Leave the virtual machines' disks alone"
  trust_defender:
    exclusion_paths: ['D:\VMs']
"""

RETURN = r"""
value:
  description: Every preference; null where Defender is not installed.
  returned: for operation=read
  type: dict
facts:
  description: C(tamper_protected), whether Windows ignores changes to Defender that are made here.
  returned: for operation=read
  type: dict
"""
