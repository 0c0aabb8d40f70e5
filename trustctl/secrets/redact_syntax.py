"""The masker that knows no value: it finds secrets by how vendors and programs write them down.

Three tables, from what is safe on any text to what is meant for lines of a configuration only:

- `SHAPES`: values that announce themselves (crypt hashes, Junos `$9$`, Comware `$c$`, PEM private keys, tokens);
- `SETTINGS`: a word for a secret, `=` or `:`, and its value, as files of Linux programs, JSON and YAML have it;
- `ANNOUNCERS` and `PLACES`: words of a command line behind which a secret stands, and commands in which one stands
  behind no such word.

No list of this kind is ever whole (ytti/oxidized issue 3080), so what follows an announcing word is hidden to the end
of the line. What each does is in tests/secrets/redact_cases.yml. Where a platform's rulebook knows a line, it says
which part of it is the secret; this is for all other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

HIDDEN = "<hidden>"
"""What stands in the place of a secret, or of what may be one."""

_PEM = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"
KEY_BEGINS, KEY_ENDS = re.compile(_PEM), re.compile(r"-----END ")
"""The first and the last line of a private key."""

_CRYPT = r"[./0-9A-Za-z]"
SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        # the body of a private key; a text that ends within it is hidden to its end
        rf"(?s)(?P<keep>{_PEM}).+?(?=-----END |\Z)",
        # crypt(3) and its kin: IOS 5, 8 and 9, Junos $1$ $5$ $6$, EOS, /etc/shadow, htpasswd
        rf"\$(?:1|5|6|8|9|14|apr1|sha1)\$(?:rounds=[0-9]+\$)?{_CRYPT}{{1,16}}\$(?:{_CRYPT}|\$){{16,}}=*",
        rf"\$2[abxy]?\$[0-9]{{2}}\${_CRYPT}{{20,}}",
        rf"\$(?:y|gy|7)\$(?:{_CRYPT}|\$){{16,}}",
        # Junos's reversible form, and Comware's ciphers and hashes
        r"\$9\$[-./0-9A-Za-z]{6,}",
        r"\$[ch]\$[0-9]\$[+/=$0-9A-Za-z]{8,}",
        # tokens: age, Vault, JSON web tokens
        r"AGE-SECRET-KEY-1[0-9A-Z]{20,}",
        r"(?<![\w.])hv[sbr]\.[-_0-9A-Za-z]{20,}",
        r"(?<![\w.])eyJ[-_0-9A-Za-z]{8,}\.eyJ[-_0-9A-Za-z]{8,}\.[-_0-9A-Za-z]{8,}",
        # https://user:password@host
        r"(?P<keep>[a-z]://[^/@\s:]*:)[^/@\s<]+(?=@)",
    )
)

_NAMES = (
    r"passw(?:or)?d|passwd|passphrase|secret(?:[_-]?id)?|authtok|token|psk|community|bindpw|(?:api|auth|private|shared)"
    r"[_-]?key"
)
SETTINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i)(?P<keep>(?<!<)(?:{_NAMES})[\"']?\s*[=:]\s*)(?!<|[{{\[]|!secret|(?:secret:)?//)(?:\"[^\"]*\"|'[^']*'|\S+)",
        # net-snmp: `rocommunity public`, `createUser name SHA ...`
        r"(?i)(?P<keep>^\s*(?:ro|rw|trap)community6?\s+)(?!<)\S+",
        r"(?i)(?P<keep>^\s*createuser\s+(?:-e\s+\S+\s+)?\S+\s+)(?!<)\S.*",
        # bind and dhcpd: `secret "base64";`
        r"(?i)(?P<keep>^\s*secret\s+)\"[^\"]+\"",
        # HTTP headers and command lines of programs
        r"(?i)(?P<keep>\b(?:authorization:\s*(?:bearer|basic)|x-vault-token:)\s+)(?!<)\S+",
        r"(?P<keep>\bsshpass\s+-p\s*)(?!<)\S+",
        r"(?P<keep>\s--?(?:password|passphrase|token|secret)\s+)(?!<|-)\S+",
    )
)

ANNOUNCERS = (
    r"[\w-]*password(?:s|-hash)?",
    r"[\w-]*passphrase",
    r"(?:[\w-]+-)?(?<!pac-)secret",
    *("key-string", "key-hash", "hexkey", "wpa-hexkey", "localkey", "plaintext", "ciphertext", "cipher", "simple"),
    r"(?:server|secret|encrypted|set|authentication|shared|pre-shared|message-digest|isakmp|wep|static-wep|tkip)-key",
    *("shared-secret", "psk", "wpa-psk", "pat", "pac", "token", "credential", "credentials", "chap", "securityname"),
    *("auth", "priv", "auth-pass", "priv-pass", "auth-prot", "priv-prot", "authentication-mode", "privacy-mode"),
    *("md5", "sha", "sha1", "sha256", "sha512", "sha-1", "sha-256", "ascii", "ascii-text", "hex", "hexadecimal"),
    r"isakmp key",
    r"(?<!\bset )(?<!\bmatch )(?<!\bfrom )(?<!\badd )(?<!policy-options )(?<!communities )community",
    # not the names of key chains, and not `crypto key generate rsa`
    r"(?<!\bcrypto )(?<!\bpublic )key(?! chain\b)",
)
"""Words of a command line behind which a secret stands. Not the communities of a route map, which are public."""

_ADDRESS = r"[\w.:-]+"
_RECEIVER = r"(?:vrf \S+ )?+(?:(?:traps?|informs?) )?+(?:version (?:1|2c|3(?: (?:auth|noauth|priv))?+) )?+"
PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        # IOS, EOS: a trap receiver's community stands behind no word
        rf"(?i)(?P<keep>\bsnmp-server host {_ADDRESS} {_RECEIVER})(?!version\b|community\b|<|vrf\b)\S.*",
        # first hop redundancy: `standby 1 authentication text`
        r"(?i)(?P<keep>\b(?:standby|vrrp|glbp)(?: \d+)? authentication (?:text )?+)(?!md5\b|<)\S.*",
        # Aruba controllers: `mgmt-user NAME PASSWORD`, `user NAME PASSWORD radius`; AireOS: `mgmtuser add NAME WORD`
        r"(?i)(?P<keep>^\s*(?:no )?mgmt-user \S+ )(?!<)\S.*",
        r"(?i)(?P<keep>^\s*user \S+ )(?!<)\S+(?= (?:portal|radius|employee)\s*$)",
        r"(?i)(?P<keep>\bmgmtuser add (?!username )\S+ )(?!<)\S.*",
    )
)

_FORMS = r"(?:(?:encrypted|clear|10|[0-9])\s+)?+"
"""What says how the value behind it is written: it may be shown."""
_SHOWN = r"<(?:secret:|observed:|hidden)|[=:]"
"""What is hidden already, or is a setting."""
_PROSE = (
    r"(?:and|are|as|at|because|but|by|can|cannot|configured|could|does|expired|fails?|for|from|has|in|incorrect|invalid"
    r"|is|length|may|mismatch|missing|must|needs?|not|of|on|or|required|should|store|that|the|to|too|value|was|which|will"
    r"|with|without)(?=[\s.,:;!]|$)"
)
_START = rf"(?i)((?:^|[\s\"'])(?:{'|'.join(ANNOUNCERS)})\s+{_FORMS})"
_ANNOUNCED = re.compile(rf"{_START}(?!{_SHOWN})(\S.*)")
_ANNOUNCED_IN_WORDS = re.compile(rf"{_START}(?!{_SHOWN}|{_PROSE})(\S.*)")
_ENDS_OPEN = re.compile(rf"(?i)(?:^|\s)(?:{'|'.join(ANNOUNCERS)})\s*$")
_CONTINUED = re.compile(r"^\s*\"[^\"]*\"?")


def hide_shapes(text: str) -> str:
    """Hide what announces itself as a secret. Safe on any text, also on our own words.

    Before: `user x secret 9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM`. After: `... 9 <hidden>`.
    """
    if "$" not in text and "-----BEGIN " not in text and "://" not in text and "." not in text and "AGE-" not in text:
        return text
    return _hide(SHAPES, text)


def mask_setting(line: str) -> str:
    """A line of a file or of a program's output without the value behind a word for a secret.

    Before: `ldap_default_authtok = s3cret`, `"password": "x",`. After: `ldap_default_authtok = <hidden>`,
    `"password": <hidden>,`.
    """
    return hide_shapes(_hide(SETTINGS, line))


def mask_line(line: str) -> str:
    """A line of a configuration that nobody knows, without what may be a secret: all behind a word that announces one.

    Before: `neighbor 10.1.1.1 password 7 094F471A1A0A`. After: `neighbor 10.1.1.1 password 7 <hidden>`.
    """
    return mask_setting(_hide(PLACES, _ANNOUNCED.sub(rf"\1{HIDDEN}", line)))


def mask_text(text: str, *, prose: bool = False) -> str:
    """A text of many such lines, private keys and continued lines included; its lines stay lines.

    `prose`: a device's answer, in which `password is too short` is no secret.
    """
    return "\n".join(mask_lines(text.split("\n"), prose=prose))


def mask_lines(lines: Iterable[str], *, prose: bool = False) -> Iterator[str]:
    """As `mask_text`, for lines."""
    announced = _ANNOUNCED_IN_WORDS if prose else _ANNOUNCED
    inside_key = open_end = False
    for line in lines:
        begins = KEY_BEGINS.search(line) is not None
        inside_key = begins or (inside_key and not KEY_ENDS.search(line))
        if inside_key and not begins:
            yield HIDDEN
            continue
        # ArubaOS-Switch breaks `password manager sha1` before its hash
        shown = _CONTINUED.sub(HIDDEN, line) if open_end else line
        open_end = not prose and _ENDS_OPEN.search(line) is not None
        yield mask_setting(_hide(PLACES, announced.sub(rf"\1{HIDDEN}", shown)))


def _hide(table: Iterable[re.Pattern[str]], text: str) -> str:
    for pattern in table:
        text = pattern.sub(rf"\g<keep>{HIDDEN}" if "keep" in pattern.groupindex else HIDDEN, text)
    return text
