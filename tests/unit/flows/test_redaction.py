"""Secrets that are told by what is around them."""

import pytest

from wyrcan_tui.flows.redaction import redacted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wyr.proxy=http://user:pass@proxy:3128", "wyr.proxy=http://...@proxy:3128"),
        ("wyr.proxy=http://user:pa@ss@proxy:3128 quiet", "wyr.proxy=http://...@proxy:3128 quiet"),
        ("wyr.proxy=user:pass@proxy:3128", "wyr.proxy=...@proxy:3128"),
        ("wyr.proxy=proxy:3128 ssh.key=a@b", "wyr.proxy=proxy:3128 ssh.key=a@b"),
        ('{"PrivateKey": "abc="}', '{"PrivateKey": "..."}'),
        ("http://host/path@1", "http://host/path@1"),
    ],
)
def test_password_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
