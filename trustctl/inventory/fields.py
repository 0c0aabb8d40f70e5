"""The field types of the inventory's files: what a value may be (docs/sources.md, what a line may be).

A text that could carry a second command to a device never gets past here: control characters, line breaks and anything
outside printable ASCII are refused with the character named.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from trustctl.model.secret import REFERENCE, SCHEME, referred

MISPLACED = (
    "no secret is looked up here",
    "Write the text itself; only passwords, keys and passphrases are looked up.",
)
"""Problem and remedy of a reference to a secret where a device would be sent the reference itself."""
_TOKEN = re.compile(r"<(?:secret|observed):")
"""How plans write a secret: as a text of the inventory it would be filled with the value and shown to everybody."""
_SHOWN = 40
_WORTH_COUNTING = 24
"""Nobody sees at a glance whether a longer text is too long."""


class FileModel(BaseModel):
    """The base of all file models: strict types, unknown keys are errors, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refuse(problem: str, remedy: str = "") -> NoReturn:
    """End a validator: the problem and the remedy reach the user as they are."""
    raise PydanticCustomError("bad_value", "{problem}", {"problem": problem, "remedy": remedy})


def no_control_characters(text: str) -> str:
    """Refuse everything outside printable ASCII, naming the first such character; and a reference to a secret."""
    if SCHEME in text or _TOKEN.search(text):
        refuse(*MISPLACED)
    for position, char in enumerate(text, start=1):
        if not " " <= char <= "~":
            name = {"\n": "a line break", "\r": "a carriage return", "\t": "a tab", "\x1b": "an escape character"}
            kind = name.get(char, "a control character" if ord(char) < 0xA0 else "a character outside ASCII")  # noqa: PLR2004 - end of C1
            remedy = "Use printable ASCII on one line: a device would read the rest as another command."
            if char.isprintable():
                remedy = "Use plain ASCII, without accents: devices store other characters in ways of their own."
            refuse(f"{kind} (U+{ord(char):04X}) at character {position}", remedy)
    return text


def _secret_name(value: object) -> str:
    name = referred(value) if isinstance(value, str) else None
    if name is None:
        raise PydanticCustomError("secret_name", "not a reference to a secret")
    return name


def _schema(pattern: str) -> JsonSchemaValue:
    return {"type": "string", "pattern": f"^{pattern}$"}


class Pattern:
    """A text that matches in full, else the remedy is said; a JSON Schema shows the same pattern."""

    def __init__(self, pattern: str, remedy: str) -> None:
        self._pattern = re.compile(pattern)
        self._remedy = remedy

    def __call__(self, text: str) -> str:
        """The text as it is, or a problem with the remedy."""
        no_control_characters(text)
        if not self._pattern.fullmatch(text):
            shown = f"'{text}'" if len(text) <= _SHOWN else f"'{text[: _SHOWN - 3]}...'"
            length = f" ({len(text)} characters)" if len(text) > _WORTH_COUNTING else ""
            refuse(f"{shown}{length} is not allowed here", self._remedy)
        return text

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _schema(self._pattern.pattern)


_SLUG = r"[a-z0-9][a-z0-9-]{1,30}"
_NAME = r"[A-Za-z0-9_.-]{1,32}"
_HOSTNAME = r"[A-Za-z][A-Za-z0-9-]{0,62}"
_DESCRIPTION = r"[A-Za-z0-9_.,:/()+@-](?:[A-Za-z0-9 _.,:/()+@-]{0,78}[A-Za-z0-9_.,:/()+@-])?"
_MAC = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_IN_SSID = r"A-Za-z0-9!#$%&()*+,./:;=@_`{}~\[\]-"
_SSID = rf"[{_IN_SSID}](?:[ {_IN_SSID}]{{0,30}}[{_IN_SSID}])?"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_TITLE = r"[A-Za-z0-9](?:[A-Za-z0-9 _.,:/()+@'&-]{0,98}[A-Za-z0-9.)])?"
_SENTENCE = r"[ -~]{1,300}"
_PATH = r"[a-z_][a-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_LEVEL_PATH = r"[a-z_][a-z0-9_-]*(?:\.(?:[*]|[A-Za-z0-9_-]+))*"
_USERNAME = r"[A-Za-z0-9_.-]{1,32}"
_CAPTURED = r"captured/[a-z0-9][a-z0-9-]{1,30}\.(?:cfg|txt)"
_LINE = r"[ -~]{0,200}"
_PART = r"[!-~](?:[ -~]{0,98}[!-~])?"

