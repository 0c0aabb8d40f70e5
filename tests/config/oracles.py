"""Two other engines that make commands out of two configurations: what they would send for the same case."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

Sent = tuple[tuple[str, str], ...]
"""What is sent, in order: (section header or "", line), without the lines that only leave a section."""
Oracle = Callable[[str, str], Sent]
"""What an engine sends from the running to the intended configuration, both as text."""

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


def _hier_config(platform: str) -> Oracle:
    """hier_config 3.7.1: the remediation from running to intended, by its driver of that name.

    An input that it cannot read is an answer too: the error, in place of the lines.
    """

    def ask(running: str, intended: str) -> Sent:
        from hier_config import Platform, WorkflowRemediation, get_hconfig  # noqa: PLC0415 - not in the ordinary venv

        driver = Platform[platform]
        if driver is Platform.CISCO_IOS:  # the other drivers skip such lines by themselves; `!` may end a banner there
            running, intended = bare(running), bare(intended)
        try:
            before, after = get_hconfig(driver, running), get_hconfig(driver, intended)
        except ValueError as error:
            return (("", f"cannot read it: {error}"),)
        remediation = WorkflowRemediation(before, after).remediation_config
        return sent(child.cisco_style_text() for child in remediation.all_children_sorted())

    return ask


def _annet(hardware_name: str) -> Oracle:
    """Annet 4.8.3: the patch from running to intended for the hardware of that name."""

    def ask(running: str, intended: str) -> Sent:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from annet import hardware, rulebook  # noqa: PLC0415 - not in the ordinary venv
            from annet.annlib.netdev.views.hardware import HardwareView  # noqa: PLC0415 - as above
            from annet.api import _format_patch_blocks, _read_old_new_diff_patch  # noqa: PLC0415 - as above
            from annet.vendors import registry_connector, tabparser  # noqa: PLC0415 - as above

            if rulebook.rulebook_provider_connector._classes is None:
                rulebook.rulebook_provider_connector.set(rulebook.DefaultRulebookProvider)
                hardware.hardware_connector.set(hardware.AnnetHardwareProvider)
            model = HardwareView(hardware_name, "")
            split = registry_connector.get().match(model).make_formatter().split
            before = tabparser.parse_to_tree(bare(running), split)
            after = tabparser.parse_to_tree(bare(intended), split)
            patch = _read_old_new_diff_patch(before, after, model, add_comments=False)[-1]
            return sent(_format_patch_blocks(patch, model, " ").split("\n"))

    return ask


ORACLES: Mapping[str, Mapping[str, Oracle]] = {
    "cisco_ios": {"hier_config": _hier_config("CISCO_IOS"), "annet": _annet("Cisco Catalyst 2960")},
    "cisco_9800": {"hier_config": _hier_config("CISCO_IOS"), "annet": _annet("Cisco Catalyst 9800")},
    "aruba_aos_s": {"hier_config": _hier_config("HP_PROCURVE")},
    "aruba_aos_cx": {"hier_config": _hier_config("ARUBA_AOSCX")},
    "aruba_instant": {"annet": _annet("Aruba IAP-505")},
}
"""By platform, the engines that know it (or, for the 9800, the IOS that it runs), by name."""


def one_by_one(platform: str, lines: Sent) -> Sent:
    """The lines with ports and VLANs one by one, as hier_config 3.7.1 writes them; the same commands to the device.

    Its driver for AOS-S says `untagged vlan 20` under each port where we say `untagged 1-4` under the VLAN; its driver
    for AOS-CX adds and takes off allowed VLANs singly. The order of ports within one such line means nothing.
    """
    spread = {"aruba_aos_s": _by_port, "aruba_aos_cx": _by_vlan}.get(platform)
    if spread is None:
        return lines
    single = [pair for line in lines for pair in spread(*line)]
    return tuple(pair for _, run in groupby(single, key=lambda pair: pair[1]) for pair in sorted(run))


def _by_port(header: str, line: str) -> list[tuple[str, str]]:
    """`vlan 20`, `untagged 1-4` as `untagged vlan 20` under four ports."""
    found = re.fullmatch(r"((?:no )?(?:un)?tagged) (?!vlan )(\S+)", line)
    if found is None or not header.startswith("vlan "):
        return [(header, line)]
    return [(f"interface {port}", f"{found[1]} {header}") for port in _members(found[2])]


def _by_vlan(header: str, line: str) -> list[tuple[str, str]]:
    """`vlan trunk allowed 10,20` as two lines."""
    found = re.fullmatch(r"((?:no )?vlan trunk allowed) ([\d,-]+)", line)
    return [(header, line)] if found is None else [(header, f"{found[1]} {vlan}") for vlan in _members(found[2])]


def _members(text: str) -> list[str]:
    """`1-3,A5,Trk1` member by member."""
    members: list[str] = []
    for part in text.split(","):
        span = re.fullmatch(r"(\D*|.*/\D*)(\d+)-\1(\d+)", part)
        members += [f"{span[1]}{at}" for at in range(int(span[2]), int(span[3]) + 1)] if span else [part]
    return members
