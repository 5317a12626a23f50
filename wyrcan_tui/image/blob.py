"""Blobs, verified while they stream: nothing passes that its descriptor does not promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.digest import Digest, Hasher
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT, Descriptor


def verified(chunks: Iterable[bytes], descriptor: Descriptor, hasher: Hasher | None = None) -> Iterator[bytes]:
    """Pass `chunks` on, and raise at their end unless they are exactly the blob that `descriptor` names.

    The consumer must reach the end before it acts on what it read. A fresh `hasher` of the digest's algorithm may be
    given, where it should be reckoned elsewhere.

    Raises:
        WyrcanError: ``blob-size-mismatch``, ``digest-mismatch``.
    """
    hasher = hasher or descriptor.digest.hasher()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > descriptor.size:
            break
        hasher.update(chunk)
        yield chunk
    if size != descriptor.size:
        amount = "more" if size > descriptor.size else f"only {size}"
        raise WyrcanError(
            "blob-size-mismatch",
            f"The blob {descriptor.digest.short} should have {descriptor.size} bytes, but {amount} came.",
            hint="The registry or something on the way to it is at fault. Nothing was booted; try again.",
            expected=descriptor.digest,
        )
    verify(hasher.hexdigest(), descriptor.digest, f"The blob {descriptor.digest.short}")


def verify(found: str, expected: Digest, what: str) -> None:
    """Compare a hexadecimal digest with the one that was promised.

    Raises:
        WyrcanError: ``digest-mismatch``.
    """
    if found != expected.hex:
        raise WyrcanError(
            "digest-mismatch",
            f"{what} is not what the image says it is: its digest differs.",
            hint="It was damaged or tampered with on the way. Nothing was booted; try again, or push it again.",
            expected=expected,
            found=f"{expected.algorithm}:{found}",
        )


def verify_bytes(data: bytes, expected: Digest, what: str) -> None:
    """Compare the digest of `data` with the one that was promised.

    Raises:
        WyrcanError: ``digest-mismatch``.
    """
    hasher = expected.hasher()
    hasher.update(data)
    verify(hasher.hexdigest(), expected, what)


def read_document(source: BlobSource, digest: Digest | None) -> bytes:
    """Return a manifest or an index, verified where its digest is known.

    Raises:
        WyrcanError: ``digest-mismatch``, and what the source raises.
    """
    data = source.document(digest)
    if digest:
        verify_bytes(data, digest, "The manifest")
    return data


def read_small(source: BlobSource, descriptor: Descriptor) -> bytes:
    """Return a small blob (an image configuration) whole, verified.

    Raises:
        WyrcanError: ``blob-too-large`` above `LARGEST_DOCUMENT`, and what `verified` raises.
    """
    if descriptor.size > LARGEST_DOCUMENT:
        raise WyrcanError("blob-too-large", f"The image configuration has {descriptor.size} bytes: too many.")
    return b"".join(verified(source.blob(descriptor), descriptor))
