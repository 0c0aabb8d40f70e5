"""The action plugin of trust_tls_protocol: compares in Python, reads and sets by the module of the same name."""

from ansible.plugins.action import ActionBase

from trustctl.windows.action import action

ActionModule = action(ActionBase, "trust_tls_protocol")
