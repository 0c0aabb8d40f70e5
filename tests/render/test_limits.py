"""The sandbox does not stop a template from using up memory or time; the child process does."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType

import pytest
from render_estate import Render

from trustctl.errors import RenderError
from trustctl.render import Limits

SMALL = Limits(cpu_seconds=1, wall_seconds=40, memory=128 * 1024 * 1024, output=200_000)
BOMBS = {
    "long text": "{{ 'a' * 10**8 }}",
    "longer text": "{{ 'a' * 10**10 }}",
    "large number": "{{ 2**100000 }}",
    "endless number": "{{ 7**(10**9) }}",
    "wide format": "{{ '%100000000d' % 1 }}",
    "large list": "{% set x = ['a'] * (5 * 10**7) %}{{ x[0] }}",
    "endless loop": "{% for a in 'x' * 10**7 %}{% for b in 'x' * 10**7 %}{% endfor %}{% endfor %}",
    "endless output": "{% for a in 'x' * 10**7 %}\nlldp run\n{% endfor %}",
    "include of itself": "{% include 'cisco_ios/lldp.j2' %}",
    "constant in the source": "{% if 'a' * 10**9 %}x{% endif %}",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_ends_in_an_error_within_the_limits(estate: ModuleType, render: Render, bomb: str) -> None:
    """Each bomb ends in a RenderError in good time, and the parent neither grows nor dies."""
    begun = time.monotonic()
    with pytest.raises(RenderError) as caught:
        render(estate.OLD, {"cisco_ios/lldp.j2": BOMBS[bomb] + "\n"}, limits=SMALL)
    assert time.monotonic() - begun < 40
    assert caught.value.remedy


def test_each_limit_holds_by_itself(estate: ModuleType, render: Render) -> None:
    """CPU time, memory and output are each stopped by their own limit, which the error names."""
    said = {
        "endless loop": "more than 1 s of CPU time",
        "large list": "too much memory",
        "endless output": "longer than 200000 characters",
    }
    for bomb, words in said.items():
        with pytest.raises(RenderError, match=words):
            render(estate.OLD, {"cisco_ios/lldp.j2": BOMBS[bomb] + "\n"}, limits=SMALL)


def _children() -> set[str]:
    """The processes that this one has started and that are still known, ended ones included."""
    return {number for task in Path("/proc/self/task").iterdir() for number in (task / "children").read_text().split()}


def test_no_child_is_left_behind(estate: ModuleType, render: Render) -> None:
    """After a good and after a bad run there is no child process that was not there before."""
    before = _children()
    render(estate.OLD)
    with pytest.raises(RenderError):
        render(estate.OLD, {"cisco_ios/lldp.j2": BOMBS["endless loop"]}, limits=SMALL)
    assert _children() <= before


def test_a_device_may_use_the_whole_limit_again(estate: ModuleType, render: Render) -> None:
    """The limits are per device: a good device renders with small limits."""
    assert render(estate.NEW, limits=Limits(cpu_seconds=5, output=200_000)).lines
