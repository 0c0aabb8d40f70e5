"""The points about who gets in, and what they may do then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trustctl.checks.check import NEVER, Check, Item, Subject
from trustctl.checks.finding import Rag

_SSHD = "sshd -T >/dev/null"
_WEAK = {
    "kexalgorithms": "sha1|nistp|group14-|group-exchange",
    "ciphers": "cbc|3des|arcfour|chacha20",
    "macs": "sha1|umac-64|md5|hmac-sha2-(256|512)(,|$)",
    "hostkeyalgorithms": "ssh-dss|ssh-rsa(,|$)|nistp",
}
"""Obsolete, or doubted by ssh-audit: SHA-1, NIST curves, CBC, MAC before encryption, ChaCha20 (CVE-2023-48795)."""
_ELSEWHERE = "203.0.113.9"
"""An address of documentation (RFC 5737): nobody's management network."""


class SshServer(Check):
    """The SSH server, by the values in force."""

    point, name, title = 5, "ssh", "SSH server"
    remedy = "Apply the topic `SSH`; a value that comes back is set by another file of /etc/ssh/sshd_config.d."

    def items(self, subject: Subject) -> Iterable[Item]:
        """What `sshd -T` says: whatever file it comes from."""

        def is_set(wrong: str, pattern: str, rag: Rag = Rag.RED) -> Item:
            return Item(wrong, f"sshd -T | grep -qxE '{pattern}'", _SSHD, rag)

        yield is_set("root may sign in", "permitrootlogin no")
        yield is_set("empty passwords are taken", "permitemptypasswords no")
        yield is_set("X11 is forwarded", "x11forwarding no", Rag.AMBER)
        yield is_set("more than 4 attempts in one connection", "maxauthtries [1-4]")
        yield is_set("a connection may take over 60 s to sign in", "logingracetime ([1-9]|[1-5][0-9]|60)")
        yield is_set("dead sessions stay open", "clientaliveinterval [1-9][0-9]*", Rag.AMBER)
        yield is_set("everybody with an account gets in: no AllowGroups", "allow(groups|users) .+")
        yield is_set("no banner is shown", "banner /.+", Rag.AMBER)
        for word, weak in _WEAK.items():
            held = f"! sshd -T | grep -E '^{word} ' | grep -qE '{weak}'"
            yield Item(f"obsolete algorithms are offered ({word})", held, _SSHD)
        other = f"sshd -T -C user=root,host=x,addr={_ELSEWHERE}"
        wrong = "passwords are taken from outside the management networks"
        yield Item(wrong, f"{other} | grep -qx 'passwordauthentication no'", _SSHD)
        yield Item(f"{wrong}, as questions of PAM", f"{other} | grep -qx 'kbdinteractiveauthentication no'", _SSHD)


