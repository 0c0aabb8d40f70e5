"""Microsoft Defender Antivirus.

Pages: Set-MpPreference, Add-MpPreference, Get-MpPreference (windows-powershell-docs, defender); "Protect security
settings with tamper protection" (defender-endpoint).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

GUARDED = ("realtime", "behaviour", "downloads", "archives", "scripts")
"""Tamper protection keeps these on: what would turn them off is ignored, without an error."""
_RANGES = {"signature_hours": range(25), "scan_percent": range(101)}


@part
@dataclass
class Defender:
    """Preferences by the names of the lab; their defaults are those of Set-MpPreference's page."""

    realtime: bool = True
    behaviour: bool = True
    downloads: bool = True
    scripts: bool = True
    archives: bool = True
    cloud: str = "advanced"
    cloud_block: str = "default"
    samples: str = "safe"
    unwanted: str = "disabled"
    network_protection: str = "disabled"
    network_protection_on_server: bool = False
    signature_hours: int = 0
    scan: str = "quick"
    scan_day: str = "everyday"
    scan_time: str = "02:00"
    scan_percent: int = 50
    exclusion_paths: list[str] = field(default_factory=list[str])
    exclusion_processes: list[str] = field(default_factory=list[str])
    exclusion_extensions: list[str] = field(default_factory=list[str])
    tamper_protection: bool = False

    @classmethod
    def of(cls, spec: WindowsSpec) -> Defender:
        """`state: {Defender: {tamper_protection: true, ...}}` sets any of it."""
        mine: dict[str, Any] = dict(spec.state.get("Defender", {}))
        return cls(**mine)

    def started(self) -> None:
        """Nothing of it waits for a restart."""

    def set(self, name: str, value: Any) -> None:
        """Set-MpPreference. Raises RefusedError for a number that is out of range."""
        if name in _RANGES and value not in _RANGES[name]:
            most = _RANGES[name].stop - 1
            raise RefusedError(words.NUMBER_RANGE.format(name=name, value=value, least=0, most=most))
        if self.tamper_protection and name in GUARDED and not value:
            return
        setattr(self, name, value)

    def exclude(self, name: str, values: list[str]) -> None:
        """Add- and Remove-MpPreference until exactly these are excluded; one that is there keeps its case."""
        there = {one.casefold(): one for one in getattr(self, name)}
        wanted = {one.casefold(): there.get(one.casefold(), one) for one in values}
        setattr(self, name, sorted(wanted.values(), key=str.casefold))
