"""Two other engines that make commands out of two Cisco configurations: what they would send for the same case."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable

Sent = tuple[tuple[str, str], ...]
"""What is sent, in order: (section header or "", line), without the lines that only leave a section."""

_ENVELOPE = ("version ", "end", "!", "Building configuration", "Current configuration")


def bare(text: str) -> str:
    """A configuration without the lines around it that mean nothing, which the others would send or remove."""
    return "".join(f"{line}\n" for line in text.split("\n") if line.strip() and not line.startswith(_ENVELOPE))


def sent(lines: Iterable[str]) -> Sent:
    """Lines with indentation as pairs of section and line; a header alone counts where nothing follows in it."""
    found: list[tuple[str, str]] = []
    header = ""
    pending = False
    for line in lines:
        text = line.strip()
        if not text or text in {"exit", "!"}:
            continue
        if line.startswith(" "):
            found.append((header, text))
            pending = False
            continue
        if pending:
            found.append(("", header))
        header, pending = text, True
    if pending:
        found.append(("", header))
    return tuple(found)


def hier_config(running: str, intended: str) -> Sent:
    """hier_config 3.7.1: the remediation from running to intended."""
    from hier_config import Platform, WorkflowRemediation, get_hconfig  # noqa: PLC0415 - not in the ordinary venv

    before = get_hconfig(Platform.CISCO_IOS, bare(running))
    after = get_hconfig(Platform.CISCO_IOS, bare(intended))
    remediation = WorkflowRemediation(before, after).remediation_config
    return sent(child.cisco_style_text() for child in remediation.all_children_sorted())


def annet(running: str, intended: str) -> Sent:
    """Annet 4.8.3: the patch from running to intended for a Catalyst."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from annet import hardware, rulebook  # noqa: PLC0415 - not in the ordinary venv
        from annet.annlib.netdev.views.hardware import HardwareView  # noqa: PLC0415 - as above
        from annet.api import _format_patch_blocks, _read_old_new_diff_patch  # noqa: PLC0415 - as above
        from annet.vendors import registry_connector, tabparser  # noqa: PLC0415 - as above

        if rulebook.rulebook_provider_connector._classes is None:
            rulebook.rulebook_provider_connector.set(rulebook.DefaultRulebookProvider)
            hardware.hardware_connector.set(hardware.AnnetHardwareProvider)
        model = HardwareView("Cisco Catalyst 2960", "")
        split = registry_connector.get().match(model).make_formatter().split
        before = tabparser.parse_to_tree(bare(running), split)
        after = tabparser.parse_to_tree(bare(intended), split)
        patch = _read_old_new_diff_patch(before, after, model, add_comments=False)[-1]
        return sent(_format_patch_blocks(patch, model, " ").split("\n"))


ORACLES: dict[str, Callable[[str, str], Sent]] = {"hier_config": hier_config, "annet": annet}
