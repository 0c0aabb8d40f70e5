"""Address blocks: site x VLAN role, their alignment, and overlaps across the whole trust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from trustctl.inventory.problem import Problem
from trustctl.inventory.yaml_document import Document, Path
from trustctl.model.addressing import AddressPlan
from trustctl.model.origin import Place


@dataclass(frozen=True, slots=True)
class Block:
    """A network that somebody uses, and the place in a file that says so."""

    network: IPv4Network
    owner: str
    """`oak: staff (VLAN 30)`."""
    document: Document
    at: tuple[str | int, ...]

    def problem(self, code: str, problem: str, remedy: str) -> Problem:
        """A problem with this block."""
        return self.document.problem(self.at, code, problem, remedy)


def allocate(plan: AddressPlan, site: int, octet: int, length: int) -> IPv4Network:
    """The block of a site and VLAN: `10.<site>.<octet>.0/<length>`.

    Before: site 13, octet 56, length 21.  After: 10.13.56.0/21. Raises ValueError with the aligned neighbours if the
    octet is no boundary of that length (60 is no multiple of 8: `10.13.60.0/21` is not a network), or is above 255.
    """
    if octet > 255:  # noqa: PLR2004 - one octet
        raise ValueError(f"VLAN {octet} does not fit into the third octet: give its `block`")
    start = int(plan.supernet.network_address) + (site << 16) + (octet << 8)
    size = 1 << (32 - length)
    if start % size:
        step = size >> 8
        below = octet - octet % step
        base = IPv4Address(int(plan.supernet.network_address) + (site << 16))
        first = IPv4Network((int(base) + (below << 8), length))
        raise ValueError(
            f"{IPv4Address(start)}/{length} is not a network: a /{length} starts on a multiple of {step}; "
            f"the one around it is {first}"
        )
    return IPv4Network((start, length))


def overlaps(blocks: Iterable[Block]) -> list[Problem]:
    """Every block that overlaps an earlier one in address order, one problem per place.

    Sorted once, so 2,000 blocks cost milliseconds. A size in the baseline that is too large is told once, not once for
    each school.
    """
    problems: dict[Place, Problem] = {}
    ordered = sorted(blocks, key=lambda block: (int(block.network.network_address), block.network.prefixlen))
    reach: Block | None = None
    end = -1
    for block in ordered:
        start = int(block.network.network_address)
        if reach is not None and start <= end:
            problem = _overlap(reach, block)
            problems.setdefault(problem.place, problem)
        last = int(block.network.broadcast_address)
        if last > end:
            reach, end = block, last
    return list(problems.values())


def _overlap(first: Block, second: Block) -> Problem:
    """The overlap, told at the block that stands in a school's own file if only one does."""
    told, other = (first, second) if "/schools/" in first.document.file and not _in_school(second) else (second, first)
    where = other.document.place(other.at)
    return told.problem(
        "overlap",
        f"{told.network} ({told.owner}) overlaps {other.network} ({other.owner}, {where})",
        "Give one of them another block, or another size.",
    )


def _in_school(block: Block) -> bool:
    return "/schools/" in block.document.file


class Addresses:
    """The single addresses of the whole trust, each once."""

    def __init__(self) -> None:
        self._seen: dict[IPv4Address, tuple[str, Document, tuple[str | int, ...]]] = {}
        self.problems: list[Problem] = []

    def take(self, address: IPv4Address, owner: str, document: Document, at: Path) -> None:
        """Give the address to its owner; a second owner is a problem."""
        holder = self._seen.setdefault(address, (owner, document, tuple(at)))
        if holder[0] != owner:
            where = holder[1].place(holder[2])
            problem = f"{address} of {owner} is already the address of {holder[0]} ({where})"
            self.problems.append(document.problem(at, "address_twice", problem, "Give one of them another address."))


def inside(address: IPv4Address, network: IPv4Network) -> bool:
    """Whether a host may have this address: inside, and neither the network's own nor the broadcast address."""
    return address in network and address not in {network.network_address, network.broadcast_address}
