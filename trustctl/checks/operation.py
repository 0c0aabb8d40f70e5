"""The points about running a server: backup, certificates, identity, restarts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trustctl.checks.check import CANNOT, Check, Item, Subject
from trustctl.checks.finding import Rag

_SYSTEMD = "test -d /run/systemd/system"


class Backups(Check):
    """Backups that were made, and one that was read back."""

    point, name, title = 19, "backup", "Backup"
    remedy = (
        "Give it the role `backup`, and linux.backup; look at `systemctl status trust-backup`; keep a copy offline."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """A timer, a snapshot of the last 26 hours, a restore check of the last 35 days; an offline copy."""
        yield Item("no backup is timed", "systemctl is-enabled -q trust-backup.timer", _SYSTEMD)
        made = "find /var/lib/trust-backup/made -mmin -1560 2>/dev/null | grep -q ."
        yield Item("the last backup is older than 26 hours", made)
        checked = "find /var/lib/trust-backup/restored -mtime -35 2>/dev/null | grep -q ."
        yield Item("no backup was read back for 35 days", checked)
        yield Item("whether one copy is offline or cannot be altered", "true", CANNOT)


class Certificates(Check):
    """Authorities and certificates."""

    point, name, title = 20, "certificates", "Certificates"
    remedy = "Apply the topic `Certificates`; renew the certificate that is about to end."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's authorities are trusted; no certificate of a service ends within 30 days."""
        for one in subject.linux.certificates:
            yield Item(f"the authority {one.name} is not trusted", f"test -e /etc/ssl/certs/{one.name}.pem")
        places = "/etc/ssl/trust /etc/freeradius /etc/rsyslog.d"
        found = f"find {places} -type f '(' -name '*.pem' -o -name '*.crt' ')' 2>/dev/null"
        lasts = 'openssl x509 -noout -checkend 2592000 -in "$f" >/dev/null 2>&1'
        other = '! openssl x509 -noout -in "$f" 2>/dev/null'
        each = f"for f in $({found}); do {lasts} || {other} || exit 1; done"
        yield Item("a certificate ends within 30 days", each, "command -v openssl")


class Identity(Check):
    """What and where it is."""

    point, name, title = 21, "identity", "Identity"
    remedy = "Apply the topics `Name` and `Monitoring`; keep asset tag, supplier and warranty in the asset register."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Its name, its neighbour, the drivers of its host; what only an asset register knows."""
        name = subject.host.hostname
        yield Item(f"its name is not {name}", f'test "$(cat /proc/sys/kernel/hostname)" = {name}')
        yield Item("its switch does not see it: no LLDP", "systemctl is-active -q lldpd", _SYSTEMD, Rag.AMBER)
        drivers = "dpkg-query -W -f '${db:Status-Abbrev}' hyperv-daemons 2>/dev/null | grep -q '^.i'"
        on_hyperv = 'test "$(systemd-detect-virt)" != microsoft'
        yield Item(
            "it runs on Hyper-V without its daemons",
            f"{on_hyperv} || {drivers}",
            "command -v systemd-detect-virt",
            Rag.AMBER,
        )
        yield Item("asset tag, supplier and warranty", "true", CANNOT)


class Banner(Check):
    """What it says to people."""

    point, name, title = 22, "banner", "Banner"
    remedy = "Apply the topics `Banner` and `SSH`; the text is services.banner."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's words before and after the sign-in."""
        for path in ("/etc/issue.net", "/etc/motd"):
            yield Item(f"{path} says nothing", f"grep -q . {path}", rag=Rag.AMBER)
        system = r"grep -qE '\\[mrsv]|Debian|Ubuntu' /etc/issue.net"
        yield Item("/etc/issue.net tells which system it is", f"! {system}", rag=Rag.AMBER)
        yield Item("SSH shows no banner", "sshd -T | grep -qE '^banner /'", "sshd -T >/dev/null", Rag.AMBER)


class Restarts(Check):
    """Restarts that are due."""

    point, name, title = 23, "restarts", "Pending restart"
    remedy = "Restart it in a window: a kernel that was updated is not the one that runs."

    def items(self, subject: Subject) -> Iterable[Item]:
        """None pending, none pending for a week, and none missed for 90 days."""
        yield Item("a restart is pending", "test ! -e /run/reboot-required", rag=Rag.AMBER)
        yield Item("a restart is pending for a week", "! find /run/reboot-required -mtime +7 2>/dev/null | grep -q .")
        yield Item("it runs for over 90 days", "awk '{ exit !($1 < 7776000) }' /proc/uptime", rag=Rag.AMBER)


class Tls(Check):
    """Obsolete TLS, and the way of administration."""

    point, name, title = 24, "tls", "TLS and the way in"
    remedy = (
        "Set TLS 1.2 as the least in the service that answers; administer through a jump host with a second factor."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """What each listening port takes below TLS 1.2; the jump host stands elsewhere."""
        ports = r"ss -Hltn | awk '{print $4}' | sed 's/.*://' | sort -un | grep -vxE '22|53'"
        ask = "timeout 2 openssl s_client {} -cipher 'ALL:@SECLEVEL=0' -connect {}:$p </dev/null 2>/dev/null"
        old = ask.format("-{v}", subject.host.address)
        tries = " || ".join(f"{old.format(v=v)} | grep -qE 'Cipher is [A-Z0-9]+-'" for v in ("tls1", "tls1_1"))
        each = f"for p in $({ports}); do if {tries}; then exit 1; fi; done"
        yield Item("a service takes TLS 1.0 or 1.1", each, "command -v ss && command -v openssl")
        yield Item("whether people come through a jump host with a second factor", "true", CANNOT)


CHECKS: Final[tuple[type[Check], ...]] = (Backups, Certificates, Identity, Banner, Restarts, Tls)
