"""Files to values: the trust's inventory, read, checked and resolved; every value knows where it comes from."""

from trustctl.inventory.loading import load, shipped_templates
from trustctl.inventory.problem import InventoryInvalid, Problem

__all__ = ["InventoryInvalid", "Problem", "load", "shipped_templates"]
