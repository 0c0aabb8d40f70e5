"""The points about the system itself: packages, updates, kernel, files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Final

from trustctl.checks.check import Check, Item, Subject
from trustctl.checks.finding import Rag

_SOURCES = "/etc/apt/sources.list /etc/apt/sources.list.d"
_HAS_APT = "command -v apt-config && command -v apt-cache"
_OWN_KERNEL = "! systemd-detect-virt -cq"
"""A container's kernel is another's: nothing about it can be told from inside."""


class Sources(Check):
    """Where packages come from."""

    point, name, title = 1, "sources", "Package sources"
    remedy = "Give linux.sources in the baseline, and take other files out of /etc/apt/sources.list.d."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Signed, approved, with the security suite."""
        bare = rf"grep -rihsE '^[^#]*(trusted=yes|allow-insecure=yes)|^(Trusted|Allow-Insecure): *yes' {_SOURCES}"
        yield Item("a source is trusted without a signature", f"! {bare} | grep -q .")
        insecure = "apt-config dump | grep -qiE 'Allow(Insecure|Weak)Repositories \"(1|true|yes)'"
        yield Item("apt is told to take unsigned repositories", f"! {insecure}", _HAS_APT)
        suite = "apt-cache policy | grep -qiE 'l=Debian-Security|a=[a-z]+-security'"
        yield Item("no source of security updates is known", suite, "apt-cache policy | grep -q release")
        keyless = "grep -LiE '^Signed-By:' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -q ."
        yield Item("a source names no key of its own", f"! {keyless}", rag=Rag.AMBER)
        approved = sorted({uri.split("/")[2] for source in subject.linux.sources for uri in source.uris})
        if approved:
            hosts = f"grep -rhsoE '^[^#]*https?://[^/ ]+' {_SOURCES} | sed 's,.*//,,' | sort -u"
            known = " ".join(f"-e {host}" for host in approved)
            yield Item("packages come from a place that the trust has not approved", f"! {hosts} | grep -qvxF {known}")


class Updates(Check):
    """Security updates."""

    point, name, title = 2, "updates", "Security updates"
    remedy = "Apply the part `updates`; look at /var/log/unattended-upgrades if it is there already."

    def items(self, subject: Subject) -> Iterable[Item]:
        """On, from the security origin, in a window, and none pending for long."""
        periodic = "apt-config dump | grep -qE '^APT::Periodic::{} \"[1-9]'"
        yield Item("updates are not installed by themselves", periodic.format("Unattended-Upgrade"), _HAS_APT)
        yield Item("package lists are not fetched by themselves", periodic.format("Update-Package-Lists"), _HAS_APT)
        origin = r"apt-config dump | grep -qiE 'Unattended-Upgrade::(Origins-Pattern|Allowed-Origins):: .*security'"
        yield Item("automatic updates leave out the security origin", origin, _HAS_APT)
        yield Item(
            "the timer of automatic updates is off",
            "systemctl is-enabled -q apt-daily-upgrade.timer",
            "test -d /run/systemd/system",
        )
        if subject.linux.updates.reboot:
            window = f"apt-config dump | grep -q 'Automatic-Reboot-Time \"{subject.linux.updates.reboot_at}\"'"
            yield Item("restarts have no window", window, _HAS_APT, Rag.AMBER)
        fresh = "find /var/lib/apt/lists -maxdepth 1 -name '*Release' -mtime -8 | grep -q ."
        none = "! apt-get -s -o Debug::NoLocking=true --with-new-pkgs upgrade | grep -q '^Inst .*[Ss]ecurity'"
        yield Item("security updates are pending", none, fresh, Rag.AMBER)
        timed = "systemctl is-enabled -q trust-updates-seen.timer"
        yield Item("nobody notes since when updates are pending", timed, "test -d /run/systemd/system", Rag.AMBER)
        late = (
            f"awk -v now=$(date +%s) '$2 < now - {_DAY * _PATIENCE} {{ late = 1 }} END {{ exit late }}' {_SEEN}/pending"
        )
        looked = f"find {_SEEN}/looked -mtime -3 2>/dev/null | grep -q ."
        yield Item(f"a security update is pending for over {_PATIENCE} days", late, looked)


_SEEN: Final = "/var/lib/trust-updates"
"""Where the server itself notes since when each update waits (templates/linux/updates)."""
_DAY, _PATIENCE = 86_400, 14
"""Seconds; days that an update may wait (Cyber Essentials, of critical and high ones)."""


