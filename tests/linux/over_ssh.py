"""A plain SSH client for tests: paramiko, with the pinned key and nothing of the engine."""

from __future__ import annotations

import base64

import paramiko

from trustctl.lab.hosts.spec import HostContact


def connect(contact: HostContact, user: str, proof: str | paramiko.PKey) -> paramiko.SSHClient:
    """Sign in with a password or a private key, trusting the contact's host key alone."""
    password, own = (proof, None) if isinstance(proof, str) else (None, proof)
    client = paramiko.SSHClient()
    kind, blob = contact.host_key.split()
    key = paramiko.PKey.from_type_string(kind, base64.b64decode(blob))
    client.get_host_keys().add(f"[{contact.host}]:{contact.port}", kind, key)
    try:
        client.connect(
            contact.host, contact.port, user, password, pkey=own, look_for_keys=False, allow_agent=False, timeout=10,
            banner_timeout=20, auth_timeout=20,
        )  # fmt: skip
    except paramiko.SSHException:
        client.close()  # sshd counts who has not signed in yet (MaxStartups)
        raise
    return client


def say(client: paramiko.SSHClient, command: str, given: str = "") -> tuple[int, str]:
    """Exit status and standard output of a command."""
    stdin, stdout, _ = client.exec_command(command, timeout=60)
    if given:
        stdin.write(given)
    stdin.channel.shutdown_write()
    text = stdout.read().decode()
    return stdout.channel.recv_exit_status(), text
