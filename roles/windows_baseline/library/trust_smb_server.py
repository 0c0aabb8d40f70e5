"""Documentation of trust_smb_server; its code is trust_smb_server.ps1."""

DOCUMENTATION = r"""
module: trust_smb_server
short_description: The SMB server of Windows
description:
  - Signing, encryption and SMB version 1 of the file server, by C(Set-SmbServerConfiguration).
notes:
  - Check mode reads, and says what would be set.
options:
  smb1:
    description: Whether SMB version 1 is spoken.
    type: bool
  sign:
    description: Whether packets are signed for a client that asks for it.
    type: bool
  require_signing:
    description: Whether clients that do not sign are refused.
    type: bool
  encrypt:
    description: Whether sessions are encrypted.
    type: bool
  reject_unencrypted:
    description: Whether a client that cannot encrypt is refused where encryption is on.
    type: bool
  audit_smb1:
    description: Whether clients that try SMB version 1 are written to the event log.
    type: bool
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "SMB | Demand signatures"
  trust_smb_server:
    require_signing: true
"""

RETURN = r"""
value:
  description: The server's settings.
  returned: for operation=read
  type: dict
"""
