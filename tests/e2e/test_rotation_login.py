"""The account by which we sign in gets a new password at a whole school; a switch that fails keeps the old one."""

from __future__ import annotations

import json
from collections.abc import Callable

from engineer import Done, Engineer
from field import Field

NEW = "New-lab-Glass-0001x"
NAME = "local/breakglass"


def _ours(engineer: Engineer) -> None:
    """We sign in by the break-glass account itself."""
    with (engineer.inventory / "schools/oak/school.yml").open("a", encoding="utf-8") as file:
        file.write(
            f"login: {{username: kv-breakglass, password: 'secret://{NAME}', enable: 'secret://local/enable'}}\n"
        )


def test_our_own_password_is_rotated(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """Old and new are signed in with as each switch needs it; the new one proves itself before a switch confirms."""
    engineer, switches = open_site("oak-sw", edit=_ours)

    def run(verb: str, *words: str) -> Done:
        return engineer.run(verb, *words, "--endpoints", str(switches.endpoints))

    def step() -> tuple[str, set[str]]:
        done = run("plan", "oak", "--rotate", NAME, "--out", "step.json")
        assert done.code == 5, "the school's other devices have no endpoint here"
        found = json.loads((engineer.repository / "step.json").read_text(encoding="utf-8"))
        return str(found["rotation"]["title"]), {one["name"] for one in found["devices"] if one["action"] == "change"}

    with engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"{NAME}#next: {NEW}\n")
    assert step()[1] == {"oak-sw-core-01", "oak-sw-a1-01", "oak-sw-b1-01"}
    switches.break_("oak-sw-b1-01", "ignore-line=1")
    failed = run("apply", "step.json", "--yes")
    assert failed.code != 0
    assert "oak-sw-b1-01  rolled back and verified" in failed.out, str(failed)
    switches.lab.heal("oak-sw-b1-01")

    title, left = step()
    assert left == {"oak-sw-core-01", "oak-sw-b1-01"}, "cores come last, and not after a failure"
    assert "a new session proves it" in title
    assert run("apply", "step.json", "--yes").code == 0
    assert step()[1] == set()
    between = run("plan", "oak", "--limit", "oak-sw*")
    assert "nothing to change" in between.out, str(between)

    text = engineer.secrets.read_text(encoding="utf-8")
    kept = [line for line in text.split("\n") if not line.startswith(NAME)]
    engineer.secrets.write_text("\n".join([*kept, f"{NAME}: {NEW}", ""]), encoding="utf-8")
    after = run("plan", "oak", "--limit", "oak-sw*")
    assert after.code == 0
    assert "nothing to change" in after.out, str(after)
