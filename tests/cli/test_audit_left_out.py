"""The audit is of Linux servers: it names the Windows hosts that it does not ask."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from trustctl.cli.main import trustctl

WINDOWS = ["OAK-HV-01", "OAK-FS-01", "KV-DC-01.oak"]


def _audit(tmp_path: Path, *words: str) -> Result:
    (tmp_path / "endpoints.json").write_text('{"devices": {}}', encoding="utf-8")
    store = tmp_path / "secrets.yml"
    store.write_text("login/trustctl: Canary-1\n", encoding="utf-8")
    store.chmod(0o600)
    given = ("audit", "oak", "--endpoints", str(tmp_path / "endpoints.json"), "--secrets", str(store))
    return CliRunner().invoke(trustctl, [*given, *words])


def test_windows_hosts_are_named_as_left_out(tmp_path: Path) -> None:
    """Or one server audited would read as all that a school has."""
    done = _audit(tmp_path)
    assert f"left out, as the audit is of Linux servers: {', '.join(WINDOWS)}" in " ".join(done.stderr.split())
    assert json.loads(_audit(tmp_path, "--json").stdout)["left_out"] == WINDOWS


def test_windows_hosts_alone_are_told_what_looks_at_them(tmp_path: Path) -> None:
    """Not that they stand in servers.yml, where they stand."""
    done = _audit(tmp_path, "--limit", "OAK-HV-01")
    assert "trustctl drift" in str(getattr(done.exception, "remedy", "")) or "trustctl drift" in done.stderr
