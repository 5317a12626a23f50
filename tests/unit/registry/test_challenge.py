"""How a registry asks for authentication."""

import pytest

from wyrcan_tui.registry.challenge import Challenge


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (
            'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
            Challenge("bearer", "https://auth.docker.io/token", "registry.docker.io", "repository:a/b:pull,push"),
        ),
        ("BEARER realm=https://a/token , service=b", Challenge("bearer", "https://a/token", "b")),
        (r'Bearer realm="a\"b"', Challenge("bearer", 'a"b')),
        ('Bearer error="invalid_token", realm="a"', Challenge("bearer", "a")),
        (
            'Bearer realm="https://c/v2/token",scope="*",Basic realm="https://c/v2"',
            Challenge("bearer", "https://c/v2/token", "", "*"),
        ),
        ('Basic realm="Registry"', Challenge("basic", "Registry")),
        ("Basic", Challenge("basic")),
        ("", Challenge("")),
        ("Bearer ,,,===", Challenge("bearer")),
    ],
)
def test_challenge_is_read_as_far_as_it_can_be(header: str, challenge: Challenge) -> None:
    assert Challenge.parse(header) == challenge
