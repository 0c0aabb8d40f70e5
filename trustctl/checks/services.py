"""The points about what a server runs for itself: time, logs, firewall, names, figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trustctl.checks.check import NEVER, Check, Item, Subject
from trustctl.checks.finding import Rag

_SYSTEMD = "test -d /run/systemd/system"


class Time(Check):
    """The clock."""

    point, name, title = 8, "time", "Time"
    remedy = "Apply the topic `Time`; look at `chronyc sources` on the server."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's sources, at least two, and a clock within a second of them."""
        files = "cat /etc/chrony/chrony.conf /etc/chrony/conf.d/* /etc/chrony/sources.d/* 2>/dev/null"
        for source in subject.services.ntp:
            yield Item(
                f"the trust's source {source} is not asked", f"{files} | grep -qE '^(server|pool|peer) +{source}( |$)'"
            )
        several = f"test $({files} | grep -cE '^(server|pool|peer) ') -ge 2"
        yield Item("it has fewer than two sources", several)
        yield Item("a wrong clock is never set at once", f"{files} | grep -q '^makestep '", rag=Rag.AMBER)
        yield Item("chrony does not run", "systemctl is-active -q chrony || systemctl is-active -q chronyd", _SYSTEMD)
        reads = "/^System time/ { off = $4 } /^Leap status/ { ok = /Normal/ } END { exit !(ok && off < 1) }"
        near = f"chronyc -n tracking | awk '{reads}'"
        yield Item(
            "its clock is not within a second of its source", near, "chronyc -n tracking | grep -q '^Leap status'"
        )


class Logs(Check):
    """Journal, forwarding and audit."""

    point, name, title = 9, "logs", "Logs"
    remedy = "Apply the topics `Log` and `Audit`; forwarding over TLS needs services.syslog and linux.syslog_ca."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Kept over a restart, sent over TLS with a queue on disk, and the audit rules in force."""
        settings = "cat /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf 2>/dev/null"
        yield Item("the journal is lost with a restart", f"{settings} | grep -qxE 'Storage=persistent'", _SYSTEMD)
        rules = "cat /etc/rsyslog.conf /etc/rsyslog.d/*.conf 2>/dev/null"
        tls = r"grep -qE 'StreamDriverMode=\"1\"|type=\"omrelp\".*tls=\"on\"'"
        yield Item("rsyslog does not run", "systemctl is-active -q rsyslog", _SYSTEMD)
        yield Item("its rules are not well formed", "rsyslogd -N1", "command -v rsyslogd")
        yield Item("logs do not leave the server over TLS", f"{rules} | {tls}")
        yield Item("what a collector cannot take is lost", rf"{rules} | grep -qE 'queue.filename=\"'", rag=Rag.AMBER)
        for what, key in {"accounts": "passwd", "sudo": "sudoers", "the clock": "time", "modules": "module"}.items():
            yield Item(f"changes of {what} are not recorded", f"auditctl -l | grep -q {key}", "auditctl -s")


class Firewall(Check):
    """The firewall, by the rules in force."""

    point, name, title = 10, "firewall", "Firewall"
    remedy = "Apply the topic `Firewall`: it is taken back by itself if it shuts us out."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Nothing by default, SSH and figures for their own networks only, on at the next start."""
        rules = "nft -nn list ruleset"
        yield Item("what is not let in is not dropped", f"{rules} | grep -qE 'hook input .*policy drop'")
        yield Item("the firewall is off after a restart", "systemctl is-enabled -q nftables", _SYSTEMD)
        for port, what in ((22, "SSH"), (9100, "its figures")):
            bare = rf"{rules} | grep -E 'dport .*\b{port}\b.* accept' | grep -qv 'saddr'"
            yield Item(f"everybody reaches {what}", f"{rules} | grep -q 'hook input' && ! {bare}")


class Names(Check):
    """Name resolution."""

    point, name, title = 17, "names", "Name resolution"
    remedy = "Apply the topic `Resolver`, or correct services.dns: a dead name server makes every sudo wait."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The trust's servers, the search domain, and an answer within two seconds."""
        files = "cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null"
        own = "dns" in subject.host.roles
        for server in subject.services.dns:
            other = f" || {files} | grep -qE '^nameserver +(127.0.0.1|{subject.host.address})$'" if own else ""
            yield Item(f"the name server {server} is not asked", f"{files} | grep -qE '^nameserver +{server}$'{other}")
        yield Item(
            "its search domain is another", f"{files} | grep -qE '^search .*{subject.services.domain}'", rag=Rag.AMBER
        )
        name = f"{subject.host.hostname.lower()}.{subject.services.domain}"
        answers = f"timeout 2 getent -s dns ahostsv4 {name} >/dev/null; test $? -ne 124"
        yield Item("names are not answered within 2 s", answers, "command -v getent")


class Monitoring(Check):
    """Figures for the monitor."""

    point, name, title = 18, "monitoring", "Monitoring"
    remedy = (
        "Apply the part `monitoring`; give linux.monitors. Disks and UPS of a physical server need their own tools."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """node_exporter runs, answers, and answers the monitors alone; a physical server's disks are watched."""
        yield Item("node_exporter does not run", "systemctl is-active -q prometheus-node-exporter", _SYSTEMD)
        yield Item(
            "it answers on every address",
            "! ss -Hltn | awk '{print $4}' | grep -qE '^(\\*|0\\.0\\.0\\.0|\\[::\\]):9100$'",
            "command -v ss",
            Rag.AMBER,
        )
        if not subject.linux.monitors:
            yield Item("the inventory names no monitor", NEVER, rag=Rag.AMBER)
        for address in subject.linux.monitors:
            may = f"nft -nn list ruleset | grep -E 'dport 9100 accept' | grep -qw '{address}'"
            yield Item(f"the monitor {address} is not let in", may, "command -v nft")
        disks = "systemd-detect-virt -q || systemctl is-active -q smartmontools"
        yield Item("nobody watches the disks of a physical server", disks, "command -v systemd-detect-virt", Rag.AMBER)


CHECKS: Final[tuple[type[Check], ...]] = (Time, Logs, Firewall, Names, Monitoring)
