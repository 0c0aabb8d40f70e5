"""What a device family means beyond its rulebook: how it is talked to, how it is changed safely, which tier it has.

A platform is a folder of data under a template root; this room reads it. `platform` and `platform_names` find them,
`device_facts`, `way_back_of` and `tier_of` say what a plan must know about one device.
"""

from __future__ import annotations

from trustctl.platforms.facts import device_facts, tier_of, way_back_of
from trustctl.platforms.load import Platform, identities, platform, platform_names

__all__ = ["Platform", "device_facts", "identities", "platform", "platform_names", "tier_of", "way_back_of"]
