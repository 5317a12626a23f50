"""Registries want passwords or tokens, and what the token server gives is what they take."""

from pathlib import Path

import pytest
import requests

from tests.support.image import MANIFEST_TYPES, Image
from tests.support.pki import Authority
from tests.support.registry import Registry
from tests.support.tokens import SERVICE, TokenRequest, TokenServer

SCOPE = "repository:demo/tiny:pull"


def manifest(client: requests.Session, registry: Registry, token: str = "") -> requests.Response:
    """Ask for the manifest."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers["Accept"] = MANIFEST_TYPES["oci"]
    return client.get(f"{registry.url}/v2/demo/tiny/manifests/v1", headers=headers)


def test_password(tmp_path: Path, image: Image, client: requests.Session) -> None:
    with Registry(tmp_path / "registry", users={"anna": "secret", "otto": "word"}) as registry:
        registry.push_image("demo/tiny", "v1", image)
        refused = manifest(client, registry)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, f'Basic realm="{SERVICE}"')
        client.auth = ("otto", "secret")
        assert manifest(client, registry).status_code == 401
        client.auth = ("otto", "word")
        assert manifest(client, registry).status_code == 200


def test_token_for_a_password(tmp_path: Path, image: Image, client: requests.Session) -> None:
    with (
        TokenServer(tmp_path / "tokens", users={"anna": "secret"}) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        refused = manifest(client, registry)
        assert refused.status_code == 401
        assert (
            refused.headers["WWW-Authenticate"] == f'Bearer realm="{tokens.realm}",service="{SERVICE}",scope="{SCOPE}"'
        )
        asked = {"service": SERVICE, "scope": SCOPE}
        assert client.get(tokens.realm, params=asked).status_code == 401
        assert client.get(tokens.realm, params=asked, auth=("anna", "wrong")).status_code == 401
        answer = client.get(tokens.realm, params=asked, auth=("anna", "secret"))
        assert manifest(client, registry, answer.json()["token"]).status_code == 200
        assert tokens.requests == [
            TokenRequest("GET", user, SERVICE, [SCOPE], status)
            for user, status in [("", 401), ("anna", 401), ("anna", 200)]
        ]


def test_token_for_an_identity_token(
    tmp_path: Path, authority: Authority, image: Image, client: requests.Session
) -> None:
    client.verify = str(authority.path)
    pair = authority.issue("127.0.0.1")
    with (
        TokenServer(tmp_path / "tokens", identities={"long-lived": "anna"}, tls=pair) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        form = {"grant_type": "refresh_token", "refresh_token": "long-lived", "service": SERVICE, "scope": SCOPE}
        assert client.post(tokens.realm, data=form).status_code == 400
        form["client_id"] = "test"
        assert client.post(tokens.realm, data=form | {"refresh_token": "made up"}).status_code == 401
        answer = client.post(tokens.realm, data=form)
        assert manifest(client, registry, answer.json()["access_token"]).status_code == 200
        assert tokens.requests[-1] == TokenRequest("POST", "anna", SERVICE, [SCOPE], 200)


def test_anybody_may_only_pull(tmp_path: Path, image: Image, client: requests.Session) -> None:
    with (
        TokenServer(tmp_path / "tokens", anonymous=True) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        asked = {"service": SERVICE, "scope": [f"{SCOPE},push", "registry:catalog:*"]}
        token = client.get(tokens.realm, params=asked).json()["token"]
        assert manifest(client, registry, token).status_code == 200
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.post(f"{registry.url}/v2/demo/tiny/blobs/uploads/").status_code == 401
        assert client.get(f"{registry.url}/v2/_catalog").status_code == 401


@pytest.mark.parametrize(("expires_in", "status"), [(0, 401), (30, 200)])
def test_token_expires_when_it_says(
    tmp_path: Path, image: Image, client: requests.Session, expires_in: int, status: int
) -> None:
    with (
        TokenServer(tmp_path / "tokens", expires_in=expires_in) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        assert manifest(client, registry, tokens.token("anna", [SCOPE])).status_code == status
