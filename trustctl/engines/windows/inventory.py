"""What Ansible is told of hosts: role variables as values that are never templates, and how each is reached.

The dynamic inventory of `playbooks/inventory.py` makes its entries by the same functions, so that an engineer's own
`ansible-playbook` gets what trustctl gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from trustctl.errors import RenderError
from trustctl.model.secret import SECRET_TOKEN
from trustctl.windows.values import Value

UNSAFE = "__ansible_unsafe"
"""The one key of a mapping whose value Ansible takes as it stands (measured: ansible-core 2.19.14, JSON)."""
SECRETS = "trust_secrets"
"""The variable that holds the values of secrets, by name."""
_NOT_GIVEN = "no secrets were given: docs/windows.md, Ansible alone, says how"
"""What Ansible says where somebody runs a playbook without them."""
HTTPS_PORT = 5986
"""WinRM over HTTPS (learn.microsoft.com, Installation and configuration for Windows Remote Management)."""
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Connection:
    """How one host is reached: PowerShell Remoting over HTTPS."""

    address: str
    user: str
    password: str
    """The name of the password in the secret store, never its value."""
    port: int = HTTPS_PORT
    auth: str = "negotiate"
    """`kerberos`, `negotiate`, `credssp`, `basic` or `certificate`, as `ansible.builtin.psrp` has them."""
    ca: str = ""
    """Path of a PEM file with the authorities that its certificate is checked against; empty: the system's."""
    delegate: bool = False
    """The host may sign in to others with the login; Ansible does so with Kerberos alone."""


def role_variables(text: str) -> dict[str, Value]:
    """Read the rendered text of a host: role variables by name. Raises RenderError for anything else."""
    try:
        found: object = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe loader  # nosec B506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else ""
        raise RenderError("the text of the role variables is no YAML", where=where) from None
    if not isinstance(found, dict):
        raise RenderError("the text of the role variables is no mapping")
    named = cast("dict[object, Value]", found)
    for name in named:
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise RenderError(f"{name!r} is not the name of a role variable")
    return cast("dict[str, Value]", found)


def secret_names(value: Value) -> tuple[str, ...]:
    """Return the names of the secrets that stand in a value, sorted."""
    found: set[str] = set()
    for text in _texts(value):
        found.update(SECRET_TOKEN.findall(text))
    return tuple(sorted(found))


def host_entry(name: str, connection: Connection, variables: Mapping[str, Value]) -> dict[str, Any]:
    """Return a host's variables as JSON for Ansible. Only the values of secrets are templates.

    Before: {"windows_baseline_hostname": "{{x}}", "domain_member_password": "<secret:ad/join>"}
    After: {..., "windows_baseline_hostname": {"__ansible_unsafe": "{{x}}"},
            "domain_member_password": "{{ (trust_secrets | mandatory('...'))['ad/join'] }}"}
    Raises RenderError for a secret within a longer text.
    """
    return {**{key: _given(value, f"{name}: {key}") for key, value in variables.items()}, **_reached(connection)}


def inventory_json(hosts: Mapping[str, tuple[Sequence[str], Mapping[str, Any]]]) -> dict[str, Any]:
    """Return an inventory in the form of Ansible's `yaml` plugin: by host its groups and its entry."""
    groups = sorted({group for groups, _ in hosts.values() for group in groups})
    entries = {name: dict(entry) for name, (_, entry) in hosts.items()}
    children: dict[str, Any] = {
        group: {"hosts": {name: {} for name, (mine, _) in hosts.items() if group in mine}} for group in groups
    }
    return {"all": {"hosts": entries, "children": children}}


def secret_values(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the extra variables that hold secrets, each as it stands."""
    return {SECRETS: {name: {UNSAFE: value} for name, value in values.items()}}


def _reached(connection: Connection) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "ansible_connection": "psrp",
        "ansible_host": {UNSAFE: connection.address},
        "ansible_port": connection.port,
        "ansible_user": {UNSAFE: connection.user},
        "ansible_password": _secret(connection.password),
        "ansible_psrp_protocol": "https",
        "ansible_psrp_auth": connection.auth,
        "ansible_psrp_cert_validation": "validate",
        "ansible_psrp_ignore_proxy": True,
        "ansible_psrp_reconnection_retries": 0,
        "ansible_psrp_connection_timeout": 20,
    }
    if connection.ca:
        entry["ansible_psrp_ca_cert"] = {UNSAFE: connection.ca}
    if connection.delegate:
        entry["ansible_psrp_negotiate_delegate"] = True
    return entry


def _given(value: Value, where: str) -> Any:
    if isinstance(value, str):
        whole = SECRET_TOKEN.fullmatch(value)
        if whole is not None:
            return _secret(whole[1])
        if SECRET_TOKEN.search(value):
            raise RenderError("a secret within a longer text cannot be handed over", where=where)
        return {UNSAFE: value}
    if isinstance(value, Mapping):
        return {key: _given(each, f"{where}.{key}") for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_given(each, f"{where}[{number}]") for number, each in enumerate(value)]
    return value


def _secret(name: str) -> str:
    """The only template that trustctl writes. A secret's name has no quote and no backslash (`SECRET_NAME`)."""
    if not SECRET_TOKEN.fullmatch(f"<secret:{name}>"):
        raise RenderError(f"{name!r} is not the name of a secret")
    return "{{ (" + SECRETS + " | mandatory('" + _NOT_GIVEN + "'))['" + name + "'] }}"


def _texts(value: Value) -> Sequence[str]:
    if isinstance(value, str):
        return (value,)
    inner: Sequence[Value] = ()
    if isinstance(value, Mapping):
        inner = tuple(value.values())
    elif isinstance(value, Sequence):
        inner = value
    return tuple(text for each in inner for text in _texts(each))
