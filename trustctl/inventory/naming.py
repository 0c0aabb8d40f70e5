"""The trust's naming patterns: `{code}-sw-{place}-{nn}`."""

from __future__ import annotations

import re

from trustctl.inventory.file_trust import NamingFile

_FIELDS = {"place": "[a-z0-9]{1,8}", "role": "[a-z]{2,4}", "nn": "[0-9]{2}"}
_FIELD = re.compile(r"\{([a-z]+)\}")


class Naming:
    """Checks names against the patterns. Raises ValueError for a field that no pattern may hold."""

    def __init__(self, file: NamingFile) -> None:
        self._switch = file.switch
        self._server = file.server
        self._controller = file.controller
        for pattern in (file.switch, file.server, file.controller):
            for field in _FIELD.findall(pattern):
                if field != "code" and field not in _FIELDS:
                    raise ValueError(f"'{{{field}}}' is not a field of a name; known: code, place, role, nn")

    def against_switch(self, name: str, code: str) -> str:
        """The remedy for a switch's name that does not follow the pattern; empty if it does."""
        return _against(self._switch, name, code)

    def against_controller(self, name: str, code: str) -> str:
        """The remedy for a controller's name that does not follow the pattern; empty if it does."""
        return _against(self._controller, name, code)

    def against_server(self, name: str, code: str) -> str:
        """The remedy for a server's name that does not follow the pattern; empty if it does."""
        return _against(self._server, name.lower(), code)


def _against(pattern: str, name: str, code: str) -> str:
    expression = "".join(
        re.escape(code) if part == "code" else _FIELDS[part] if index % 2 else re.escape(part)
        for index, part in enumerate(_FIELD.split(pattern))
    )
    if re.fullmatch(expression, name):
        return ""
    return f"The trust's pattern is {pattern}, with code '{code}'."
