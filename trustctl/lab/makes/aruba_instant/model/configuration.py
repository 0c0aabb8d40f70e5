"""The configuration of a cluster: lines at the top and in sections, as they are typed and as they are printed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from trustctl.lab.makes.aruba_instant.model import grammar
from trustctl.lab.makes.aruba_instant.model.grammar import PARSE_ERROR, SECTIONS, TOP, Read, RefusedError, What
from trustctl.lab.makes.aruba_instant.model.hiding import decrypt, encrypt, hashed

_CIPHER = re.compile(r"[0-9a-f]{40,}")
"""A secret that another cluster encrypted: kept as it is."""
_NOISE = re.compile(r"version .*|virtual-controller-key .*|show .*|\S+# ?.*")
_INDEXED = ("wlan access-rule", "wlan ssid-profile")
_ORDER = (
    "arm",
    "wlan access-rule",
    "wlan ssid-profile",
    "wlan auth-server",
    "wlan tacacs-server",
    "wired-port-profile",
)


@dataclass(slots=True)
class Section:
    """One section; `lines` by slot, rules in `rules`."""

    kind: str
    name: str
    index: int = 0
    lines: dict[str, Read] = field(default_factory=dict[str, Read])
    rules: list[str] = field(default_factory=list[str])

    @property
    def header(self) -> str:
        """Its first line."""
        return f"{self.kind} {quoted(self.name)}" if self.name else self.kind

    def value(self, slot: str) -> str:
        """What stands behind the words of a line; empty if it is not there."""
        found = self.lines.get(slot)
        return found.text.removeprefix(slot).strip() if found else ""


def quoted(name: str) -> str:
    """A name as it is printed."""
    return f'"{name}"' if " " in name else name


@dataclass(slots=True)
class Configuration:
    """All of it. `foreign`: what a boot text has and the lab's grammar does not; kept and printed."""

    top: Section = field(default_factory=lambda: Section("", ""))
    sections: dict[tuple[str, str], Section] = field(default_factory=dict[tuple[str, str], Section])
    foreign: list[str] = field(default_factory=list[str])

    def copied(self) -> Configuration:
        """Another one of the same content."""
        return copy.deepcopy(self)

    def type(self, context: tuple[str, str] | None, line: str) -> tuple[str, str] | None:
        """One line in a context (None: the top); the context that it leads to. Raises RefusedError."""
        undo = line.startswith("no ")
        opened = _opens(line.removeprefix("no "))
        if opened is not None and not (undo and context is not None and opened[0] == "arm"):
            return self._section(opened, undo=undo)
        at = self.top if context is None else self.sections[context]
        found = grammar.read(TOP if context is None else SECTIONS[at.kind][1], line)
        self._set(at, found)
        return context

    def _section(self, key: tuple[str, str], *, undo: bool) -> tuple[str, str] | None:
        if not undo:
            self.sections.setdefault(key, Section(*key, index=self._free_index(key[0])))
            return key
        if key not in self.sections:
            raise RefusedError(f"{key[0]} {key[1]} does not exist")  # [unverified]
        self.check_unused(key)
        del self.sections[key]
        if key[0] == "wlan ssid-profile":
            self.sections.pop(("wlan access-rule", key[1]), None)
        return None

    def check_removal(self, line: str) -> None:
        """Raises RefusedError for a line that takes away a server or rules which this configuration uses."""
        opened = _opens(line.removeprefix("no ")) if line.startswith("no ") else None
        if opened is not None:
            self.check_unused(opened)

    def check_unused(self, key: tuple[str, str]) -> None:
        """Raises RefusedError for a server that something names, or rules that a port names.

        That they stay is in skarpe-github/napalm-aruba505; the words are [unverified].
        """
        named = {one.value("access-rule-name").strip('"') for one in self.of("wired-port-profile")}
        if key[0] == "wlan access-rule" and key[1] in named:
            raise RefusedError(f"Access rule {key[1]} is being used by a wired port")
        if key[0] != "wlan auth-server":
            return
        users = [one.name for one in self.of("wlan ssid-profile") if f"auth-server {key[1]}" in one.lines]
        users += ["mgmt-auth-server"] if f"mgmt-auth-server {key[1]}" in self.top.lines else []
        if users:
            raise RefusedError(f"Auth server {key[1]} is being used by {users[0]}")

    def _free_index(self, kind: str) -> int:
        taken = {one.index for one in self.of(kind)}
        return next(number for number in range(len(taken) + 1) if number not in taken)

    def _set(self, at: Section, found: Read) -> None:
        if found.command.what is What.ORDER:
            self._rule(at, found)
            return
        if found.on and found.slot.startswith(("auth-server ", "mgmt-auth-server ")):
            name = found.slot.split(" ", 1)[1].strip('"')
            if name != "InternalServer" and ("wlan auth-server", name) not in self.sections:
                raise RefusedError(f"Auth server {name} doesn't exist")  # [unverified]
        if found.slot.startswith("index"):
            at.index = int(found.arguments["int"][0])
            return
        if found.on:
            at.lines[found.slot] = _kept(found)
        elif at.lines.pop(found.slot, None) is None and found.command.what is What.EACH:
            raise RefusedError(f"{found.slot} does not exist")  # [unverified]

    @staticmethod
    def _rule(at: Section, found: Read) -> None:
        rule = found.text
        if found.on and rule in at.rules:
            raise RefusedError("The rule already exists")  # [unverified]
        if found.on:
            at.rules.append(rule)
        elif rule in at.rules:
            at.rules.remove(rule)
        else:
            raise RefusedError("The rule does not exist")  # [unverified]

    def of(self, kind: str) -> Iterator[Section]:
        """The sections of one kind."""
        return (section for section in self.sections.values() if section.kind == kind)

    def faults(self) -> Iterator[str]:
        """What keeps the configuration from being committed [unverified]."""
        for network in self.of("wlan ssid-profile"):
            mode = network.value("opmode")
            if ("psk" in mode or "sae" in mode) and "wpa-passphrase" not in network.lines:
                yield f"wlan ssid-profile {network.name}: wpa-passphrase is not configured"
            if "essid" not in network.lines:
                yield f"wlan ssid-profile {network.name}: essid is not configured"

    def text(self, version: str, key: str, *, clear: bool = False) -> str:
        """As `show running-config` prints it; `clear`: with secrets (`no-encrypt`)."""
        lines = [f"version {version}", f"virtual-controller-key {key}"]
        for command in TOP:
            found = [one for one in self.top.lines.values() if one.command == command]
            lines += [_printed(one, clear=clear) for one in found]
            lines += [""] if found and command.what is What.EACH else []
        for kind in _ORDER:
            for section in self.of(kind):
                if kind == "arm" and not section.lines:
                    continue
                lines += ["", *_body(section, clear=clear)]
        return "\n".join([*lines, *self.foreign, "", ""]) + "\n"


