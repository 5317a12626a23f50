"""Blobs, verified while they stream: nothing passes that its descriptor does not promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.digest import Digest, Hasher
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT, Descriptor
from wyrcan_tui.texts import _


def verified(chunks: Iterable[bytes], descriptor: Descriptor, hasher: Hasher | None = None) -> Iterator[bytes]:
    """Pass `chunks` on, and raise at their end unless they are exactly the blob that `descriptor` names.

    The consumer must reach the end before it acts on what it read. A fresh `hasher` of the digest's algorithm may be
    given, where it should be reckoned elsewhere.

    Raises:
        WyrcanError: ``blob-size-mismatch``, ``digest-mismatch``, ``digest-unknown``.
    """
    hasher = hasher or descriptor.digest.hasher()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > descriptor.size:
            break
        hasher.update(chunk)
        yield chunk
    _verify_size(size, descriptor.digest, descriptor.size)
    differs = _("The blob {digest} is not what the image says it is: its digest differs.")
    verify(hasher.hexdigest(), descriptor.digest, differs.format(digest=descriptor.digest.short))


def verify(found: str, expected: Digest, differs: str) -> None:
    """Compare a hexadecimal digest with the one that was promised; `differs` is what there is to say if it is another.

    Raises:
        WyrcanError: ``digest-mismatch``.
    """
    if found != expected.value:
        raise WyrcanError(
            "digest-mismatch",
            differs,
            hint=_("It was damaged or tampered with on the way. Nothing was booted; try again, or push it again."),
            expected=expected,
            found=f"{expected.algorithm}:{found}",
        )


def verify_manifest(data: bytes, expected: Digest, size: int | None = None) -> None:
    """Compare a manifest or an index with the digest, and the size in bytes if there was one, that were promised.

    Content of another size must not be trusted (OCI image-spec, descriptor.md, "size").

    Raises:
        WyrcanError: ``digest-mismatch``, ``blob-size-mismatch``, ``digest-unknown``.
    """
    hasher = expected.hasher()
    hasher.update(data)
    verify(hasher.hexdigest(), expected, _("The manifest is not what the image says it is: its digest differs."))
    if size is not None:
        _verify_size(len(data), expected, size)


def read_document(source: BlobSource, digest: Digest | None, size: int | None = None) -> bytes:
    """Return a manifest or an index, verified where it is named by its digest, and its size where that is told.

    Raises:
        WyrcanError: ``digest-unknown``, and what `verify_manifest` and the source raise.
    """
    if digest:
        digest.require_known()
    data = source.document(digest)
    if digest:
        verify_manifest(data, digest, size)
    return data


def read_small(source: BlobSource, descriptor: Descriptor) -> bytes:
    """Return a small blob (an image configuration) whole, verified.

    Raises:
        WyrcanError: ``blob-too-large`` above `LARGEST_DOCUMENT`, and what `verified` raises.
    """
    if descriptor.size > LARGEST_DOCUMENT:
        raise WyrcanError(
            "blob-too-large", _("The image configuration has {size} bytes: too many.").format(size=descriptor.size)
        )
    return b"".join(verified(source.blob(descriptor), descriptor))


def _verify_size(amount: int, digest: Digest, size: int) -> None:
    if amount == size:
        return
    if amount > size:
        message = _("The blob {digest} should have {size} bytes, but more came.")
    else:
        message = _("The blob {digest} should have {size} bytes, but only {amount} came.")
    raise WyrcanError(
        "blob-size-mismatch",
        message.format(digest=digest.short, size=size, amount=amount),
        hint=_("The registry or something on the way to it is at fault. Nothing was booted; try again."),
        expected=digest,
    )
