"""Fir Grove, a school of one device, which joins the example trust with what an old supplier left there."""

from __future__ import annotations

from collections.abc import Callable

from engineer import Engineer

PASSWORD = "Fir-lab-Admin-3c2e"
"""Of `admin`, with which everybody has signed in there so far."""

_SCHOOL = """\
slug: fir
name: Fir Grove School
code: fir
phase: secondary
site: 16
stage: {stage}
login: {{username: admin, password: secret://login/fir-admin}}
legacy:
  - vlan: 802
    name: OLD-MGMT
    prefix: 192.168.250.0/24
    purpose: Management of the old supplier
    gateway: 192.168.250.1
    until: 2036-08-31
  - vlan: 803
    name: OLD-CURRIC
    prefix: 192.168.244.0/23
    purpose: Curriculum of the old supplier
    gateway: 192.168.244.1
    until: 2036-08-31
"""


def joins(stage: str, name: str, listed: tuple[str, str], boot: str) -> Callable[[Engineer], None]:
    """An edit of the inventory: the school at this stage, with one device and what it has at first.

    `listed` is the file that lists the device (`switches.yml`, `wireless.yml`) and its text.
    """

    def edit(engineer: Engineer) -> None:
        folder = engineer.inventory / "schools" / "fir"
        (folder / "captured").mkdir(parents=True)
        file, text = listed
        for path, content in (
            ("school.yml", _SCHOOL.format(stage=stage)),
            (file, text),
            (f"captured/{name}.cfg", boot),
        ):
            (folder / path).write_text(content, encoding="utf-8")
        with engineer.secrets.open("a", encoding="utf-8") as store:
            store.write(f"login/fir-admin: {PASSWORD}\n")

    return edit
