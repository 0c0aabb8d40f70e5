"""The switches of this make: product numbers, ports, software families.

Port layouts and names follow HPE's product pages and published configurations; a product number that is not here
becomes a switch whose ports are those of its boot configuration.
"""

from __future__ import annotations

from dataclasses import dataclass

USUAL = "J9773A"
"""The model of a switch of which none is said."""


@dataclass(frozen=True, slots=True)
class Model:
    """One product number. `plain` ports are numbered from 1; `slots` are lettered ports that are there as delivered."""

    product: str
    title: str
    """As in the login banner after the product number: `2530-24G-PoEP`."""
    brand: str
    release: str
    """The letters of its software: `YA`."""
    plain: int = 0
    slots: tuple[tuple[str, int], ...] = ()
    rom: str = ""
    poe: bool = False
    stacks: bool = False
    layer3: bool = True

    @property
    def series(self) -> str:
        """The series: `2530`."""
        return self.title[:4]

    @property
    def version(self) -> str:
        """The software that it usually runs in the lab."""
        return f"{self.release}.16.11.0026"

    def ports(self, member: str = "") -> list[str]:
        """Its ports; `member` is the stack member with its slash."""
        names = [f"{member}{number}" for number in range(1, self.plain + 1)]
        return names + [f"{member}{slot}{number}" for slot, count in self.slots for number in range(1, count + 1)]


def _2530(product: str, title: str, plain: int, release: str = "YA", *, poe: bool = False) -> Model:
    return Model(product, title, "HP", release, plain, rom=f"{release}.15.20", poe=poe, layer3=False)


def _aruba(product: str, title: str, release: str, plain: int, *, poe: bool = False, stacks: bool = False) -> Model:
    return Model(product, title, "Aruba", release, plain, rom=f"{release}.16.01.0010", poe=poe, stacks=stacks)


_ALL = (
    _2530("J9772A", "2530-48G-PoEP", 52, poe=True),
    _2530("J9773A", "2530-24G-PoEP", 28, poe=True),
    _2530("J9774A", "2530-8G-PoEP", 10, poe=True),
    _2530("J9775A", "2530-48G", 52),
    _2530("J9776A", "2530-24G", 28),
    _2530("J9777A", "2530-8G", 10),
    _2530("J9778A", "2530-48-PoEP", 52, "YB", poe=True),
    _2530("J9779A", "2530-24-PoEP", 28, "YB", poe=True),
    _2530("J9780A", "2530-8-PoEP", 10, "YB", poe=True),
    _2530("J9781A", "2530-48", 52, "YB"),
    _2530("J9782A", "2530-24", 28, "YB"),
    _2530("J9783A", "2530-8", 10, "YB"),
    _aruba("JL354A", "2540-24G-4SFP+", "YC", 28),
    _aruba("JL355A", "2540-48G-4SFP+", "YC", 52),
    _aruba("JL356A", "2540-24G-PoE+-4SFP+", "YC", 28, poe=True),
    _aruba("JL357A", "2540-48G-PoE+-4SFP+", "YC", 52, poe=True),
    Model("J9726A", "2920-24G", "HP", "WB", 24, rom="WB.15.05", stacks=True),
    Model("J9727A", "2920-24G-PoEP", "HP", "WB", 24, rom="WB.15.05", poe=True, stacks=True),
    Model("J9728A", "2920-48G", "HP", "WB", 48, rom="WB.15.05", stacks=True),
    Model("J9729A", "2920-48G-PoEP", "HP", "WB", 48, rom="WB.15.05", poe=True, stacks=True),
    Model("J9836A", "2920-48G-PoEP", "HP", "WB", 48, rom="WB.15.05", poe=True, stacks=True),
    _aruba("JL253A", "2930F-24G-4SFP+", "WC", 28, stacks=True),
    _aruba("JL254A", "2930F-48G-4SFP+", "WC", 52, stacks=True),
    _aruba("JL255A", "2930F-24G-PoE+-4SFP+", "WC", 28, poe=True, stacks=True),
    _aruba("JL256A", "2930F-48G-PoE+-4SFP+", "WC", 52, poe=True, stacks=True),
    _aruba("JL258A", "2930F-8G-PoE+-2SFP+", "WC", 10, poe=True, stacks=True),
    _aruba("JL259A", "2930F-24G-4SFP", "WC", 28, stacks=True),
    _aruba("JL260A", "2930F-48G-4SFP", "WC", 52, stacks=True),
    _aruba("JL261A", "2930F-24G-PoE+-4SFP", "WC", 28, poe=True, stacks=True),
    _aruba("JL262A", "2930F-48G-PoE+-4SFP", "WC", 52, poe=True, stacks=True),
    _aruba("JL319A", "2930M-24G", "WC", 24, stacks=True),
    _aruba("JL320A", "2930M-24G-PoE+", "WC", 24, poe=True, stacks=True),
    _aruba("JL321A", "2930M-48G", "WC", 48, stacks=True),
    _aruba("JL322A", "2930M-48G-PoE+", "WC", 48, poe=True, stacks=True),
    _aruba("JL323A", "2930M-40G-8SR-PoE+", "WC", 48, poe=True, stacks=True),
    _aruba("JL071A", "3810M-24G", "KB", 24, stacks=True),
    _aruba("JL072A", "3810M-48G", "KB", 48, stacks=True),
    _aruba("JL073A", "3810M-24G-PoE+", "KB", 24, poe=True, stacks=True),
    _aruba("JL074A", "3810M-48G-PoE+", "KB", 48, poe=True, stacks=True),
    _aruba("JL075A", "3810M-16SFP+", "KB", 16, stacks=True),
    Model("J9850A", "5406Rzl2", "HP", "KB", rom="KB.15.01", poe=True, stacks=True),
    Model("J9851A", "5412Rzl2", "HP", "KB", rom="KB.15.01", poe=True, stacks=True),
)

MODELS = {model.product: model for model in _ALL}
"""Models by product number."""

MODULES = {
    "J9534A": 24, "J9535A": 24, "J9536A": 22, "J9537A": 24, "J9538A": 8, "J9546A": 8, "J9547A": 24, "J9548A": 22,
    "J9549A": 24, "J9550A": 24, "J9637A": 24, "J9731A": 2, "J9732A": 2, "J9986A": 24, "J9987A": 24, "J9988A": 24,
    "J9989A": 24, "J9990A": 24, "J9991A": 24, "J9992A": 22, "J9993A": 8, "J9995A": 8, "J9996A": 2, "JL078A": 1,
    "JL079A": 2, "JL081A": 4, "JL083A": 4,
}  # fmt: skip
"""Ports of a module that sits in a lettered slot, by its product number."""


def model(name: str) -> Model:
    """The model of a product number, with or without more words around it; an unknown one has no ports of its own."""
    for word in name.replace(",", " ").upper().split():
        if word in MODELS:
            return MODELS[word]
    for known in _ALL:
        if known.title.lower() == name.lower():
            return known
    return Model(name.split(" ", maxsplit=1)[0].upper() or USUAL, "Switch", "HP", "YA", rom="YA.15.20")
