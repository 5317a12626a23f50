"""Names and passwords, as podman, skopeo and Docker keep them."""

import base64
import json

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.credentials import Credential, Credentials


def entry(user: str, password: str) -> dict[str, str]:
    """What a login writes."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def parsed(auths: object) -> Credentials:
    """The credentials of a file."""
    return Credentials.parse(json.dumps({"auths": auths}).encode(), "auth.json")


def test_longest_part_of_the_name_counts() -> None:
    found = parsed(
        {
            "my.io/team/os": entry("os", "1"),
            "my.io/team": entry("team", "2"),
            "my.io": entry("all", "3"),
            "my.io:5000": entry("other", "4"),
        }
    )
    users = {
        name: credential and credential.user
        for name in ("team/os", "team/os/deep", "team/osx", "teams/os", "")
        for credential in [found.find("my.io", name)]
    }
    assert users == {"team/os": "os", "team/os/deep": "os", "team/osx": "team", "teams/os": "all", "": "all"}
    assert found.find("my.io:5000", "team/os") == Credential("other", "4")
    assert found.find("io", "team/os") is None


@pytest.mark.parametrize("key", ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"])
def test_docker_hub_has_many_names(key: str) -> None:
    assert parsed({key: entry("me", "x")}).find("docker.io", "library/debian") == Credential("me", "x")


def test_docker_s_urls_are_read_as_their_hosts() -> None:
    assert parsed({"https://my.io:5000/v2/": entry("me", "x")}).find("my.io:5000", "os") == Credential("me", "x")


def test_identity_token_comes_instead_of_a_password() -> None:
    found = parsed({"my.io": {**entry("me", ""), "identitytoken": "long"}}).find("my.io")
    assert found == Credential("me", "", "long")


def test_password_may_have_colons_and_ends_before_the_nuls() -> None:
    assert parsed({"my.io": entry("me", "a:b\0\0")}).find("my.io") == Credential("me", "a:b")


@pytest.mark.parametrize("auths", [{}, {"my.io": {}}, {"my.io": {"auth": ""}}])
def test_entry_without_a_password_says_nothing(auths: object) -> None:
    assert parsed(auths).find("my.io") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"auths": []}',
        b'{"auths": {"a": "c2VjcmV0"}}',
        b'{"auths": {"a": {"auth": "c2VjcmV0"}}}',
        b'{"auths": {"a": {"auth": "secret!"}}}',
        b'{"auths": {"a": {"auth": "/////w=="}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(data: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        Credentials.parse(data, "auth.json")
    assert raised.value.code == "credentials-invalid"
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("document", "elsewhere"),
    [
        ({"credHelpers": {"a.io": "secretservice"}}, ("a.io",)),
        ({"credsStore": "desktop", "auths": {"https://index.docker.io/v1/": {}, "a.io": {}}}, ("docker.io", "a.io")),
        ({"credsStore": "desktop", "auths": {"a.io": {"auth": "YTpi"}}}, ()),
        ({"credsStore": "", "auths": {"a.io": {}}}, ()),
        ({"auths": {"a.io": {}}}, ()),
    ],
)
def test_login_that_a_helper_keeps_is_known_to_be_elsewhere(document: object, elsewhere: tuple[str, ...]) -> None:
    found = Credentials.parse(json.dumps(document).encode(), "auth.json")
    assert (found.elsewhere, found.find("docker.io")) == (elsewhere, None)


def test_first_file_counts_and_the_others_add_to_it() -> None:
    first = parsed({"a.io": entry("one", "1")})
    both = Credentials.first_of([first, parsed({"a.io": entry("two", "2"), "b.io": entry("b", "3")})])
    assert both.find("a.io") == Credential("one", "1")
    assert both.find("b.io") == Credential("b", "3")


def test_password_is_not_in_what_is_printed_of_it() -> None:
    assert "secret" not in repr(Credential("me", "secret", "secret"))


def test_what_somebody_typed_counts_more_than_a_longer_name_in_a_file() -> None:
    typed = Credentials({"r.io": Credential("typed", "1")})
    both = Credentials.first_of([typed, parsed({"r.io/lab": entry("file", "2")})])
    assert both.find("r.io", "lab/os") == Credential("typed", "1")
    assert set(both.document()) == {"r.io", "r.io/lab"}
