"""Registries that want passwords or tokens: what is shown to whom, how often, and what is told where that fails."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.support.bootable import bootable_image, kernel_file
from tests.support.bucket import Bucket
from tests.support.front import Front
from tests.support.image import File, Image, Index, Layer
from tests.support.pki import Authority
from tests.support.puller import Puller, login
from tests.support.registry import Registry
from tests.support.sources import AMD64
from tests.support.tokens import SERVICE, TokenRequest, TokenServer
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import verified
from wyrcan_tui.image.resolve import resolve

SCOPE = "repository:demo/tiny:pull"
USERS = {"anna": "open-sesame"}
pytestmark = pytest.mark.usefixtures("impatient")


def refusal(puller: Puller, name: str) -> WyrcanError:
    """Why a pull fails; the password must not be in it."""
    with pytest.raises(WyrcanError) as raised:
        puller.pull(name)
    told = f"{raised.value} {raised.value.context}"
    assert "sesame" not in told
    return raised.value


# Passwords


def test_password_is_shown_to_who_asks_for_it_and_not_before(tmp_path: Path, image: Image) -> None:
    with (
        Registry(tmp_path / "registry", users=USERS) as registry,
        Front(tmp_path / "front", registry.url) as front,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(login(front.host, "anna", "open-sesame"), registries=[front.url])
        assert puller.pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        seen = front.requests
    first, *others = seen
    assert (first.status, first.authorized) == (401, False)
    assert {(one.status, one.authorized) for one in others} == {(200, True)}


def test_password_is_shown_for_each_of_several_layers_that_are_asked_for_at_once(tmp_path: Path) -> None:
    layers = [Layer([File(f"file-{number}", b"x" * 100_000)]) for number in range(6)]
    with Registry(tmp_path / "registry", users=USERS) as registry:
        registry.push_image("demo/tiny", "v1", Image([*bootable_image().layers, *layers]))
        puller, name = Puller(login(registry.host, "anna", "open-sesame")), f"{registry.host}/demo/tiny:v1"
        image = resolve(puller.source(name), AMD64)
        # One that has not been asked yet who it is, as where the layers are read another time.
        source = puller.source(name)
        with ThreadPoolExecutor() as pool:
            sizes = list(pool.map(lambda layer: sum(map(len, source.blob(layer))), image.manifest.layers))
    assert sizes == [layer.size for layer in image.manifest.layers]


def test_password_that_is_wrong_is_told_as_such(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry", users=USERS) as registry:
        registry.push_image("demo/tiny", "v1", image)
        error = refusal(Puller(login(registry.host, "anna", "sesame")), f"{registry.host}/demo/tiny:v1")
    assert error.code == "registry-login-refused"
    assert "does not accept our login" in error.message


def test_where_nobody_logged_in_no_login_is_spoken_of(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry", users=USERS) as registry:
        registry.push_image("demo/tiny", "v1", image)
        assert refusal(Puller(), f"{registry.host}/demo/tiny:v1").code == "registry-denied"


def test_password_for_another_registry_is_not_shown(tmp_path: Path, image: Image) -> None:
    with (
        Registry(tmp_path / "registry", users=USERS) as registry,
        Front(tmp_path / "front", registry.url) as front,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(login(registry.host, "anna", "open-sesame"))
        assert refusal(puller, f"{front.host}/demo/tiny:v1").code == "registry-denied"
        assert not any(one.authorized for one in front.requests)


def test_login_for_a_part_of_the_registry_is_used_there_only(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry", users=USERS) as registry:
        for repository in ("demo/tiny", "other/tiny"):
            registry.push_image(repository, "v1", image)
        puller = Puller(login(f"{registry.host}/demo", "anna", "open-sesame"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
        assert refusal(puller, f"{registry.host}/other/tiny:v1").code == "registry-denied"


# Tokens


def test_one_boot_takes_one_token_and_everything_once(tmp_path: Path) -> None:
    image = bootable_image("one", File("more", b"x"))
    with (
        TokenServer(tmp_path / "tokens", anonymous=True) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
        Front(tmp_path / "front", registry.url) as front,
    ):
        index = Index([image])
        registry.push_image("demo/tiny", "v1", index)
        assert Puller(registries=[front.url]).pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        came = Counter((one.path.removeprefix("/v2/demo/tiny/"), one.status) for one in front.requests)
    blobs = [f"blobs/{name}" for name in image.blobs]
    wanted = ["manifests/v1", f"manifests/{image.digest}", *blobs]
    assert len(blobs) == 3
    assert came == Counter([("manifests/v1", 401), *((path, 200) for path in wanted)])
    assert tokens.requests == [TokenRequest("GET", "", SERVICE, [SCOPE], 200)]


def test_token_is_had_for_a_password_that_the_registry_never_sees(tmp_path: Path, image: Image) -> None:
    with (
        TokenServer(tmp_path / "tokens", users=USERS) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(login(registry.host, "anna", "open-sesame"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
    assert tokens.requests == [TokenRequest("GET", "anna", SERVICE, [SCOPE], 200)]


def identity(registry: str, token: str) -> dict[str, bytes]:
    """The file that a login leaves behind where the registry gives tokens for the long run (Docker's config.json)."""
    entry = {"auth": "", "identitytoken": token}
    return {"auth.json": json.dumps({"auths": {registry: entry}}).encode()}


def test_token_is_had_for_an_identity_token(tmp_path: Path, image: Image) -> None:
    with (
        TokenServer(tmp_path / "tokens", identities={"open-sesame": "anna"}) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(identity(registry.host, "open-sesame"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
    assert tokens.requests == [TokenRequest("POST", "anna", SERVICE, [SCOPE], 200)]


@pytest.mark.parametrize("way", [login("{}", "anna", "sesame"), identity("{}", "sesame")])
def test_login_that_gets_no_token_is_told_as_such(tmp_path: Path, image: Image, way: dict[str, bytes]) -> None:
    with (
        TokenServer(tmp_path / "tokens", users=USERS, identities={"open-sesame": "anna"}) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller({name: data.replace(b"{}", registry.host.encode()) for name, data in way.items()})
        assert refusal(puller, f"{registry.host}/demo/tiny:v1").code == "registry-login-refused"


def test_where_nobody_logged_in_and_anybody_gets_no_token_it_is_a_denial(tmp_path: Path, image: Image) -> None:
    with (
        TokenServer(tmp_path / "tokens", users=USERS) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        assert refusal(Puller(), f"{registry.host}/demo/tiny:v1").code == "registry-denied"


def test_token_that_expires_on_the_way_is_renewed(tmp_path: Path, image: Image) -> None:
    with (
        TokenServer(tmp_path / "tokens", anonymous=True, expires_in=2) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        source = Puller().source(f"{registry.host}/demo/tiny:v1")
        found = resolve(source, AMD64)
        younger = {"Authorization": f"Bearer {tokens.token('', [SCOPE])}"}
        deadline = time.monotonic() + 60
        while requests.get(f"{registry.url}/v2/demo/tiny/tags/list", headers=younger, timeout=60).ok:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        (layer,) = found.manifest.layers
        assert b"".join(verified(source.blob(layer), layer)) == image.layers[0].blob
    assert len(tokens.requests) == 2


@pytest.mark.parametrize("way", [login("{}", "anna", "open-sesame"), identity("{}", "open-sesame")])
def test_password_is_not_sent_to_a_token_server_without_tls(
    tmp_path: Path, authority: Authority, image: Image, way: dict[str, bytes]
) -> None:
    with (
        TokenServer(tmp_path / "tokens", users=USERS, identities={"open-sesame": "anna"}) as tokens,
        Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1"), tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        files = {name: data.replace(b"{}", registry.host.encode()) for name, data in way.items()}
        files[f"certs.d/{registry.host}/site.crt"] = authority.certificate
        error = refusal(Puller(files), f"{registry.host}/demo/tiny:v1")
    assert (error.code, "without TLS" in error.message) == ("registry-untrusted", True)
    assert tokens.requests == []


def test_token_server_of_the_same_authority_is_trusted(tmp_path: Path, authority: Authority, image: Image) -> None:
    pair = authority.issue("127.0.0.1")
    with (
        TokenServer(tmp_path / "tokens", users=USERS, tls=pair) as tokens,
        Registry(tmp_path / "registry", tls=pair, tokens=tokens) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        host = tokens.realm.split("/")[2]
        files = {f"certs.d/{name}/site.crt": authority.certificate for name in (registry.host, host)}
        puller = Puller(files | login(registry.host, "anna", "open-sesame"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
        del files[f"certs.d/{host}/site.crt"]
        error = refusal(Puller(files), f"{registry.host}/demo/tiny:v1")
    assert f"The certificate of the host {host}, where the registry {registry.host} sends us," in error.message


# Blobs that are elsewhere


def test_blobs_come_from_another_host_which_sees_no_password(tmp_path: Path, image: Image) -> None:
    bucket = Bucket(tmp_path / "bucket", tmp_path / "registry/storage")
    with bucket, Registry(tmp_path / "registry", users=USERS, blobs_at=bucket.url) as registry:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(login(registry.host, "anna", "open-sesame"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
        assert len(bucket.requests) == len(image.blobs)
        assert {(one.status, one.authorized) for one in bucket.requests} == {(200, False)}


def test_blobs_come_from_another_host_which_sees_no_token(tmp_path: Path, image: Image) -> None:
    bucket = Bucket(tmp_path / "bucket", tmp_path / "registry/storage")
    with (
        bucket,
        TokenServer(tmp_path / "tokens", anonymous=True) as tokens,
        Registry(tmp_path / "registry", tokens=tokens, blobs_at=bucket.url) as registry,
    ):
        registry.push_image("demo/tiny", "v1", image)
        assert Puller().pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
        assert {one.authorized for one in bucket.requests} == {False}


def test_store_of_blobs_that_is_down_is_named(tmp_path: Path, image: Image) -> None:
    bucket = Bucket(tmp_path / "bucket", tmp_path / "registry/storage")
    with Registry(tmp_path / "registry", blobs_at=bucket.url) as registry:
        registry.push_image("demo/tiny", "v1", image)
        error = refusal(Puller(), f"{registry.host}/demo/tiny:v1")
    assert error.code == "registry-unreachable"
    assert f"The host {bucket.host}, where the registry {registry.host} sends us, cannot be reached" in error.message
