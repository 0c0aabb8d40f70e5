"""TLS and addresses: what is not trusted gets no request, and there is no way past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from vault_ground import Ground

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.lab.certificates import Authority
from trustctl.lab.vault import VaultServer

OAK = "schools/oak/switch"
Lab = tuple[Ground, VaultServer]


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    """The trust's CA, and somebody else's."""
    folder = tmp_path_factory.mktemp("ca")
    today = datetime.now(tz=UTC)
    return Authority(folder, "trust-ca", today), Authority(folder, "other-ca", today)


def test_https_with_the_trusts_own_ca(lab: Lab, authorities: tuple[Authority, Authority]) -> None:
    """The CA that is named is enough, and needed."""
    ground, server = lab
    ground.write(OAK, value="p1")
    trust, other = authorities
    with VaultServer(server.core, certificate=trust.leaf("good")) as secure:
        with ground.store(ground.role(), addresses=(f"{secure.address}/",), ca=trust.file) as store:
            assert store.get(OAK) == "p1"
        for ca in (other.file, None):
            with (
                ground.store(ground.role(), addresses=(secure.address,), ca=ca) as store,
                pytest.raises(StoreUnavailableError, match="certificate is not signed by a CA that we trust"),
            ):
                store.get(OAK)


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        ({"ends": timedelta(hours=-1)}, "certificate has expired"),
        ({"begins": timedelta(hours=1)}, "certificate is not valid yet"),
        ({"address": "127.9.9.9"}, "certificate is for another name"),
    ],
    ids=["expired", "early", "another name"],
)
def test_certificates_that_are_not_good(
    lab: Lab, authorities: tuple[Authority, Authority], leaf: dict[str, timedelta | str], words: str
) -> None:
    """Not one request is sent, and there is no way past."""
    ground, server = lab
    trust, _ = authorities
    with VaultServer(server.core, certificate=trust.leaf("bad", **leaf)) as secure:  # type: ignore[arg-type] # words of a certificate
        with (
            ground.store(ground.role(), addresses=(secure.address,), ca=trust.file) as store,
            pytest.raises(StoreUnavailableError, match=words) as refused,
        ):
            store.get(OAK)
        assert "There is no way past" in refused.value.remedy
        assert secure.seen == []


def test_plain_http_where_https_is_needed(lab: Lab) -> None:
    """A server without TLS is told as such, after no more than a handshake."""
    ground, server = lab
    with (
        ground.store(ground.by_root(), addresses=(server.address.replace("http:", "https:"),)) as store,
        pytest.raises(StoreUnavailableError, match=r"(?s)no TLS with Vault.*https is needed"),
    ):
        store.get(OAK)


@pytest.mark.parametrize(
    "address",
    [
        "http://vault.trust.example:8200",
        "ftp://vault.trust.example",
        "https://vault.trust.example:8200/v1",
        "https://user:pass@vault.trust.example:8200",
        "vault.trust.example:8200",
        "https://",
        "http://127.0.0.1.trust.example:8200",
    ],
)
def test_addresses_that_would_not_do(lab: Lab, address: str) -> None:
    """A token in clear on a network is refused before anything is sent."""
    ground, _ = lab
    with pytest.raises(SecretError, match="is no address for Vault"):
        ground.store(ground.by_root(), addresses=(address,))


def test_no_address_and_no_ca(lab: Lab, tmp_path: Path) -> None:
    """Settings that cannot work are refused before anything is sent."""
    ground, _ = lab
    with pytest.raises(SecretError, match="no address of Vault is named"):
        ground.store(ground.by_root(), addresses=())
    (tmp_path / "empty.pem").write_text("nothing\n")
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(SecretError, match="the CA file for Vault cannot be used"):
            ground.store(ground.by_root(), ca=tmp_path / name)
