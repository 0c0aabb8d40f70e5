"""Models by part number: their names, ports and software.

Sources: titles and part numbers printed by `show module` and `show system` in recorded output (R8N85A, R8N86A, S4R23A,
JL658A, JL661A, JL664A, JL665A, S0M81A by its name); the others from HPE data sheets as generally known [unverified].
"""

from __future__ import annotations

from dataclasses import dataclass

USUAL = "R8N85A"
"""The model of a device that was not told which it is."""
_VERSIONS = {"PL": "PL.10.13.1010", "ML": "ML.10.13.1010", "FL": "FL.10.13.1010"}


@dataclass(frozen=True, slots=True)
class Model:
    """One model: `title` as `show module` prints it, copper ports, uplinks, whether ports route unless told not to."""

    part: str
    title: str
    image: str
    """The letters that its software versions start with: PL (6000, 6100), ML (6200), FL (6300)."""
    copper: int
    uplinks: int
    poe: bool = False
    sfp: int = 0
    """How many of the uplinks, the last ones, take modules."""

    @property
    def series(self) -> str:
        """`6000`, `6100`, `6200` or `6300`."""
        return self.title[:4]

    @property
    def stacks(self) -> bool:
        """Whether the model can be a VSF member."""
        return self.image != "PL"

    @property
    def routed(self) -> bool:
        """Whether a port routes unless `no routing` says otherwise; then the configuration spells it out."""
        return self.image == "FL"

    @property
    def version(self) -> str:
        """The usual software version."""
        return _VERSIONS[self.image]

    def ports(self, member: int) -> list[str]:
        """The names of its ports as that member of a stack."""
        return [f"{member}/1/{number}" for number in range(1, self.copper + self.uplinks + 1)]

    def feeds(self, port: str) -> bool:
        """Whether a port can power what is plugged in."""
        return self.poe and int(port.rpartition("/")[2]) <= self.copper

    def kind(self, port: str) -> str:
        """What `show interface brief` says a port is."""
        return "1GbT" if int(port.rpartition("/")[2]) <= self.copper + self.uplinks - self.sfp else "--"


_ROWS = (
    ("R8N85A", "6000 48G CL4 4SFP Swch", "PL", 48, 4, True, 4),
    ("R8N86A", "6000 48G 4SFP Swch", "PL", 48, 4, False, 4),
    ("R8N87A", "6000 24G CL4 4SFP Swch", "PL", 24, 4, True, 4),
    ("R8N88A", "6000 24G 4SFP Swch", "PL", 24, 4, False, 4),
    ("R8N89A", "6000 12G CL4 2G/2SFP 139W Swch", "PL", 12, 4, True, 2),
    ("S4R23A", "6000 8G CL4 2F 67W Sw", "PL", 8, 2, True, 2),
    ("JL675A", "6100 48G CL4 4SFP+ Swch", "PL", 48, 4, True, 4),
    ("JL676A", "6100 48G 4SFP+ Swch", "PL", 48, 4, False, 4),
    ("JL677A", "6100 24G CL4 4SFP+ Swch", "PL", 24, 4, True, 4),
    ("JL678A", "6100 24G 4SFP+ Swch", "PL", 24, 4, False, 4),
    ("JL679A", "6100 12G CL4 2G/2SFP+ 139W Swch", "PL", 12, 4, True, 2),
    ("JL724A", "6200F 24G 4SFP+ Sw", "ML", 24, 4, False, 4),
    ("JL725A", "6200F 24G CL4 4SFP+370W Sw", "ML", 24, 4, True, 4),
    ("JL726A", "6200F 48G 4SFP+ Sw", "ML", 48, 4, False, 4),
    ("JL727A", "6200F 48G CL4 4SFP+370W Sw", "ML", 48, 4, True, 4),
    ("JL728A", "6200F 48G CL4 4SFP+740W Sw", "ML", 48, 4, True, 4),
    ("S0M81A", "6200F 12G CL4 2G/2SFP+ 139W", "ML", 12, 4, True, 2),
    ("JL658A", "6300M 24SFP+ 4SFP56 Swch", "FL", 24, 4, False, 28),
    ("JL661A", "6300M 48G CL4 PoE 4SFP56 Swch", "FL", 48, 4, True, 4),
    ("JL662A", "6300M 24G CL4 PoE 4SFP56 Swch", "FL", 24, 4, True, 4),
    ("JL663A", "6300M 48G 4SFP56 Swch", "FL", 48, 4, False, 4),
    ("JL664A", "6300M 24G 4SFP56 Swch", "FL", 24, 4, False, 4),
    ("JL665A", "6300F 48G CL4 PoE 4SFP56 Sw", "FL", 48, 4, True, 4),
    ("JL666A", "6300F 24G CL4 PoE 4SFP56 Sw", "FL", 24, 4, True, 4),
    ("JL667A", "6300F 48G 4SFP56 Sw", "FL", 48, 4, False, 4),
    ("JL668A", "6300F 24G 4SFP56 Sw", "FL", 24, 4, False, 4),
)
_MODELS = {row[0]: Model(*row) for row in _ROWS}


def find(part: str) -> Model | None:
    """The model with that part number; None if the lab does not know it."""
    return _MODELS.get(part.upper())


def unknown(part: str, image: str) -> Model:
    """A model that only its boot configuration tells about; `image` is what its version starts with."""
    known = image if image in _VERSIONS else ("FL" if image else "PL")
    return Model(part, part, known, 0, 0)
