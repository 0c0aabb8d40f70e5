"""Hands the tasks of `trust_dns_zone` to trustctl, which compares; the module itself only reads and sets."""

from ansible.plugins.action import ActionBase

from trustctl.windows.action import action

ActionModule = action(ActionBase, "trust_dns_zone")
