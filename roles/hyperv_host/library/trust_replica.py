"""Documentation of `trust_replica`, whose code is `trust_replica.ps1`. The options here are the contract."""

DOCUMENTATION = r"""
module: trust_replica
short_description: Read and set a Hyper-V host's settings as a replica server
description:
  - A host has them exactly once, so there is no name. Words are those of C(Set-VMReplicationServer).
options:
  enabled:
    description: Whether the host takes replicas of other hosts' machines. Only with it on can the rest be said,
      but for O(servers).
    type: bool
  authentication:
    description: How other hosts sign in.
    type: str
    choices: [Kerberos, Certificate, CertificateAndKerberos]
  kerberos_port:
    description: Port for replication that signs in by Kerberos. Only with Kerberos or CertificateAndKerberos.
    type: int
  certificate_port:
    description: Port for replication that signs in by certificate. Only with Certificate or CertificateAndKerberos.
    type: int
  certificate_thumbprint:
    description: Thumbprint of the host's certificate. Needed for Certificate and CertificateAndKerberos.
    type: str
  any_server:
    description: Whether every server that signs in may replicate to O(storage); else only O(servers).
    type: bool
  storage:
    description: Folder for replicas of servers without a folder of their own. Needed with O(any_server).
    type: str
  servers:
    description: The servers that may replicate to this one. The list is complete; others are taken away.
    type: list
    elements: dict
    suboptions:
      name:
        description: Full name of the server, C(oak-hv-01.ad.kestrelvale.example); its first label may be C(*).
        type: str
        required: true
      storage:
        description: Folder for its replicas.
        type: str
        required: true
      trust_group:
        description: Name that servers share between which a replicated machine may move.
        type: str
        required: true
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set; the action plugin reads, compares, and shows what would become of it.
"""

EXAMPLES = r"""
- name: Take replicas of the other host
  trust_replica:
    enabled: true
    authentication: Kerberos
    kerberos_port: 80
    any_server: false
    servers:
      - name: oak-hv-01.ad.kestrelvale.example
        storage: D:\Replica
        trust_group: oak
"""

RETURN = r"""
value:
  description:
    - What the host has, by the names of the options; null while there are no Hyper-V cmdlets on it.
    - While replication is off, only O(enabled) and O(servers). O(kerberos_port) only with an authentication by
      Kerberos,
      O(certificate_port) and O(certificate_thumbprint) only with one by certificate.
  returned: operation is read
  type: dict
facts:
  description: RV(facts.volumes) are the drive letters that the host has.
  returned: operation is read
  type: dict
"""
