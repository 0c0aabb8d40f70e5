"""microsoft.ad.membership 1.10.0.

What a join asks of a controller is asked when it is done, not in check mode: `Add-Computer -WhatIf` asks nobody.
"""

from __future__ import annotations

from typing import Any

from trustctl.lab.windows import directory
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler
from trustctl.lab.windows.parts import Accounts, System, check_name
from trustctl.lab.windows.registry import Registry

_W32TIME = r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters"


@handler("microsoft.ad.membership")
def membership(host: Machine, args: Args, check: bool) -> Result:
    """Be a member of a domain, or of a workgroup.

    What Win32_ComputerSystem says of the membership is new before the restart, and the name is old (unverified).
    """
    _required(args)
    if args["offline_join_blob"] is not None:
        raise NotModelledError("an offline domain join")
    system = host.part(System)
    domain = system.domain if system.waiting_domain is None else system.waiting_domain
    workgroup = "" if domain else system.workgroup
    result: Result = {"changed": False, "reboot_required": False}
    before: dict[str, Any] = {
        "dns_domain_name": domain or None,
        "hostname": system.name,
        "state": "domain" if domain else "workgroup",
        "workgroup_name": workgroup or None,
    }
    name = args.text("hostname") or system.name
    result["diff"] = {"before": before, "after": {}}
    wanted = args.text("dns_domain_name")
    if args.text("state") == "domain":
        if wanted.casefold() != domain.casefold():
            name = _join(host, args, domain, name, result, check=check)
    elif args.text("workgroup_name").casefold() != workgroup.casefold():
        _leave(host, args, domain, result, check=check)
    if name.casefold() != system.name.casefold():
        _rename(host, name, result, check=check)
    result["diff"]["after"] = {
        "dns_domain_name": wanted or None,
        "hostname": name,
        "state": args.text("state"),
        "workgroup_name": args["workgroup_name"],
    }
    return result


def _required(args: Args) -> None:
    """What the module's specification requires and its documentation says in words alone. Raises RefusedError."""
    if args.text("state") == "domain" and not args.given & {"domain_admin_user", "offline_join_blob"}:
        raise RefusedError("state is domain but any of the following are missing: domain_admin_user, offline_join_blob")
    named = ("workgroup_name", "domain_admin_user", "domain_admin_password")
    missing = [one for one in named if one not in args.given]
    if args.text("state") == "workgroup" and missing:
        raise RefusedError(f"state is workgroup but all of the following are missing: {', '.join(missing)}")
    if len(args.given & {"domain_admin_user", "domain_admin_password"}) == 1:
        raise RefusedError("parameters are required together: domain_admin_user, domain_admin_password")


def _rename(host: Machine, name: str, result: Result, *, check: bool) -> None:
    check_name(name, host.part(System).name)
    if not check:
        host.part(System).waiting_name = name
        host.need_restart("the computer's new name")
    result["changed"] = result["reboot_required"] = True


def _join(host: Machine, args: Args, domain: str, name: str, result: Result, *, check: bool) -> str:
    """Join; the name that the module goes on with, which after a rename is the old one. Raises RefusedError."""
    system, wanted = host.part(System), args.text("dns_domain_name")
    if domain:
        raise RefusedError(f"Host is already joined to '{domain}', switching domains is not implemented", **result)
    computer = name
    if name.casefold() != system.name.casefold():
        _rename(host, name, result, check=check)
        name = system.name
    if not check:
        try:
            netbios = _admitted(host, args, computer)
        except RefusedError as error:
            said = (
                f"Computer '{system.name}' failed to join domain '{wanted}' from its current workgroup "
                f"'{system.workgroup}' with following error message: {error.message}"
            )
            if error.message == directory.NO_FILE:
                said += " Check domain_ou_path is pointing to a valid OU in the target domain."
            raise RefusedError(said, **result) from None
        system.waiting_domain = wanted
        host.part(Accounts).join("Administrators", f"{netbios}\\Domain Admins")
        host.part(Accounts).join("Users", f"{netbios}\\Domain Users")
        host.part(Registry).set(_W32TIME, "Type", "String", "NT5DS")
        host.need_restart("the computer's new domain")
    result["changed"] = result["reboot_required"] = True
    return name


def _admitted(host: Machine, args: Args, computer: str) -> str:
    """The domain's short name, once it has an account for the computer. Raises RefusedError in Windows' words."""
    name = args.text("dns_domain_name")
    found = host.world.directory(name)
    server = args.text("domain_server")
    if found is None or (server and not _answers(host, name, server)):
        raise RefusedError(directory.NOT_CONTACTED)
    who = found.login(args.text("domain_admin_user"), args.text("domain_admin_password"), host.world.locked(name))
    found.join(computer, who, args.text("domain_ou_path"))
    return found.spec.netbios


def _answers(host: Machine, domain: str, server: str) -> bool:
    short = server.casefold().removesuffix(f".{domain.casefold()}")
    return short in {one.part(System).name.casefold() for one in host.world.controllers(domain)}


def _leave(host: Machine, args: Args, domain: str, result: Result, *, check: bool) -> None:
    system = host.part(System)
    if domain and not check:
        found = host.world.directory(domain)
        if found is None:
            raise RefusedError(
                f"Failed to unjoin computer '{system.name}' from domain '{domain}' with the following error message: "
                f"{directory.NOT_CONTACTED}",
                **result,
            )
        found.login(args.text("domain_admin_user"), args.text("domain_admin_password"), host.world.locked(domain))
    if not check:
        system.waiting_domain = "" if domain else system.waiting_domain
        system.workgroup = args.text("workgroup_name")
        host.need_restart("the computer's new workgroup")
    result["changed"] = result["reboot_required"] = True