class Sudo(Check):
    """Sudo."""

    point, name, title = 6, "sudo", "sudo"
    remedy = (
        "Apply the topic `Sudo`; take other rules out of /etc/sudoers.d with visudo. An administrator's password is "
        "`password` in linux.administrators, or is set once by the break-glass account: `sudo passwd NAME`."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """Well formed, in a terminal of its own, logged; without a password for the automation account alone."""
        rules = "cat /etc/sudoers /etc/sudoers.d/* 2>/dev/null"
        yield Item("its rules are not well formed", "visudo -c -q", "command -v visudo")
        yield Item("commands run in the caller's terminal", f"{rules} | grep -qE '^Defaults.*[ ,]use_pty'")
        yield Item("it keeps no log of its own", f"{rules} | grep -qE '^Defaults.*[ ,]logfile='", rag=Rag.AMBER)
        user = subject.host.login.username.replace(".", r"\.")
        free = f"{rules} | grep -E '^[^#]*NOPASSWD' | grep -qvE '^{user}[[:space:]]'"
        yield Item("somebody besides the automation account needs no password", f"! {free}")
        for person in subject.linux.administrators:
            wrong = f"{person.name} cannot use sudo: it asks for a password, and the account has none"
            has = rf"getent shadow {person.name} | grep -q '^{person.name}:\$'"
            there = f"test -r /etc/shadow && getent passwd {person.name}"
            yield Item(wrong, has, there, Rag.AMBER)


class Accounts(Check):
    """Accounts and passwords."""

    point, name, title = 7, "accounts", "Accounts and passwords"
    remedy = "Apply the topics `Accounts` and `Passwords`; look at an account that nobody knows before it is locked."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Of /etc/passwd, /etc/shadow, login.defs and PAM."""
        yield Item("an account has an empty password", "! cut -d: -f2 /etc/shadow | grep -qx ''", "test -r /etc/shadow")
        yield Item("somebody besides root has uid 0", "! awk -F: '$3 == 0 && $1 != \"root\"' /etc/passwd | grep -q .")
        yield Item(
            "new accounts' files are open: no UMASK 027", "grep -qE '^UMASK[[:space:]]+0?[0-7]?[2367]7' /etc/login.defs"
        )
        yield Item(
            "sessions' files are open: no umask 027 in PAM",
            "grep -qE '^session.*pam_umask.*umask=0?[0-7]?[2367]7' /etc/pam.d/common-session",
            rag=Rag.AMBER,
        )
        least = subject.linux.passwords.minimum
        files = "cat /etc/security/pwquality.conf /etc/security/pwquality.conf.d/*.conf 2>/dev/null"
        long = f"{files} | awk -F= '/^ *minlen *=/ {{ n = $2 + 0 }} END {{ exit !(n >= {least}) }}'"
        yield Item(f"passwords may be shorter than {least}", long)
        yield Item(
            "no password is looked at when it is set", "grep -qE '^password.*pam_pwquality' /etc/pam.d/common-password"
        )
        stage = "grep -qE '^auth.*pam_faillock.so.*{}' /etc/pam.d/common-auth"
        locks = f"{stage.format('preauth')} && {stage.format('authfail')}"
        yield Item("wrong passwords lock nothing", locks)
        ours, glass = subject.host.login.username, subject.services.local_user.name
        for name in (glass, ours):
            spared = f"grep -qE '^auth.*pam_succeed_if.so.* user in ([^ ]*:)?{name}(:|$)' /etc/pam.d/common-auth"
            yield Item(f"wrong passwords lock {name} out, which is the way in when all else fails", spared)
        shells = (
            f'awk -F: \'$3 < 1000 && $1 != "root" && $1 != "{ours}" '
            "&& $7 !~ /(nologin|false|sync|shutdown|halt)$/' /etc/passwd"
        )
        yield Item("a system account has a shell", f"! {shells} | grep -q .", rag=Rag.AMBER)
        held = rf"getent shadow {glass} | grep -q '^{glass}:\$'"
        yield Item(f"the break-glass account {glass} is missing or has no password", held, "test -r /etc/shadow")


class Membership(Check):
    """The directory."""

    point, name, title = 16, "directory", "Directory"
    remedy = (
        "Give linux.directory in the baseline and apply the topic `Directory`; look at `adcli testjoin` on the server."
    )

    def items(self, subject: Subject) -> Iterable[Item]:
        """Joined, answered, limited to groups, with a fresh machine password and both records in DNS."""
        directory = subject.linux.directory
        if directory is None:
            yield Item("the inventory names no directory: people need an account on each server", NEVER, rag=Rag.AMBER)
            return
        realm, tools = directory.realm.lower(), "command -v adcli && command -v klist"
        full = f"{subject.host.hostname.lower()}.{subject.services.domain}"
        yield Item(
            "it is no member of the directory, or its password there is not taken", f"adcli testjoin --domain={realm}"
        )
        yield Item("sssd does not run", "systemctl is-active -q sssd", "test -d /run/systemd/system")
        said = "grep -qE '^ *{} *= *{}' /etc/sssd/sssd.conf"
        groups = f"{said.format('access_provider', 'simple')} && {said.format('simple_allow_groups', '[^ ]')}"
        yield Item("everybody of the directory gets in", groups)
        yield Item("its keytab has no service name of its own", f"klist -k | grep -qi 'host/{full}@'", tools, Rag.AMBER)
        fresh = "find /etc/krb5.keytab -mtime -30 | grep -q ."
        yield Item("its password in the directory is older than 30 days", fresh, "test -e /etc/krb5.keytab", Rag.AMBER)
        address = subject.host.address
        asks = "command -v getent"
        yield Item("its name is not in DNS", f"getent -s dns ahostsv4 {full} | grep -q '^{address} '", asks, Rag.AMBER)
        yield Item("its address is not in DNS", f"getent -s dns hosts {address} | grep -qi '{full}'", asks, Rag.AMBER)


CHECKS: Final[tuple[type[Check], ...]] = (SshServer, Sudo, Accounts, Membership)
