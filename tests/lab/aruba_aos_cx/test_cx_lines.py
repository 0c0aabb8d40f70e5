"""Whatever is typed: what is refused changes nothing, and what prints boots into the same switch again."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.lab.makes.aruba_aos_cx.model import tables
from trustctl.lab.makes.aruba_aos_cx.model.grammar import Piece, compile_pattern
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC, Context
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import DeviceSpec

_SAMPLES: dict[str, tuple[str, ...]] = {
    "word": ("alpha", "b2", "administrators", "^"),
    "name": ("NPS", "red", "admin"),
    "number": ("10", "500"),
    "vlan": ("1", "10", "20"),
    "vlans": ("10", "20,30", "1,10-12"),
    "port": ("1/1/1", "1/1/2"),
    "ports": ("1/1/1", "1/1/2-1/1/3", "1/1/9"),
    "ip": ("10.1.1.1", "10.2.2.2"),
    "prefix": ("10.1.1.1/24", "10.2.2.2/24", "10.1.1.9/25"),
    "network": ("0.0.0.0/0", "10.0.0.0/8"),
    "prefix6": ("2001:db8::1/64",),
    "host": ("10.1.1.1", "ntp.example"),
    "mac": ("00:11:22:33:44:55",),
    "aclhost": ("10.0.0.0/255.0.0.0", "10.1.1.1"),
    "text": ("some words", "x", "enable", "10 20"),
}


def _words(random: Random, piece: Piece) -> list[str]:
    """Words that a part of a pattern takes."""
    if piece.what == "word":
        return [piece.text]
    if piece.what == "argument":
        low, _, high = piece.text.partition("-")
        return random.choice(_SAMPLES.get(piece.text) or (low, high)).split()
    if piece.what == "seq":
        return [word for part in piece.parts for word in _words(random, part)]
    parts = list(piece.parts)
    random.shuffle(parts)
    count = 1 if piece.what == "one" else random.randint(0, 1) if piece.what == "maybe" else random.randint(0, 2)
    return [word for part in parts[:count] for word in _words(random, part)]


def _line(random: Random, context: Context) -> str:
    """A line for a context or for the top, sometimes negated, sometimes cut short."""
    kind = context.kind if random.random() < 0.7 else "config"
    words = _words(random, compile_pattern(random.choice(tables.TABLES[kind]).pattern))
    if random.random() < 0.3:
        words = words[: random.randint(1, len(words))]
    return " ".join(["no", *words] if random.random() < 0.2 else words)


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.sampled_from(["S4R23A", "JL668A"]))
def test_any_lines(random: Random, model: str) -> None:
    """Sixty lines made from the patterns of all commands, those of every section among them."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model=model))
    context = CONFIG
    for _ in range(60):
        line = _line(random, context)
        before = switch.running_text()
        reply = switch.configure(context, line)
        if reply.refused and len(context.paths) == 1:
            assert switch.running_text() == before, line
        if reply.question is not None:
            reply = switch.answer(context, reply.question, accepted=True)
        if reply.block is not None:
            reply = switch.finish_block(reply.context, reply.block, ("hello",))
        context = CONFIG if reply.context == EXEC else reply.context
    printed = switch.running_text()
    again = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model=model, boot=printed))
    assert again.running_text() == printed
    assert again.load_running(printed) == []
