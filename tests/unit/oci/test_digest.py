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
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        f"sha512:{EMPTY}",
    ],
)
def test_anything_else_is_no_digest(text: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        Digest.parse(text)
    assert raised.value.code == "digest-invalid"
