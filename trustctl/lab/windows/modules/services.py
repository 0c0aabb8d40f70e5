"""ansible.windows.win_service 3.3.0."""

from __future__ import annotations

from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler
from trustctl.lab.windows.parts import Accounts, Service, Services

_SYSTEM = {"localsystem", "system", "nt authority\\system", ".\\localsystem"}
_KNOWN_ACCOUNTS = {
    "localservice": "NT AUTHORITY\\LOCAL SERVICE",
    "nt authority\\localservice": "NT AUTHORITY\\LOCAL SERVICE",
    "nt authority\\local service": "NT AUTHORITY\\LOCAL SERVICE",
    "networkservice": "NT AUTHORITY\\NETWORK SERVICE",
    "nt authority\\networkservice": "NT AUTHORITY\\NETWORK SERVICE",
    "nt authority\\network service": "NT AUTHORITY\\NETWORK SERVICE",
}
_PLAIN = {
    "description": "description",
    "display_name": "display_name",
    "error_control": "error_control",
    "load_order_group": "load_order_group",
    "path": "path",
    "pre_shutdown_timeout_ms": "pre_shutdown_timeout_ms",
    "service_type": "service_type",
    "sid_info": "sid_info",
    "start_mode": "start",
    "failure_actions_on_non_crash_failure": "failure_actions_on_non_crash_failure",
    "failure_command": "failure_command",
    "failure_reboot_msg": "failure_reboot_msg",
    "failure_reset_period_sec": "failure_reset_period_sec",
}
"""Options that set a field to a value."""
_EMPTY_KEEPS = frozenset({"display_name", "error_control", "path", "service_type", "sid_info", "start_mode"})
"""Those of which an empty text asks for nothing."""
_NUMBERS = frozenset({"pre_shutdown_timeout_ms", "failure_reset_period_sec"})
_ASKS_NOTHING = frozenset(
    {"name", "force_dependent_services", "update_password", "dependency_action", "desktop_interact"}
)
_NOT_FOR_LOGON = "LocalSystem"


@handler("ansible.windows.win_service")
def win_service(host: Machine, args: Args, check: bool) -> Result:
    """Keep a service."""
    services = host.part(Services)
    service = _found(host, args.text("name"))
    before: Any = _diff(service) if service else ""
    if args.text("state") == "absent":
        return _removed(host, service, before, args, check=check)
    if service is None:
        return _made(host, args, check=check)
    draft = _copy(service)
    changed = _apply(host, draft, args)
    running = _state(host, draft, args, check=check)
    if not check:
        services.by_name[service.name.casefold()] = draft
    after = _diff(draft)
    if args["state"] == "restarted":
        after["state"] = "restarted"
    return {"changed": changed or running, **_returned(host, draft, after), "diff": {"before": before, "after": after}}


def _copy(service: Service) -> Service:
    fields = {**vars(service)}
    for name in ("dependencies", "failure_actions", "required_privileges"):
        fields[name] = list(fields[name])
    return Service(**fields)


def _found(host: Machine, name: str) -> Service | None:
    """By its name or what it is displayed as; one that comes with a feature only while that is alive."""
    for one in host.part(Services).by_name.values():
        if name.casefold() in {one.name.casefold(), one.display_name.casefold()}:
            return one if not one.feature or alive(host, one.feature) else None
    return None


def _made(host: Machine, args: Args, *, check: bool) -> Result:
    """Create a service, as New-Service does: started by hand it is not."""
    name = args.text("name")
    nothing_asked = not (args.given - _ASKS_NOTHING) and args.text("dependency_action") == "set"
    if nothing_asked and not args.flag("desktop_interact"):
        return {"changed": False, "exists": False, "diff": {"before": "", "after": ""}}
    if not args.text("path"):
        raise RefusedError(
            f"Service '{name}' is not installed, need to set 'path' to create a new service",
            exists=False,
        )
    service = Service(name, args.text("display_name") or name, args.text("path"), "auto", "stopped")
    _apply(host, service, args)
    _state(host, service, args, check=check)
    if check:
        # the module has no service to compare with: its diff says what was given, and null for the rest
        after: dict[str, Any] = {option: args[option] for option in (*_PLAIN, "dependencies", "desktop_interact")}
        after |= {"name": name, "state": args["state"], "required_privileges": args["required_privileges"]}
        after["failure_actions"] = args["failure_actions"]
        state = args.text("state")
        returned: Result = {"exists": True, "can_pause_and_continue": None, "depended_by": [], "username": None}
        shown = ("dependencies", "description", "desktop_interact", "display_name", "name", "path", "start_mode")
        returned |= {key: after[key] for key in shown}
        returned["state"] = "running" if state in {"started", "restarted"} else state
        return {"changed": True, **returned, "diff": {"before": "", "after": after}}
    host.part(Services).by_name[name.casefold()] = service
    after = _diff(service)
    return {"changed": True, **_returned(host, service, after), "diff": {"before": "", "after": after}}


def _removed(host: Machine, service: Service | None, before: Any, args: Args, *, check: bool) -> Result:
    result: Result = {"changed": service is not None, "exists": False, "diff": {"before": before, "after": ""}}
    if service is not None:
        _stoppable(host, service, force=bool(args.flag("force_dependent_services")))
        if not check:
            del host.part(Services).by_name[service.name.casefold()]
    return result


