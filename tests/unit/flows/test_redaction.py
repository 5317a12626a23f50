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
        ("systemd.set_credential=passwd.hashed-password.root:$6$x quiet", "systemd.set_credential=... quiet"),
        ("rootpw=abc pass=abc user.pwd=abc api_key=abc", "rootpw=... pass=... user.pwd=... api_key=..."),
        ("bypass=1 compass=north Key=", "bypass=1 compass=north Key="),
        ("netroot=iscsi:user:pass@192.0.2.1::3260::iqn", "netroot=iscsi:...@192.0.2.1::3260::iqn"),
        ("iwd: Passphrase: abc, password: abc", "iwd: Passphrase: ... password: ..."),
        ("Key=ffaa81 in macsec.netdev", "Key=... in macsec.netdev"),
    ],
)
def test_password_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
