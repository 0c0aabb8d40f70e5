r"""The file of one vault id: a name and its sealed value on each line, so that Git merges what two people add.

    trust_secrets:

      # login/ops
      "login/ops": !vault "$ANSIBLE_VAULT;1.2;AES256;trust\n6138...\n"

It is a vars file of Ansible as well (`trust_secrets['login/ops']`), and the block form that `ansible-vault
encrypt_string` prints is read too. The blank line and the comment keep neighbours out of each other's conflicts: Git
merges two changes only if a line that neither touched lies between them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from trustctl.errors import SecretError
from trustctl.model.secret import SECRET_NAME, canonical
from trustctl.secrets.repository import files
from trustctl.secrets.repository.codec import Sealed, parse

_TAG = "!vault"
_HEAD = "# One secret a line, sealed in ansible-vault's format. `trustctl secret` reads and changes them.\n"
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
_SHAPE = 'Below `{key}:` each line is `"name": !vault "..."`; nothing else. `trustctl secret set` writes them.'


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed value, its name, and where it stands."""

    name: str
    sealed: Sealed
    where: str


def key_of(vault_id: str) -> str:
    """The one key of the file, a name that Ansible takes.  Before: `north-oak`.  After: `north_oak_secrets`."""
    return f"{vault_id.replace('-', '_')}_secrets"


def read(path: Path, besides: Container[str] = ()) -> dict[str, Entry]:
    """The entries by name; none if there is no such file. Those of `besides` are passed over, whatever they are.

    Raises SecretError with file and line, never with a value. A name that stands twice is an error that says both
    lines, unless both say the same: Git leaves two lines where two branches set one secret.
    """
    entries: dict[str, Entry] = {}
    for one in _lines(path):
        if one.name in besides:
            continue
        entry = one.entry(path)
        first = entries.setdefault(entry.name, entry)
        if first.sealed != entry.sealed:
            raise SecretError(
                f"{entry.name} has two values, as if two branches had set it",
                where=f"{first.where} and {entry.where}",
                remedy=f"Remove one of the lines, or set it anew: trustctl secret set {entry.name}",
            )
    return entries


def readable(path: Path) -> tuple[Sealed, ...]:
    """Every sealed value that can be read, those of a name that stands twice too. Raises SecretError as `names`."""
    found: list[Sealed] = []
    for one in _lines(path):
        with contextlib.suppress(SecretError):  # whoever asks for that name is told
            found.append(one.entry(path).sealed)
    return tuple(found)


def names(path: Path) -> frozenset[str]:
    """The names in a file, whatever stands beside them. Raises SecretError."""
    return frozenset(one.name for one in _lines(path))


def write(path: Path, sealed: Mapping[str, Sealed]) -> None:
    """Write all entries, sorted by name. Raises StorageError."""
    files.write(path, text_of(path.stem, sealed))


def text_of(vault_id: str, sealed: Mapping[str, Sealed]) -> str:
    """The file's text."""
    lines = [f"{_HEAD}{key_of(vault_id)}:{'' if sealed else ' {}'}\n\n"]
    for name in sorted(sealed):
        escaped = sealed[name].text.replace("\n", "\\n")
        lines.append(f'  # {name}\n  "{name}": {_TAG} "{escaped}"\n\n')
    return "".join(lines)


def _refuse_conflicts(text: str, path: Path) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(_CONFLICT):
            raise SecretError(
                "the file holds a merge that was not finished",
                where=f"{path}:{number}",
                remedy="Keep the lines of both sides, remove the marks, and commit.",
            )


def _shape(path: Path) -> str:
    return _SHAPE.format(key=key_of(path.stem))


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    tag: str | None
    text: str = field(repr=False)
    where: str = ""

    def entry(self, path: Path) -> Entry:
        """The sealed value. Raises SecretError if it is not sealed, or sealed for another vault id."""
        if self.tag != _TAG:
            remedy = f"Change it, as others may have seen it: trustctl secret set {self.name}"
            raise SecretError(f"the value of {self.name} is not sealed", where=self.where, remedy=remedy)
        sealed = parse(self.text, self.where)
        if sealed.vault_id not in {"", path.stem}:
            problem = f"a value sealed for {sealed.vault_id} stands in the file of {path.stem}"
            raise SecretError(problem, where=self.where, remedy=f"Move the line to {sealed.vault_id}.yml.")
        return Entry(self.name, sealed, self.where)


def _lines(path: Path) -> tuple[_Line, ...]:
    """Each name with what stands beside it."""
    try:
        raw = files.read(path, "the file of secrets")
    except FileNotFoundError:
        return ()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise SecretError("the file of secrets is not UTF-8", where=str(path), remedy="Save it as UTF-8.") from None
    _refuse_conflicts(text, path)
    try:
        return tuple(_pairs(text, path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if isinstance(mark, yaml.Mark) else str(path)
        raise SecretError("the file of secrets is not valid YAML", where=place, remedy=_shape(path)) from None


def _pairs(text: str, path: Path) -> Iterator[_Line]:
    """Walk the YAML events: one mapping with one key, below it one flat mapping of names to values."""
    name = ""
    for event in _inner(_events(text, path), path):
        where = _where(event, path)
        if not isinstance(event, yaml.ScalarEvent) or event.anchor:
            raise SecretError("the file holds more than names and sealed values", where=where, remedy=_shape(path))
        if name:
            yield _Line(name, event.tag, event.value, where)
            name = ""
        elif event.tag is not None or not SECRET_NAME.fullmatch(event.value):
            raise SecretError("this is not the name of a secret", where=where, remedy="Use names like login/ops.")
        else:
            name = canonical(event.value)


def _events(text: str, path: Path) -> Iterator[yaml.Event]:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent | yaml.SequenceStartEvent):
            raise SecretError(
                "the file holds more than names and sealed values", where=_where(event, path), remedy=_shape(path)
            )
        yield event


def _inner(events: Iterable[yaml.Event], path: Path) -> Iterator[yaml.Event]:
    """The events between the inner mapping's start and end; around it must be the one key that belongs there."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            depth += 1
            if depth > 2:  # noqa: PLR2004 - the key's mapping and its entries
                raise SecretError("the file is nested too deeply", where=_where(event, path), remedy=_shape(path))
        elif isinstance(event, yaml.MappingEndEvent):
            depth -= 1
        elif depth == 2:  # noqa: PLR2004 - as above
            yield event
        elif isinstance(event, yaml.ScalarEvent) and event.value != key_of(path.stem):
            raise SecretError(
                f"another key than `{key_of(path.stem)}` stands here", where=_where(event, path), remedy=_shape(path)
            )


def _where(event: yaml.Event, path: Path) -> str:
    return f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
