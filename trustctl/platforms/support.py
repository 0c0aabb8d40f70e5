"""What trustctl can do on each platform, from what lies in its folder: no claim without a file behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from trustctl.inventory.catalogue import Catalogue
from trustctl.model.plan import Tier
from trustctl.platforms.load import FILE, Platform, identities, platform

ENTRIES = ("switch.j2", "controller.j2")
"""Templates that stand for a whole device."""


@dataclass(frozen=True, slots=True)
class Support:
    """One row of the support table."""

    name: str
    title: str
    folder: Path
    models: int
    recognised: bool
    """`platform identify` and `adopt` know it."""
    renders: bool
    compares: bool
    """It has a rulebook: a configuration is understood, compared and put in order."""
    tiers: tuple[str, ...]
    """Who takes a change back, best way first; empty where nothing is ever written. `C` is nobody but us, by the
    platform's own rules for that (`off_box`)."""
    lab: bool
    cases: int
    corpus: int
    """Published configurations of real devices that its rulebook understands, as platform.yml says (tests check it)."""
    unverified: int
    """Facts that no device or document was seen to prove: ways to undo, limits of models."""


def support(roots: Sequence[Path], simulated: Collection[str]) -> tuple[Support, ...]:
    """The support table, by name: every folder with a platform.yml, models or a way to be recognised.

    `simulated`: the platforms that the lab has. Raises RulebookError for a file that is not well formed.
    """
    catalogue, known = Catalogue(roots), identities(roots)
    driven = {file.parent.name for root in roots for file in root.glob(f"*/{FILE}")}
    names = sorted(driven | set(catalogue.platforms()) | set(known))
    return tuple(
        _row(name, platform(name, roots) if name in driven else None, roots, catalogue, known, simulated)
        for name in names
    )


def _row(
    name: str,
    found: Platform | None,
    roots: Sequence[Path],
    catalogue: Catalogue,
    known: Collection[str],
    simulated: Collection[str],
) -> Support:
    folder = found.folder if found else next(root / name for root in roots if (root / name).is_dir())
    folders = [folder, *(found.below if found else ())]
    compares = any(one.joinpath("rulebook").is_dir() for one in folders)
    renders = any((root / name / entry).is_file() for root in roots for entry in ENTRIES)
    ways = [way.effective_tier.value for way in found.spec.safe_change] if found else []
    if not ways and found and found.spec.off_box:
        ways = [Tier.C.value]
    models = catalogue.platform(name)
    limits = [models.limits, *(model.limits for model in models.models.values())] if models else []
    unproved = {(name, getattr(one, name)) for one in limits for name in one.unverified}
    marks = sum(len(way.unverified) for way in found.spec.safe_change) if found else 0
    marks += len(found.spec.off_box.unverified) if found and found.spec.off_box else 0
    return Support(
        name=name,
        title=found.spec.title if found else "",
        folder=folder,
        models=len(models.models) if models else 0,
        recognised=name in known,
        renders=renders,
        compares=compares,
        tiers=tuple(dict.fromkeys(ways)) if renders and compares and found else (),
        lab=name in simulated,
        cases=len(list(folder.glob("cases/*/case.yml"))),
        corpus=found.spec.corpus.files if found and found.spec.corpus else 0,
        unverified=marks + len(unproved),
    )
