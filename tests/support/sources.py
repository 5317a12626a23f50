"""Images in memory as what the engine reads from."""

from collections.abc import Iterator
from typing import Self

from tests.support.image import Content
from tests.support.stack import pieces
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.resolve import Image, resolve
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.oci.platform import Platform

AMD64 = Platform("linux", "amd64")


class MemorySource:
    """A `BlobSource` of documents and blobs by digest; `named` is the document that the reference names."""

    def __init__(self, named: bytes, stored: dict[str, bytes], piece: int = 1000) -> None:
        self.named = named
        self.stored = stored
        self._piece = piece

    @classmethod
    def of(cls, content: Content) -> Self:
        """The source of an image or an index."""
        manifests = {str(Digest.of(manifest)): manifest for _, manifest in content.manifests}
        return cls(content.manifest, manifests | content.blobs)

    def document(self, digest: Digest | None) -> bytes:
        """A document as it is stored."""
        return self._found(digest) if digest else self.named

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A blob as it is stored."""
        return pieces(self._found(descriptor.digest), self._piece)

    def _found(self, digest: Digest) -> bytes:
        if str(digest) not in self.stored:
            raise WyrcanError("blob-missing", f"{digest} is missing.")
        return self.stored[str(digest)]


def opened(content: Content) -> tuple[BlobSource, Image]:
    """The source of an image for amd64, and the image resolved."""
    source = MemorySource.of(content)
    return source, resolve(source, AMD64)
