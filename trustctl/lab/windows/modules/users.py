"""ansible.windows.win_user 3.3.0."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.parts import Accounts, Group, User

_FIELDS = {
    "account_disabled": "disabled",
    "account_locked": "locked",
    "fullname": "full_name",
    "description": "description",
    "home_directory": "home_directory",
    "login_script": "login_script",
    "password_expired": "password_expired",
    "password_never_expires": "password_never_expires",
    "profile": "profile",
    "user_cannot_change_password": "cannot_change_password",
}
_CASED = frozenset({"fullname", "description"})


@handler("ansible.windows.win_user")
def win_user(host: Machine, args: Args, check: bool) -> Result:
    """Keep a local user, or ask about one."""
    accounts, name = host.part(Accounts), args.text("name")
    user = accounts.users.get(name.casefold())
    before: Any = _diff(accounts, user) if user else ""
    result: Result = {"changed": False}
    state = args.text("state")
    if state == "absent":
        result |= {"changed": user is not None, "state": "absent", "diff": {"before": before, "after": ""}}
        result["msg"] = f"User '{user.name}' deleted successfully" if user else f"User '{name}' was not found"
        if user is not None and not check:
            _delete(accounts, user)
            user = None
    elif state == "query":
        result |= {"msg": f"Querying user '{name}'", "state": "present" if user else "absent"}
        result["diff"] = {"before": before, "after": before}
    else:
        user = _present(accounts, user, args, result, before, check=check)
    return result | {"name": name} | (_told(accounts, user) if user else {})


def _present(
    accounts: Accounts, user: User | None, args: Args, result: Result, before: Any, *, check: bool
) -> User | None:
    """Make or change a user; the one that is there then."""
    result["state"] = "present"
    if args["account_locked"] is True:
        raise RefusedError("account_locked must be set to 'no' if provided")
    if user is None:
        result["changed"] = True
        after: dict[str, Any] = {"name": args.text("name")}
        if args["password"] is not None:
            after["password"] = "REDACTED"  # noqa: S105 - the module's word
        if check:
            # the module knows no more of a user that it has not made
            result["diff"] = {"before": before, "after": after}
            return None
        user = accounts.add_user(args.text("name"), args.text("password"))
    after = _diff(accounts, user)
    draft = User(**vars(user))
    if _password(draft, args):
        after["password"] = "CHANGED REDACTED"  # noqa: S105 - the module's words
        result["changed"] = True
    for option, field in _FIELDS.items():
        if args[option] is not None and not _same(option, args[option], getattr(draft, field)):
            setattr(draft, field, args[option])
            after[option] = args[option]
            result["changed"] = True
    expires = _expires(args)
    if expires is not None and expires != draft.expires:
        draft.expires = expires
        after["account_expires"] = expires or "never"
        result["changed"] = True
    if not check:
        accounts.users[user.name.casefold()] = draft
        user = draft
    result["changed"] = _groups(accounts, user, args, after, check=check) or result["changed"]
    result["diff"] = {"before": before, "after": after}
    return user


def _same(option: str, wanted: Any, have: Any) -> bool:
    if isinstance(wanted, str) and option not in _CASED:
        return wanted.casefold() == str(have).casefold()
    return bool(wanted == have)


def _password(user: User, args: Args) -> bool:
    """Set the password if it shall be set; whether it was."""
    given = args.text("password")
    if not given or (args["update_password"] or "always") != "always":
        return False
    if user.password == given and not user.disabled and not user.password_expired:
        return False
    user.password = given
    return True


def _expires(args: Args) -> str | None:
    """When the account shall expire; "" never, None not asked. Raises RefusedError."""
    given = args.text("account_expires")
    if not given:
        return None
    if given in {"never", "-1"}:
        return ""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise RefusedError(
            "Failed to parse account_expires as datetime string. Expecting datetime in yyyy-MM-dd or "
            "yyyy-MM-ddTHH:mm:ss.FFFFFFFK format."
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def _groups(accounts: Accounts, user: User, args: Args, after: dict[str, Any], *, check: bool) -> bool:
    """Put the user into groups and out of them; whether anything moved. Raises RefusedError."""
    named = args.listed("groups")
    if named is None:
        return False
    wanted = [_group(accounts, str(one)) for one in named if str(one).strip()]
    have = accounts.groups_of(user.name)
    action = args.text("groups_action") or "replace"
    add = [one for one in wanted if one not in have] if action != "remove" else []
    drop = [one for one in have if one in wanted] if action == "remove" else []
    if action == "replace":
        drop = [one for one in have if one not in wanted]
    shown = accounts.shown(user.name)
    for one in (*add, *drop):
        if one in add:
            after["groups"].append(one.name)
        else:
            after["groups"] = [each for each in after["groups"] if each.rpartition("\\")[2] != one.name]
        if not check and one in add:
            one.members.append(shown)
        elif not check:
            one.members = [each for each in one.members if each.casefold() != shown.casefold()]
    return bool(add or drop)


def _group(accounts: Accounts, name: str) -> Group:
    short = name.casefold().removeprefix("builtin\\").removeprefix(".\\").removeprefix(f"{accounts.host.casefold()}\\")
    for one in accounts.groups.values():
        if short in {one.name.casefold(), one.sid.casefold()}:
            return one
    raise RefusedError(f"group '{name}' not found")


def _delete(accounts: Accounts, user: User) -> None:
    for one in accounts.groups_of(user.name):
        one.members.remove(
            next(each for each in one.members if each.casefold() == accounts.shown(user.name).casefold())
        )
    del accounts.users[user.name.casefold()]


def _diff(accounts: Accounts, user: User) -> dict[str, Any]:
    groups = accounts.groups_of(user.name)
    return {
        **{option: getattr(user, field) for option, field in _FIELDS.items()},
        "account_expires": user.expires or "never",
        "groups": [
            f"BUILTIN\\{one.name}" if one.sid.startswith("S-1-5-32-") else accounts.shown(one.name) for one in groups
        ],
        "name": user.name,
        "password": "REDACTED",
    }


def _told(accounts: Accounts, user: User) -> Result:
    path = f"WinNT://{accounts.host}"
    return {
        "fullname": user.full_name,
        "path": f"{path}/{user.name}",
        "description": user.description,
        "password_expired": user.password_expired,
        "password_never_expires": user.password_never_expires,
        "user_cannot_change_password": user.cannot_change_password,
        "account_disabled": user.disabled,
        "account_locked": user.locked,
        "sid": user.sid,
        "groups": [{"name": one.name, "path": f"{path}/{one.name}"} for one in accounts.groups_of(user.name)],
    }
