"""Filters of the role windows_baseline: its settings as registry values, and what it refuses."""

from trustctl.windows.lockout import refusals
from trustctl.windows.registry import registry_values
from trustctl.windows.way_in import sources_to


class FilterModule:
    """The filters by their names."""

    def filters(self):
        """What Ansible asks for."""
        return {
            "windows_baseline_refusals": refusals,
            "windows_baseline_registry": registry_values,
            "windows_baseline_sources_to": sources_to,
        }