_ENDS: Final = {
    "debian-12": (date(2026, 6, 10), date(2028, 6, 30)),
    "debian-13": (date(2028, 8, 9), date(2030, 6, 30)),
    "ubuntu-22.04": (date(2027, 4, 1), date(2027, 4, 1)),
    "ubuntu-24.04": (date(2029, 4, 1), date(2029, 4, 1)),
}
"""The end of full security support, and that of long-term support by volunteers (Debian's wiki, LTS; Ubuntu's release
cycle). Extended support that is paid for is not counted."""


class Release(Check):
    """Whether the release is supported."""

    point, name, title = 3, "release", "Supported release"
    remedy = "Plan the upgrade to a supported release with a person; nothing does it by itself."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The release that runs, against the day."""
        runs = '. /etc/os-release && test "$ID-$VERSION_ID" = {}'
        known = " || ".join(f'test "$ID-$VERSION_ID" = {name}' for name in _ENDS)
        told = f". /etc/os-release && {{ {known}; }}"
        ended = [name for name, ends in _ENDS.items() if ends[1] < subject.today]
        long_term = [name for name, ends in _ENDS.items() if ends[0] < subject.today <= ends[1]]
        for name in ended:
            yield Item(f"{name} has no support any more", f"! {{ {runs.format(name)}; }}", told)
        for name in long_term:
            wrong = f"{name} has long-term support only, till {_ENDS[name][1]}"
            yield Item(wrong, f"! {{ {runs.format(name)}; }}", told, Rag.AMBER)
        if not ended and not long_term:
            yield Item("the day on which its support ends is not known", told, told)


_UNWANTED = (
    "avahi-daemon", "cups", "rpcbind", "telnet", "telnetd", "inetutils-telnet", "inetutils-telnetd", "rsh-client",
    "rsh-server", "nis", "tftp", "tftpd-hpa", "xinetd",
)  # fmt: skip


class Unwanted(Check):
    """What a server does not need."""

    point, name, title = 4, "unwanted", "Unneeded services"
    remedy = "Remove the package; a port that is meant belongs under `open` of the server in servers.yml."
    _ports: ClassVar = {"dhcp": (67, 547), "dns": (53,), "radius": (1812, 1813), "syslog": (514, 6514)}

    def items(self, subject: Subject) -> Iterable[Item]:
        """Packages, and listening ports against those that its roles and the inventory give it."""
        for name in _UNWANTED:
            there = f"dpkg-query -W -f '${{db:Status-Abbrev}}' {name} 2>/dev/null | grep -q '^.i'"
            yield Item(f"{name} is installed", f"! {there}", "command -v dpkg-query")
        ports = {22, 9100, subject.linux.syslog_port if "syslog" in subject.host.roles else 22}
        ports |= {port for role in subject.host.roles for port in self._ports.get(role, ())}
        ports |= {one.port for one in subject.host.open_ports}
        pattern = "|".join(str(port) for port in sorted(ports))
        listening = r"ss -Hltun | awk '{print $5}' | grep -vE '^(127\.|\[::1\])|%lo:'"
        wrong = "it listens on a port that neither its roles nor the inventory gives it"
        yield Item(wrong, f"! {listening} | grep -qvE ':({pattern})$'", "command -v ss", Rag.AMBER)


_SETTINGS: Final = {
    "packets with forged sources": {"net.ipv4.conf.all.rp_filter": "1", "net.ipv4.conf.default.rp_filter": "1"},
    "redirects": {
        "net.ipv4.conf.all.accept_redirects": "0",
        "net.ipv4.conf.default.accept_redirects": "0",
        "net.ipv4.conf.all.send_redirects": "0",
        "net.ipv6.conf.all.accept_redirects": "0",
    },
    "source routes": {"net.ipv4.conf.all.accept_source_route": "0", "net.ipv6.conf.all.accept_source_route": "0"},
    "floods of connections": {"net.ipv4.tcp_syncookies": "1"},
    "addresses that can be guessed": {"kernel.randomize_va_space": "2"},
    "addresses of the kernel": {"kernel.kptr_restrict": "[12]"},
    "the kernel's messages": {"kernel.dmesg_restrict": "1"},
    "other people's processes": {"kernel.yama.ptrace_scope": "[123]"},
    "links in shared folders": {"fs.protected_hardlinks": "1", "fs.protected_symlinks": "1"},
    "files in shared folders": {"fs.protected_fifos": "[12]", "fs.protected_regular": "[12]"},
}


class Kernel(Check):
    """Kernel settings in force."""

    point, name, title = 11, "kernel", "Kernel settings"
    remedy = "Apply the topic `Kernel settings`; a value that comes back is set by another file of /etc/sysctl.d."

    def items(self, subject: Subject) -> Iterable[Item]:
        """The values in force; a setting that the kernel lacks has nothing to hold."""
        for what, values in _SETTINGS.items():
            for key, value in values.items():
                path = f"/proc/sys/{key.replace('.', '/')}"
                wrong = f"{key} does not guard against {what}" if "addresses of" not in what else f"{key} shows {what}"
                yield Item(wrong, f"test ! -e {path} || grep -qxE '{value}' {path}", "test -r /proc/sys/kernel/ostype")


class Modules(Check):
    """Kernel modules that are not needed."""

    point, name, title = 12, "modules", "Kernel modules"
    remedy = "Apply the topic `Kernel modules`; a module that is loaded goes with a restart."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Neither loaded nor to be loaded."""
        for module in ("cramfs", "dccp", "sctp"):
            off = f"grep -rqsE '^install +{module} +/bin/(false|true)' /etc/modprobe.d"
            yield Item(f"the module {module} can be loaded", off)
            yield Item(f"the module {module} is loaded", f"! grep -q '^{module} ' /proc/modules", _OWN_KERNEL)
        virtual = "systemd-detect-virt -q"
        usb = f"{virtual} || grep -rqsE '^install +usb-storage +/bin/(false|true)' /etc/modprobe.d"
        yield Item("a physical server takes USB storage", usb, "command -v systemd-detect-virt", Rag.AMBER)


