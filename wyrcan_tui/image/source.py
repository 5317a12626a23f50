"""Where the engine reads an image from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor

CHUNK: int = 1 << 20
"""Bytes that are read at a time: fewer cost more calls, more take more memory."""


class BlobSource(Protocol):
    """One image's documents and blobs, wherever they are: a registry, a layout directory, an archive, a test."""

    def document(self, digest: Digest | None) -> bytes:
        """Return a manifest or an index: the one with this digest, or the one the reference names.

        Raises:
            WyrcanError: where it is not there or cannot be read. The caller verifies the digest.
        """

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Yield a blob's bytes in pieces of at most about `CHUNK`, not verified.

        Raises:
            WyrcanError: where the blob is not there or the transfer fails for good.
        """
