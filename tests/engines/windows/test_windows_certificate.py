"""By which name or address a host is dialled: one that its certificate is for, and with Kerberos its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from trustctl.engines.protocol import Endpoint
from trustctl.engines.windows.tls import dialled
from trustctl.errors import HostKeyError

HERE = Endpoint("127.0.0.1", 5986)


def certificate(names: tuple[str, ...], addresses: tuple[str, ...]) -> bytes:
    """One that vouches for itself, for these."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OAK-HV-01")])
    today = datetime.now(UTC)
    others = [*map(x509.DNSName, names), *(x509.IPAddress(ip_address(each)) for each in addresses)]
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("names", "addresses", "by_name", "expected"),
    [
        (("localhost",), ("127.0.0.1",), False, "127.0.0.1"),
        (("localhost",), ("127.0.0.1",), True, "localhost"),
        (("localhost",), (), False, "localhost"),
        (("*.example",), ("127.0.0.1",), True, "127.0.0.1"),
    ],
    ids=["the address", "Kerberos: its name", "a name that leads there", "Kerberos, and no name"],
)
def test_it_is_dialled_as_its_certificate_says(
    names: tuple[str, ...], addresses: tuple[str, ...], by_name: bool, expected: str
) -> None:
    """Kerberos has no service for an address."""
    assert dialled(certificate(names, addresses), HERE, "OAK-HV-01", by_name=by_name) == expected


@pytest.mark.parametrize("by_name", [False, True])
def test_a_certificate_for_another_host_is_refused(by_name: bool) -> None:
    """Whatever the way to sign in."""
    with pytest.raises(HostKeyError, match="none of these leads to"):
        dialled(certificate((), ("127.0.0.2",)), HERE, "OAK-HV-01", by_name=by_name)
