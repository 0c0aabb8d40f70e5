"""Witnesses: what other machines see of a server's services. Each is a real client or server of its protocol.

DNS questions, RADIUS requests and DHCP leases are asked by the distribution's own clients inside the lab's network; the
syslog collector and the time server are played here, on sockets of the lab's network.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trustctl.lab.hosts.lab import HostLab

Inside = Callable[..., str]
"""Carries out a command in a namespace: `HostLab.at_station`, or what `HostLab.client` returned."""

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970 (RFC 5905, section 6)."""


def dns_answer(inside: Inside, server: str, name: str, kind: str = "A") -> list[str]:
    """What a DNS server answers, one record a line; empty for no record. Raises HostLabError if it is silent."""
    return inside("dig", "+short", "+tries=2", "+time=3", f"@{server}", name, kind).splitlines()


def radius_answer(inside: Inside, server: str, secret: str, user: str, password: str) -> str:
    """The reply of a RADIUS server to a PAP request: `Access-Accept`, `Access-Reject`, or `none` for no answer."""
    request = f'User-Name = "{user}"\nUser-Password = "{password}"\nNAS-Port = 0\nMessage-Authenticator = 0x00\n'
    told = inside(
        "sh", "-c", 'radclient -x -r 2 -t 2 "$1:1812" auth "$2" 2>&1; true', "sh", server, secret, given=request
    )
    found = re.findall(r"Received (Access-\w+)", told)
    return found[-1] if found else "none"


@dataclass(frozen=True, slots=True)
class Lease:
    """What a DHCP server gave a client."""

    address: str
    options: dict[str, str]
    """As dhclient writes them: `routers`, `domain-name-servers`, `dhcp-server-identifier`..."""


def dhcp_lease(inside: Inside, folder: Path, seconds: int = 20) -> Lease:
    """Ask for an address as a PC does. Raises AssertionError if nobody gives one within the time."""
    config, leases = folder / "dhclient.conf", folder / "dhclient.leases"
    config.write_text(
        f"timeout {seconds};\nretry 1;\nrequest subnet-mask, routers, domain-name-servers, domain-name;\n"
    )
    leases.unlink(missing_ok=True)
    words = ("-1", "-d", "-q", "-cf", str(config), "-lf", str(leases), "-pf", str(folder / "dhclient.pid"))
    # -d keeps it in the foreground, where it stays with its lease: the time limit ends it once it has one
    inside("sh", "-c", 'timeout "$0" dhclient -sf /bin/true "$@" eth0 || test $? = 124', str(seconds), *words)
    text = leases.read_text()
    address = re.search(r"fixed-address ([\d.]+);", text)
    if address is None:
        raise AssertionError(f"there is no lease in: {text!r}")
    return Lease(address.group(1), dict(re.findall(r"option ([\w-]+) ([^;]+);", text)))


# --- certificates -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority for one test, and files with what it signed."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path) -> Authority:
        """A fresh authority; its certificate is `ca.pem` in the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed("lab authority", key, None, key, ca=True)
        (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, certificate)

    @property
    def pem(self) -> str:
        """The authority's own certificate."""
        return (self.folder / "ca.pem").read_text()

    def issue(self, name: str, days: int = 90) -> tuple[Path, Path]:
        """Certificate and key of a server with that DNS name, as files; the certificate ends after so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(name, key, self.certificate, self.key, ca=False, days=days)
        files = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
        return files


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    by: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
    days: int = 90,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(by, hashes.SHA256())


# --- servers played by a test -----------------------------------------------------------------------------------------


class Collector:
    """A syslog collector over TLS (RFC 5425) at an address of the lab; `lines` are the messages that came."""

    def __init__(self, lab: HostLab, address: str, files: tuple[Path, Path], port: int = 6514) -> None:
        lab.answer_at(address)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        self._context = context
        self.lines: list[str] = []
        self.refused: list[str] = []
        """Why callers did not get as far as a message."""
        self._listener = lab.socket("tcp", source=address, port=port)
        self._listener.listen(8)
        threading.Thread(target=self._accept, name="collector", daemon=True).start()

    def wait_for(self, text: str, seconds: float = 20.0) -> str:
        """The first message with that text. Raises AssertionError if none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.lines:
                if text in line:
                    return line
            time.sleep(0.1)
        raise AssertionError(f"no message with {text!r}; there are {len(self.lines)}, refused: {self.refused}")

    def close(self) -> None:
        """Take no more callers."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(caller,), daemon=True).start()

    def _read(self, caller: socket.socket) -> None:
        try:
            with self._context.wrap_socket(caller, server_side=True) as line:
                while piece := line.recv(65_536):
                    self.lines += piece.decode(errors="replace").splitlines()
        except OSError as error:
            self.refused.append(str(error))


class Clock:
    """A time server (RFC 5905) at an address of the lab that says the machine's own time, wrong by `offset` seconds."""

    def __init__(self, lab: HostLab, address: str, offset: float = 0.0) -> None:
        lab.answer_at(address)
        self._offset = offset
        self._line = lab.socket("udp", source=address, port=123)
        threading.Thread(target=self._serve, name="clock", daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._line.close()

    def _serve(self) -> None:
        while True:
            try:
                asked, caller = self._line.recvfrom(1024)
                now = _stamp(time.time() + self._offset)
                head = struct.pack("!BBbbII4s", 0b00_100_100, 2, 6, -20, 0, 0, b"LAB\0")
                self._line.sendto(head + now + asked[40:48] + now + _stamp(time.time() + self._offset), caller)
            except OSError:
                return


def _stamp(seconds: float) -> bytes:
    whole, part = divmod(seconds + _NTP_EPOCH, 1)
    return struct.pack("!II", int(whole), int(part * 2**32))
