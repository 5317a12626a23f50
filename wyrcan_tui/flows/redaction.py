"""Keeping secrets out of what is shown, saved or photographed."""

from __future__ import annotations

import re
from typing import Final

from wyrcan_tui.errors import WyrcanError

_NAMES: Final = (
    "(?:passw(?:or)?d|passphrase|token|secret|psk|(?:api|private|preshared)_?key|set_credential(?:_binary)?|rootpw"
    r"|(?<![a-z])pass|(?<![a-z])pwd)"
)
_SECRETS: Final = (
    # user:password@ in front of a host (RFC 3986, 3.2.1)
    (re.compile(r"(\w://)[^/\s\"]*@"), r"\1...@"),
    # The same of a proxy, which needs no scheme
    (re.compile(r"(proxy=\"?)(?!\w+://)[^/\s\"]*@", re.IGNORECASE), r"\1...@"),
    # Authorization: Basic dXNlcg== (RFC 9110, 11.4)
    (re.compile(r"\b(basic|bearer)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 ..."),
    # netroot=iscsi:user:password@host (dracut.cmdline(7))
    (re.compile(r"(iscsi:)[^\s@]*@"), r"\1...@"),
    # "auth": "dXNlcg==" (containers-auth.json(5)), and the keys of networkd's files in a saved choice
    (re.compile(rf'("(?:auth|identitytoken|[\w.-]*{_NAMES}[\w.-]*)"\s*:\s*")[^"]*("?)', re.IGNORECASE), r"\1...\2"),
    # PrivateKey=, WPA-PSK=, token= of a URL, and what else names its secret
    (re.compile(rf'([\w.-]*{_NAMES}[\w.-]*=)("[^"]*"|[^\s&"]+)', re.IGNORECASE), r"\1..."),
    # password: sesame, as services write it
    (re.compile(rf"({_NAMES}:\s+)\S+", re.IGNORECASE), r"\1..."),
    # Key=, of MACsec (systemd.netdev(5))
    (re.compile(r"(?<![\w.-])(Key=)[^\s,]+"), r"\1..."),
)


def discreet(error: WyrcanError) -> WyrcanError:
    """Return an error with three dots in its words for whatever `redacted` takes out."""
    return WyrcanError(error.code, redacted(error.message), hint=redacted(error.hint), **error.context)


def redacted(text: str) -> str:
    """Return `text` with three dots for every password, token or key that its surroundings give away as one.

    Words of a kernel's command line are among what it is meant for: people put such things there.
    """
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
