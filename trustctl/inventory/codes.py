"""Every code of an inventory problem with its meaning; the codes are stable, messages may change."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    # files
    "file_missing": "A file that must be there is not.",
    "file_unknown": "A school's folder holds a file that trustctl does not read.",
    "file_name": "Inventory files end in .yml.",
    "file_outside": "A link leads out of the inventory's folder.",
    "folder_name": "A school's folder is named by its slug.",
    "yaml_syntax": "The file is not well-formed YAML.",
    "yaml_too_large": "The file is larger than 5 MiB.",
    "yaml_not_utf8": "The file is not UTF-8 text.",
    "yaml_alias": "Anchors and aliases are not allowed: a short file could grow without limit.",
    "yaml_tag": "Tags are not allowed.",
    "yaml_depth": "The file is nested too deeply.",
    "yaml_documents": "A file holds one document.",
    "yaml_key": "A key is a plain word.",
    "duplicate_key": "A key stands twice in the same place; YAML would silently keep one.",
    # values
    "unknown_key": "The key is not known here.",
    "missing_key": "A key that must be there is not.",
    "wrong_type": "The value is of another type.",
    "out_of_range": "The number is too small or too large.",
    "bad_value": "The value is not allowed here.",
    "secret_name": "A secret's name is expected; the value itself belongs into the secret store.",
    "bad_ports": "The port list cannot be read.",
    # baseline and layers
    "section_twice": "A section of the baseline stands in two files.",
    "section_missing": "A section of the baseline is missing.",
    "profile_missing": "The baseline lacks a port profile that links need.",
    "role_unknown": "There is no such VLAN role.",
    "phase_unknown": "There is no such phase.",
    "unknown_path": "A path names nothing in the baseline.",
    "level_locked": "A school replaces a locked value without a waiver.",
    "waiver_expired": "A waiver has expired.",
    "reason_missing": "A school replaces a trust default without a reason.",
    "override_twice": "A school replaces a value twice.",
    # addresses and VLANs
    "block_alignment": "A block does not start on a boundary of its size.",
    "overlap": "Two blocks of addresses overlap.",
    "vlan_twice": "A VLAN id has two uses in one school.",
    "vlan_unknown": "The school carries no such VLAN.",
    "gateway_missing": "A VLAN needs its gateway address.",
    "address_outside": "An address is not a host address of its network.",
    "address_twice": "An address has two holders.",
    "address_both": "A device has both an address and a position.",
    "address_missing": "A device has neither an address nor a position.",
    "route_misplaced": "A switch that does not route has a route.",
    # names
    "slug_folder": "A school's slug is not its folder's name.",
    "site_twice": "Two schools have the same site number.",
    "site_range": "A site number is outside the address plan.",
    "code_twice": "Two schools have the same code.",
    "name_twice": "A name has two holders.",
    "naming": "A name does not follow the trust's pattern.",
    # ports and links
    "platform_unknown": "There is no such platform.",
    "model_unknown": "The platform has no such model.",
    "profile_unknown": "There is no such port profile.",
    "port_unknown": "The model has no such port.",
    "port_twice": "A port has two profiles.",
    "link_device": "A link leads to a device that does not exist.",
    "link_loop": "Both ends of a link are on the same switch.",
    "link_ends": "The ends of a link have different numbers of ports.",
    "link_bundle": "Parallel links are not bundled.",
    "link_disagrees": "A port is the end of two links.",
    "bundle_twice": "A port-channel's number has two uses on one switch.",
    "captured_missing": "A captured configuration is not there.",
}
