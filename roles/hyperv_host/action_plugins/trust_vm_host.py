"""Action plugin of `trust_vm_host`: reads, compares, and sets outside check mode."""

from ansible.plugins.action import ActionBase

from trustctl.windows.action import action

ActionModule = action(ActionBase, "trust_vm_host")
