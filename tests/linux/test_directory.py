"""A host of the lab that serves a real Active Directory domain (Samba), and another that joins it."""

from __future__ import annotations

import pytest
from linux_hosts import StartHosts, server

from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.hosts.spec import DirectorySpec, OrganisationUnit

DC, MEMBER = "oak-dc-01", "oak-srv-01"
ADMIN, PUPIL = "Lab-admin-pass-1", "Lab-user-pass-1"
DIRECTORY = DirectorySpec(
    realm="TRUST.TEST",
    domain="TRUST",
    admin_password=ADMIN,
    user_password=PUPIL,
    units=(
        OrganisationUnit("Schools/OAK/Servers"),
        OrganisationUnit("Schools/OAK/Staff", groups=("gg-oak-staff", "gg-oak-admins"), users=("j.smith",)),
    ),
)
_SSSD = """\
[sssd]
services = nss, pam
domains = trust.test
[domain/trust.test]
id_provider = ad
access_provider = simple
simple_allow_groups = gg-oak-staff
ad_gpo_access_control = disabled
"""


@pytest.fixture(scope="module")
def domain(start_hosts: StartHosts) -> HostLab:
    """A domain controller, and a server with what a member needs."""
    controller = server(10, name=DC, directory=DIRECTORY)
    member = server(
        1,
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


def test_a_member_joins_and_knows_the_domains_users(domain: HostLab) -> None:
    """The join of adcli, and `id` by sssd; a name that the domain has not is unknown."""
    place = "OU=Servers,OU=OAK,OU=Schools,DC=trust,DC=test"
    join = domain.run(
        MEMBER, ["adcli", "join", "-O", place, "-U", "Administrator", "--stdin-password", "trust.test"], given=ADMIN
    )
    assert join.returncode == 0, join.stderr
    domain.run(MEMBER, ["sh", "-c", "umask 077 && cat > /etc/sssd/sssd.conf"], given=_SSSD)
    assert domain.run(MEMBER, ["systemctl", "restart", "sssd"]).returncode == 0
    told = domain.run(MEMBER, ["id", "j.smith@trust.test"]).stdout
    assert "(gg-oak-staff)" in told
    assert domain.run(MEMBER, ["id", "nobody.else@trust.test"]).returncode == 1
