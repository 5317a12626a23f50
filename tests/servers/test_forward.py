"""The way out leads through the proxy, for those with a password where it wants one."""

from pathlib import Path

import pytest
import requests

from tests.support.forward import ForwardProxy
from tests.support.pki import Authority
from tests.support.registry import Registry


def test_proxy_lets_through_and_remembers(tmp_path: Path, authority: Authority, client: requests.Session) -> None:
    with (
        Registry(tmp_path / "closed", tls=authority.issue("127.0.0.1")) as closed,
        Registry(tmp_path / "open") as plain,
        ForwardProxy(tmp_path / "proxy") as proxy,
    ):
        client.proxies = {"http": proxy.url, "https": proxy.url}
        assert client.get(f"{closed.url}/v2/", verify=str(authority.path)).ok
        assert client.get(f"{plain.url}/v2/").ok
        assert proxy.requests == [f"CONNECT {closed.host}", f"GET {plain.url}/v2/"]


def test_proxy_wants_a_password(tmp_path: Path, authority: Authority, client: requests.Session) -> None:
    with (
        Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1")) as registry,
        ForwardProxy(tmp_path / "proxy", users={"anna": "secret"}) as proxy,
    ):
        client.verify = str(authority.path)
        for wrong in ("", "anna:wrong@"):
            with pytest.raises(requests.exceptions.ProxyError, match="Tunnel connection failed"):
                client.get(f"{registry.url}/v2/", proxies={"https": f"http://{wrong}{proxy.host}"})
        assert client.get(f"{registry.url}/v2/", proxies={"https": f"http://anna:secret@{proxy.host}"}).ok
