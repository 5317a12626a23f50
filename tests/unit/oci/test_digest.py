"""Digests: what one looks like, and what it verifies."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.digest import Digest

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_digest_reads_back_as_it_is_written() -> None:
    for text in (f"sha256:{EMPTY}", "sha512:" + "0f" * 64):
        assert str(Digest.parse(text)) == text


def test_digest_of_bytes_is_their_sha256() -> None:
    assert Digest.of(b"") == Digest("sha256", EMPTY)


def test_hasher_is_of_the_digest_s_own_algorithm() -> None:
    hasher = Digest.parse("sha512:" + "0" * 128).hasher()
    hasher.update(b"")
    assert hasher.hexdigest().startswith("cf83e1357eef")


def test_digest_is_quoted_by_its_first_twelve_digits() -> None:
    assert Digest.of(b"").short == "e3b0c44298fc"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256",
        "sha256:",
        EMPTY,
        f"sha256:{EMPTY[:-1]}",
        f"sha256:{EMPTY}0",
        f"sha256:{EMPTY.upper()}",
        f"sha256:{EMPTY[:-1]}g",
        f"sha256:{EMPTY}\n",
        f"sha512:{EMPTY}",
        "blake3:",
        f":{EMPTY}",
        f"Blake3:{EMPTY}",
        f"sha256++b64u:{EMPTY}",
        f"multihash+:{EMPTY}",
        "blake3:../../etc/passwd",
        f"../blake3:{EMPTY}",
        f"blake3:{EMPTY}\n",
        "blake3:" + "0" * 250,
    ],
)
def test_anything_else_is_no_digest(text: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        Digest.parse(text)
    assert raised.value.code == "digest-invalid"


@pytest.mark.parametrize(
    "text",
    [
        f"blake3:{EMPTY}",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
        "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
    ],
)
def test_digest_of_an_algorithm_that_is_not_known_can_be_named_but_verifies_nothing(text: str) -> None:
    digest = Digest.parse(text)
    assert str(digest) == text
    for use in (digest.require_known, digest.hasher):
        with pytest.raises(WyrcanError) as raised:
            use()
        assert raised.value.code == "digest-unknown"
        assert text.partition(":")[0] in raised.value.message
