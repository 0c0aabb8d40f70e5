"""A plan's signature: who approved exactly these bytes, by the SSH keys that people have already.

`ssh-keygen -Y sign` and `-Y verify` do the work (OpenSSH 8.1 and later; ssh-keygen(1), PROTOCOL.sshsig). The namespace
keeps a signature that was made for something else, such as a Git commit, from counting for a plan.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trustctl.errors import SignatureError
from trustctl.journal import write_private

NAMESPACE = "trustctl-plan"
_SIZE_CAP = 64 * 1024
_SECONDS = 120
"""As long as a person may need for the passphrase of a key."""
_PASSED_ON = ("PATH", "HOME", "LANG", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "SSH_AUTH_SOCK", "SSH_ASKPASS")
"""What ssh-keygen gets of the environment: where it finds an agent, or a person to ask for a passphrase."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose signature a plan needs. `allowed` is a file as ssh-keygen(1), ALLOWED SIGNERS; None asks for nobody's.

    `environment` is the process's own; only what ssh-keygen needs of it is passed on.
    """

    allowed: Path | None
    environment: Mapping[str, str] = field(repr=False)

    def verify(self, data: bytes, plan: Path) -> str:
        """Check the signature beside a plan file over the bytes that were read from it; return who signed.

        A signature is required if `allowed` is named. If it is not, one that is there must be over these bytes, and
        the key is named because nobody said whose it is; empty if there is none. Raises SignatureError.
        """
        beside = signature_of(plan)
        if not beside.is_file():
            if self.allowed is None:
                return ""
            raise SignatureError(
                "the plan is not signed, and trust.yml names those who sign plans",
                where=str(beside),
                remedy=f"sign what was reviewed: ssh-keygen -Y sign -n {NAMESPACE} -f KEY {plan}",
            )
        if self.allowed is not None and not self.allowed.is_file():
            raise SignatureError(
                "the file of signers that trust.yml names is not there",
                where=str(self.allowed),
                remedy=f'write it: `NAME namespaces="{NAMESPACE}" ssh-ed25519 AAAA...`, one person a line',
            )
        if beside.stat().st_size > _SIZE_CAP:
            raise SignatureError("the file is too large for a signature", where=str(beside))
        if self.allowed is None:
            said = self._ask(["check-novalidate", "-n", NAMESPACE, "-s", str(beside)], data, beside)
            return f"by a key that trust.yml says nothing about: {said.rpartition(' with ')[2]}"
        found = self._ask(["find-principals", "-f", str(self.allowed), "-s", str(beside)], data, beside)
        who = next((name for name in found.split("\n", 1)[0].split(",") if not name.startswith("!")), "")
        arguments = ["verify", "-n", NAMESPACE, "-f", str(self.allowed), "-I", who, "-s", str(beside)]
        self._ask(arguments, data, beside)
        return who

    def sign(self, data: bytes, plan: Path, key: Path) -> Path:
        """Sign these bytes of a plan file with a private key (or a public one, whose private part an agent holds).

        Returns the file that was written. Raises SignatureError.
        """
        beside = signature_of(plan)
        # from a folder of ours, as `ssh-keygen` asks before it writes over a file that is there
        with tempfile.TemporaryDirectory(prefix="trustctl-") as folder:
            copy = Path(folder) / "plan"
            write_private(copy, data.decode())
            self._ask(["sign", "-q", "-n", NAMESPACE, "-f", str(key), str(copy)], None, key)
            text = signature_of(copy).read_text(encoding="ascii")
        try:
            write_private(beside, text)
        except OSError as error:
            raise SignatureError(f"the signature cannot be written: {error.strerror}", where=str(beside)) from error
        return beside

    def _ask(self, arguments: Sequence[str], data: bytes | None, where: Path) -> str:
        """What ssh-keygen says; whatever it refuses is a SignatureError with its own words."""
        kept = {name: self.environment[name] for name in _PASSED_ON if name in self.environment}
        command = ["ssh-keygen", "-Y", *arguments]
        try:
            done = subprocess.run(command, input=data, capture_output=True, env=kept, timeout=_SECONDS, check=False)
        except FileNotFoundError as error:
            raise SignatureError("there is no ssh-keygen here", where=str(where), remedy="install OpenSSH") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SignatureError(f"ssh-keygen cannot be run: {error}", where=str(where)) from error
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip()
        lines = (done.stderr + done.stdout).decode("utf-8", "replace").splitlines()
        said = " / ".join(line.strip() for line in lines if line.strip())[:_SHOWN]
        signing = arguments[0] == "sign"
        problem = "the plan was not signed" if signing else "the plan's signature does not hold"
        remedy = _CANNOT_SIGN if signing else _DOES_NOT_HOLD
        raise SignatureError(f"{problem}: {said or 'ssh-keygen gave no reason'}", where=str(where), remedy=remedy)


def signature_of(plan: Path) -> Path:
    """Where the signature of a plan file lies: `PLAN.sig`, as `ssh-keygen -Y sign` names it."""
    return plan.with_name(f"{plan.name}.sig")


_CANNOT_SIGN = "name the file of an SSH key whose private part is there or in an agent"
_DOES_NOT_HOLD = (
    "plan again, and let somebody sign whom the file of signers names today; a plan is not edited after it was signed"
)
