"""ansible.windows.win_regedit 3.3.0."""

from __future__ import annotations

import re
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler, items
from trustctl.lab.windows.registry import KINDS, Registry

_PATH = re.compile(r"HK(CC|CR|CU|LM|U):\\.", re.IGNORECASE)
_BYTE, _DWORD, _QWORD = 2**8 - 1, 2**32 - 1, 2**64 - 1


@handler("ansible.windows.win_regedit")
def win_regedit(host: Machine, args: Args, check: bool) -> Result:
    """Keep a key or a value of the registry."""
    path, name, kind = args.text("path"), args.text("name"), args.text("type")
    result: Result = {"changed": False, "data_changed": False, "data_type_changed": False}
    if args["name"] is None and kind != "string":
        told = (
            "the data type when name is not specified can only be 'string', the type has automatically been converted"
        )
        result["warnings"] = [told]
        kind = "string"
    if not _PATH.match(path):
        raise RefusedError(
            f"path: {path} is not a valid powershell path, see module documentation for examples.", **result
        )
    if args["hive"] is not None:
        raise NotModelledError("a registry hive in a file")
    try:
        data = _data(kind, args["data"], named=bool(name))
    except RefusedError as error:
        raise RefusedError(error.message, **result) from None
    registry = host.part(Registry)
    if args.text("state") == "present":
        return result | _present(registry, path, name, KINDS[kind], data, check=check)
    return result | _absent(registry, path, name, whole=bool(args.flag("delete_key")), check=check)


def _present(registry: Registry, path: str, name: str, kind: str, data: Any, *, check: bool) -> Result:
    key = registry.key(path)
    if key is None:
        # in check mode the module looks no further, and its diff has no value
        after: dict[str, Any] = {path: {}}
        if not check:
            registry.create(path)
            if data is not None:
                registry.set(path, name, kind, data)
                after = {path: {name: _shown(kind, data)}}
                return {"changed": True, "diff": {"before": {}, "after": after}}
        return {"changed": True, "diff": {"before": {}, "after": after}}
    if data is None:
        return {"diff": {"before": {path: {}}, "after": {path: {}}}}
    value = key.values.get(name.casefold())
    new = {path: {name: _shown(kind, data)}}
    if value is None:
        if not check:
            registry.set(path, name, kind, data)
        return {"changed": True, "diff": {"before": {path: {}}, "after": new}}
    old = {path: {name: _shown(value.kind, value.data)}}
    other_kind, other_data = kind != value.kind, not _same(value.data, data)
    if not other_kind and not other_data:
        return {"diff": {"before": old, "after": old}}
    if not check:
        registry.set(path, name, kind, data)
    told = {"data_changed": other_data, "data_type_changed": other_kind}
    return {"changed": True, **told, "diff": {"before": old, "after": new}}


def _absent(registry: Registry, path: str, name: str, *, whole: bool, check: bool) -> Result:
    nothing: Result = {"diff": {"before": "", "after": ""}}
    key = registry.key(path)
    if key is None:
        return nothing
    if whole and not name:
        if not check:
            registry.delete(path)
        return {"changed": True, "diff": {"before": {path: {}}, "after": {}}}
    value = key.values.get(name.casefold())
    if value is None:
        return nothing
    if not check:
        del key.values[name.casefold()]
    old = {path: {name: _shown(value.kind, value.data)}}
    return {"changed": True, "diff": {"before": old, "after": {path: {}}}}


def _same(have: Any, want: Any) -> bool:
    """Texts are compared with their case; numbers as they are."""
    return type(have) is type(want) and bool(have == want)


def _shown(kind: str, data: Any) -> dict[str, Any]:
    """A value in a diff."""
    if kind in {"Binary", "None"}:
        return {"type": kind, "value": [f"0x{one:02x}" for one in data]}
    if kind == "DWord":
        return {"type": kind, "value": f"0x{data & _DWORD:08x}"}
    if kind == "QWord":
        return {"type": kind, "value": f"0x{data & _QWORD:016x}"}
    return {"type": kind, "value": data}


def _data(kind: str, data: Any, *, named: bool) -> Any:
    """The data as the registry gets it. Raises RefusedError."""
    if kind in {"binary", "none"}:
        return _bytes(data)
    if kind in {"dword", "qword"}:
        return _number(kind, data)
    if kind == "multistring":
        if data is None:
            return []
        return [str(one) for one in items(data)] if isinstance(data, list) else [str(data)]
    if data is None:
        return "" if named else None
    return str(data)


def _number(kind: str, data: Any) -> int:
    try:
        number = int(str(data), 0) if isinstance(data, str) else data if data is not None else 0
    except ValueError:
        raise RefusedError(
            f'Cannot convert value "{data}" to type "System.UInt64". Error: "Input string was not in a correct format."'
        ) from None
    if isinstance(number, float) and number % 1:
        raise RefusedError(
            f"data '{data}' cannot be a decimal or float value with a remainder when type is dword or qword"
        )
    if int(number) > (_DWORD if kind == "dword" else _QWORD):
        limit = "0xffffffff" if kind == "dword" else "0xffffffffffffffff"
        raise RefusedError(f"data cannot be larger than {limit} when type is {kind}")
    return int(number) & (_DWORD if kind == "dword" else _QWORD)


def _bytes(data: Any) -> list[int]:
    """Bytes out of a list of numbers, one number, or the text that reg.exe exports."""
    if data is None:
        return []
    if isinstance(data, list):
        return [int(one) for one in items(data)]
    if isinstance(data, int):
        if data > _BYTE:
            raise RefusedError(
                f"cannot convert binary data '{data}' to byte array, please specify this value as a yaml byte array or "
                "a comma separated hex value string"
            )
        return [data]
    text = re.sub(r"[^a-f0-9\\,x\-:]", "", re.sub(r"^hex:", "", str(data).lower())).replace(",", ":")
    if ":" in text:
        return [int(one, 16) for one in text.split(":") if one]
    if len(text) == 1:
        return [int(text, 16)]
    return [int(text[at : at + 2], 16) for at in range(0, len(text), 2)] if len(text) % 2 == 0 else []
