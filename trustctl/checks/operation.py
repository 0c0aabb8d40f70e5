"""The points about running a server: backup, certificates, identity, restarts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trustctl.checks.check import CANNOT, NEVER, Check, Item, Subject
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
        yield from _offline(subject)


def _offline(subject: Subject) -> Iterable[Item]:
    """The copy that no server can reach: what a person has seen, and when. Late is amber, twice as late is red."""
    backup = subject.linux.backup
    copy = backup.offline if backup else None
    if copy is None:
        yield Item("whether one copy is offline or cannot be altered (linux.backup.offline)", "true", CANNOT)
        return
    days = (subject.today - copy.checked).days
    if days > copy.days:
        wrong = f"nobody has looked at the offline copy ({copy.kept}) for {days} days; it is due every {copy.days}"
        yield Item(wrong, NEVER, rag=Rag.RED if days > 2 * copy.days else Rag.AMBER)


_SOON = 30 * 86_400
_WARNED = "a certificate ends within 30 days"
_FOUND: Final = (
    "find /etc/ssl/trust /etc/freeradius /etc/rsyslog.d -type f '(' -name '*.pem' -o -name '*.crt' ')' 2>/dev/null"
)
_NONE: Final = '! openssl x509 -noout -in "$f" 2>/dev/null'
"""A private key, which ends never."""


class Certificates(Check):
    """Authorities and certificates."""

    point, name, title = 20, "certificates", "Certificates"
    remedy = "Apply the topic `Certificates`; renew the certificate that is about to end."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's authorities are trusted; no certificate of a service ends within 30 days."""
        for one in subject.linux.certificates:
            yield Item(f"the authority {one.name} is not trusted", f"test -e /etc/ssl/certs/{one.name}.pem")
        for seconds, wrong, rag in ((0, "a certificate has ended", Rag.RED), (_SOON, _WARNED, Rag.AMBER)):
            lasts = f'openssl x509 -noout -checkend {seconds} -in "$f" >/dev/null 2>&1'
            each = f"for f in $({_FOUND}); do {lasts} || {_NONE} || exit 1; done"
            yield Item(wrong, each, "command -v openssl", rag)
        if subject.host.certificate is not None and subject.linux.syslog_ca:
            own, ca = "/etc/ssl/trust/syslog.pem", "/etc/ssl/trust/syslog-ca.pem"
            signed = f"openssl verify -CAfile {ca} -untrusted {own} {own}"
            yield Item("its own certificate is not of the trust's authority", signed, f"test -e {own}")


class Identity(Check):
    """What and where it is."""

    point, name, title = 21, "identity", "Identity"
    remedy = "Apply the topics `Name` and `Monitoring`; give its `asset` in servers.yml."

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
        yield from _asset(subject)


def _asset(subject: Subject) -> Iterable[Item]:
    """What the inventory says of the asset. A warranty that has ended is red, one that ends in 90 days amber."""
    asset = subject.host.asset
    if asset is None:
        yield Item("asset tag, supplier and warranty (`asset` of the server)", "true", CANNOT)
        return
    if not asset.supplier:
        yield Item("the inventory names no supplier", NEVER, rag=Rag.AMBER)
    if asset.warranty is None:
        yield Item("until when its warranty runs", "true", CANNOT)
        return
    left = (asset.warranty - subject.today).days
    if left < 0:
        yield Item(f"its warranty ended on {asset.warranty}", NEVER)
    elif left < _WARRANTY_DAYS:
        yield Item(f"its warranty ends on {asset.warranty}", NEVER, rag=Rag.AMBER)


_WARRANTY_DAYS = 90
"""As long as a school takes to order a new one."""


class Banner(Check):
    """What it says to people."""

    point, name, title = 22, "banner", "Banner"
    remedy = "Apply the topics `Banner` and `SSH`; the text is services.banner."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's words before and after the sign-in."""
        for path in ("/etc/issue", "/etc/issue.net", "/etc/motd"):
            yield Item(f"{path} says nothing", f"grep -q . {path}", rag=Rag.AMBER)
        for path in ("/etc/issue", "/etc/issue.net"):
            system = rf"grep -qE '\\[mrsv]|Debian|Ubuntu' {path}"
            yield Item(f"{path} tells which system it is", f"! {system}", rag=Rag.AMBER)
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
        "Set TLS 1.2 as the least in the service that answers; administer through a jump host with a second factor: "
        "linux.jump."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """What each listening port takes below TLS 1.2; the jump host stands elsewhere."""
        ports = r"ss -Hltn | awk '{print $4}' | sed 's/.*://' | sort -un | grep -vxE '22|53'"
        ask = "timeout 2 openssl s_client {} -cipher 'ALL:@SECLEVEL=0' -connect {}:$p </dev/null 2>/dev/null"
        old = ask.format("-{v}", subject.host.address)
        tries = " || ".join(f"{old.format(v=v)} | grep -qE 'Cipher is [A-Z0-9]+-'" for v in ("tls1", "tls1_1"))
        each = f"for p in $({ports}); do if {tries}; then exit 1; fi; done"
        yield Item("a service takes TLS 1.0 or 1.1", each, "command -v ss && command -v openssl")
        yield from _jump(subject)


def _jump(subject: Subject) -> Iterable[Item]:
    """Who signed in, and from where: people come from the jump hosts, the automation account from where it likes."""
    jump = subject.linux.jump
    if jump is None:
        yield Item("whether people come through a jump host with a second factor (linux.jump)", "true", CANNOT)
        return
    if not jump.second_factor:
        yield Item("the jump host asks for no second factor", NEVER, rag=Rag.AMBER)
    hosts = "|".join(str(address).replace(".", r"\.") for address in jump.hosts)
    user = subject.host.login.username.replace(".", r"\.")
    known = f"for {user} from |from ({hosts}) port"
    log = "journalctl -q --no-pager -o cat --since=-30d -t sshd -t sshd-session"
    others = f"{log} | grep '^Accepted ' | grep -qvE '{known}'"
    wrong = "somebody signed in past the jump host in the last 30 days"
    yield Item(wrong, f"! {others}", "journalctl -q -n 1")


CHECKS: Final[tuple[type[Check], ...]] = (Backups, Certificates, Identity, Banner, Restarts, Tls)
