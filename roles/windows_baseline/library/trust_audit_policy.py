"""Documentation of trust_audit_policy; its code is trust_audit_policy.ps1."""

DOCUMENTATION = r"""
module: trust_audit_policy
short_description: A subcategory of the audit policy
description:
  - Sets what one subcategory records, by C(auditpol) and the subcategory's GUID.
  - Windows' language does not matter.
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The subcategory by its English name.
    type: str
    required: true
    choices:
      - Security State Change
      - Security System Extension
      - System Integrity
      - IPsec Driver
      - Other System Events
      - Logon
      - Logoff
      - Account Lockout
      - IPsec Main Mode
      - IPsec Quick Mode
      - IPsec Extended Mode
      - Special Logon
      - Other Logon/Logoff Events
      - File System
      - Registry
      - Kernel Object
      - SAM
      - Certification Services
      - Application Generated
      - Handle Manipulation
      - File Share
      - Filtering Platform Packet Drop
      - Filtering Platform Connection
      - Other Object Access Events
      - Sensitive Privilege Use
      - Non Sensitive Privilege Use
      - Other Privilege Use Events
      - Process Creation
      - Process Termination
      - DPAPI Activity
      - RPC Events
      - Audit Policy Change
      - Authentication Policy Change
      - Authorization Policy Change
      - MPSSVC Rule-Level Policy Change
      - Filtering Platform Policy Change
      - Other Policy Change Events
      - User Account Management
      - Computer Account Management
      - Security Group Management
      - Distribution Group Management
      - Application Group Management
      - Other Account Management Events
      - Directory Service Access
      - Directory Service Changes
      - Directory Service Replication
      - Detailed Directory Service Replication
      - Credential Validation
      - Kerberos Service Ticket Operations
      - Other Account Logon Events
      - Kerberos Authentication Service
      - Network Policy Server
      - Detailed File Share
      - Removable Storage
      - Central Policy Staging
      - User / Device Claims
      - Plug and Play Events
      - Group Membership
      - Token Right Adjusted Events
  success:
    description: Whether what succeeds is recorded.
    type: bool
  failure:
    description: Whether what fails is recorded.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "Audit policy | Record sign-ins"
  trust_audit_policy:
    name: Logon
    success: true
    failure: true
"""

RETURN = r"""
value:
  description: What the subcategory records; null where this Windows has no such subcategory.
  returned: for operation=read
  type: dict
"""