Slug = Annotated[str, Pattern(_SLUG, "Use 2 to 31 small letters, digits and hyphens, such as 'oak-sw-a2-01'.")]
Code = Annotated[str, Pattern(r"[a-z]{3,4}", "Use 3 or 4 small letters, such as 'oak'.")]
VlanName = Annotated[str, Pattern(_NAME, "Use 1 to 32 letters, digits and _ . - without blanks.")]
Hostname = Annotated[str, Pattern(_HOSTNAME, "Start with a letter; letters, digits and hyphens, at most 63.")]
Description = Annotated[str, Pattern(_DESCRIPTION, "Use 1 to 80 letters, digits, blanks and _ . , : / ( ) + @ -.")]
Title = Annotated[str, Pattern(_TITLE, "Use up to 100 letters, digits, blanks and _ . , : / ( ) + @ ' & -.")]
Sentence = Annotated[str, Pattern(_SENTENCE, "Say it in one line of at most 300 characters of plain ASCII.")]
SecretName = Annotated[str, BeforeValidator(_secret_name), WithJsonSchema(_schema(REFERENCE))]
"""In the file `secret://path#key`, as a value the secret's name. Anything else may be a secret: it is never shown."""
Mac = Annotated[
    str,
    AfterValidator(Pattern(_MAC, "Write it with colons in small letters, such as 'aa:bb:cc:00:11:22'.")),
    _schema(_MAC),
]
SsidName = Annotated[
    str,
    Pattern(
        _SSID, "Use 1 to 32 printable ASCII characters without quotes, backslash, ? ^ | < and >, no blanks at the ends."
    ),
]
"""IEEE 802.11 allows 32 bytes of anything; an accented letter takes two, and a blank at the end is lost on the way."""
DomainName = Annotated[str, Pattern(_DOMAIN, "Write a DNS domain, such as 'kestrelvale.example'.")]
UserName = Annotated[str, Pattern(_USERNAME, "Use 1 to 32 letters, digits and _ . -.")]
SettingPath = Annotated[str, Pattern(_PATH, "Write a dotted path, such as 'vlans.student-wifi.size'.")]
LevelPath = Annotated[str, Pattern(_LEVEL_PATH, "Write a dotted path, such as 'services.radius' or 'vlans.*.size'.")]
PartName = Annotated[str, Pattern(_PART, "Use 1 to 100 characters of plain ASCII without blanks at the ends.")]
CapturedPath = Annotated[str, Pattern(_CAPTURED, "Write 'captured/<device>.cfg', a file below the school's folder.")]


FilePath = Annotated[
    str,
    Pattern(r"(?:~/|/)?[A-Za-z0-9._@+-]+(?:/[A-Za-z0-9._@+-]+)*", "Write a path, from this folder, / or ~/."),
]
"""A file on the machine that runs trustctl."""
ServerAddress = Annotated[
    str, Pattern(r"https?://[A-Za-z0-9._\[\]:-]{1,200}/?", "Write it as https://vault.trust.example:8200.")
]
Word = Annotated[str, Pattern(r"[A-Za-z0-9][A-Za-z0-9._@/-]{0,120}", "Use letters, digits and . _ @ / -.")]
Variable = Annotated[str, Pattern(r"[A-Za-z_][A-Za-z0-9_]{0,80}", "Name a variable, such as CI_JOB_JWT.")]


def _banner(text: str) -> str:
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        try:
            no_control_characters(line)
        except PydanticCustomError as error:
            context = error.context or {}
            refuse(f"line {number} of the banner: {context['problem']}", str(context["remedy"]))
        if not re.fullmatch(_LINE, line):
            refuse(f"line {number} of the banner has more than 200 characters", "Break the line.")
        if "^" in line:
            refuse(f"line {number} of the banner holds '^', the delimiter", "Leave the character out.")
        for mark, why in (("?", "a call for help on a command line"), ('"', "the end of a banner on some makes")):
            if mark in line:
                refuse(f"line {number} of the banner holds '{mark}', which is {why}", "Leave the character out.")
    return text.rstrip("\n")


Banner = Annotated[str, AfterValidator(_banner)]
"""Lines of printable ASCII without the delimiter."""


def _address(value: object) -> object:
    if isinstance(value, str):
        try:
            return IPv4Address(value)
        except ValueError:
            refuse(
                f"'{value[:_SHOWN]}' is not an IPv4 address", "Write four numbers from 0 to 255, such as 10.11.10.1."
            )
    return value


def _network(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        found = IPv4Network(value, strict=False)
    except ValueError:
        refuse(f"'{value[:_SHOWN]}' is not an IPv4 network", "Write address and length, such as 10.11.30.0/24.")
    if not re.fullmatch(r"[0-9.]+/[0-9]{1,2}", value):
        refuse(f"'{value}' has no prefix length", "Write address and length, such as 10.11.30.0/24.")
    if str(found) != value:
        refuse(f"'{value}' has host bits set: it is not a network", f"The network is {found}.")
    return found


def _date(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else refuse("not ISO")
        except (ValueError, PydanticCustomError):
            refuse(f"'{value[:_SHOWN]}' is not a date", "Write year-month-day, such as 2027-08-31.")
    return value


Address = Annotated[
    IPv4Address, BeforeValidator(_address), WithJsonSchema({"type": "string", "pattern": r"^[0-9.]{7,15}$"})
]
Network = Annotated[
    IPv4Network, BeforeValidator(_network), WithJsonSchema({"type": "string", "pattern": r"^[0-9.]{7,15}/[0-9]{1,2}$"})
]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


def _not_reserved(vlan: int) -> int:
    if 1002 <= vlan <= 1005:  # noqa: PLR2004 - FDDI and Token Ring defaults, IEEE 802.1Q leaves them to the vendor
        refuse(f"VLAN {vlan} is reserved by the switch (1002 to 1005)", "Choose another number.")
    return vlan


VlanId = Annotated[int, Field(ge=1, le=4094), AfterValidator(_not_reserved)]
PrefixLength = Annotated[int, Field(ge=16, le=30)]
Position = Annotated[int, Field(ge=1, le=65534)]
Percent = Annotated[float, Field(gt=0, le=100)]
Udp = Annotated[int, Field(ge=1, le=65535)]