def _apply(host: Machine, service: Service, args: Args) -> bool:
    """Set what was given; whether anything differed. Raises RefusedError."""
    before = _diff(service)
    _account(host, service, args)
    for option, name in _PLAIN.items():
        value = args[option]
        if value is None or (option in _EMPTY_KEEPS and not value):
            continue
        setattr(service, name, int(value) if option in _NUMBERS else value)
    if args["failure_actions"] is not None:
        service.failure_actions = [
            {"type": one["type"], "delay_ms": int(one["delay_ms"] or 0)} for one in args["failure_actions"]
        ]
    if args["required_privileges"] is not None:
        service.required_privileges = [str(one) for one in args["required_privileges"]]
    if args["dependencies"] is not None:
        service.dependencies = _depending(service.dependencies, args["dependencies"], args.text("dependency_action"))
    interact = bool(args.flag("desktop_interact"))
    if interact and service.account.casefold() not in _SYSTEM:
        raise RefusedError("Can only set 'desktop_interact' to true when 'username' equals 'SYSTEM'", exists=False)
    service.desktop_interact = interact
    password = bool(args.text("password")) and args.text("update_password") == "always"
    return password or _diff(service) != before


def _depending(have: list[str], named: list[str], action: str) -> list[str]:
    if action == "add":
        return [*have, *(one for one in named if one not in have)]
    if action == "remove":
        return [one for one in have if one not in named]
    return have if sorted(have) == sorted(named) else list(named)


def _account(host: Machine, service: Service, args: Args) -> None:
    user = args.text("username")
    if args["password"] is not None and not user:
        raise RefusedError("missing parameter(s) required by 'password': username")
    if not user:
        return
    accounts = host.part(Accounts)
    folded = user.casefold()
    short = folded.removeprefix(".\\").removeprefix(f"{accounts.host.casefold()}\\")
    if folded in _SYSTEM:
        service.account = _NOT_FOR_LOGON
    elif folded in _KNOWN_ACCOUNTS:
        service.account = _KNOWN_ACCOUNTS[folded]
    elif short in accounts.users:
        service.account = accounts.shown(accounts.users[short].name)
    elif "\\" in user and not folded.startswith(".\\"):
        raise NotModelledError(f"a service that runs as an account of a domain: {user}")
    else:
        raise RefusedError(
            'Exception calling "Translate" with "1" argument(s): "Some or all identity references could not be '
            'translated."'
        )
    service.password = args.text("password") or service.password


def _state(host: Machine, service: Service, args: Args, *, check: bool) -> bool:
    """Start, stop or pause it; whether that was anything. Raises RefusedError in the cmdlets' words."""
    wanted = args.text("state")
    force = bool(args.flag("force_dependent_services"))
    if wanted == "started" and service.state != "started":
        _startable(service, check=check)
        service.state = "started"
        return True
    if wanted == "stopped" and service.state != "stopped":
        _stoppable(host, service, force=force)
        service.state = "stopped"
        return True
    if wanted == "restarted":
        _stoppable(host, service, force=force)
        _startable(service, check=check)
        service.state = "started"
        return True
    if wanted == "paused" and service.state != "paused":
        if not service.can_pause:
            raise RefusedError(f"failed to pause service {service.name}: The service does not support pausing")
        service.state = "paused"
        return True
    return False


def _startable(service: Service, *, check: bool) -> None:
    """Start-Service of a disabled service; with -WhatIf it is not tried."""
    if service.start == "disabled" and not check:
        said = f"Service '{service.display_name} ({service.name})' cannot be started due to the following error: "
        raise RefusedError(f"{said}Cannot start service {service.name} on computer '.'.")


def _stoppable(host: Machine, service: Service, *, force: bool) -> None:
    """Stop-Service of one that running services depend on."""
    names = [one.name for one in _depended(host, service) if one.state == "started"]
    if names and not force and service.state == "started":
        raise RefusedError(
            f"Cannot stop service '{service.display_name} ({service.name})' because it has dependent services. It can "
            "only be stopped if the Force flag is set."
        )


def _depended(host: Machine, service: Service) -> list[Service]:
    return [
        one
        for one in host.part(Services).by_name.values()
        if service.name.casefold() in {each.casefold() for each in one.dependencies}
    ]


def _diff(service: Service) -> dict[str, Any]:
    account = "NT AUTHORITY\\SYSTEM" if service.account.casefold() in _SYSTEM else service.account
    return {
        "dependencies": list(service.dependencies),
        "description": service.description or None,
        "desktop_interact": service.desktop_interact,
        "display_name": service.display_name,
        "error_control": service.error_control,
        "failure_actions": [dict(one) for one in service.failure_actions],
        "failure_actions_on_non_crash_failure": service.failure_actions_on_non_crash_failure,
        "failure_command": service.failure_command or None,
        "failure_reboot_msg": service.failure_reboot_msg or None,
        "failure_reset_period_sec": service.failure_reset_period_sec,
        "load_order_group": service.load_order_group,
        "name": service.name,
        "path": service.path,
        "pre_shutdown_timeout_ms": service.pre_shutdown_timeout_ms,
        "required_privileges": sorted(service.required_privileges),
        "service_type": service.service_type,
        "sid_info": service.sid_info,
        "start_mode": service.start,
        "state": service.state,
        "username": account,
        "password": "REDACTED",
    }


def _returned(host: Machine, service: Service, after: dict[str, Any]) -> Result:
    shown = ("dependencies", "description", "desktop_interact", "display_name", "name", "path", "start_mode")
    state = str(after["state"]).replace("_", "")
    return {
        "exists": True,
        **{key: after[key] for key in shown},
        "username": service.account,
        "state": "running" if state in {"started", "restarted"} else state,
        "depended_by": [one.name for one in _depended(host, service)],
        "can_pause_and_continue": service.can_pause,
    }
