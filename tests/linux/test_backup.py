"""A server's backup by restic: a repository that is made, written, read back, and watched by the audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engineer import Engineer
from linux_hosts import StartHosts
from school_servers import School, open_school
from secure_hosts import HOST, add, applied, audited, planned, taken_back

pytestmark = pytest.mark.timeout(600)

CANARY = "Restic-canary-pass-5519"
_BACKUP = """\
  backup:
    repository: /srv/backup/{name}
    password: secret://backup/restic
    paths: [/etc, /home]
"""


@pytest.fixture(scope="module")
def work(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A server with the role; its repository is a folder, as a mounted share is."""

    def edit(engineer: Engineer) -> None:
        add(engineer, _BACKUP, f"backup/restic: {CANARY}\n")
        engineer.edit("schools/oak/servers.yml", "roles: [dns, syslog]", "roles: [backup]")

    school = open_school("oak", start_hosts, tmp_path_factory.mktemp("trust"), edit)
    school.on(HOST, "mkdir -m 0700 -p /srv/backup")
    planned(school, ("Backup",))
    run = applied(school)
    yield school
    taken_back(school, run)
    assert "trust" not in school.on(HOST, "ls /etc/restic /usr/local/sbin; systemctl list-timers --all")
    for said in school.engineer.said:
        assert CANARY not in said.out + said.err


def test_a_backup_is_made_and_read_back(work: School) -> None:
    """By the units that the timers start; before that the audit is red, after it only the offline copy is untold."""
    work.on(HOST, "rm -f /var/lib/trust-backup/*")
    before = audited(work)["backup"]
    assert before["rag"] == "red"
    assert before["wrong"] == ["the last backup is older than 26 hours", "no backup was read back for 35 days"]
    assert "nothing to change" in planned(work, ("Backup",))
    work.on(HOST, "echo 'a line of somebody' >/home/note")
    made = work.lab.run(HOST, ["systemctl", "start", "trust-backup.service"], seconds=120)
    assert made.returncode == 0, work.on(HOST, "journalctl -u trust-backup -n 30 --no-pager")
    read = work.lab.run(HOST, ["systemctl", "start", "trust-restore-check.service"], seconds=120)
    assert read.returncode == 0, work.on(HOST, "journalctl -u trust-restore-check -n 30 --no-pager")
    after = audited(work)["backup"]
    assert (after["rag"], after["wrong"]) == ("grey", [])
    restic = "set -a; . /etc/restic/env; restic"
    work.on(HOST, f"rm /home/note; {restic} restore latest --target /root/back --include /home/note")
    assert work.on(HOST, "cat /root/back/home/note") == "a line of somebody\n"


def test_a_backup_that_cannot_be_read_is_no_backup(work: School) -> None:
    """Data that rots in the repository fails the restore check, and leaves no stamp."""
    work.on(HOST, "rm -f /var/lib/trust-backup/restored")
    assert work.lab.run(HOST, ["systemctl", "start", "trust-backup.service"], seconds=120).returncode == 0
    rot = "chmod u+w $f; printf X | dd of=$f bs=1 seek=60 conv=notrunc"
    work.on(HOST, f"for f in $(find /srv/backup/*/data -type f); do {rot}; done")
    assert work.lab.run(HOST, ["systemctl", "start", "trust-restore-check.service"], seconds=120).returncode != 0
    work.on(HOST, "rm -rf /srv/backup/*")
    assert audited(work)["backup"]["wrong"] == ["no backup was read back for 35 days"]


def test_the_password_is_nowhere_but_in_its_file(work: School) -> None:
    """Not in the journal, the environment of the units, or anybody's reach."""
    assert work.on(HOST, "stat -c %a:%U /etc/restic /etc/restic/password") == "700:root\n600:root\n"
    assert CANARY not in work.on(HOST, "journalctl --no-pager; systemctl show trust-backup; cat /etc/restic/env")
    assert work.on(HOST, "cat /etc/restic/password") == f"{CANARY}\n"
