"""Adoption of a Windows host: its certificate and which machine it is, for a person to approve before both are pinned.

The certificate is read without signing in; the sign-in then happens with that very certificate pinned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from trustctl.engines.network import Adoption, is_model
from trustctl.engines.protocol import ChangeSession, Target
from trustctl.engines.windows import tls
from trustctl.errors import DeviceError, HostKeyError, WrongDeviceError


class Identifies(Protocol):
    """What is needed of the engine."""

    def identify(self, target: Target) -> ChangeSession:
        """Open a session that knows who the host is."""
        ...


def adopt_windows(target: Target, engine: Identifies, model: str, approve_key: str | None = None) -> Adoption:
    """Read certificate, machine id and system of a host. `target.host_key` and `target.serial` are not looked at.

    `approve_key`: a fingerprint that a person knows from elsewhere; HostKeyError if the host's is another, before
    anything is sent. A host of another system than `model` is a WrongDeviceError. Raises what `Connector.open` raises.
    """
    data = tls.certificate(target.endpoint, target.device)
    seen = tls.fingerprint_of(data)
    if approve_key is not None and approve_key != seen:
        raise HostKeyError(
            f"the fingerprint of the host's certificate is {seen}, not {approve_key}",
            where=target.device,
            remedy="Compare it on the host: certlm.msc, or Get-ChildItem Cert:\\LocalMachine\\My",
        )
    pin = tls.pin_of(data)
    identity = engine.identify(replace(target, host_key=pin, serial=None)).identity()
    if not identity.serial:
        raise DeviceError("the host does not say which machine it is", where=target.device)
    if not is_model(identity.model, model):
        raise WrongDeviceError(
            f"it says that it runs {identity.model}, the inventory has {model}",
            where=target.device,
            remedy="Correct `os` in servers.yml, or the address: another host may answer there.",
        )
    warnings = ("its certificate vouches for itself: nobody else does",) if tls.self_signed(data) else ()
    return Adoption(target.device, seen, pin, identity, warnings)
