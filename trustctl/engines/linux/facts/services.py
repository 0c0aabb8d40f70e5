"""Services: what systemd says of the named units; without systemd, what their init scripts say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trustctl.engines.linux.facts.shell import noise, quoted, untold
from trustctl.hosts import Resource
from trustctl.hosts.kinds import ABSENT

KINDS = frozenset({"service"})
_ON = frozenset({"enabled", "enabled-runtime", "alias"})
_GONE = (("enabled", "no"), ("running", "no"), ("masked", "no"), ("state", ABSENT))
_RUNS = frozenset({"active", "reloading"})


def script(want: Sequence[Resource]) -> str:
    """Print a block for each unit, in the order asked."""
    names = quoted(one.name for one in want)
    properties = "LoadState,ActiveState,UnitFileState"
    return (
        "if [ -d /run/systemd/system ]; then\n"
        f"  said=$(systemctl show --property={properties} -- {names}) && printf '%s\\n\\nREAD\\n' \"$said\"\n"
        '  case "$said" in *UnitFileState=generated*)\n'
        f'    for n in {names}; do systemctl is-enabled -q "$n" 2>/dev/null && echo "ON $n"; done;; esac\n'
        "else\n"
        f"  for n in {names}; do\n"
        '    if [ -x "/etc/init.d/$n" ]; then\n'
        "      echo LoadState=loaded\n"
        '      if ls /etc/rc[2345].d/S??"$n" >/dev/null 2>&1; then echo UnitFileState=enabled; '
        "else echo UnitFileState=disabled; fi\n"
        '      if service "$n" status >/dev/null 2>&1; then echo ActiveState=active; '
        "else echo ActiveState=inactive; fi\n"
        '    elif [ -e "/lib/systemd/system/$n.service" ]; then echo LoadState=unmanaged\n'
        "    else echo LoadState=not-found; fi; echo\n"
        "  done; echo READ\n"
        "fi"
    )


def read(lines: Sequence[str], want: Sequence[Resource]) -> Iterator[Resource]:
    """Return each service with `enabled`, `running` and `masked`."""
    blocks: list[dict[str, str]] = [{}]
    for line in lines:
        key, equals, value = line.partition("=")
        if not line:
            blocks.append({})
        elif equals:
            blocks[-1][key] = value
    blocks = [block for block in blocks if block]
    generated = {line[3:] for line in lines if line.startswith("ON ")}
    if "READ" not in lines or len(blocks) != len(want):
        yield from (untold(one, noise([line for line in lines if line], "LoadState=")) for one in want)
        return
    for one, block in zip(want, blocks, strict=True):
        yield _service(one, block, generated)


def _service(want: Resource, block: Mapping[str, str], generated: set[str]) -> Resource:
    load, file_state = block.get("LoadState", ""), block.get("UnitFileState", "")
    if load == "unmanaged":
        return untold(want, "it has a unit but no init script, and the host runs no systemd")
    masked = load == "masked" or file_state.startswith("masked")
    enabled = file_state in _ON or (file_state == "generated" and want.name in generated)
    running = block.get("ActiveState") in _RUNS
    words: tuple[tuple[str, str], ...] = (
        ("enabled", "yes" if enabled else "static" if file_state == "static" else "no"),
        ("running", "yes" if running else "no"),
        ("masked", "yes" if masked else "no"),
    )
    if load == "not-found":
        # what a removed package left running has no unit any more that could be told from another
        return Resource("service", want.name, _GONE)
    if load not in {"loaded", "masked"}:
        return untold(want, f"systemd says of its unit: {load}")
    return Resource("service", want.name, words)