def _body(section: Section, *, clear: bool) -> Iterator[str]:
    yield section.header
    if section.kind == "wlan ssid-profile":
        yield " enable" if "enable" in section.lines else " disable"
    if section.kind in _INDEXED:
        yield f" index {section.index}"
    if section.kind == "wired-port-profile":
        yield " shutdown" if "shutdown" in section.lines else " no shutdown"
    for command in SECTIONS[section.kind][1]:
        if command.off or command.syntax == "shutdown":
            continue
        yield from (f" {_printed(one, clear=clear)}" for one in section.lines.values() if one.command == command)
    yield from (f" {rule}" for rule in section.rules)


def _printed(line: Read, *, clear: bool) -> str:
    """A line with its secrets hidden."""
    secrets = line.arguments.get(line.command.hides, []) if line.command.hides not in ("", "hash") else []
    text = line.text
    for secret in [] if clear else secrets:
        if _CIPHER.fullmatch(secret) is None:
            text = text.replace(secret, encrypt(secret.strip('"')), 1)
    return text


def _kept(found: Read) -> Read:
    """A line as it is kept: passwords hashed at once, encrypted secrets read back."""
    if found.command.hides == "hash":
        name, password = found.arguments["word"][0], found.arguments["secret"][0].strip('"')
        kind = "".join(f" usertype {one}" for one in found.arguments.get("usertype", ()))
        text = f"hash-mgmt-user {name} password hash {hashed(password, '5d1f6a')}{kind}"
        return grammar.read(TOP, text)
    text = found.text
    for secret in found.arguments.get(found.command.hides, []) if found.command.hides else []:
        known = decrypt(secret)
        text = text.replace(secret, known, 1) if known else text
    if text == found.text:
        return found
    arguments = dict(found.arguments)
    arguments[found.command.hides] = [decrypt(one) or one for one in arguments[found.command.hides]]
    return Read(found.command, found.slot, text, found.on, arguments)


def _opens(line: str) -> tuple[str, str] | None:
    """The section that a line opens. Raises RefusedError for a name that is none."""
    for kind in SECTIONS:
        if kind == "arm" and line == kind:
            return kind, ""
        if line.startswith(f"{kind} "):
            name = line.removeprefix(f"{kind} ")
            bare = name.strip('"')
            if not bare or (" " in bare and not name.startswith('"')) or len(bare.encode()) > 32:  # noqa: PLR2004 - IEEE 802.11
                raise RefusedError(PARSE_ERROR)
            return kind, bare
    return None


_NAMES_SERVER = "mgmt-auth-server "
"""It prints before the server that it names."""


def load(text: str) -> Configuration:
    """The configuration of a boot text. What the lab's grammar does not have is kept as it is written."""
    found = Configuration()
    context: tuple[str, str] | None = None
    strange = False
    later: list[tuple[tuple[str, str] | None, str]] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if not line or _NOISE.fullmatch(line):
            continue
        if raw.startswith(" "):
            if strange:
                found.foreign.append(raw)
            else:
                later.append((context, line))
            continue
        context, strange = None, False
        if line.startswith(_NAMES_SERVER):
            later.append((None, line))
            continue
        try:
            opened = _opens(line)
            context = found.type(None, line) if opened else None
            if opened is None:
                found.type(None, line)
        except RefusedError:
            found.foreign += ["", line]
            strange = True
    for where, line in later:
        _place(found, where, line)
    return found


def _place(found: Configuration, where: tuple[str, str] | None, line: str) -> None:
    try:
        found.type(where, line)
    except RefusedError:
        if where is None:
            found.foreign += ["", line]
        elif not line.startswith("no "):
            found.sections[where].lines[line] = Read(grammar.Command(line, What.FLAG), line, line)
