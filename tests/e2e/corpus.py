"""The injection corpus: strings that try to become something else than text, by class (more than 500)."""

from __future__ import annotations

from itertools import product

CLASSES: dict[str, tuple[str, ...]] = {}

_BREAKS = ("\n", "\r", "\r\n", "\n\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
CLASSES["line breaks"] = tuple(
    form.format(mark)
    for mark, form in product(_BREAKS, ("Room 1{}no aaa new-model", "{}reload", "Room 1{}", "a{0}{0}b", " {} x"))
)

_KEYS = (
    *(chr(code) for code in range(1, 27) if code not in {10, 13}),
    "\x1b",
    "\x7f",
    "\x08\x08\x08",
    "\x9b",
    "\x90",
    "\x9d",
)
_SEQUENCES = (
    "\x1b[2J", "\x1b[31m", "\x1bE", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1bc", "\x1b[A\r", "\x1b[6n",
    "\x9b31m", "\x9d52;c;eA==\x9c", "\x1b[?1049h", "\x1bP$q\x1b\\",
)  # fmt: skip
CLASSES["terminal control"] = (
    *(f"Room {key}1" for key in _KEYS),
    *(f"{text} x" for text in _SEQUENCES),
    *(f"x{text}" for text in _SEQUENCES),
)

_WORDS = ("end", "exit", "quit", "return", "do reload", "do write erase", "configure terminal", "abort", "logout")
CLASSES["command line keys"] = (
    "?", "Room ?", "a\tb", "\t", "^Z", "^C", "^V", "Room ^", "|", "a | redirect flash:x", "a > b", "show run | tee x",
    "a >> b",
    *_WORDS, *(f"x {word}" for word in _WORDS), *(word.upper() for word in _WORDS),
)  # fmt: skip

_QUOTES = ('"', "'", "\\", "!", "#", ";", "{", "}", "[", "]", "(", ")", "`", "$", "&", "~", "%", "=", "*")
CLASSES["quotes and comments"] = (
    *_QUOTES, *(f"{mark}Room" for mark in _QUOTES), *(f"Room {mark} 1" for mark in _QUOTES),
    '"unbalanced', "'unbalanced", "$(reload)", "`reload`", "${IFS}", "a\\nb", "a\\", "^C\nbanner", "# x", "! x",
)  # fmt: skip

_DENIED = (
    "reload", "rel", "erase startup-config", "wr er", "write erase", "format flash:", "delete flash:vlan.dat", "no aaa",
    "no aaa new-model", "crypto key zeroize rsa", "crypto key z", "boot system x", "no username x", "copy tftp: run",
)  # fmt: skip
CLASSES["forbidden commands"] = (
    *_DENIED,
    *(text.upper() for text in _DENIED),
    *(text.replace(" ", "  ") + " " for text in _DENIED),
    *(f" {text}" for text in _DENIED),
)

_EXPRESSIONS = (
    "7*7", "switch", "''.__class__.__mro__", "services.radius", "lookup('env', 'HOME')", "lipsum.__globals__", "self",
    "cycler.__init__.__globals__.os.popen('id').read()", "config", "range(10**9)",
)  # fmt: skip
CLASSES["templates"] = (
    *(f"{{{{{text}}}}}" for text in _EXPRESSIONS),
    *(f"{{% {text} %}}" for text in ("if 1", "endif", "include '/etc/passwd'", "raw", "endraw", "block x")),
    *(f"x {{{{ {text} }}}} y" for text in _EXPRESSIONS),
    *(f"${{{text}}}" for text in _EXPRESSIONS), *(f"#{{{text}}}" for text in _EXPRESSIONS),
    "{#", "#}", "{{", "}}", "{%", "%}", "{{ {{ 1 }} }}", "<secret:radius/shared-key>", "<observed:1a2b>", "<%= 1 %>",
)  # fmt: skip

_SCALARS = ("NO", "yes", "on", "~", "null", "010", "0x1F", "1e3", "1_000", "12:30:45", ".inf", ".nan", "2026-11-22", "")
CLASSES["YAML"] = (
    *_SCALARS, *(f"!!python/object/apply:os.system ['{word}']" for word in _WORDS[:4]),
    *(f"{mark}anchor" for mark in "&*!|>%@"), "<<: *x", "- a", "a: b", "? a", "--- x", "... ", "key: [a, b", "{a: b}",
    *("[" * depth for depth in (1, 10, 100)), *(f"!tag{n} x" for n in range(6)), "x #y", "x: #y", "a: 'b'", "a\\x0ab",
    *(f"{text} #" for text in _SCALARS),
)  # fmt: skip

_PATHS = (
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "a/../b",
    "nvram:startup-config",
    "flash:/x",
    "C:\\x",
    "\\\\host\\x",
)
CLASSES["paths"] = (
    *_PATHS, *(f"file://{path}" for path in _PATHS), *(f"x{path}\0.cfg" for path in _PATHS),
    *(f"{path}%00" for path in _PATHS),
    "%2e%2e%2f", "%0a", "%0d%0areload", "a" * 81, "a" * 255, "a" * 4096, ".", "..", "~root", "-rf", "--help",
)  # fmt: skip

_MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</pre><b>", "<svg/onload=alert(1)>", "&lt;b&gt;",
    "javascript:alert(1)", '" onmouseover="x', "</title>", "<!-- x -->", "-->", "<iframe src=x>", "<a href=x>y</a>",
)  # fmt: skip
CLASSES["output"] = (
    *_MARKUP, *(f"Room {text}" for text in _MARKUP), *(f"{mark}cmd|' /C calc'!A0" for mark in "=+-@"),
    "::set-output name=x::y", "::error::x", "##vso[task.setvariable]", "```", "````x", "~~~", "[x](http://x)",
    "![x](x)",     "| a | b |", "---",
    "# Heading", "* item", "> quote", "\\[x", "<details>", "</details>", "x" * 1_048_576,
    "%s%s%n", "{0}", "{x!r}", "\\x1b[31m", "\\u202e",
)  # fmt: skip

_WIDE = (
    "\u0430dmin", "\uff11\uff12", "e\u0301", "\u202e1 mooR", "\u200bRoom", "Ro\u200dom", "\ufeffRoom", "\u2066x\u2069",
    "caf\u00e9", "\u00a0Room", "Room\u3000 1", "\U0001f4a3", "\U000e0041", "\ud800",
    "\udfff x", "\u037e", "\u2010", "\u2215",
    "\ufffd", "\u00ad",
)  # fmt: skip
CLASSES["Unicode"] = (*_WIDE, *(f"Room {text} 1" for text in _WIDE))

CORPUS = tuple((name, text) for name, texts in CLASSES.items() for text in dict.fromkeys(texts))
