"""A host of the lab that serves a real Active Directory domain (Samba), and another that joins it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engineer import Engineer, example_trust
from linux_hosts import StartHosts, server
from over_ssh import connect, say
from school_servers import School
from secure_hosts import add, applied, audited, planned, secret, signs_in, taken_back

from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.hosts.spec import DirectorySpec, OrganisationUnit

pytestmark = pytest.mark.timeout(600)

DC, MEMBER = "oak-dc-01", "oak-srv-01"
ADMIN, PUPIL = "Lab-admin-pass-1", "Lab-user-pass-1"
DIRECTORY = DirectorySpec(
    realm="TRUST.TEST",
    domain="TRUST",
    admin_password=ADMIN,
    user_password=PUPIL,
    units=(
        OrganisationUnit("Schools/OAK/Servers"),
        OrganisationUnit("Schools/OAK/Staff", groups=("gg-oak-staff",), users=("j.smith",)),
        OrganisationUnit("Schools/OAK/IT", groups=("gg-oak-admins",), users=("a.baker",)),
        OrganisationUnit("Schools/OAK/Pupils", groups=("gg-oak-pupils",), users=("p.jones",)),
    ),
)
_JOIN = """\
  directory:
    realm: trust.test
    servers: [oak-dc-01.trust.test]
    unit: OU=Servers,OU={CODE},OU=Schools,DC=trust,DC=test
    user: Administrator
    password: secret://login/join
    groups: ["gg-{code}-staff"]
    administrators: ["gg-{code}-admins"]
"""
_TOPICS = ("Accounts", "Sudo", "Directory", "SSH")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Engineer:
    """The example trust with this directory in its baseline."""
    made = example_trust(tmp_path_factory.mktemp("directory") / "trust")
    add(made, _JOIN, f"login/join: {ADMIN}\n")
    return made


@pytest.fixture(scope="module")
def domain(start_hosts: StartHosts, trust: Engineer) -> HostLab:
    """A domain controller, and a server with what a member needs."""
    controller = server(10, name=DC, directory=DIRECTORY)
    member = server(
        1,
        password=secret(trust, "login/trustctl"),
        domain="trust.test",
        dns=(controller.address,),
        packages=(
            "adcli",
            "krb5-user",
            "sssd-ad",
            "sssd-tools",
            "libnss-sss",
            "libpam-sss",
            "ldap-utils",
            "bind9-dnsutils",
        ),
    )
    return start_hosts(controller, member)


def test_the_domain_answers_in_dns_ldap_and_kerberos(domain: HostLab) -> None:
    """The member finds the controller by its service record and gets a ticket from it."""
    assert domain.run(DC, ["systemctl", "is-active", "samba-ad-dc"]).stdout == "active\n"
    record = domain.run(MEMBER, ["dig", "+short", "_ldap._tcp.trust.test", "SRV"]).stdout
    assert record == f"0 100 389 {DC}.trust.test.\n"
    ticket = domain.run(MEMBER, ["kinit", "administrator@TRUST.TEST"], given=f"{ADMIN}\n")
    assert ticket.returncode == 0, ticket.stderr
    assert domain.run(MEMBER, ["kinit", "j.smith@TRUST.TEST"], given=f"{PUPIL}\n").returncode == 0
    assert domain.run(MEMBER, ["kinit", "j.smith@TRUST.TEST"], given="wrong\n").returncode != 0


def test_units_groups_and_users_are_where_the_description_puts_them(domain: HostLab) -> None:
    """As the controller's own tool lists them."""
    listed = domain.run(DC, ["samba-tool", "ou", "list", "--full-dn"]).stdout.splitlines()
    assert "OU=Staff,OU=OAK,OU=Schools,DC=trust,DC=test" in listed
    members = domain.run(DC, ["samba-tool", "group", "listmembers", "gg-oak-staff"]).stdout
    assert members == "j.smith\n"


@pytest.fixture(scope="module")
def member(domain: HostLab, trust: Engineer) -> Iterator[School]:
    """The server, joined by the command line; at the end it leaves, and the controller knows nothing of it any more."""
    school = School("oak", trust, domain, others=frozenset((DC,)))
    planned(school, _TOPICS)
    run = applied(school)
    yield school
    taken_back(school, run)
    assert school.on(MEMBER, "test -e /etc/krb5.keytab || echo gone") == "gone\n"
    assert school.on(DC, "samba-tool computer list").split() == [f"{DC.upper()}$"]
    assert "pam_mkhomedir" not in school.on(MEMBER, "cat /etc/pam.d/common-session")


def test_a_member_knows_the_domains_users(member: School) -> None:
    """By sssd, with uid and groups; a name that the domain has not is unknown, and a second plan is empty."""
    told = member.on(MEMBER, "id j.smith")
    assert told.startswith("uid=")
    assert "(j.smith)" in told
    assert "(gg-oak-staff)" in told
    assert "no such user" in member.on(MEMBER, "id nobody.else")
    assert "nothing to change" in planned(member, _TOPICS)


def test_groups_of_the_directory_decide_who_signs_in_and_who_is_root(member: School) -> None:
    """Staff get in, administrators become root too, pupils stay out; nobody's password is in a process list or log."""
    assert signs_in(member, "j.smith", PUPIL)
    assert not signs_in(member, "j.smith", "wrong")
    assert not signs_in(member, "p.jones", PUPIL)
    for user, root in (("a.baker", "root"), ("j.smith", "")):
        client = connect(member.lab.contacts[MEMBER], user, PUPIL)
        assert say(client, "sudo -S -p '' id -un", f"{PUPIL}\n")[1].strip() == root
        assert say(client, "stat -c %U:%a .")[1].strip() == f"{user}:700"
        client.close()
    assert ADMIN not in member.on(MEMBER, "journalctl --no-pager; cat /var/log/*.log")


def test_the_audit_sees_the_membership(member: School) -> None:
    """Joined, limited, with a keytab of its own; nothing there has put it into DNS."""
    found = audited(member)["directory"]
    assert found["rag"] == "amber"
    assert found["wrong"] == ["its name is not in DNS", "its address is not in DNS"]
