"""The certificate that a Windows host shows: read before a run, held against the pin, its term and its names."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ipaddress
import socket
import ssl
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from trustctl.engines.protocol import Endpoint
from trustctl.errors import HostKeyError, UnreachableError

PIN = "x509 sha256:"
_SECONDS = 15.0
_RENEW = "Give the host a new certificate (its WinRM listener too), then: trustctl adopt SCHOOL --limit {} --rekey"


def certificate(endpoint: Endpoint, device: str = "") -> bytes:
    """Read the certificate, DER, without believing it and without signing in. Raises UnreachableError."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is held against the pin, and Ansible verifies it by its authority
    try:
        with (
            socket.create_connection((endpoint.host, endpoint.port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain) as tls,
        ):
            data = tls.getpeercert(binary_form=True)
    except OSError as error:
        raise UnreachableError(
            f"it does not answer over TLS: {error.strerror or error}",
            where=f"{device}: {endpoint.host} port {endpoint.port}".removeprefix(": "),
            remedy="Is WinRM's HTTPS listener there (winrm enumerate winrm/config/listener), and the firewall open?",
        ) from None
    if not data:
        raise UnreachableError("it showed no certificate", where=device)
    return data


def pin_of(data: bytes) -> str:
    """What is pinned of a certificate.  After: `x509 sha256:3F0A...` (64 hexadecimal digits)."""
    return PIN + hashlib.sha256(data).hexdigest().upper()


def fingerprint_of(data: bytes) -> str:
    """What people compare, in the form that SSH keys have: `SHA256:` and 43 letters."""
    return _written(hashlib.sha256(data).digest())


def _written(digest: bytes) -> str:
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _as_compared(pin: str) -> str:
    """A pin as `fingerprint_of` writes one; whatever else somebody put into the file stays as it is."""
    try:
        return _written(bytes.fromhex(pin[len(PIN) :]))
    except ValueError:
        return pin


def pem_of(data: bytes) -> str:
    """The certificate as PEM."""
    return x509.load_der_x509_certificate(data).public_bytes(Encoding.PEM).decode()


def self_signed(data: bytes) -> bool:
    """Whether it vouches for itself."""
    read = x509.load_der_x509_certificate(data)
    return read.issuer == read.subject


def check(data: bytes, pin: str | None, device: str, now: datetime) -> None:
    """Hold a certificate against the pin and its term. Raises HostKeyError."""
    shown = pin_of(data)
    if pin is None:
        raise HostKeyError(
            "the host's certificate is not pinned",
            where=device,
            remedy=f"Look at its fingerprint and adopt it: trustctl adopt SCHOOL --limit {device}",
        )
    if shown.casefold() != pin.casefold():
        raise HostKeyError(
            f"the host shows another certificate: pinned {_as_compared(pin)}, shown {fingerprint_of(data)}",
            where=device,
            remedy=f"Find out why on another path, then: trustctl adopt SCHOOL --limit {device} --rekey",
        )
    check_term(data, device, now)


def check_term(data: bytes, device: str, now: datetime) -> None:
    """Raise HostKeyError for a certificate that is not valid now."""
    read = _read(data, device)
    if now > read.not_valid_after_utc:
        raise HostKeyError(
            f"the host's certificate expired on {read.not_valid_after_utc:%d %b %Y %H:%M} UTC",
            where=device,
            remedy=_RENEW.format(device),
        )
    if now < read.not_valid_before_utc:
        raise HostKeyError(
            f"the host's certificate is valid only from {read.not_valid_before_utc:%d %b %Y %H:%M} UTC",
            where=device,
            remedy="Is the clock of this machine right?",
        )


def dialled(data: bytes, endpoint: Endpoint, device: str, *, by_name: bool = False) -> str:
    """Return by which name or address the host is dialled, so that its certificate is for it. Raises HostKeyError.

    That is the address itself, or a name of the certificate which leads to that address. `by_name`: the name first, as
    Kerberos knows a service by its host's name and not by an address.
    """
    names, addresses = _names(data, device)
    fits = endpoint.host in addresses or any(_same(name, endpoint.host) for name in names)
    if by_name or not fits:
        for name in sorted(names, key=lambda each: "." not in each):
            if "*" not in name and _leads_to(name, endpoint.host):
                return name
    if fits:
        return endpoint.host
    told = ", ".join((*names, *addresses)) or "nobody"
    raise HostKeyError(
        f"the host's certificate is for {told}, and none of these leads to {endpoint.host}",
        where=device,
        remedy="Give it a certificate with this address, or make its name lead there in DNS.",
    )


def _read(data: bytes, device: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(data)
    except ValueError:
        raise HostKeyError("the host's certificate cannot be read", where=device) from None


def _names(data: bytes, device: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        found = _read(data, device).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return (), ()
    names = tuple(found.get_values_for_type(x509.DNSName))
    return names, tuple(str(each) for each in found.get_values_for_type(x509.IPAddress))


def _same(name: str, host: str) -> bool:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return False
    return name.casefold() == host.casefold()


def _leads_to(name: str, address: str) -> bool:
    try:
        found = socket.getaddrinfo(name, None)
    except OSError:
        return False
    return address in {str(each[4][0]) for each in found}
