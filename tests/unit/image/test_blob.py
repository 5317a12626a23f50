"""Nothing passes that its descriptor does not promise."""

import hashlib

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import verified
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor

DATA = b"some bytes"


def descriptor(data: bytes, size: int | None = None) -> Descriptor:
    """What describes `data`, or lies about its size."""
    return Descriptor("", Digest.of(data), len(data) if size is None else size)


def refusal(chunks: list[bytes], promised: Descriptor) -> WyrcanError:
    """Why a blob is refused."""
    with pytest.raises(WyrcanError) as raised:
        list(verified(chunks, promised))
    return raised.value


def test_blob_passes_unchanged() -> None:
    assert list(verified([DATA[:3], DATA[3:]], descriptor(DATA))) == [DATA[:3], DATA[3:]]
    assert list(verified([], descriptor(b""))) == []


def test_sha512_is_verified_too() -> None:
    promised = Digest.parse("sha512:" + "0" * 128)
    assert refusal([DATA], Descriptor("", promised, len(DATA))).code == "digest-mismatch"


def test_content_that_nothing_here_verifies_does_not_pass() -> None:
    promised = Digest.parse("md5:" + hashlib.md5(DATA).hexdigest())
    assert refusal([DATA], Descriptor("", promised, len(DATA))).code == "digest-unknown"


def test_other_content_of_the_same_size_is_refused_with_both_digests() -> None:
    error = refusal([DATA.upper()], descriptor(DATA))
    assert error.code == "digest-mismatch"
    assert error.context == {"expected": str(Digest.of(DATA)), "found": str(Digest.of(DATA.upper()))}


def test_blob_that_is_too_short_is_refused() -> None:
    error = refusal([DATA[:4]], descriptor(DATA))
    assert (error.code, "only 4" in error.message) == ("blob-size-mismatch", True)


def test_blob_that_is_too_long_is_refused_before_the_surplus_passes() -> None:
    passed = []
    with pytest.raises(WyrcanError) as raised:
        for chunk in verified(iter([DATA, b"surplus", b"never asked for"]), descriptor(DATA)):
            passed.append(chunk)
    assert (raised.value.code, passed) == ("blob-size-mismatch", [DATA])
