"""How a module of Ansible is modelled: a function, registered under the module's name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError

if TYPE_CHECKING:
    from trustctl.lab.windows.machine import Machine

__all__ = ["HANDLERS", "Args", "Handler", "NotModelledError", "RefusedError", "Result", "handler", "items", "load"]

Result = dict[str, Any]
"""What a module returns, as plain data; `changed` is in it."""


class Args(Mapping[str, Any]):
    """A task's arguments after validation: every option of the documentation is a key.

    An option that was not given has its default, or None. `given` are those really given; `diff`: whether the task
    wants to see differences.
    """

    def __init__(self, values: Mapping[str, Any], given: frozenset[str] = frozenset(), *, diff: bool = False) -> None:
        self._values = dict(values)
        self.given = given or frozenset(name for name, value in values.items() if value is not None)
        self.diff = diff

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Args({', '.join(self._values)})"

    def text(self, name: str) -> str:
        """A text; "" if not given."""
        value = self._values[name]
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """A whole number."""
        value = self._values[name]
        return None if value is None else int(value)

    def flag(self, name: str) -> bool | None:
        """Yes or no."""
        value = self._values[name]
        return None if value is None else bool(value)

    def listed(self, name: str) -> list[Any] | None:
        """A list."""
        value = self._values[name]
        return None if value is None else list(value)


Handler = Callable[["Machine", Args, bool], Result]
"""(machine, arguments, check mode) -> the module's result. Runs under the machine's lock."""

HANDLERS: dict[str, Handler] = {}
"""By the module's full name; a role's own module by its short one."""


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register a function as what a module does. Raises ValueError for a module that has one."""

    def register(function: Handler) -> Handler:
        if name in HANDLERS:
            raise ValueError(f"{name} has a handler already")
        HANDLERS[name] = function
        return function

    return register


def items(value: Any) -> list[Any]:
    """What is in a list that came as JSON."""
    return list(cast("Iterable[Any]", value))


def load() -> None:
    """Import every file of `modules/`, so that handlers and parts are known."""
    package = importlib.import_module("trustctl.lab.windows.modules")
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")
