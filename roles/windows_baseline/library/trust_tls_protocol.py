"""Documentation of trust_tls_protocol; its code is trust_tls_protocol.ps1."""

DOCUMENTATION = r"""
module: trust_tls_protocol
short_description: A protocol of Schannel
description:
  - Says whether Windows speaks one version of SSL or TLS, as a server and as a client, by Schannel's registry values.
  - A change takes effect with the next restart of Windows.
notes:
  - Check mode reads, and says what would be set.
options:
  name:
    description: The protocol as its registry key is named.
    type: str
    required: true
    choices: [SSL 2.0, SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3]
  server:
    description: Whether it is spoken with clients of this server. C(default) leaves it to Windows.
    type: str
    choices: [enabled, disabled, default]
  client:
    description: Whether it is spoken by this server as a client. C(default) leaves it to Windows.
    type: str
    choices: [enabled, disabled, default]
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
author: [trustctl]
"""

EXAMPLES = r"""
- name: "TLS | Leave an old protocol"
  trust_tls_protocol:
    name: TLS 1.0
    server: disabled
    client: disabled
  notify: Restart Windows
"""

RETURN = r"""
value:
  description: Both sides; C(mixed) where the registry's two values say different things.
  returned: for operation=read
  type: dict
facts:
  description: C(name) as it was asked for, C(build) the number of this Windows' build, 20348 for Windows Server 2022.
  returned: for operation=read
  type: dict
reboot_required:
  description: Always true, as Schannel reads its protocols when Windows starts.
  returned: for operation=set
  type: bool
"""
