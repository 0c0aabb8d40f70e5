"""What a device or stack is made of, against the platform's models: known models, real slots, known modules."""

from __future__ import annotations

from collections.abc import Iterator

from trustctl.inventory.catalogue import Box, Catalogue, PortSpace
from trustctl.inventory.file_models import ModelsFile
from trustctl.inventory.file_school import DeviceFile
from trustctl.inventory.port_plan import Reference
from trustctl.inventory.problem import Problem
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document

_TITLES_SHOWN = 8
"""Models that a remedy names."""


def space_of(
    catalogue: Catalogue, document: Document, at: Reference, device: DeviceFile
) -> tuple[PortSpace | None, list[Problem]]:
    """The ports of a device or stack, and what is wrong with what its file says it is made of."""
    models = catalogue.platform(device.platform)
    if models is None:
        problem = f"there is no platform '{device.platform}' with a usable models.yml"
        remedy = did_you_mean(device.platform, catalogue.platforms())
        return None, [document.problem((*at, "platform"), "platform_unknown", problem, remedy)]
    if models.kind != ("wlc" if at[0] == "controllers" else "switch"):
        problem = f"{device.platform} is a platform of {'controllers' if models.kind == 'wlc' else 'switches'}"
        remedy = "Controllers stand in wireless.yml, switches in switches.yml."
        return None, [document.problem((*at, "platform"), "platform_kind", problem, remedy)]
    problems = [*_models(document, at, device, models, catalogue)]
    box = Box(device.platform, device.members, device.stack is not None, tuple(sorted(device.modules.items())))
    if problems:
        return None, problems
    if problems := [*_size(document, at, box, models)]:
        return None, [*_modules(document, at, box, models), *problems]
    return catalogue.space(box), [*_modules(document, at, box, models)]


def _models(
    document: Document, at: Reference, device: DeviceFile, models: ModelsFile, catalogue: Catalogue
) -> Iterator[Problem]:
    further = range(len(device.members) - 1)
    places: list[tuple[str | int, ...]] = [("model",), *(("stack", number) for number in further)]
    for below, model in zip(places, device.members, strict=True):
        if model not in models.models:
            problem = f"{device.platform} has no model '{model}'"
            remedy = _elsewhere(model, catalogue) or _titled(model, models) or did_you_mean(model, models.models)
            yield document.problem((*at, *below), "model_unknown", problem, remedy)


def _elsewhere(model: str, catalogue: Catalogue) -> str:
    """The remedy for a model of another platform; empty if none has it."""
    holders = [name for name in catalogue.platforms() if (found := catalogue.platform(name)) and model in found.models]
    return f"It is a model of {' and '.join(holders)}: correct the platform, or the model." if holders else ""


def _titled(model: str, models: ModelsFile) -> str:
    """The remedy for what people call a model, where it goes by its part number.  Before: `2930F-24G`."""
    meant = [f"{name} ({one.title})" for name, one in models.models.items() if model.lower() in one.title.lower()]
    return f"Write its part number, as on the label: {', '.join(meant[:_TITLES_SHOWN])}." if meant else ""


def _modules(document: Document, at: Reference, box: Box, models: ModelsFile) -> Iterator[Problem]:
    slots = [
        f"{box.prefix(number)}{slot}"
        for number, member in enumerate(box.members, start=1)
        for slot in models.models[member].slots
    ]
    for slot, module in box.modules:
        here = (*at, "modules", slot)
        if slot not in slots:
            problem = f"{' + '.join(box.members)} has no slot {slot}"
            remedy = f"It has {', '.join(slots)}." if slots else "Remove the line."
            yield document.problem(here, "slot_unknown", problem, remedy, key=True)
        if module not in models.modules:
            problem = f"{box.platform} has no module '{module}'"
            yield document.problem(here, "module_unknown", problem, did_you_mean(module, models.modules))


def _size(document: Document, at: Reference, box: Box, models: ModelsFile) -> Iterator[Problem]:
    most = models.limits_of(box.members[0]).stack
    if box.stacked and most is not None and len(box.members) > most:
        problem = f"{len(box.members)} members; a stack of {box.members[0]} has at most {most}"
        if most == 1:
            problem = f"{len(box.members)} members, but {box.members[0]} does not stack"
        yield document.problem((*at, "stack"), "over_limit", problem, "Remove members, or correct the model.", key=True)
