"""Files to values: the trust's inventory, read, checked and resolved; every value knows where it comes from."""

from trustctl.inventory.codes import CODES
from trustctl.inventory.describe import Row, describe, describe_device, machine_words
from trustctl.inventory.loading import load, load_store
from trustctl.inventory.passphrases import bad_passphrases
from trustctl.inventory.problem import InventoryInvalid, Problem
from trustctl.inventory.remarks import remarks
from trustctl.inventory.schema import schemas

__all__ = [
    "CODES",
    "InventoryInvalid",
    "Problem",
    "Row",
    "bad_passphrases",
    "describe",
    "describe_device",
    "load",
    "load_store",
    "machine_words",
    "remarks",
    "schemas",
]
