"""Certificates are believed by those who know the authority, for their names and in their time only."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from requests.exceptions import ConnectionError, SSLError

from tests.support.image import Image
from tests.support.pki import Authority
from tests.support.registry import Registry


def test_registry_is_trusted_by_who_knows_the_authority(
    tmp_path: Path, authority: Authority, image: Image, client: requests.Session
) -> None:
    with Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1")) as registry:
        registry.push_image("demo/tiny", "v1", image)
        assert registry.url.startswith("https://")
        assert client.get(f"{registry.url}/v2/demo/tiny/tags/list", verify=str(authority.path)).json()["tags"] == ["v1"]
        with pytest.raises(SSLError, match="unable to get local issuer"):
            client.get(f"{registry.url}/v2/", verify=str(Authority(tmp_path / "other").path))
        with pytest.raises(SSLError, match="Hostname mismatch"):
            client.get(f"https://localhost:{registry.port}/v2/", verify=str(authority.path))


@pytest.mark.parametrize(("day", "refusal"), [(-2, "certificate has expired"), (2, "certificate is not yet valid")])
def test_certificate_has_its_time(
    tmp_path: Path, authority: Authority, client: requests.Session, day: int, refusal: str
) -> None:
    start = datetime.now(UTC) + timedelta(days=day)
    pair = authority.issue("127.0.0.1", start=start, end=start + timedelta(days=1))
    with Registry(tmp_path / "registry", tls=pair) as registry, pytest.raises(SSLError, match=refusal):
        client.get(registry.url, verify=str(authority.path))


def test_registry_asks_clients_for_a_certificate(
    tmp_path: Path, authority: Authority, image: Image, client: requests.Session
) -> None:
    pair = authority.issue("somebody", client=True)
    with Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1"), client_authority=authority) as registry:
        registry.push_image("demo/tiny", "v1", image)
        client.verify = str(authority.path)
        with pytest.raises(ConnectionError):
            client.get(f"{registry.url}/v2/")
        assert client.get(f"{registry.url}/v2/", cert=(str(pair.certificate), str(pair.key))).ok