class Files(Check):
    """Mounts and modes of files."""

    point, name, title = 13, "files", "Mounts and file modes"
    remedy = "Apply the topic `File modes`; plan mounts (/tmp by tmp.mount) with a person and a restart."

    def items(self, subject: Subject) -> Iterable[Item]:
        """Folders for all, sticky bits, modes, nothing that everybody may write."""
        shared = ("/tmp", "/var/tmp")  # noqa: S108 - looked at, not used
        for option in ("nodev", "nosuid", "noexec"):
            held = f"findmnt -no OPTIONS {shared[0]} | tr , '\\n' | grep -qx {option}"
            yield Item(f"{shared[0]} is not mounted {option}", held, "command -v findmnt", Rag.AMBER)
        for folder in shared:
            yield Item(f"{folder} has no sticky bit", f"test -k {folder}")
        for path, most in {"/etc/passwd": 644, "/etc/group": 644, "/etc/shadow": 640, "/etc/gshadow": 640}.items():
            perm = f"find {path} -perm /{0o7777 & ~int(str(most), 8):o} | grep -q ."
            yield Item(f"{path} is open wider than {most}", f"! {perm}", f"test -e {path}")
        for path in ("/etc/crontab", "/etc/ssh/sshd_config"):
            yield Item(
                f"{path} can be read by everybody", f"! find {path} -perm /077 2>/dev/null | grep -q .", rag=Rag.AMBER
            )
        keys = "find /etc/ssh -name 'ssh_host_*_key' -perm /077 | grep -q ."
        yield Item("a private SSH host key can be read by others", f"! {keys}")
        open_files = r"find / -xdev -type f -perm -0002 -print -quit 2>/dev/null | grep -q ."
        yield Item("a file can be written by everybody", f"! {open_files}")
        sticky = r"find / -xdev -type d -perm -0002 ! -perm -1000 -print -quit 2>/dev/null | grep -q ."
        yield Item("a folder that everybody may write has no sticky bit", f"! {sticky}")


class AppArmor(Check):
    """AppArmor."""

    point, name, title = 14, "apparmor", "AppArmor"
    remedy = "Install apparmor and switch it on for the next start, with a person: it needs a restart."

    def items(self, subject: Subject) -> Iterable[Item]:
        """On, and its profiles enforced."""
        yield Item(
            "AppArmor is off", "aa-enabled -q || grep -qx Y /sys/module/apparmor/parameters/enabled", _OWN_KERNEL
        )
        yield Item(
            "no profile is enforced", "aa-status --enforced | grep -qv '^0$'", f"{_OWN_KERNEL} && command -v aa-status"
        )


class Integrity(Check):
    """Whether somebody watches the files."""

    point, name, title = 15, "integrity", "File integrity"
    remedy = "Run `trustctl drift` every night, which finds changes of what it manages; AIDE watches the rest."

    def items(self, subject: Subject) -> Iterable[Item]:
        """AIDE with a timer that ran; our own record of drift stands elsewhere."""
        aide = "dpkg-query -W -f '${db:Status-Abbrev}' aide 2>/dev/null | grep -q '^.i'"
        runs = "systemctl is-enabled -q dailyaidecheck.timer || test -x /etc/cron.daily/dailyaidecheck"
        yield Item("no AIDE watches the files", f"{{ {aide}; }} && {{ {runs}; }}", "command -v dpkg-query", Rag.AMBER)


CHECKS: Final[tuple[type[Check], ...]] = (
    Sources, Updates, Release, Unwanted, Kernel, Modules, Files, AppArmor, Integrity,
)  # fmt: skip
