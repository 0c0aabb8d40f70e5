"""Files, directories and symbolic links: one tar of all of them, so owner, mode and content come in one piece."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence

from trustctl.engines.linux.facts.shell import absent, decoded, noise, quoted, untold
from trustctl.hosts import Resource

KINDS = frozenset({"file", "directory", "link"})
_SAID = re.compile(r"^tar: (?P<path>/.*): Cannot \w+: (?P<why>.*)$")
_GONE = frozenset({"No such file or directory", "Not a directory"})
_MOST_BYTES = 4 * 1024 * 1024
_LARGEST = 1024 * 1024


def script(want: Sequence[Resource]) -> str:
    """Print the tar of the paths, packed; what tar cannot read stands on lines of its own. Large files are left out."""
    paths = quoted(dict.fromkeys(one.name for one in want))
    return (
        "command -v tar gzip base64 >/dev/null || { echo 'no tar, gzip or base64'; exit 1; }\n"
        f"set -- {paths}\n"
        f'big=$(find "$@" -prune -type f -size +{_LARGEST // 1024}k 2>/dev/null)\n'
        'if [ -n "$big" ]; then for p do shift; if printf "%s\\n" "$big" | grep -qxF -e "$p"; then echo "BIG $p"; '
        'else set -- "$@" "$p"; fi; done; fi\n'
        'if [ $# -gt 0 ]; then t=$(tar -cPf - --no-recursion --quoting-style=literal -- "$@" | gzip -1 | base64 -w0)\n'
        'printf "TAR %s\\n" "$t"; fi'
    )


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each path as what it is."""
    packed = "".join(line[4:] for line in lines if line.startswith("TAR "))
    failed = {hit["path"]: hit["why"] for line in lines if (hit := _SAID.match(line))}
    failed |= {line[4:]: f"larger than {_LARGEST:,} bytes" for line in lines if line.startswith("BIG ")}
    members, contents = _unpack(packed)
    for one in want:
        member = members.get(one.name)
        why = failed.get(one.name)
        if why in _GONE:
            yield absent(one)
        elif member is None or why:
            yield untold(one, why or noise(lines, "TAR ") or "tar does not show it")
        else:
            yield _resource(one, member, contents.get(one.name, b""), want)


def _unpack(packed: str) -> tuple[Mapping[str, tarfile.TarInfo], Mapping[str, bytes]]:
    if not packed:
        return {}, {}
    members: dict[str, tarfile.TarInfo] = {}
    contents: dict[str, bytes] = {}
    with gzip.GzipFile(fileobj=io.BytesIO(decoded(packed))) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        total = 0
        for member in tar:
            name = member.name if member.name == "/" else member.name.rstrip("/")
            members[name] = member
            source = tar.extractfile(member) if member.isfile() else None
            if source is not None:
                contents[name] = source.read(_MOST_BYTES)
                total += len(contents[name])
            if total > _MOST_BYTES:
                break
    return members, contents


def _resource(want: Resource, member: tarfile.TarInfo, data: bytes, whole: Sequence[Resource]) -> Resource:
    is_a = {"file": member.isfile(), "directory": member.isdir(), "link": member.issym()}
    if not is_a[want.kind]:
        return _other_kind(want, member, whole)
    if want.kind == "link":
        return Resource("link", want.name, (("target", member.linkname),))
    owned = (
        ("owner", member.uname or str(member.uid)),
        ("group", member.gname or str(member.gid)),
        ("mode", f"{member.mode & 0o7777:04o}"),
    )
    if want.kind == "directory":
        return Resource("directory", want.name, owned)
    words, content = text_of(data)
    return Resource("file", want.name, (*owned, *words), content)


def _other_kind(want: Resource, member: tarfile.TarInfo, whole: Sequence[Resource]) -> Resource:
    """What stands at the path is something else: not there, if the description speaks of that as well."""
    other = "link" if member.issym() else "directory" if member.isdir() else "file"
    if any(one.kind == other and one.name == want.name for one in whole) or want.absent:
        return absent(want)
    what = f"a symbolic link to {member.linkname}" if member.issym() else f"a {other}"
    return untold(want, f"it is {what}; say so in the description ({other} {want.name} state=absent)")


def text_of(data: bytes) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return a file's words (`newline`, `encoding`) and its lines; what is no text is base64 in lines."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return (("encoding", "base64"),), _base64(data)
    if "\0" in text:
        return (("encoding", "base64"),), _base64(data)
    ending = () if not text or text.endswith("\n") else (("newline", "no"),)
    return ending, tuple(text.removesuffix("\n").split("\n")) if text else ()


def bytes_of(resource: Resource) -> bytes:
    """Return the bytes of a file from its lines: the inverse of `text_of`."""
    lines = resource.content or ()
    if resource.get("encoding") == "base64":
        return decoded("".join(lines))
    text = "\n".join(lines)
    return (text if resource.get("newline") == "no" or not lines else f"{text}\n").encode()


def _base64(data: bytes) -> tuple[str, ...]:
    import base64  # noqa: PLC0415 - rare

    text = base64.b64encode(data).decode()
    return tuple(text[at : at + 76] for at in range(0, len(text), 76))
